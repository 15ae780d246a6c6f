/* SPDX-License-Identifier: MIT */
/* What is asked of the bits of a segment once they are known: where matches stand, how many in a span, which values they have. */
#include "index/segment_query.h"

#include <stdlib.h>

#include "base/memory.h"
#include "index/segment_private.h"

enum { BLOCK_WORDS = 16 };

uint32_t segment_select(const struct segment *segment, const struct segment_bits *bits,
                        uint32_t first, uint32_t limit, uint32_t *positions)
{
    const struct segment_kernel *kernel = segment_kernel();
    uint32_t written = 0, before = 0; /* matches passed over */
    size_t word = 0;

    while (word + BLOCK_WORDS <= segment->words) {
        uint32_t here = kernel->count(bits->words + word, BLOCK_WORDS);

        if (before + here > first)
            break;
        before += here;
        word += BLOCK_WORDS;
    }
    for (; word < segment->words && written < limit; word++)
        for (uint64_t left = bits->words[word]; left && written < limit; left &= left - 1)
            if (before++ >= first)
                positions[written++] = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(left);
    return written;
}

uint32_t segment_count_between(const struct segment_bits *bits, uint32_t first, uint32_t end)
{
    const struct segment_kernel *kernel = segment_kernel();
    uint64_t edge;
    uint32_t count = 0;

    if (first >= end)
        return 0;
    if (end % 64) {
        edge = bits->words[end / 64] & (((uint64_t)1 << end % 64) - 1);
        count += kernel->count(&edge, 1);
    }
    if (first % 64) { /* counted with the whole words, or with the last one, and taken off again */
        edge = bits->words[first / 64] & (((uint64_t)1 << first % 64) - 1);
        count -= kernel->count(&edge, 1);
    }
    return count + kernel->count(bits->words + first / 64, end / 64 - first / 64);
}

/* Takes those off that do not match. */
static void subtract(const struct segment *segment, const struct segment_column *column,
                     const struct segment_bits *bits, uint32_t *counts)
{
    uint32_t *missing = memory_new(column->value_count * sizeof(*missing));
    uint64_t others[SEGMENT_WORDS_MAX];
    size_t last = segment->words - 1;

    for (size_t word = 0; word < last; word++)
        others[word] = ~bits->words[word];
    others[last] = ~bits->words[last] & ~(uint64_t)0 >> (63 - (segment->events - 1) % 64);
    segment_kernel()->facet(column, segment->words, others, missing);
    for (uint32_t code = 0; code < column->value_count; code++)
        counts[code] -= missing[code];
    free(missing);
}

void segment_facet(const struct segment *segment, const struct segment_bits *bits,
                   enum segment_dimension dimension, uint32_t *counts)
{
    const struct segment_column *column = &segment->columns[dimension];
    const struct segment_kernel *kernel = segment_kernel();
    uint32_t matches = bits ? kernel->count(bits->words, segment->words) : segment->events;

    if (matches == 0)
        return;
    if (column->bits == 0) {
        counts[0] += matches;
        return;
    }
    if (matches <= segment->events / 2) {
        kernel->facet(column, segment->words, bits->words, counts);
        return;
    }
    for (uint32_t code = 0; code < column->value_count; code++)
        counts[code] += column->counts[code];
    if (matches == segment->events)
        return;
    subtract(segment, column, bits, counts);
}
