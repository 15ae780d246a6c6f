/* SPDX-License-Identifier: MIT */
/* What a list shows over time: how many of its events lie in each of some spans, by class of status. */
#ifndef DAYBOOK_STORE_EVENT_HISTOGRAM_H
#define DAYBOOK_STORE_EVENT_HISTOGRAM_H

#include "base/arena.h"
#include "base/time_spans.h"
#include "store/filter.h"

enum event_class {
    EVENT_CLASS_OK,      /* 100 to 399 */
    EVENT_CLASS_REFUSED, /* 400 to 499 */
    EVENT_CLASS_FAILED,  /* 500 to 599 */
    EVENT_CLASS_NONE,    /* without a status */
    EVENT_CLASS_COUNT
};

enum event_class event_class_of(unsigned status);

/*
 * Every event of the list is in exactly one span.  The spans begin and end where people begin to count (base/time_spans.h), but not outside
 * what the filter asks for.
 */
struct event_histogram {
    struct time_spans spans;
    uint64_t events[TIME_SPANS_MAX][EVENT_CLASS_COUNT];
};

/* From where to where a histogram goes, in ids; both included.  `oldest` above `newest`: there is nothing. */
struct event_extent {
    uint64_t oldest, newest;
    bool has_from, has_to;  /* the filter cuts off what is before, or ends it … */
    int64_t from_ms, to_ms; /* … there */
};

/* Of one log whose oldest and newest ids these are (0: it has none), and which `filter` is asked of. */
struct event_extent event_extent_of(const struct filter *filter, uint64_t oldest, uint64_t newest);

/* Makes `one` reach over `other` too. */
void event_extent_join(struct event_extent *one, const struct event_extent *other);

/* An empty histogram over the extent, in the arena; NULL where there is nothing. */
struct event_histogram *event_histogram_new(struct arena *arena, const struct event_extent *extent,
                                            const char *zone);

/* The span that begins last before the id, or at it; the first one for what lies before all. */
size_t event_histogram_span(const struct time_spans *spans, uint64_t id);

/* Adds an event; one outside is not counted. */
void event_histogram_add(struct event_histogram *histogram, uint64_t id, unsigned status);

/* The oldest id of the account and kind, 0 when there is none.  0 or -1. */
int event_oldest(struct db *db, uint32_t account_id, enum event_kind kind, uint64_t *id);

/* Adds what matches, by SQL over `event` alone: what a log without an index takes.  Not for filter->text.  0 or -1. */
int event_histogram_read_plain(struct db *db, struct arena *arena, const struct filter *filter,
                               struct event_histogram *histogram);

#endif
