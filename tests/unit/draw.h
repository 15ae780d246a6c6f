/* SPDX-License-Identifier: MIT */
/* Numbers that look random, the same in every run. */
#ifndef DAYBOOK_TESTS_UNIT_DRAW_H
#define DAYBOOK_TESTS_UNIT_DRAW_H

#include <stdint.h>

static inline uint64_t draw(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static inline uint32_t draw_below(uint64_t *seed, uint32_t bound)
{
    return (uint32_t)((draw(seed) >> 32) * bound >> 32);
}

#endif
