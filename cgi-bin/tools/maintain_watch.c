/* SPDX-License-Identifier: MIT */
/*
 * `daybook maintain --watch`: looks once a second what waits, merges what is due, rebuilds what is not indexed, and once an hour does the
 * rest.  Everything is one short step after another, so it can be told to end, or be killed, at any time; what it remembers is
 * only when to do what.
 */
#define _GNU_SOURCE
#include "tools/maintain.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "store/schema_version.h"
#include "tools/leaving.h"

enum {
    LOOK_MS = 1000,
    LATER_MIN_MS =
        500, /* before a database that did not answer is asked again; doubled each time */
    LATER_MAX_MS = 10000,
    REBUILD_MS = 500, /* at a time, so that other logs are merged meanwhile */
    UNINDEXED_MS = 10 * 1000,
    PROGRESS_MS = 5000,
    TEXTS_MS = 60 * 1000,
    REPORT_MS = 60 * 1000,
    CHORES_MS = 3600 * 1000,
};

/* What is remembered of a log that had something waiting. */
struct watched {
    struct log_name name;
    uint64_t look;         /* the last one at which rows waited */
    int64_t since_ms;      /* since when some have */
    uint64_t newest_count; /* what the newest segment holds */
    bool rebuild;          /* it is not indexed */
    bool changed;          /* since its folder in the cache was swept */
};

struct watch {
    const struct config *config;
    struct db *db;
    int stop_fd;
    bool stopping, busy;
    struct watched *logs; /* in order of their names */
    size_t count, room;
    uint64_t look;
    int64_t unindexed_ms, report_ms, chores_ms, texts_ms, purge_ms,
        progress_ms; /* when each was done last; 0: not yet */
    struct segment_work merged;
};

/* Waits; true when it is time to stop. */
static bool pause_or_stop(struct watch *watch, int ms)
{
    struct pollfd stop = {watch->stop_fd, POLLIN, 0};

    if (!watch->stopping)
        watch->stopping = poll(&stop, 1, ms) == 1;
    return watch->stopping;
}

/* Has it been so long?  Also when the clock was set back. */
static bool has_passed(int64_t *last_ms, int64_t every_ms)
{
    int64_t now_ms = clock_now_ms();

    if (*last_ms && now_ms >= *last_ms && now_ms < *last_ms + every_ms)
        return false;
    *last_ms = now_ms;
    return true;
}

static void log_work(const char *event, const char *slug, const char *kind,
                     const struct segment_work *work)
{
    char events[24], segments[24], bytes[24];

    snprintf(events, sizeof(events), "%llu", (unsigned long long)work->events);
    snprintf(segments, sizeof(segments), "%llu", (unsigned long long)work->segments_written);
    snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)work->bytes_written);
    log_event(LOG_LEVEL_INFO, event, {"account", str_from(slug)}, {"kind", str_from(kind)},
              {"rows", str_from(events)}, {"segments", str_from(segments)},
              {"bytes", str_from(bytes)});
}

/* ---- Logs -------------------------------------------------------------------------------------- */

/* What is remembered of a log, or a new place for it. */
static struct watched *find_log(struct watch *watch, const struct log_name *name)
{
    size_t low = 0, high = watch->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = log_name_compare(&watch->logs[middle].name, name);

