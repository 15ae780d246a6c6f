/* SPDX-License-Identifier: MIT */
/* daybook maintain: what is due: small steps, so that recorders do not wait. */
#include "tools/maintain.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/event.h"
#include "recording/held.h"
#include "index/segment_file.h"
#include "upkeep/entity_writer.h"
#include "tools/accounts.h"
#include "tools/command.h"
#include "tools/leaving.h"

static const struct str delete_recent =
    STR("DELETE FROM recent_key WHERE noted_ms < ? ORDER BY noted_ms LIMIT 5000");
static const struct str select_slug = STR("SELECT slug FROM account WHERE id = ?");

/* ---- Parts of it ------------------------------------------------------------------------------- */

int maintain_lock(struct db *db)
{
    int taken = segment_lock_take(db, 0);

    if (taken == 0) {
        fputs("daybook: another `daybook maintain` is at work: waiting for it.\n", stderr);
        taken = segment_lock_take(db, MAINTAIN_WAIT_S / 2);
        if (taken == 0)
            taken = segment_lock_take(db, MAINTAIN_WAIT_S / 2);
    }
    if (taken == 0)
        fprintf(stderr, "daybook: it was still at work after %d seconds.\n", MAINTAIN_WAIT_S);
    return taken == 1 ? 0 : -1;
}

void maintain_slug(struct db *db, uint32_t account_id, char slug[MAINTAIN_SLUG_BYTES])
{
    struct db_rows *rows = db_select(db, select_slug, DB_VALUES(DB_NUMBER(account_id)));

    snprintf(slug, MAINTAIN_SLUG_BYTES, "%u", account_id);
    if (rows && db_next(rows) == 1) {
        struct str found = db_bytes(rows, 0);

        snprintf(slug, MAINTAIN_SLUG_BYTES, "%.*s", STR_ARG(found));
    }
    db_finish(rows);
}

const char *maintain_kind(unsigned kind)
{
    static const char *const words[] = {"entities", "events", "triggers"};

    return kind < sizeof(words) / sizeof(words[0]) ? words[kind] : "rows";
}

enum segment_step maintain_merge(struct db *db, const struct config *config,
                                 const struct log_name *name, struct segment_work *work)
{
    if (name->kind == 0)
        return entity_merge_step(db, config, name->account_id, work);
    return segment_merge_step(db, config, name->account_id, name->kind, work);
}

enum segment_step maintain_rebuild(struct db *db, const struct config *config,
                                   const struct log_name *name, struct segment_work *work)
{
    if (name->kind == 0)
        return entity_rebuild_step(db, config, name->account_id, work);
    return segment_rebuild_step(db, config, name->account_id, name->kind, work);
}

int maintain_forget(struct db *db, const struct config *config, const struct log_name *name)
{
    return segment_forget(db, config, name->account_id, name->kind);
}

int maintain_compare(struct db *db, const struct config *config, const struct log_name *name,
                     const struct segment_verify *verify, struct segment_verdict *verdict)
{
    if (name->kind == 0)
        return entity_verify(db, config, name->account_id, verify, verdict);
    return segment_verify(db, config, name->account_id, name->kind, verify, verdict);
}

int maintain_sweep(struct db *db, const struct config *config, const struct log_name *name)
{
    return segment_sweep(db, config, name->account_id, name->kind, SEGMENT_SWEEP_AGE_S);
}

int maintain_cache(struct db *db, const struct config *config)
{
    struct arena *arena = arena_new();
    struct log_name *names;
    size_t count = 0;
    int result = segment_waiting_indexed(db, arena, &names, &count);

    for (size_t i = 0; i < count && result == 0; i++)
        if (segment_file_has_folder(config, names[i].account_id, names[i].kind))
            result = maintain_sweep(db, config, &names[i]);
    segment_file_evict(config);
    arena_free(arena);
    return result;
}

int maintain_remove_keys(struct db *db, uint64_t *removed)
{
    uint64_t before = (uint64_t)(clock_now_ms() - RECORDER_RECENT_MS), step = 0;
    int result;

    *removed = 0;
    do {
        result = db_run(db, delete_recent, DB_VALUES(DB_NUMBER(before)), &step);
        *removed += result == 0 ? step : 0;
    } while (result == 0 && step > 0);
    return result;
}

int maintain_record_held(const struct config *config, uint64_t *recorded)
{
    struct recording *recording = recording_open(config);
    int result = -1;

    *recorded = 0;
    if (!recording)
        return -1;
    if (db_connect(recording_db(recording)) < 0)
        fputs("daybook: the database does not answer (the log above says why).\n", stderr);
    else
        result = held_release_all(recording, recorded);
    recording_close(recording);
    return result;
}

/* ---- Once -------------------------------------------------------------------------------------- */

