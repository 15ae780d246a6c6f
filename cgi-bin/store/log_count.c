/* SPDX-License-Identifier: MIT */
/* Counts by value and over time: sums over segments, and the late ones one by one. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/log_index.h"
#include "store/log_view.h"

/* Counts by value, in a table that is looked up by a hash of the value (open addressing; a count of 0 is a free place). */
struct tally {
    struct log_count *places;
    size_t room; /* a power of two */
    size_t used;
};

enum { TALLY_ROOM = 256 };

static struct log_count *place_of(const struct tally *tally, uint32_t value)
{
    uint32_t hash = value * UINT32_C(0x9e3779b1);
    size_t at = hash & (tally->room - 1);

    while (tally->places[at].count && tally->places[at].value != value)
        at = (at + 1) & (tally->room - 1);
    return &tally->places[at];
}

static void tally_add(struct tally *tally, uint32_t value, uint64_t count);

static void tally_grow(struct tally *tally)
{
    struct tally larger = {.room = tally->room ? 2 * tally->room : TALLY_ROOM};

    larger.places = memory_new(larger.room * sizeof(*larger.places));
    for (size_t i = 0; i < tally->room; i++)
        if (tally->places[i].count)
            tally_add(&larger, tally->places[i].value, tally->places[i].count);
    free(tally->places);
    *tally = larger;
}

static void tally_add(struct tally *tally, uint32_t value, uint64_t count)
{
    struct log_count *place;

    if (count == 0)
        return;
    if (2 * tally->used >= tally->room)
        tally_grow(tally);
    place = place_of(tally, value);
    tally->used += place->count == 0;
    place->value = value;
    place->count += count;
}

static int by_value(const void *a, const void *b)
{
    const struct log_count *x = a, *y = b;

    return (x->value > y->value) - (x->value < y->value);
}

static int tally_segment(struct log_view *view, size_t range, enum segment_dimension dimension,
                         struct tally *tally)
{
    enum log_match match = log_view_match(view, range);
    const struct segment_column *column;
    const struct segment *segment;
    bool failed = false;
    uint32_t *counts;

    if (match == LOG_MATCH_NONE)
        return 0;
    segment = log_view_segment(view, range, &failed);
    if (!segment)
        return -1;
    if (match == LOG_MATCH_SOME && segment_match(segment, &view->query, &view->bits) == 0)
        return 0;
    column = &segment->columns[dimension];
    counts = memory_new(column->value_count * sizeof(*counts));
    segment_facet(segment, match == LOG_MATCH_SOME ? &view->bits : NULL, dimension, counts);
    for (uint32_t i = 0; i < column->value_count; i++)
        tally_add(tally, column->values[i], counts[i]);
    free(counts);
    return 0;
}

int log_view_facet(struct log_view *view, enum filter_dimension dimension,
                   struct log_count **counts, size_t *count)
{
    struct tally tally = {0};
    int result = log_view_read_recent(view);

    *count = 0;
    for (size_t i = 0; i < log_view_ranges(view) && result == 0; i++)
        result = tally_segment(view, i, (enum segment_dimension)dimension, &tally);
    for (size_t i = 0; i < view->recent_count && result == 0; i++)
        tally_add(&tally, view->recent[i].value[dimension], 1);
    *counts = arena_array(view->arena, tally.used, sizeof(**counts));
    for (size_t i = 0; i < tally.room; i++)
        if (tally.places[i].count)
            (*counts)[(*count)++] = tally.places[i];
    if (*count)
        qsort(*counts, *count, sizeof(**counts), by_value);
    free(tally.places);
    return result;
}

/* The span that an id lies in: the last bound that is not above it; `count` bounds. */
static size_t span_of(const uint64_t *bounds, size_t count, uint64_t id)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (bounds[middle] <= id)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1; /* SIZE_MAX: before the first */
}

/* Adds the matches of a segment that lies in several spans, or of which not all match. */
static int spread_segment(struct log_view *view, size_t range, const uint64_t *bounds, size_t count,
                          uint64_t *events)
{
    enum log_match match = log_view_match(view, range);
    const struct segment *segment;
    uint32_t begin, end;
    bool failed = false;

    segment = log_view_segment(view, range, &failed);
    if (!segment)
        return -1;
    if (match == LOG_MATCH_SOME && segment_match(segment, &view->query, &view->bits) == 0)
        return 0;
    begin = segment_position(segment, bounds[0]);
    for (size_t i = 0; i < count && begin < segment->events; i++) {
        end = segment->ids[segment->events - 1] < bounds[i + 1]
                  ? segment->events
                  : segment_position(segment, bounds[i + 1]);
        events[i] +=
            match == LOG_MATCH_ALL ? end - begin : segment_count_between(&view->bits, begin, end);
        begin = end;
    }
    return 0;
}

static int add_segment(struct log_view *view, size_t range, const uint64_t *bounds, size_t count,
                       uint64_t *events)
{
    const struct index_entry *entry;
    size_t first, last;

    if (log_view_match(view, range) == LOG_MATCH_NONE || view->counts[range] == 0)
        return 0;
    entry = &view->set->entries[range];
    first = span_of(bounds, count + 1, entry->first_id);
    last = span_of(bounds, count + 1, entry->last_id);
    if (first != last)
        return spread_segment(view, range, bounds, count, events);
    if (first < count)
        events[first] += view->counts[range];
    return 0;
}

int log_view_histogram(struct log_view *view, const uint64_t *bounds, size_t count,
                       uint64_t *events)
{
    uint64_t total;

    memset(events, 0, count * sizeof(*events));
    if (log_view_total(view, &total) < 0)
        return -1;
    for (size_t i = 0; i < log_view_ranges(view) && count; i++)
        if (add_segment(view, i, bounds, count, events) < 0)
            return -1;
    for (size_t i = 0; i < view->recent_count; i++) {
        size_t span = span_of(bounds, count + 1, view->recent[i].id);

        if (span < count)
            events[span]++;
    }
    return 0;
}
