/* SPDX-License-Identifier: MIT */
/* Plans: for how many days the log of an account is kept; and the hold that keeps it for longer. */
#ifndef DAYBOOK_STORE_PLAN_STORE_H
#define DAYBOOK_STORE_PLAN_STORE_H

#include "base/arena.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

enum { PLAN_DAYS_MAX = 36500, PLAN_NAME_MAX = 63 };

struct plan {
    struct str name;
    unsigned days;
    uint64_t accounts; /* that have it */
};

/* All plans by name; in the arena.  0 or -1. */
int plans_all(struct db *db, struct arena *arena, struct plan **plans, size_t *count);

/* `days` is 1 to PLAN_DAYS_MAX.  0; 1 when the name is taken; -1. */
int plan_add(struct db *db, struct str name, unsigned days);

/* For every account that has it.  0; 1 when there is no such plan; -1. */
int plan_change(struct db *db, struct str name, unsigned days);

/* Gives an account the plan of this name, or with an empty name none.  0; 1 when there is no such plan; -1. */
int plan_assign(struct db *db, uint32_t account_id, struct str name);

/* While it is on nothing is removed from the account's log.  0 or -1. */
int plan_hold(struct db *db, uint32_t account_id, bool on);

/*
 * The time from which on a log is kept: the beginning of the day, UTC, that is `days` before the day of `now_ms`.  So it moves once a day,
 * and every event is kept for that many whole days.  0 for 0 days: everything is kept.
 */
int64_t plan_kept_from_ms(unsigned days, int64_t now_ms);

#endif
