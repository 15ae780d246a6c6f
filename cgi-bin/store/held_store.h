/* SPDX-License-Identifier: MIT */
/* Early stages of calls (schema/0009_held_event.sql).  Not part of the log: what is held is either recorded later or a later stage is. */
#ifndef DAYBOOK_STORE_HELD_STORE_H
#define DAYBOOK_STORE_HELD_STORE_H

#include "base/arena.h"
#include "base/event.h"
#include "store/db.h"

enum {
    HELD_HASH_BYTES = 16,
    HELD_TEXT_MAX = 8 * 1024 * 1024,
    HELD_DUE_BYTES_MAX = 16 * 1024 * 1024, /* as much as one message */
};

struct held_event {
    unsigned char key_hash[HELD_HASH_BYTES];
    unsigned stage;
    uint64_t body_bytes;
    struct str text; /* at most HELD_TEXT_MAX */
};

/* The first 128 bits of the SHA-256 of the key. */
void held_hash(struct str idempotency_key, unsigned char hash[HELD_HASH_BYTES]);

/* All of these: 0, or -1 when the database failed. */

/* Holds it, unless a stage as late is held already. */
int held_store_keep(struct db *db, uint32_t account_id, const struct held_event *held,
                    int64_t now_ms);

/* Is anything held for the account? */
int held_store_any(struct db *db, uint32_t account_id, bool *any);

/* Forgets a call whose last stage is recorded. */
int held_store_end(struct db *db, uint32_t account_id,
                   const unsigned char key_hash[HELD_HASH_BYTES]);

/* The oldest of those held since before `before_ms`, at most `limit`, and of their texts about HELD_DUE_BYTES_MAX; in the arena. */
int held_store_due(struct db *db, struct arena *arena, uint32_t account_id, int64_t before_ms,
                   size_t limit, struct held_event **list, size_t *count);

/*
 * Is a stage of the call `event` recorded already with another time?  (One of the same time is met when it is stored.)  It is looked for by key among the
 * calls with its request id, from an hour before its time to a day behind it.
 */
int held_store_is_recorded(struct db *db, uint32_t account_id, const struct event *event,
                           bool *recorded);

/* Forgets one that held_store_due() gave, unless a later stage has taken its place. */
int held_store_remove(struct db *db, uint32_t account_id, const struct held_event *held);

/* An account above `after` with something due: 1 and its number in `account_id`, 0, or -1. */
int held_store_next_account(struct db *db, uint32_t after, int64_t before_ms, uint32_t *account_id);

#endif
