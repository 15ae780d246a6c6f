/* SPDX-License-Identifier: MIT */
/* The values that the words of templates have in one call. */
#ifndef DAYBOOK_TOOLS_DEMO_WORDS_H
#define DAYBOOK_TOOLS_DEMO_WORDS_H

#include "base/arena.h"
#include "tools/demo_random.h"
#include "tools/demo_template.h"
#include "tools/demo_world.h"

/* Sets every word; the values live in `arena`, or as long as `choice` and the tables. */
void demo_words_set(struct demo_words *words, const struct demo_choice *choice,
                    struct demo_random *random, struct arena *arena);

#endif
