/* SPDX-License-Identifier: MIT */
/* Counts of the accounts added up by the value itself: the same user is another number in each account. */
#include <stdlib.h>

#include "store/merged_sources.h"

static int by_value(const void *a, const void *b)
{
    const struct event_facet *x = a, *y = b;

    return str_compare(x->value, y->value);
}

static void add_up(struct event_facets *facets)
{
    size_t kept = 0;

    qsort(facets->items, facets->count, sizeof(*facets->items), by_value);
    for (size_t i = 0; i < facets->count; i++) {
        struct event_facet *last = kept ? &facets->items[kept - 1] : NULL;

        if (last && str_equal(last->value, facets->items[i].value))
            last->count += facets->items[i].count;
        else
            facets->items[kept++] = facets->items[i];
    }
    facets->count = kept;
}

static int read_each(struct reader *reader, struct arena *arena, const struct merged_log *log,
                     enum filter_dimension dimension, size_t limit, struct event_facets *facets)
{
    size_t room = 0;

    for (size_t i = 0; i < log->count; i++) {
        struct event_facets one;

        if (event_facets_read(reader, arena, &log->filters[i], dimension, limit, &one) < 0)
            return -1;
        facets->more = facets->more || one.more;
        for (size_t k = 0; k < one.count; k++) {
            facets->items =
                arena_grow(arena, facets->items, facets->count, &room, sizeof(*facets->items));
            facets->items[facets->count++] = one.items[k];
        }
    }
    return 0;
}

int merged_facets_read(struct reader *reader, struct arena *arena, const struct merged_log *log,
                       enum filter_dimension dimension, size_t limit, struct event_facets *facets)
{
    int result;

    *facets = (struct event_facets){0};
    if (merged_sources_hold(reader, log) < 0)
        return -1;
    result = read_each(reader, arena, log, dimension, limit, facets);
    index_sets_let_go(reader->sets);
    if (result < 0 || facets->count == 0)
        return result;
    add_up(facets);
    event_facets_sort(facets);
    facets->more = facets->more || facets->count > limit;
    if (facets->count > limit)
        facets->count = limit;
    return 0;
}
