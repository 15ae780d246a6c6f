/* SPDX-License-Identifier: MIT */
/*
 * Which events belong together (base/event_link.h): the attempts of one delivery, and triggers with the calls that they caused.
 * Every answer is bounded, however often somebody uses the same id, and stays within the account.
 */
#ifndef DAYBOOK_STORE_LINK_STORE_H
#define DAYBOOK_STORE_LINK_STORE_H

#include "base/arena.h"
#include "base/event.h"
#include "store/db.h"

enum {
    LINK_EVENTS_MAX = 50,   /* of a list of events below */
    LINK_ATTEMPTS_MAX = 50, /* of one delivery that are told apart */
};

/* Where to look: nothing below first_id is shown or counted. */
struct link_scope {
    uint32_t account_id;
    uint64_t first_id;
};

struct link_list {
    struct event *rows; /* as in struct event_list; in the arena */
    size_t count;
    bool more; /* there are others */
};

/*
 * Events of the other kind that share an id with `event`, which is whole (event_read()), and are at most EVENT_LINK_SPAN_MS before
 * or after it: the newest LINK_EVENTS_MAX, the newest first.  0 or -1.
 */
int link_read_events(struct db *db, struct arena *arena, const struct link_scope *scope,
                     const struct event *event, struct link_list *list);

/* Every attempt of the delivery that `trigger` is one of, itself too: the first LINK_ATTEMPTS_MAX, in order of time.  0 or -1. */
int link_read_attempts(struct db *db, struct arena *arena, const struct link_scope *scope,
                       const struct event *trigger, struct link_list *list);

/* Which attempt of how many a trigger is. */
struct link_attempt {
    unsigned number; /* from 1, in order of time; 0: behind the first LINK_ATTEMPTS_MAX */
    unsigned
        of; /* how many there are; LINK_ATTEMPTS_MAX + 1 stands for any greater number; 0: no delivery id */
};

/* The attempt of each of `count` triggers of a list; in the arena.  0 or -1. */
int link_number_attempts(struct db *db, struct arena *arena, const struct link_scope *scope,
                         const struct event *triggers, size_t count,
                         struct link_attempt **attempts);

#endif
