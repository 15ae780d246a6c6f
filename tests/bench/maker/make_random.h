/* SPDX-License-Identifier: MIT */
/* Numbers that look random and are the same for the same seed on every machine: splitmix64 (Steele, Lea, Flood 2014). */
#ifndef DAYBOOK_BENCH_MAKE_RANDOM_H
#define DAYBOOK_BENCH_MAKE_RANDOM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline uint64_t random_next(struct random *random)
{
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    return random_mix(random->state);
}

/* From 0 to below 1. */
static inline double random_part(struct random *random)
{
    return (double)(random_next(random) >> 11) * 0x1p-53;
}

/* From 0 to below `count`. */
static inline uint32_t random_below(struct random *random, uint64_t count)
{
    return (uint32_t)(((random_next(random) >> 32) * count) >> 32);
}

static inline bool random_chance(struct random *random, double probability)
{
    return random_part(random) < probability;
}

/* From 0 to below `count`, the first by far the most often: nearly as 1, 1/2, 1/3 … for any count, without a table. */
static inline uint32_t random_skewed(struct random *random, uint32_t count)
{
    double value = exp(random_part(random) * log((double)count + 1)) - 1;

    return value < count ? (uint32_t)value : count - 1;
}

#endif
