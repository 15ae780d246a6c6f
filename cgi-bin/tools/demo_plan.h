/* SPDX-License-Identifier: MIT */
/* When the calls of the demo log are made, and by whom: sessions of people and bots. */
#ifndef DAYBOOK_TOOLS_DEMO_PLAN_H
#define DAYBOOK_TOOLS_DEMO_PLAN_H

#include "tools/demo_random.h"
#include "tools/demo_stories.h"

#include <stddef.h>
#include <stdint.h>

enum { DEMO_WINDOW_DAYS = 30 };

#define DEMO_DAY_MS (INT64_C(24) * 60 * 60 * 1000)

/* One call to be made. */
struct demo_slot {
    int64_t ms;
    size_t order; /* among those of one millisecond */
    const struct demo_actor *actor;
    unsigned session;
    uint64_t
        request; /* a webhook and what it sets off have the same, and so the same request id; 0: none other */
    uint64_t
        delivery; /* webhooks that are attempts of one delivery have the same; 0: the only one */
    bool undelivered; /* of several attempts: not the last one */
    bool denied;      /* the user is blocked by now */
};

struct demo_plan {
    struct demo_slot *slots; /* by time, the earliest first */
    size_t count;
    int64_t outage_from, outage_until; /* the hour when little worked */
};

/*
 * Plans `count` calls within the 30 days before `until_ms`, which must be at least that much.  About
 * 15 % are webhooks.  demo_plan_release() gives the memory back.
 */
void demo_plan_make(struct demo_plan *plan, struct demo_random *random, size_t count,
                    int64_t until_ms);
void demo_plan_release(struct demo_plan *plan);

/* Somebody with one of `roles` (a set), each as often as their weight says. */
const struct demo_actor *demo_plan_draw_actor(struct demo_random *random, unsigned roles);

#endif
