/* SPDX-License-Identifier: MIT */
/*
 * First each log says how far it reaches, so that all are counted over the same spans.  An account without an index is walked through once for
 * its ids.
 */
#include "store/merged_sources.h"

#include <stdlib.h>

#include "store/event_walk.h"

enum {
    WALKED = 512, /* rows that are taken from a walk at a time */
    MANY = 8,     /* logs of which it is better to read at once how they stand, with all others */
};

int merged_sources_hold(struct reader *reader, const struct merged_log *log)
{
    return index_sets_hold(reader->sets, log->count < MANY ? NULL : reader->db);
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static int walk_ids(struct merged_sources *merge, struct merged_source *source)
{
    struct event_walk *walk =
        event_walk_open(merge->reader->db, merge->arena, source->filter, NULL);
    struct event_numbers numbers[WALKED];
    int count = -1;

    while (walk && (count = event_walk_next(walk, numbers, WALKED)) > 0) {
        for (int i = 0; i < count; i++) {
            if (merge->histogram)
                event_histogram_add(merge->histogram, numbers[i].id, numbers[i].status);
            source->ids = arena_grow(merge->arena, source->ids, source->id_count, &source->id_room,
                                     sizeof(*source->ids));
            source->ids[source->id_count++] = numbers[i].id;
        }
    }
    event_walk_close(walk);
    if (source->id_count)
        qsort(source->ids, source->id_count, sizeof(*source->ids), by_id);
    source->total = source->id_count;
    return count;
}

/* Its view, where it is indexed, and how far its list reaches. */
static int ask_source(struct merged_sources *merge, struct merged_source *source,
                      struct event_extent *extent)
{
    const struct filter *filter = source->filter;
    struct reader *reader = merge->reader;
    uint64_t newest = 0, oldest = 0;
    int result = log_index_ask(reader->sets, reader->db, merge->arena, filter, filter->kind,
                               FILTER_DIMENSION_COUNT, &source->view);

    if (result == 1) {
        newest = log_view_newest(source->view);
        result = log_view_extent(source->view, filter, extent);
    } else {
        source->view = NULL;
        if ((result != 0 && log_index_judge(reader->db) < 0) ||
            event_newest(reader->db, filter->account_id, filter->kind, &newest) < 0 ||
            event_oldest(reader->db, filter->account_id, filter->kind, &oldest) < 0)
            return -1;
        *extent = event_extent_of(filter, oldest, newest);
    }
    if (newest > merge->newest)
        merge->newest = newest;
    return result < 0 ? log_index_judge(reader->db) : 0;
}

static int count_view(struct merged_sources *merge, struct merged_source *source)
{
    return (merge->histogram && log_view_spread(source->view, merge->histogram) < 0) ||
                   log_view_total(source->view, &source->total) < 0
               ? -1
               : 0;
}

static int count_source(struct merged_sources *merge, struct merged_source *source)
{
    struct event_histogram before = {0};

    if (merge->histogram)
        before = *merge->histogram;
    if (source->view && count_view(merge, source) < 0) {
        source->view = NULL;
        if (merge->histogram)
            *merge->histogram = before;
        if (log_index_judge(merge->reader->db) < 0)
            return -1;
    }
    if (!source->view && walk_ids(merge, source) < 0)
        return -1;
    merge->total += source->total;
    return 0;
}

int merged_sources_open(struct merged_sources *merge, struct reader *reader, struct arena *arena,
                        const struct merged_log *log, const char *zone)
{
    struct event_extent extent = {.oldest = UINT64_MAX};

    *merge = (struct merged_sources){.reader = reader, .arena = arena, .log = log};
    merge->oldest_first = log->count && log->filters[0].oldest_first;
    merge->sources = arena_array(arena, log->count, sizeof(*merge->sources));
    for (size_t i = 0; i < log->count; i++) {
        struct event_extent one;

        merge->sources[i].filter = &log->filters[i];
        if (ask_source(merge, &merge->sources[i], &one) < 0)
            return -1;
        event_extent_join(&extent, &one);
    }
    if (zone)
        merge->histogram = event_histogram_new(arena, &extent, zone);
    for (size_t i = 0; i < log->count; i++)
        if (count_source(merge, &merge->sources[i]) < 0)
            return -1;
    return 0;
}
