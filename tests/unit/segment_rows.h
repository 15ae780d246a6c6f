/* SPDX-License-Identifier: MIT */
/* Rows for the tests of segments: as many as wanted, skewed or uniform, the same ones for the same seed. */
#ifndef DAYBOOK_TESTS_SEGMENT_ROWS_H
#define DAYBOOK_TESTS_SEGMENT_ROWS_H

#include "index/segment.h"

#include "base/memory.h"

#include "draw.h"

/* Below `bound`, small ones much more often. */
static inline uint32_t draw_skewed(uint64_t *seed, uint32_t bound)
{
    uint32_t a = draw_below(seed, bound), b = draw_below(seed, bound), c = draw_below(seed, bound);

    a = a < b ? a : b;
    return (uint32_t)((uint64_t)(a < c ? a : c) * draw_below(seed, 1000) / 1000);
}

/* How the values of the rows are drawn. */
struct row_kind {
    const char *label;
    uint32_t values[SEGMENT_DIMENSION_COUNT]; /* that may occur */
    bool skewed;
    bool extreme; /* among them 0 and UINT32_MAX, and large steps between them */
};

static const struct row_kind row_kinds[] = {
    {"usual", {20, 150, 500, 12, 5, 7, 3, 3000}, true, false},
    {"flat", {20, 150, 500, 12, 5, 7, 3, 3000}, false, false},
    {"one value", {1, 1, 1, 1, 1, 1, 1, 1}, false, false},
    {"two values", {2, 2, 2, 2, 2, 2, 2, 2}, true, true},
    {"extreme", {64, 65, 256, 257, 4, 8, 63, 100}, false, true},
    {"many", {70000, 5000, 33000, 200, 128, 129, 90, 70000}, false, true},
    {"each its own",
     {1u << 31, 1u << 31, 1u << 31, 1u << 31, 1u << 31, 1u << 31, 1u << 31, 1u << 31},
     false,
     false},
};

static inline uint32_t draw_value(uint64_t *seed, const struct row_kind *kind, size_t dimension)
{
    uint32_t values = kind->values[dimension];
    uint32_t value = kind->skewed ? draw_skewed(seed, values) : draw_below(seed, values);

    if (!kind->extreme || value == 0)
        return value;
    return value == values - 1 ? UINT32_MAX : value * (UINT32_MAX / values);
}

/* To be freed.  Times differ by 0 to 1,000 ms, ids of one millisecond in their lower bits. */
static inline struct segment_row *draw_rows(uint64_t *seed, const struct row_kind *kind,
                                            size_t count)
{
    struct segment_row *rows = memory_new(count * sizeof(*rows));
    uint64_t id = (uint64_t)1700000000000 << 22;

    for (size_t i = 0; i < count; i++) {
        id += draw_below(seed, 4) ? (uint64_t)draw_below(seed, 1000) << 22 : 0;
        id = (id | 0x1ff) + 1 + draw_below(seed, 400);
        rows[i].id = id;
        for (size_t dimension = 0; dimension < SEGMENT_DIMENSION_COUNT; dimension++)
            rows[i].value[dimension] = draw_value(seed, kind, dimension);
    }
    return rows;
}

static const size_t row_counts[] = {1, 2, 63, 64, 65, 1000, 60001, 65535, 65536};

#endif
