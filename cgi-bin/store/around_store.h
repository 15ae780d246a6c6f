/* SPDX-License-Identifier: MIT */
/*
 * Other calls of the same kind around the time of one: with its request id, of its user, from its client address.
 *
 * Calls with the request id are found by table event_link.  For user and address the neighbours of the call are looked at, in the order
 * of the primary key, on each side at most AROUND_NEIGHBOURS_MAX: no index finds an address, and in a busy log minutes hold
 * any number of calls.
 */
#ifndef DAYBOOK_STORE_AROUND_STORE_H
#define DAYBOOK_STORE_AROUND_STORE_H

#include "store/link_store.h"

enum { AROUND_MAX = 10, AROUND_NEIGHBOURS_MAX = 2000 };

#define AROUND_SPAN_MS (INT64_C(10) * 60 * 1000)

enum around_what { AROUND_REQUEST, AROUND_USER, AROUND_ADDRESS, AROUND_COUNT };

struct around {
    int64_t from_ms, to_ms; /* both included: AROUND_SPAN_MS before and after the call */
    /* Up to AROUND_MAX calls, those nearest to the call in time, the newest first; `more`: others were met */
    struct link_list lists[AROUND_COUNT];
    bool is_bounded; /* on one side at least there are more neighbours than were looked at */
};

/*
 * What is around `event`, which is whole (event_read()) and is itself in no list.  What it does not have (request id, user, address) gives an
 * empty list.  Nothing below scope->first_id.  0 or -1.
 */
int around_read(struct db *db, struct arena *arena, const struct link_scope *scope,
                const struct event *event, struct around *around);

#endif
