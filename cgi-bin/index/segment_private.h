/* SPDX-License-Identifier: MIT */
/* What the files of a segment share: how its plain form is laid out, and the loops that are compiled for more than one processor. */
#ifndef DAYBOOK_INDEX_SEGMENT_PRIVATE_H
#define DAYBOOK_INDEX_SEGMENT_PRIVATE_H

#include "index/segment.h"

#include <stdbool.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "segments are used as they are stored");

/*
 * The beginning of the plain form.  What follows, each part filled up with zeros to 8 bytes: the ids; for each dimension values,
 * counts, and planes or (for the entity) starts, positions and codes.  All sizes follow from these numbers.
 */
struct segment_header {
    char magic[8];
    uint32_t events;
    uint32_t bytes; /* of the whole plain form */
    uint32_t value_counts[SEGMENT_DIMENSION_COUNT];
    uint32_t filler; /* 0 */
};

_Static_assert(sizeof(struct segment_header) % 8 == 0, "the ids behind it are aligned");

#define SEGMENT_MAGIC "DAYSEG2" /* with its NUL */

/* The plain form is never larger: every event with values of its own in all dimensions. */
enum {
    SEGMENT_BYTES_MAX = (int)sizeof(struct segment_header) + SEGMENT_EVENTS_MAX * 8 +
                        (SEGMENT_DIMENSION_COUNT - 1) * SEGMENT_EVENTS_MAX * (8 + 2) +
                        SEGMENT_EVENTS_MAX * (8 + 4 + 2 + 2) + 8
};

/* The bytes of a part, filled up. */
static inline size_t segment_padded(size_t bytes)
{
    return (bytes + 7) & ~(size_t)7;
}

/* How many planes the codes of so many values (at least one) need. */
static inline unsigned segment_bits(uint32_t value_count)
{
    return value_count > 1 ? 32 - (unsigned)__builtin_clz(value_count - 1) : 0;
}

/* The size of the plain form with this header; 0 when there is none with such numbers. */
size_t segment_header_bytes(const struct segment_header *header);

/* ---- Loops, in segment_kernel_*.c ---------------------------------------------------------------- */

/* Codes from first to last; `last` may lie above all codes. */
struct segment_codes {
    uint32_t first, last;
};

/* More ranges than these are looked up in a table instead of compared. */
enum { SEGMENT_COMPARED_MAX = 64 };

enum { SEGMENT_CODES_MAX = 256 };

/* Which codes a condition asks for. */
struct segment_code_set {
    const struct segment_codes *ranges; /* ascending, none touches the next */
    size_t count;                       /* at least one, at most SEGMENT_COMPARED_MAX */
    bool exclude;                       /* the other codes are asked for */
};

/* Words from first to below end. */
struct segment_span {
    size_t first, end;
};

/*
 * The loops that everything waits for.  `stride` is the distance between the planes of a column, in words; the column has planes.
 * Where bits are kept, bits of no event may be set or not: who calls masks them first.
 */
struct segment_kernel {
    /* How many bits are set. */
    uint32_t (*count)(const uint64_t *words, size_t count);
    /* Clears the bits of events whose code is not in the set. */
    void (*keep_ranges)(const struct segment_column *column, size_t stride,
                        const struct segment_code_set *set, struct segment_span span,
                        uint64_t *bits);
    /* The same for table[code] 1 or 0. */
    void (*keep_table)(const struct segment_column *column, size_t stride,
                       const unsigned char *table, struct segment_span span, uint64_t *bits);
    /* Writes the codes of some words, 64 of each; how many words. */
    size_t (*codes)(const struct segment_column *column, size_t stride, size_t word,
                    uint16_t codes[SEGMENT_CODES_MAX]);
    /* Adds to counts[code] for each event whose bit is set; `stride` words of bits. */
    void (*facet)(const struct segment_column *column, size_t stride, const uint64_t *bits,
                  uint32_t *counts);
};

extern const struct segment_kernel segment_kernel_plain; /* for any processor */
extern const struct segment_kernel
    segment_kernel_avx2; /* the same one where there is no such thing */

/* The best one for this processor. */
const struct segment_kernel *segment_kernel(void);

/* For tests: another one from now on; NULL: the best one again. */
void segment_kernel_use(const struct segment_kernel *kernel);

#endif
