/* SPDX-License-Identifier: MIT */
/*
 * The state of the invented company while its log is told: what exists, under which id, how often it
 * was changed.  Calls are chosen so that they fit it, and change it when they succeed.
 */
#ifndef DAYBOOK_TOOLS_DEMO_WORLD_H
#define DAYBOOK_TOOLS_DEMO_WORLD_H

#include "tools/demo_plan.h"
#include "tools/demo_random.h"
#include "tools/demo_stories.h"

enum { DEMO_ID_BYTES = 24 };

struct demo_world;

/* What one call is and how it ends. */
struct demo_choice {
    const struct demo_slot *slot;
    const struct demo_call *call;
    const struct demo_failure *failure; /* NULL: all goes well */
    const struct demo_entity *entity;   /* NULL: about none in particular */
    char id[DEMO_ID_BYTES + 1];         /* of the entity */
    bool id_known;                      /* to whoever records the call */
    char build_id[DEMO_ID_BYTES + 1];   /* the latest build of a pipeline */
    unsigned revision;                  /* of the entity, with the change that is asked for */
};

/*
 * The world before the first call of `plan`.  Both arguments must live as long; demo_world_free() ends
 * it, NULL is allowed.
 */
struct demo_world *demo_world_new(const struct demo_plan *plan, struct demo_random *random);
void demo_world_free(struct demo_world *world);

/* Decides what happens in `slot`, and lets it happen.  To be asked in the order of time. */
void demo_world_choose(struct demo_world *world, const struct demo_slot *slot,
                       struct demo_choice *choice);

#endif
