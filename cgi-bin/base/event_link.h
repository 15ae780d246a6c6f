/* SPDX-License-Identifier: MIT */
/*
 * By which ids an event finds the others that belong to it.  Pure: texts in, numbers out; the numbers are rows of table
 * event_link.
 *
 * A webhook and the calls that it causes carry a common id: the webhook's delivery id, its request id or its trace id, and a
 * call has it as its request id or trace id.  All of these are one kind of id here, so that any of them may meet any other.  They
 * are looked for near the time of an event only.
 *
 * The attempts of one delivery are looked for at all times, by provider and delivery id together, since two providers may give
 * the same id.
 */
#ifndef DAYBOOK_BASE_EVENT_LINK_H
#define DAYBOOK_BASE_EVENT_LINK_H

#include "base/event.h"

#include <stddef.h>

enum {
    EVENT_LINK_SHARED_MAX = 4, /* ids that one event may share */
    EVENT_LINK_MAX = EVENT_LINK_SHARED_MAX + 1,
    EVENT_LINK_ALWAYS = 0, /* in place of an hour */
};

/* How far apart in time two events with a common id may be to belong together. */
#define EVENT_LINK_SPAN_MS (INT64_C(24) * 60 * 60 * 1000)

struct event_link {
    uint32_t hour; /* of the event: event_link_hour(); or EVENT_LINK_ALWAYS */
    uint64_t hash;
};

/* The hour of a time: 1 for the first of 1970. */
uint32_t event_link_hour(int64_t ms);

/*
 * The hashes of the ids that `event` may share with events of the other kind, each once; how many.  Not counted are texts of
 * nothing but 0 and - (a trace id that is none), and the request id of a captured call that its front drew for it and nobody else
 * was told: that is one without an id in its request, unless it is a trigger, whose receiver hands the front's id on.
 */
size_t event_link_shared(const struct event *event, uint64_t hashes[EVENT_LINK_SHARED_MAX]);

/* Every row of `event`, whose id says when it occurred; how many. */
size_t event_link_all(const struct event *event, uint64_t id,
                      struct event_link links[EVENT_LINK_MAX]);

/* The hash of an id that is shared: under it stand all events that have it as their request id, trace id or delivery id. */
uint64_t event_link_id(struct str id);

/* The hash under which a trigger with a delivery id stands at all times. */
uint64_t event_link_delivery(struct str provider, struct str delivery_id);

#endif
