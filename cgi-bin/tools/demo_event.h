/* SPDX-License-Identifier: MIT */
/* What was chosen, as the event that a front in front of the API would record. */
#ifndef DAYBOOK_TOOLS_DEMO_EVENT_H
#define DAYBOOK_TOOLS_DEMO_EVENT_H

#include "base/arena.h"
#include "base/event.h"
#include "tools/demo_random.h"
#include "tools/demo_world.h"

/* Fills `event`, but for its key.  Its texts live in `arena`, or as long as the tables. */
void demo_event_fill(struct event *event, const struct demo_choice *choice,
                     struct demo_random *random, struct arena *arena);

#endif
