/* SPDX-License-Identifier: MIT */
/* Counts by class of value within spans of positions: bits of a class, and what is left for the last class. */
#include "index/segment_query.h"

#include "index/segment_private.h"

/* The codes of a class; false: none of its values occurs. */
static bool codes_of(const struct segment_column *column, struct segment_range range,
                     struct segment_codes *codes)
{
    uint32_t first = 0, end;

    while (first < column->value_count && column->values[first] < range.first)
        first++;
    for (end = first; end < column->value_count && column->values[end] <= range.last;)
        end++;
    *codes = (struct segment_codes){first, end - 1};
    return end > first;
}

/* How many events have these codes in the whole segment. */
static uint32_t events_of(const struct segment_column *column, struct segment_codes codes)
{
    uint32_t events = 0;

    for (uint32_t code = codes.first; code <= codes.last; code++)
        events += column->counts[code];
    return events;
}

/* The matches between the edges that have these codes. */
static void keep_codes(const struct segment *segment, const struct segment_spread *spread,
                       struct segment_codes codes, struct segment_bits *kept)
{
    const struct segment_code_set set = {&codes, 1, false};
    const struct segment_span span = {spread->edges[0] / 64,
                                      ((size_t)spread->edges[spread->spans] + 63) / 64};
    size_t bytes = (span.end - span.first) * sizeof(kept->words[0]);

    if (spread->bits)
        memcpy(kept->words + span.first, spread->bits->words + span.first, bytes);
    else
        memset(kept->words + span.first, 0xff, bytes);
    segment_kernel()->keep_ranges(&segment->columns[spread->dimension], segment->words, &set, span,
                                  kept->words);
}

static uint32_t matches_in(const struct segment_spread *spread, size_t i)
{
    return spread->bits
               ? segment_count_between(spread->bits, spread->edges[i], spread->edges[i + 1])
               : spread->edges[i + 1] - spread->edges[i];
}

/* The last class that occurs has all that the others leave. */
static void spread_bits(const struct segment *segment, const struct segment_spread *spread,
                        const struct segment_codes *codes, const bool *occurs, size_t last,
                        uint64_t *counts)
{
    uint32_t left[SEGMENT_SPANS_MAX];
    struct segment_bits kept;

    for (size_t i = 0; i < spread->spans; i++)
        left[i] = matches_in(spread, i);
    for (size_t class = 0; class < last; class ++) {
        if (!occurs[class])
            continue;
        keep_codes(segment, spread, codes[class], &kept);
        for (size_t i = 0; i < spread->spans; i++) {
            uint32_t here = segment_count_between(&kept, spread->edges[i], spread->edges[i + 1]);

            counts[i * spread->class_count + class] += here;
            left[i] -= here;
        }
    }
    for (size_t i = 0; i < spread->spans; i++)
        counts[i * spread->class_count + last] += left[i];
}

void segment_spread(const struct segment *segment, const struct segment_spread *spread,
                    uint64_t *counts)
{
    const struct segment_column *column = &segment->columns[spread->dimension];
    bool whole = !spread->bits && spread->spans == 1 && spread->edges[0] == 0 &&
                 spread->edges[1] == segment->events;
    struct segment_codes codes[SEGMENT_CLASSES_MAX];
    bool occurs[SEGMENT_CLASSES_MAX];
    size_t last = 0;

    for (size_t class = 0; class < spread->class_count; class ++) {
        occurs[class] = codes_of(column, spread->classes[class], &codes[class]);
        if (occurs[class])
            last = class;
        if (occurs[class] && whole)
            counts[class] += events_of(column, codes[class]);
    }
    if (!whole)
        spread_bits(segment, spread, codes, occurs, last, counts);
}
