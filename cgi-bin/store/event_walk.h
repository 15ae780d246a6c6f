/* SPDX-License-Identifier: MIT */
/*
 * The rows of `event` that match, in the order of the list, some at a time: found by the filter itself, or named by whoever has an
 * index.  Numbers only; event_stream.h adds names and texts.  Between two calls the connection is free for other statements.
 */
#ifndef DAYBOOK_STORE_EVENT_WALK_H
#define DAYBOOK_STORE_EVENT_WALK_H

#include "base/arena.h"
#include "store/filter.h"
#include "store/name_cache.h"

/*
 * Ids of one account and kind in the order of the list, each once.  `next` writes at most `max` of them; how many, 0 at the end, or
 * -1.  No statement of the walk is running then, so it may ask the same connection, within the same snapshot.
 */
struct event_ids {
    int (*next)(void *context, uint64_t *ids, size_t max);
    void *context;
};

struct event_walk;

/*
 * All that matches `filter`, of one kind; its `text` is not looked at.  With `ids`, which is copied, these are taken instead, and of the filter only account,
 * kind and order count.  Arena and filter must outlive the walk.  NULL on failure.
 */
struct event_walk *event_walk_open(struct db *db, struct arena *arena, const struct filter *filter,
                                   const struct event_ids *ids);

/* The next rows, at most `max`; how many, 0 at the end, or -1. */
int event_walk_next(struct event_walk *walk, struct event_numbers *numbers, size_t max);

/*
 * Whether the range of ids from the first to the last of what the last call gave holds little else, so that reading the range costs
 * less than naming each.
 */
bool event_walk_is_dense(const struct event_walk *walk);

/*
 * The ids of the first and the last of the rows that will be given after the next `skip`, at most `max` of them, where they are known
 * already; false where none is.
 */
bool event_walk_ahead(const struct event_walk *walk, size_t skip, size_t max, uint64_t *first,
                      uint64_t *last);

void event_walk_close(struct event_walk *walk);

/* Does `a` come before `b` in this order? */
bool event_walk_before(bool oldest_first, uint64_t a, uint64_t b);

#endif
