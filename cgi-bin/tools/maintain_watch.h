/* SPDX-License-Identifier: MIT */
/* What the two files of `daybook maintain --watch` share: maintain_watch.c looks what waits, maintain_watch_slow.c does the rest. */
#ifndef DAYBOOK_TOOLS_MAINTAIN_WATCH_H
#define DAYBOOK_TOOLS_MAINTAIN_WATCH_H

#include "tools/maintain.h"

/* How long something that takes long is done at a time, so that other logs are merged meanwhile. */
enum { WATCH_SLICE_MS = 500 };

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
    /* When each was done last; 0: not yet. */
    int64_t unindexed_ms, report_ms, chores_ms, texts_ms, purge_ms, numbers_ms, keys_ms, held_ms,
        progress_ms;
    uint64_t keys_removed, held_recorded; /* since that was begun */
    struct segment_work merged;
    struct progress progress; /* of what takes long, from slice to slice */
};

/* Waits; true when it is time to stop. */
bool watch_pause(struct watch *watch, int ms);

/* Has it been so long?  Also when the clock was set back.  Then it is done now. */
bool watch_has_passed(int64_t *last_ms, int64_t every_ms);

/* A log that fails by itself, as with a deadlock, does not keep the others from their turn. */
bool watch_is_fatal(struct watch *watch);

void watch_log_work(const char *event, const char *slug, const char *kind,
                    const struct segment_work *work);

/* What is remembered of a log, or a new place for it. */
struct watched *watch_find(struct watch *watch, const struct log_name *name);

/* Everything but merging that is due, some at a time.  1: there is more; 0; -1. */
int watch_slow_work(struct watch *watch);

#endif
