/* SPDX-License-Identifier: MIT */
/*
 * What `daybook maintain --watch` does beside merging: rebuilds what is not indexed, indexes texts, gives numbers to old logs, removes what is only
 * kept for a while.  What takes long is done for half a second at a time.
 */
#include "tools/maintain_watch.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "tools/leaving.h"

enum {
    UNINDEXED_MS = 10 * 1000,
    PROGRESS_MS = 5000,
    TEXTS_MS = 60 * 1000,
    REPORT_MS = 60 * 1000,
    CHORES_MS = 3600 * 1000,
};

/* ---- Rebuilding -------------------------------------------------------------------------------- */

/* Logs that nothing is recorded in may have to be rebuilt too: after an upgrade, or when somebody wishes it. */
static int find_unindexed(struct watch *watch)
{
    struct arena *arena;
    struct log_name *names;
    size_t count = 0;
    int result;

    if (!watch_has_passed(&watch->unindexed_ms, UNINDEXED_MS))
        return 0;
    arena = arena_new();
    result = segment_waiting_unindexed(watch->db, arena, &names, &count);
    for (size_t i = 0; i < count; i++)
        watch_find(watch, &names[i])->rebuild = true;
    arena_free(arena);
    return result;
}

/* Some steps of one log. */
static int rebuild_log(struct watch *watch, struct watched *log, int64_t end_ms)
{
    struct segment_work work = {0};
    char slug[MAINTAIN_SLUG_BYTES];
    enum segment_step step;

    maintain_slug(watch->db, log->name.account_id, slug);
    progress_start(&watch->progress, maintain_kind(log->name.kind), 0, "indexing %s", slug);
    do {
        uint64_t before = work.events;

        step = maintain_rebuild(watch->db, watch->config, &log->name, &work);
        progress_add(&watch->progress, work.events - before);
    } while (step == SEGMENT_STEP_MORE && !watch_pause(watch, 0) && clock_now_ms() < end_ms);
    if (step == SEGMENT_STEP_FAILED ||
        maintain_expect_behind(watch->db, &log->name, work.last_id, &watch->progress) < 0)
        return -1;
    if (step != SEGMENT_STEP_MORE)
        progress_finish(&watch->progress);
    log->changed = true;
    log->newest_count = work.last_events;
    log->rebuild = step == SEGMENT_STEP_MORE;
    if (log->rebuild && !watch_has_passed(&watch->progress_ms, PROGRESS_MS))
        return 0;
    watch_log_work(log->rebuild ? "index_progress" : "indexed", slug, maintain_kind(log->name.kind),
                   &work);
    return 0;
}

/* 1: there is more to rebuild; 0; -1. */
static int rebuild_some(struct watch *watch)
{
    int64_t end_ms = clock_now_ms() + WATCH_SLICE_MS;

    for (size_t i = 0; i < watch->count; i++) {
        if (!watch->logs[i].rebuild)
            continue;
        if (clock_now_ms() >= end_ms)
            return 1;
        if (rebuild_log(watch, &watch->logs[i], end_ms) < 0) {
            if (watch_is_fatal(watch))
                return -1;
            continue;
        }
        if (watch->stopping || watch->logs[i].rebuild)
            return 1;
    }
    return 0;
}

static void log_number(const char *event, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    log_event(LOG_LEVEL_INFO, event, {"count", str_from(text)});
}

/* ---- What takes long: some of it at a time ------------------------------------------------------ */

struct slice {
    struct watch *watch;
    int64_t end_ms;
};

static bool is_enough(void *context)
{
    const struct slice *slice = context;

    return watch_pause(slice->watch, 0) || clock_now_ms() >= slice->end_ms;
}

/* Once a minute, and then until none is wanting.  1: there may be more; 0; -1.  Texts that cannot be indexed hold up nothing else. */
static int index_texts(struct watch *watch)
{
    struct slice slice = {watch, clock_now_ms() + WATCH_SLICE_MS};
    uint64_t written = 0;
    int result;

    if (!watch_has_passed(&watch->texts_ms, TEXTS_MS))
        return 0;
    result =
        maintain_texts(watch->db, watch->config, &watch->progress, is_enough, &slice, &written);
    if (written)
        log_number("texts_indexed", written);
    if (result < 0 && !watch_is_fatal(watch))
        return 0;
    if (result < 0 || written)
        watch->texts_ms = 0;
    return result < 0 ? -1 : written > 0;
}

