/* SPDX-License-Identifier: MIT */
/*
 * `daybook maintain --watch`: looks once a second what waits, merges what is due, rebuilds what is not indexed, and once an hour does the
 * rest.  Everything is one short step after another, so it can be told to end, or be killed, at any time; what it remembers is
 * only when to do what.
 */
#define _GNU_SOURCE
#include "tools/maintain_watch.h"

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
#include "upkeep/arrival.h"

enum {
    LOOK_MS = 1000,
    LATER_MIN_MS =
        500, /* before a database that did not answer is asked again; doubled each time */
    LATER_MAX_MS = 10000,
};

bool watch_pause(struct watch *watch, int ms)
{
    struct pollfd stop = {watch->stop_fd, POLLIN, 0};

    if (!watch->stopping)
        watch->stopping = poll(&stop, 1, ms) == 1;
    return watch->stopping;
}

bool watch_has_passed(int64_t *last_ms, int64_t every_ms)
{
    int64_t now_ms = clock_now_ms();

    if (*last_ms && now_ms >= *last_ms && now_ms < *last_ms + every_ms)
        return false;
    *last_ms = now_ms;
    return true;
}

void watch_log_work(const char *event, const char *slug, const char *kind,
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

struct watched *watch_find(struct watch *watch, const struct log_name *name)
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
    } while (step == SEGMENT_STEP_MORE && !watch_pause(watch, 0));
    log->changed = true;
    log->look = 0;
    if (step == SEGMENT_STEP_DAMAGED || step == SEGMENT_STEP_NOT_INDEXED)
        log->rebuild = true;
    return step == SEGMENT_STEP_FAILED ? -1 : 0;
}

bool watch_is_fatal(struct watch *watch)
{
    return db_last_error(watch->db) == DB_ERROR_GONE || db_connect(watch->db) < 0;
}

/* In the order of arrival, to what has come since the last look. */
static int give_numbers(struct watch *watch, const struct log_name *name)
{
    const int64_t end_ms = clock_now_ms() + WATCH_SLICE_MS;
    uint64_t numbered = 0;
    enum segment_step step;

    do
        step = arrival_step(watch->db, name->account_id, name->kind, &numbered);
    while (step == SEGMENT_STEP_MORE && !watch_pause(watch, 0) && clock_now_ms() < end_ms);
    return step == SEGMENT_STEP_FAILED ? -1 : 0;
}

/* Rows of a log wait: is it time to merge them? */
static int look_at(struct watch *watch, const struct log_name *name)
{
    int64_t now_ms = clock_now_ms();
    size_t known = watch->count;
    struct watched *log = watch_find(watch, name);
    uint64_t waiting;

    if (watch->count > known && segment_waiting_newest(watch->db, name, &log->newest_count) < 0)
        return -1;
    if (log->rebuild)
        return 0;
    if (log->look + 1 != watch->look || now_ms < log->since_ms)
        log->since_ms = now_ms;
    log->look = watch->look;
    if (name->kind && give_numbers(watch, name) < 0)
        return -1;
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
        if (look_at(watch, &event) < 0 && watch_is_fatal(watch))
            return -1;
        if (watch_pause(watch, 0))
            return 0;
    }
    if (more < 0)
        return -1;
    while ((more = segment_waiting_entity(watch->db, &entity, &entity)) == 1) {
        if (look_at(watch, &entity) < 0 && watch_is_fatal(watch))
            return -1;
        if (watch_pause(watch, 0))
            return 0;
    }
    return more;
}

/* ---- The loop ---------------------------------------------------------------------------------- */

/* Everything that is due now.  1: there is more; 0; -1. */
static int work(struct watch *watch)
{
    return look_at_all(watch) < 0 ? -1 : watch_slow_work(watch);
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

    while (!watch_pause(watch, pause_ms)) {
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
    struct watch watch = {.config = config, .report_ms = clock_now_ms(), .progress.has_log = true};

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
