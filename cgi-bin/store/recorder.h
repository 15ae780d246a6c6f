/* SPDX-License-Identifier: MIT */
/*
 * Storing events: all of a batch or nothing, each event once.
 *
 * An event's id is the millisecond it occurred at, then a slot of 22 bits from the SHA-256 of its idempotency key.  The same event
 * recorded again meets its own row; the stored 128 bits of that hash tell it from another event that fell on the same slot, which
 * takes the next free one of that millisecond.  When the sender gave no usable time the id cannot be found from the
 * key: such keys are kept for a day in recent_key.  An event without a key gets a random slot.
 */
#ifndef DAYBOOK_STORE_RECORDER_H
#define DAYBOOK_STORE_RECORDER_H

#include "base/event.h"
#include "store/db.h"

struct recorder; /* a connection as CONFIG_RECORDER and the memory of names */

/* How long a key without a usable time is recognised at least; `daybook maintain` forgets older ones. */
#define RECORDER_RECENT_MS (INT64_C(24) * 60 * 60 * 1000)

/* NULL when the schema is another one (said on stderr).  `config` must outlive it. */
struct recorder *recorder_open(const struct config *config);
void recorder_close(struct recorder *recorder);

/* The connection, for looking up tokens and accounts between batches. */
struct db *recorder_db(struct recorder *recorder);

/*
 * Stores `count` events of one account; those of them that stand already, or twice in the batch, are stored once.  Fills id, and
 * received_ms and occurred_ms (where not given) of each.  0 after the commit, with the number of rows in `stored` (too low only when they were
 * found after a lost connection), unless NULL; or
 * -1 and nothing is stored, as for an account that was deleted, unless the connection broke during the commit and could not be made again: then it is not known, and
 * repeating the batch is safe for every event that has a key.
 */
int recorder_store(struct recorder *recorder, uint32_t account_id, struct event *events,
                   size_t count, size_t *stored);

/*
 * What else belongs to a batch and must stand with it or not at all.  `write` runs in the batch's transaction, last before the
 * commit, and again when the batch has to be repeated (also after a commit whose answer was lost, so it must recognise what it has
 * written); `stored` events are new then, those with is_new.  Its result: 0 written; 1 the batch must not be stored; -1 the database failed.
 */
struct recorder_also {
    int (*write)(struct db *db, size_t stored, void *context);
    void *context;
};

/* recorder_store() with `also`, for 0 events too.  0, -1 as above; 1 when `also` said so: nothing is stored then. */
int recorder_store_also(struct recorder *recorder, uint32_t account_id, struct event *events,
                        size_t count, const struct recorder_also *also, size_t *stored);

#endif