static void log_purge(void *context, const struct account *account, const struct purge *removed)
{
    const struct segment_work work = {.events = removed->events + removed->triggers};
    char slug[MAINTAIN_SLUG_BYTES];

    (void)context;
    snprintf(slug, sizeof(slug), "%.*s", STR_ARG(account->slug));
    watch_log_work("purged", slug, "rows", &work);
}

/* Once an hour, and then until all is removed that plans do not keep, or that is of no account.  1: there is more; 0; -1. */
static int purge(struct watch *watch)
{
    struct slice slice = {watch, clock_now_ms() + WATCH_SLICE_MS};
    const struct maintain_retention retention = {is_enough, log_purge, &slice, &watch->progress};
    int result, leaving = 0;

    if (!watch_has_passed(&watch->purge_ms, CHORES_MS))
        return 0;
    result = maintain_retention_run(watch->db, watch->config, &retention);
    if (result <= 0) /* one that fails holds up none of those that are deleted */
        leaving = leaving_go_on_all(watch->db, watch->config, &watch->progress, is_enough, &slice);
    if (result == 0)
        result = leaving;
    if (result != 0)
        watch->purge_ms = 0;
    return result;
}

/* ---- Now and then ------------------------------------------------------------------------------ */

static int do_chores(struct watch *watch)
{
    if (!watch_has_passed(&watch->chores_ms, CHORES_MS))
        return 0;
    if (maintain_cache(watch->db, watch->config) == 0)
        return 0;
    watch->chores_ms = 0;
    return -1;
}

/* Once a minute: says what was merged, and sweeps the folders of logs that have changed. */
static int report(struct watch *watch)
{
    if (!watch_has_passed(&watch->report_ms, REPORT_MS))
        return 0;
    if (watch->merged.events)
        watch_log_work("merged", "all", "rows", &watch->merged);
    watch->merged = (struct segment_work){0};
    for (size_t i = 0; i < watch->count; i++) {
        if (!watch->logs[i].changed)
            continue;
        if (maintain_sweep(watch->db, watch->config, &watch->logs[i].name) < 0)
            return -1;
        watch->logs[i].changed = false;
    }
    return 0;
}

/* Logs that nothing comes to may be without numbers too, after an upgrade.  1: there is more; 0; -1. */
static int give_numbers(struct watch *watch)
{
    struct slice slice = {watch, clock_now_ms() + WATCH_SLICE_MS};
    int result;

    if (!watch_has_passed(&watch->numbers_ms, CHORES_MS))
        return 0;
    result = maintain_numbers(watch->db, &watch->progress, is_enough, &slice);
    if (result != 0)
        watch->numbers_ms = 0;
    return result;
}

/* Once an hour, and then until none is left that is older than a day.  1: there is more; 0; -1. */
static int remove_keys(struct watch *watch)
{
    struct slice slice = {watch, clock_now_ms() + WATCH_SLICE_MS};
    int result;

    if (!watch_has_passed(&watch->keys_ms, CHORES_MS))
        return 0;
    result =
        maintain_remove_keys(watch->db, &watch->progress, is_enough, &slice, &watch->keys_removed);
    if (result != 0) {
        watch->keys_ms = 0;
        return result;
    }
    log_number("keys_removed", watch->keys_removed);
    watch->keys_removed = 0;
    return 0;
}

/* The same with calls that are held.  Calls that cannot be recorded hold up nothing else: they are tried again an hour later. */
static int record_held(struct watch *watch)
{
    struct slice slice = {watch, clock_now_ms() + WATCH_SLICE_MS};
    int result;

    if (!watch_has_passed(&watch->held_ms, CHORES_MS))
        return 0;
    result = maintain_record_held(watch->config, is_enough, &slice, &watch->held_recorded);
    if (result < 0 && !watch_is_fatal(watch))
        return 0;
    if (result != 0) {
        watch->held_ms = 0;
        return result;
    }
    log_number("held_recorded", watch->held_recorded);
    watch->held_recorded = 0;
    return 0;
}

int watch_slow_work(struct watch *watch)
{
    int more;

    if (find_unindexed(watch) < 0)
        return -1;
    more = rebuild_some(watch);
    if (more < 0 || watch->stopping)
        return more;
    if (do_chores(watch) < 0 || report(watch) < 0)
        return -1;
    if (more == 0)
        more = record_held(watch);
    if (more == 0)
        more = index_texts(watch);
    if (more == 0)
        more = give_numbers(watch);
    if (more == 0)
        more = remove_keys(watch);
    return more ? more : purge(watch);
}
