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

/* How many of the matches in span i have these codes. */
static uint32_t count_codes(const struct segment *segment, const struct segment_spread *spread,
                            struct segment_codes codes, size_t i)
{
    const struct segment_code_set set = {&codes, 1, false};
    uint32_t first = spread->edges[i], end = spread->edges[i + 1];
    const struct segment_span span = {first / 64, ((size_t)end + 63) / 64};
    size_t bytes = (span.end - span.first) * sizeof(uint64_t);
    struct segment_bits kept;

    if (first == end)
        return 0;
    if (spread->bits)
        memcpy(kept.words + span.first, spread->bits->words + span.first, bytes);
    else
        memset(kept.words + span.first, 0xff, bytes);
    segment_kernel()->keep_ranges(&segment->columns[spread->dimension], segment->words, &set, span,
                                  kept.words);
    return segment_count_between(&kept, first, end);
}

static uint32_t matches_in(const struct segment_spread *spread, size_t i)
{
    return spread->bits
               ? segment_count_between(spread->bits, spread->edges[i], spread->edges[i + 1])
               : spread->edges[i + 1] - spread->edges[i];
}

/* Where all events of the segment are spread: the longest span, which has what the others leave.  Else none. */
static size_t longest_of(const struct segment *segment, const struct segment_spread *spread)
{
    const uint32_t *edges = spread->edges;
    size_t longest = 0;

    if (spread->bits || edges[0] != 0 || edges[spread->spans] != segment->events)
        return SIZE_MAX;
    for (size_t i = 1; i < spread->spans; i++)
        if (edges[i + 1] - edges[i] > edges[longest + 1] - edges[longest])
            longest = i;
    return longest;
}

/* Adds a class; takes what is counted off `left`. */
static void spread_class(const struct segment *segment, const struct segment_spread *spread,
                         struct segment_codes codes, uint64_t *counts, uint32_t *left)
{
    size_t longest = longest_of(segment, spread);
    uint32_t rest = events_of(&segment->columns[spread->dimension], codes);

    for (size_t i = 0; i < spread->spans; i++) {
        uint32_t here = i == longest ? 0 : count_codes(segment, spread, codes, i);

        counts[i * spread->class_count] += here;
        left[i] -= here;
        rest -= here;
    }
    if (longest == SIZE_MAX)
        return;
    counts[longest * spread->class_count] += rest;
    left[longest] -= rest;
}

void segment_spread(const struct segment *segment, const struct segment_spread *spread,
                    uint64_t *counts)
{
    const struct segment_column *column = &segment->columns[spread->dimension];
    size_t last = spread->class_count - 1;
    uint32_t left[SEGMENT_SPANS_MAX] = {0};
    struct segment_codes codes;

    for (size_t i = 0; i < spread->spans; i++)
        left[i] = matches_in(spread, i);
    while (last > 0 && !codes_of(column, spread->classes[last], &codes))
        last--;
    for (size_t class = 0; class < last; class ++)
        if (codes_of(column, spread->classes[class], &codes))
            spread_class(segment, spread, codes, counts + class, left);
    for (size_t i = 0; i < spread->spans; i++) /* the last one that occurs: all that is left */
        counts[i * spread->class_count + last] += left[i];
}
