/* SPDX-License-Identifier: MIT */
/*
 * Reading how capturing goes (tables capture_*, schema/0006_capture.sql).  What an account may see is decided here: figures of
 * a whole source are read only for the account that it records for, and shares only of the account that asks.
 */
#ifndef DAYBOOK_STORE_HEALTH_STORE_H
#define DAYBOOK_STORE_HEALTH_STORE_H

#include "base/arena.h"
#include "base/health.h"
#include "store/db.h"

/*
 * The sources that record for the account `account_id`, or from which it got calls, by name; each has exactly its share, and
 * `whole` where the source is its own.  NULL when there are none.  Everything is in the arena.  0 or -1.
 */
int health_of_account(struct db *db, struct arena *arena, uint32_t account_id,
                      struct health_source **sources);

/* Notes that somebody has looked at the troubles of the source `name`.  1; 0 there is no such source; -1. */
int health_acknowledge(struct db *db, struct str name);

/* Every source with everything that is known of it, for the operator's command.  0 or -1. */
int health_of_all(struct db *db, struct arena *arena, struct health_source **sources);

#endif
