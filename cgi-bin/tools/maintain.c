/* SPDX-License-Identifier: MIT */
/* daybook maintain: what is due: small steps, so that recorders do not wait. */
#include "tools/maintain.h"

#include <stdio.h>

#include "base/clock.h"
#include "recording/held.h"
#include "index/segment_file.h"
#include "upkeep/entity_writer.h"
#include "upkeep/segment_amount.h"
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

int maintain_remove_keys(struct db *db, struct progress *progress, bool (*stop)(void *context),
                         void *context, uint64_t *removed)
{
    uint64_t before = (uint64_t)(clock_now_ms() - RECORDER_RECENT_MS), step;
    bool stopped = false;
    int result;

    progress_start(progress, "keys", 0, "removing keys");
    do {
        step = 0;
        result = db_run(db, delete_recent, DB_VALUES(DB_NUMBER(before)), &step);
        *removed += step;
        progress_add(progress, step);
        stopped = step > 0 && stop && stop(context);
    } while (result == 0 && step > 0 && !stopped);
    if (!stopped)
        progress_finish(progress);
    return result < 0 ? -1 : stopped;
}

int maintain_record_held(const struct config *config, bool (*stop)(void *context), void *context,
                         uint64_t *recorded)
{
    struct recording *recording = recording_open(config);
    int result = -1;

    if (!recording)
        return -1;
    if (db_connect(recording_db(recording)) < 0)
        fputs("daybook: the database does not answer (the log above says why).\n", stderr);
    else
        result = held_release_all(recording, stop, context, recorded);
    recording_close(recording);
    return result;
}

/* ---- Once -------------------------------------------------------------------------------------- */

int maintain_expect_behind(struct db *db, const struct log_name *name, uint64_t id,
                           struct progress *progress)
{
    uint64_t left;

    if (!progress_wants_total(progress))
        return 0;
    if (segment_amount_behind(db, name, id, &left) < 0)
        return -1;
    progress_expect(progress, left ? progress->done + left : 0);
    return 0;
}

static int rebuild_log(struct db *db, const struct config *config, const struct log_name *name,
                       struct progress *progress, struct segment_work *work)
{
    struct segment_work done = {0};
    enum segment_step step;
    char slug[MAINTAIN_SLUG_BYTES];

    maintain_slug(db, name->account_id, slug);
    progress_start(progress, maintain_kind(name->kind), 0, "indexing %s", slug);
    do {
        uint64_t before = done.events;

        step = maintain_rebuild(db, config, name, &done);
        progress_add(progress, done.events - before);
        if (step == SEGMENT_STEP_MORE &&
            maintain_expect_behind(db, name, done.last_id, progress) < 0)
            step = SEGMENT_STEP_FAILED;
    } while (step == SEGMENT_STEP_MORE);
    progress_finish(progress);
    work->events += done.events;
    work->segments_written += done.segments_written;
    return step == SEGMENT_STEP_DONE ? 0 : -1;
}

static int rebuild_all(struct db *db, const struct config *config, struct progress *progress,
                       struct segment_work *work)
{
    struct arena *arena = arena_new();
    struct log_name *names;
    size_t count = 0;
    int result = segment_waiting_unindexed(db, arena, &names, &count);

    for (size_t i = 0; i < count && result == 0; i++)
        result = rebuild_log(db, config, &names[i], progress, work);
    arena_free(arena);
    return result;
}

/* A log that turns out damaged, or not indexed yet, is made anew. */
static int merge_log(struct db *db, const struct config *config, const struct log_name *name,
                     struct progress *progress, struct segment_work *work)
{
    enum segment_step step;
    uint64_t left;

    do {
        uint64_t before = work->events;

        step = maintain_merge(db, config, name, work);
        if (step == SEGMENT_STEP_DAMAGED || step == SEGMENT_STEP_NOT_INDEXED)
            do
                step = maintain_rebuild(db, config, name, work);
            while (step == SEGMENT_STEP_MORE);
        progress_add(progress, work->events - before);
        if (progress_wants_total(progress)) {
            if (segment_amount_waiting(db, name->kind == 0, &left) < 0)
                return -1;
            progress_expect(progress, progress->done + left);
        }
    } while (step == SEGMENT_STEP_MORE);
    return step == SEGMENT_STEP_DONE ? 0 : -1;
}

/* What waits of all logs that `next` finds, one behind another. */
static int merge_each(struct db *db, const struct config *config, struct progress *progress,
                      int (*next)(struct db *db, const struct log_name *last,
                                  struct log_name *next),
                      struct segment_work *work)
{
    struct log_name name = {0, 0};
    int more;

    while ((more = next(db, &name, &name)) == 1)
        if (merge_log(db, config, &name, progress, work) < 0)
            return -1;
    progress_finish(progress);
    return more;
}

static int merge_all(struct db *db, const struct config *config, struct progress *progress,
                     struct segment_work *work)
{
    progress_start(progress, "events", 0, "merging");
    if (merge_each(db, config, progress, segment_waiting_event, work) < 0)
        return -1;
    progress_start(progress, "entities", 0, "merging");
    return merge_each(db, config, progress, segment_waiting_entity, work);
}

static int index_all(struct db *db, const struct config *config)
{
    struct segment_work indexed = {0}, merged = {0};
    struct progress progress = {0};
    uint64_t texts = 0;
    int result = maintain_lock(db);

    if (result < 0)
        return -1;
    result = rebuild_all(db, config, &progress, &indexed);
    if (result == 0)
        result = merge_all(db, config, &progress, &merged);
    if (result == 0)
        result = maintain_numbers(db, &progress, NULL, NULL);
    if (result == 0)
        result = maintain_texts(db, config, &progress, NULL, NULL, &texts);
    if (result == 0)
        result = maintain_cache(db, config);
    progress_finish(&progress);
    segment_lock_release(db);
    merged.segments_written += indexed.segments_written;
    printf("%llu events indexed, %llu merged, %llu segments and %llu files of texts written\n",
           (unsigned long long)indexed.events, (unsigned long long)merged.events,
           (unsigned long long)merged.segments_written, (unsigned long long)texts);
    return result;
}

int maintain_once(const struct config *config)
{
    struct progress progress = {0};
    const struct maintain_retention retention = {.tell = maintain_print_purge,
                                                 .progress = &progress};
    struct db *db = accounts_open(config, CONFIG_MAINTAINER);
    uint64_t keys = 0, held = 0;
    int result, held_result = -1, leaving_result = 0;

    if (!db)
        return 1;
    result = maintain_remove_keys(db, &progress, NULL, NULL, &keys);
    printf("%llu keys older than a day removed\n", (unsigned long long)keys);
    if (result == 0) /* what cannot be recorded holds up nothing else */
        held_result = maintain_record_held(config, NULL, NULL, &held);
    printf("%llu held calls recorded\n", (unsigned long long)held);
    if (result == 0)
        result = index_all(db, config);
    if (result == 0) {
        result = maintain_retention_run(db, config, &retention);
        leaving_result = leaving_go_on_all(db, config, &progress, NULL, NULL);
    }
    db_free(db);
    return result == 0 && held_result == 0 && leaving_result == 0 ? 0 : 1;
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
