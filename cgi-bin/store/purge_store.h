/* SPDX-License-Identifier: MIT */
/* What is written down of each removal of old events. */
#ifndef DAYBOOK_STORE_PURGE_STORE_H
#define DAYBOOK_STORE_PURGE_STORE_H

#include "base/arena.h"
#include "store/db.h"

#include <stdint.h>

/* The numbers stand in the database: never renumber. */
enum purge_cause { PURGE_BY_PLAN = 1, PURGE_BY_COMMAND = 2 };

/* The first three name it. */
struct purge {
    uint32_t account_id;
    int64_t before_ms; /* what occurred before this is removed */
    enum purge_cause cause;
    int64_t started_ms, ended_ms; /* ended 0: not yet */
    uint64_t events, triggers;
};

/* Writes down that it begins, or goes on with what was begun.  0 or -1. */
int purge_begin(struct db *db, const struct purge *purge);

/*
 * May it remove?  Not from an account under legal hold, and for the plan's sake only what the plan does not keep now.  Until the
 * transaction ends neither can change.  1; 0; -1.
 */
int purge_is_allowed(struct db *db, const struct purge *purge);

/* Adds to what it has removed; to be called in the transaction that removes.  0 or -1. */
int purge_add(struct db *db, const struct purge *purge, uint64_t events, uint64_t triggers);

/* Writes down that everything is removed.  0 or -1. */
int purge_end(struct db *db, const struct purge *purge);

/* Sets the counts, and when it began and ended, to what is written down of it.  1; 0: nothing is; -1. */
int purge_read(struct db *db, struct purge *purge);

/* One of the same account that ends before `later` and has not come to its end.  1; 0: there is none; -1. */
int purge_unfinished(struct db *db, const struct purge *later, struct purge *purge);

/* The one of an account that was begun last.  1; 0: there was none; -1. */
int purge_last(struct db *db, uint32_t account_id, struct purge *purge);

#endif
