/* SPDX-License-Identifier: MIT */
/* Early stages of calls in files, until a later one comes or the files are at their end. */
#ifndef DAYBOOK_TOOLS_LOAD_STAGES_H
#define DAYBOOK_TOOLS_LOAD_STAGES_H

#include "base/event.h"

struct load_stages;

struct load_stages *load_stages_new(void);
void load_stages_free(struct load_stages *stages);

/* Holds a copy of `event`, which has a key.  1 when a stage of it was held before: the greater one stays; else 0. */
unsigned load_stages_hold(struct load_stages *stages, const struct event *event, unsigned stage);

/* The last stage of the call has come: 1 when an early one was held, which is forgotten; else 0. */
unsigned load_stages_end(struct load_stages *stages, struct str key);

/* Calls `each` for every event that is held, as NDJSON of the native form.  0, or the first result that is not. */
int load_stages_each(struct load_stages *stages,
                     int (*each)(void *context, struct str text, uint64_t body_bytes),
                     void *context);

#endif