/* A line for whoever looks on, at most every other second. */
static void show_progress(struct db *db, const struct log_name *name,
                          const struct segment_work *work, int64_t *shown_ms)
{
    char slug[MAINTAIN_SLUG_BYTES], time[CLOCK_TEXT_BYTES];
    int64_t now_ms = clock_now_ms();

    if (now_ms >= *shown_ms && now_ms < *shown_ms + 2000)
        return;
    *shown_ms = now_ms;
    maintain_slug(db, name->account_id, slug);
    if (name->kind)
        clock_format(event_id_ms(work->last_id), time);
    fprintf(stderr, "%s: %llu %s indexed%s%s\n", slug, (unsigned long long)work->events,
            maintain_kind(name->kind), name->kind ? ", up to " : "", name->kind ? time : "");
}

static int rebuild_all(struct db *db, const struct config *config, struct segment_work *work)
{
    struct arena *arena = arena_new();
    enum segment_step step = SEGMENT_STEP_DONE;
    int64_t shown_ms = clock_now_ms();
    struct log_name *names;
    size_t count = 0;
    int result = segment_waiting_unindexed(db, arena, &names, &count);

    for (size_t i = 0; i < count && result == 0; i++) {
        struct segment_work done = {0};

        do {
            step = maintain_rebuild(db, config, &names[i], &done);
            if (step == SEGMENT_STEP_MORE)
                show_progress(db, &names[i], &done, &shown_ms);
        } while (step == SEGMENT_STEP_MORE);
        result = step == SEGMENT_STEP_DONE ? 0 : -1;
        work->events += done.events;
        work->segments_written += done.segments_written;
    }
    arena_free(arena);
    return result;
}

/* A log that turns out damaged, or not indexed yet, is made anew. */
static int merge_log(struct db *db, const struct config *config, const struct log_name *name,
                     struct segment_work *work)
{
    enum segment_step step;

    do {
        step = maintain_merge(db, config, name, work);
        if (step == SEGMENT_STEP_DAMAGED || step == SEGMENT_STEP_NOT_INDEXED)
            do
                step = maintain_rebuild(db, config, name, work);
            while (step == SEGMENT_STEP_MORE);
    } while (step == SEGMENT_STEP_MORE);
    return step == SEGMENT_STEP_DONE ? 0 : -1;
}

static int merge_all(struct db *db, const struct config *config, struct segment_work *work)
{
    struct log_name event = {0, 0}, entity = {0, 0};
    int more;

    while ((more = segment_waiting_event(db, &event, &event)) == 1)
        if (merge_log(db, config, &event, work) < 0)
            return -1;
    if (more < 0)
        return -1;
    while ((more = segment_waiting_entity(db, &entity, &entity)) == 1)
        if (merge_log(db, config, &entity, work) < 0)
            return -1;
    return more;
}

static int index_all(struct db *db, const struct config *config)
{
    struct segment_work indexed = {0}, merged = {0};
    uint64_t texts = 0;
    int result = maintain_lock(db);

    if (result < 0)
        return -1;
    result = rebuild_all(db, config, &indexed);
    if (result == 0)
        result = merge_all(db, config, &merged);
    if (result == 0)
        result = maintain_numbers(db, NULL, NULL);
    if (result == 0)
        result = maintain_texts(db, config, NULL, NULL, &texts);
    if (result == 0)
        result = maintain_cache(db, config);
    segment_lock_release(db);
    merged.segments_written += indexed.segments_written;
    printf("%llu events indexed, %llu merged, %llu segments and %llu files of texts written\n",
           (unsigned long long)indexed.events, (unsigned long long)merged.events,
           (unsigned long long)merged.segments_written, (unsigned long long)texts);
    return result;
}

int maintain_once(const struct config *config)
{
    const struct maintain_retention retention = {.tell = maintain_print_purge};
    struct db *db = accounts_open(config, CONFIG_MAINTAINER);
    uint64_t keys = 0, held = 0;
    int result;

    if (!db)
        return 1;
    result = maintain_remove_keys(db, &keys);
    printf("%llu keys older than a day removed\n", (unsigned long long)keys);
    if (result == 0)
        result = maintain_record_held(config, &held);
    printf("%llu held calls recorded\n", (unsigned long long)held);
    if (result == 0)
        result = index_all(db, config);
    if (result == 0)
        result = maintain_retention_run(db, config, &retention);
    if (result == 0)
        result = leaving_go_on_all(db, config, NULL, NULL);
    db_free(db);
    return result == 0 ? 0 : 1;
}

int maintain_run(const struct config *config, int argc, char **argv)
{
    if (argc == 1)
        return maintain_once(config);
    if (argc == 2 && strcmp(argv[1], "--watch") == 0)
        return maintain_watch(config);
    if (argc >= 2 && strcmp(argv[1], "purge") == 0)
        return maintain_purge(config, argc, argv);
    return COMMAND_USAGE;
}
