/* SPDX-License-Identifier: MIT */
/* Events with the names of a person in them: finding them, and writing them with marks in their place. */
#ifndef DAYBOOK_STORE_ERASE_ROWS_H
#define DAYBOOK_STORE_ERASE_ROWS_H

#include "base/arena.h"
#include "base/erase_text.h"
#include "base/event.h"
#include "store/erase_names.h"

/* What goes from an account's log. */
struct erase_wanted {
    uint32_t account_id;
    const struct erase_values *values;
    struct erase_pairs users, entities;
    size_t body_max_bytes; /* to which a body may grow by marks */
};

/* An event that changes. */
struct erased_event {
    uint64_t id;
    uint32_t user_id, entity_id; /* as they are now */
    bool has_numbers, has_texts; /* which of both change */
    struct event before;         /* only what its links are made of */
    struct event after;          /* every text */
};

struct erased_events {
    struct erased_event *items; /* in order of their ids; in the arena, as their texts */
    size_t count, capacity;
    size_t looked_at;
    uint64_t last_id; /* of those that were looked at */
    size_t bytes;     /* of all their texts */
};

/* The greatest id of a kind; 0: there is no event.  0 or -1. */
int erase_rows_newest(struct db *db, uint32_t account_id, unsigned kind, uint64_t *id);

/* Looks at the first events of a kind with ids above `after` and up to `last`, at most `limit`, and adds those that change.  0 or -1. */
int erase_rows_look(struct db *db, struct arena *arena, const struct erase_wanted *wanted,
                    unsigned kind, uint64_t after, uint64_t last, size_t limit,
                    struct erased_events *found);

/* The same for one event. */
int erase_rows_look_at(struct db *db, struct arena *arena, const struct erase_wanted *wanted,
                       unsigned kind, uint64_t id, struct erased_events *found);

/*
 * The ids of some events that have an old user or entity, at most `limit`: of those in event_recent, or of all others, which are in order for each
 * name alone.  0 or -1.
 */
int erase_rows_left(struct db *db, struct arena *arena, const struct erase_wanted *wanted,
                    unsigned kind, bool recent, size_t limit, uint64_t **ids, size_t *count);

/* Writes what has changed into all tables but those of the index, in the caller's transaction.  0 or -1. */
int erase_rows_write(struct db *db, const struct erase_wanted *wanted, unsigned kind,
                     const struct erased_events *events);

#endif
