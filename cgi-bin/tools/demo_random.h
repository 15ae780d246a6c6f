/* SPDX-License-Identifier: MIT */
/* Numbers that look random and are the same for the same seed everywhere.  Never for secrets. */
#ifndef DAYBOOK_TOOLS_DEMO_RANDOM_H
#define DAYBOOK_TOOLS_DEMO_RANDOM_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct demo_random {
    uint64_t state; /* the seed, to begin with */
};

uint64_t demo_random_next(struct demo_random *random);

/* 0 to limit - 1; `limit` must not be 0. */
unsigned demo_random_below(struct demo_random *random, unsigned limit);

/* `min` to `max`, both included. */
unsigned demo_random_between(struct demo_random *random, unsigned min, unsigned max);

/* True in `permille` of 1,000 cases. */
bool demo_random_permille(struct demo_random *random, unsigned permille);

/* An index below `count`, each as often as its weight says; `count` when no weight is above 0. */
size_t demo_random_weighted(struct demo_random *random, const unsigned *weights, size_t count);

/* `digits` lower-case hexadecimal digits, in `arena`. */
struct str demo_random_hex(struct demo_random *random, struct arena *arena, size_t digits);

#endif
