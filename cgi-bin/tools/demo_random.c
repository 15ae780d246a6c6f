/* SPDX-License-Identifier: MIT */
/* The splitmix64 generator of Steele, Lea and Flood: one number of state, enough for stories. */
#include "tools/demo_random.h"

#include <assert.h>

uint64_t demo_random_next(struct demo_random *random)
{
    uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

unsigned demo_random_below(struct demo_random *random, unsigned limit)
{
    assert(limit > 0);
    return (unsigned)(demo_random_next(random) % limit);
}

unsigned demo_random_between(struct demo_random *random, unsigned min, unsigned max)
{
    return min + demo_random_below(random, max - min + 1);
}

bool demo_random_permille(struct demo_random *random, unsigned permille)
{
    return demo_random_below(random, 1000) < permille;
}

size_t demo_random_weighted(struct demo_random *random, const unsigned *weights, size_t count)
{
    unsigned total = 0, left;
    size_t i = 0;

    for (size_t k = 0; k < count; k++)
        total += weights[k];
    if (total == 0)
        return count;
    left = demo_random_below(random, total);
    while (left >= weights[i])
        left -= weights[i++];
    return i;
}

struct str demo_random_hex(struct demo_random *random, struct arena *arena, size_t digits)
{
    char *text = arena_alloc(arena, digits);

    for (size_t i = 0; i < digits; i++)
        text[i] = "0123456789abcdef"[demo_random_next(random) >> 60];
    return (struct str){text, digits};
}
