/* SPDX-License-Identifier: MIT */
/* Counts of what a filter matches, by value: for the filter menus. */
#ifndef DAYBOOK_STORE_EVENT_FACETS_H
#define DAYBOOK_STORE_EVENT_FACETS_H

#include "base/arena.h"
#include "store/filter.h"
#include "store/reader.h"

/* A value as a filter parameter takes it ("---" for none), and how many of the matching events have it. */
struct event_facet {
    struct str value;
    uint64_t count;
};

struct event_facets {
    struct event_facet *items; /* greatest count first, then by value; in the arena */
    size_t count;
    bool more; /* there are others, with no greater counts */
};

/*
 * How often each value of `dimension` occurs in what `filter` matches without its own conditions on this dimension; at most `limit`
 * values.  filter->kind must not be EVENT_KIND_ALL; filter->text is left out of account.  Run it in the db_begin(DB_READ) of the list.  0 or -1.
 */
int event_facets_read(struct reader *reader, struct arena *arena, const struct filter *filter,
                      enum filter_dimension dimension, size_t limit, struct event_facets *facets);

/*
 * How many events a value of a filter stands for: a class or range of statuses for all of its own, a beginning for all names that have it.
 * False: the list of values was cut, or has not all that are meant, and does not tell.
 */
bool event_facets_count(const struct event_facets *facets, enum filter_dimension dimension,
                        struct str value, uint64_t *count);

/* Sorts as above. */
void event_facets_sort(struct event_facets *facets);

/* The same by SQL over `event` alone: what a log without an index takes. */
int event_facets_read_plain(struct db *db, struct arena *arena, const struct filter *filter,
                            enum filter_dimension dimension, size_t limit,
                            struct event_facets *facets);

#endif