        if (order == 0)
            return &watch->logs[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (watch->count == watch->room) {
        watch->room = watch->room ? watch->room * 2 : 64;
        watch->logs = memory_resize(watch->logs, watch->room, sizeof(*watch->logs));
    }
    memmove(&watch->logs[low + 1], &watch->logs[low], (watch->count - low) * sizeof(*watch->logs));
    watch->count++;
    watch->logs[low] = (struct watched){.name = *name};
    return &watch->logs[low];
}

static int merge_log(struct watch *watch, struct watched *log)
{
    enum segment_step step;

    do {
        step = maintain_merge(watch->db, watch->config, &log->name, &watch->merged);
        log->newest_count = watch->merged.last_events;
    } while (step == SEGMENT_STEP_MORE && !pause_or_stop(watch, 0));
    log->changed = true;
    log->look = 0;
    if (step == SEGMENT_STEP_DAMAGED || step == SEGMENT_STEP_NOT_INDEXED)
        log->rebuild = true;
    return step == SEGMENT_STEP_FAILED ? -1 : 0;
}

/* A log that fails by itself, as with a deadlock, does not keep the others from their turn. */
static bool is_fatal(struct watch *watch)
{
    return db_last_error(watch->db) == DB_ERROR_GONE || db_connect(watch->db) < 0;
}

/* Rows of a log wait: is it time to merge them? */
static int look_at(struct watch *watch, const struct log_name *name)
{
    int64_t now_ms = clock_now_ms();
    size_t known = watch->count;
    struct watched *log = find_log(watch, name);
    uint64_t waiting;

    if (watch->count > known && segment_waiting_newest(watch->db, name, &log->newest_count) < 0)
        return -1;
    if (log->rebuild)
        return 0;
    if (log->look + 1 != watch->look || now_ms < log->since_ms)
        log->since_ms = now_ms;
    log->look = watch->look;
    if (segment_waiting_count(watch->db, name, segment_waiting_most(watch->config), &waiting) < 0)
        return -1;
    if (!segment_waiting_is_due(watch->config, waiting, now_ms - log->since_ms, log->newest_count))
        return 0;
    return merge_log(watch, log);
}

static int look_at_all(struct watch *watch)
{
    struct log_name event = {0, 0}, entity = {0, 0};
    int more;

    watch->look++;
    while ((more = segment_waiting_event(watch->db, &event, &event)) == 1) {
        if (look_at(watch, &event) < 0 && is_fatal(watch))
            return -1;
        if (pause_or_stop(watch, 0))
            return 0;
    }
    if (more < 0)
        return -1;
    while ((more = segment_waiting_entity(watch->db, &entity, &entity)) == 1) {
        if (look_at(watch, &entity) < 0 && is_fatal(watch))
            return -1;
        if (pause_or_stop(watch, 0))
            return 0;
    }
    return more;
}

/* ---- Rebuilding -------------------------------------------------------------------------------- */

/* Logs that nothing is recorded in may have to be rebuilt too: after an upgrade, or when somebody wishes it. */
static int find_unindexed(struct watch *watch)
{
    struct arena *arena;
    struct log_name *names;
    size_t count = 0;
    int result;

    if (!has_passed(&watch->unindexed_ms, UNINDEXED_MS))
        return 0;
    arena = arena_new();
    result = segment_waiting_unindexed(watch->db, arena, &names, &count);
    for (size_t i = 0; i < count; i++)
        find_log(watch, &names[i])->rebuild = true;
    arena_free(arena);
    return result;
}

/* Some steps of one log. */
static int rebuild_log(struct watch *watch, struct watched *log, int64_t end_ms)
{
    struct segment_work work = {0};
    char slug[MAINTAIN_SLUG_BYTES];
    enum segment_step step;

    do
        step = maintain_rebuild(watch->db, watch->config, &log->name, &work);
    while (step == SEGMENT_STEP_MORE && !pause_or_stop(watch, 0) && clock_now_ms() < end_ms);
    if (step == SEGMENT_STEP_FAILED)
        return -1;
    log->changed = true;
    log->newest_count = work.last_events;
    log->rebuild = step == SEGMENT_STEP_MORE;
    if (log->rebuild && !has_passed(&watch->progress_ms, PROGRESS_MS))
        return 0;
    maintain_slug(watch->db, log->name.account_id, slug);
    log_work(log->rebuild ? "index_progress" : "indexed", slug, maintain_kind(log->name.kind),
             &work);
    return 0;
}

/* 1: there is more to rebuild; 0; -1. */
static int rebuild_some(struct watch *watch)
{
    int64_t end_ms = clock_now_ms() + REBUILD_MS;

    for (size_t i = 0; i < watch->count; i++) {
        if (!watch->logs[i].rebuild)
            continue;
        if (clock_now_ms() >= end_ms)
            return 1;
        if (rebuild_log(watch, &watch->logs[i], end_ms) < 0) {
            if (is_fatal(watch))
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

    return pause_or_stop(slice->watch, 0) || clock_now_ms() >= slice->end_ms;
}

/* Once a minute, and then until none is wanting.  1: there may be more; 0; -1. */
static int index_texts(struct watch *watch)
{
    struct slice slice = {watch, clock_now_ms() + REBUILD_MS};
    uint64_t written = 0;
    int result;

    if (!has_passed(&watch->texts_ms, TEXTS_MS))
        return 0;
    result = maintain_texts(watch->db, watch->config, is_enough, &slice, &written);
    if (written)
        log_number("texts_indexed", written);
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
    log_work("purged", slug, "rows", &work);
}

/* Once an hour, and then until all is removed that plans do not keep, or that is of no account.  1: there is more; 0; -1. */
static int purge(struct watch *watch)
{
    struct slice slice = {watch, clock_now_ms() + REBUILD_MS};
    const struct maintain_retention retention = {is_enough, log_purge, &slice};
    int result;

    if (!has_passed(&watch->purge_ms, CHORES_MS))
        return 0;
    result = maintain_retention_run(watch->db, watch->config, &retention);
    if (result == 0)
        result = leaving_go_on_all(watch->db, watch->config, is_enough, &slice);
    if (result != 0)
        watch->purge_ms = 0;
    return result;
}

/* ---- Now and then ------------------------------------------------------------------------------ */

static int do_chores(struct watch *watch)
{
    uint64_t removed = 0, recorded = 0;

    if (!has_passed(&watch->chores_ms, CHORES_MS))
        return 0;
    if (maintain_remove_keys(watch->db, &removed) < 0 ||
        maintain_record_held(watch->config, &recorded) < 0 ||
        maintain_cache(watch->db, watch->config) < 0) {
        watch->chores_ms = 0;
        return -1;
    }
    log_number("keys_removed", removed);
    log_number("held_recorded", recorded);
    return 0;
}

/* Once a minute: says what was merged, and sweeps the folders of logs that have changed. */
static int report(struct watch *watch)
{
    if (!has_passed(&watch->report_ms, REPORT_MS))
        return 0;
    if (watch->merged.events)
        log_work("merged", "all", "rows", &watch->merged);
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

/* ---- The loop ---------------------------------------------------------------------------------- */

/* Everything that is due now.  1: there is more; 0; -1. */
static int work(struct watch *watch)
{
    int more;

    if (look_at_all(watch) < 0 || find_unindexed(watch) < 0)
        return -1;
    more = rebuild_some(watch);
    if (more < 0 || watch->stopping)
        return more;
    if (do_chores(watch) < 0 || report(watch) < 0)
        return -1;
    if (more == 0)
        more = index_texts(watch);
    return more ? more : purge(watch);
}

/* The same with the lock, which others may take between two looks. */
static int look(struct watch *watch)
{
    int result = segment_lock_take(watch->db, 0);

    if (result == 1) {
        result = work(watch);
        segment_lock_release(watch->db);
        watch->busy = false;
    } else if (result == 0) {
        if (!watch->busy)
            log_event(LOG_LEVEL_INFO, "maintain_waits", {"reason", STR("another is at work")});
        watch->busy = true;
    }
    return result;
}

static void run(struct watch *watch)
{
    int later_ms = LATER_MIN_MS, pause_ms = 0;

    while (!pause_or_stop(watch, pause_ms)) {
        int64_t start_ms = clock_now_ms(), spent_ms;
        int more = look(watch);

        spent_ms = clock_now_ms() - start_ms;
        pause_ms = more == 0 && spent_ms >= 0 && spent_ms < LOOK_MS ? LOOK_MS - (int)spent_ms : 0;
        if (more >= 0) {
            later_ms = LATER_MIN_MS;
            continue;
        }
        pause_ms = later_ms;
        later_ms = later_ms < LATER_MAX_MS / 2 ? later_ms * 2 : LATER_MAX_MS;
    }
}

/* Signals to stop are read between two steps. */
static int open_stop(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int maintain_watch(const struct config *config)
{
    struct watch watch = {.config = config, .report_ms = clock_now_ms()};

    watch.db = schema_version_open(config, CONFIG_MAINTAINER);
    if (!watch.db)
        return 1;
    watch.stop_fd = open_stop();
    if (watch.stop_fd >= 0) {
        log_event(LOG_LEVEL_INFO, "maintain_started", {"cache", str_from(config->cache_dir)});
        run(&watch);
        log_event(LOG_LEVEL_INFO, "maintain_stopped", {"reason", STR("told to")});
        close(watch.stop_fd);
    }
    free(watch.logs);
    db_free(watch.db);
    return watch.stopping ? 0 : 1;
}
