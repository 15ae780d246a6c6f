/* SPDX-License-Identifier: MIT */
/* Reading a log in the order of arrival: tables arrival and event.  Only what has a number is there; `daybook maintain` gives them. */
#ifndef DAYBOOK_STORE_ARRIVAL_STORE_H
#define DAYBOOK_STORE_ARRIVAL_STORE_H

#include "base/arena.h"
#include "store/filter.h"

struct arrival {
    uint64_t number;
    uint64_t id;
};

/*
 * What has arrived after the number `after`, in order, at most `limit`; in the arena.  The number of a later one is greater, and between two may be
 * numbers of events that were deleted.  0 or -1.
 */
int arrivals_after(struct db *db, struct arena *arena, uint32_t account_id, enum event_kind kind,
                   uint64_t after, size_t limit, struct arrival **arrivals, size_t *count);

/*
 * Which of the events match `filter`, whatever its text: keeps these, in their order.  filter->kind must not be EVENT_KIND_ALL.  Events that are no more
 * do not match.  0 or -1.
 */
int arrivals_match(struct db *db, struct arena *arena, const struct filter *filter,
                   struct arrival *arrivals, size_t *count);

#endif
