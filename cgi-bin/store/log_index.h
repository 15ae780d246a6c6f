/* SPDX-License-Identifier: MIT */
/*
 * Asking the index of a log (schema/0010_segments.sql): segments that are mapped, and the rows of event_recent, which are added one
 * by one.  A late event among the latter stands between events of a segment; its place is found by its id.
 *
 * A view is a filter asked of one log in one snapshot: everything is read in the transaction that log_index_ask() ran in, and lives in the
 * arena given there.
 */
#ifndef DAYBOOK_STORE_LOG_INDEX_H
#define DAYBOOK_STORE_LOG_INDEX_H

#include "base/arena.h"
#include "store/event_histogram.h"
#include "store/filter.h"
#include "store/index_set.h"
#include "store/name_cache.h"
#include "index/segment_query.h"

struct log_view;

/*
 * Asks for what `filter` matches of one kind, leaving out the conditions on dimension `without` (FILTER_DIMENSION_COUNT: none) and
 * on texts.  1; 0: the log is not indexed, so SQL must answer; -1.
 */
int log_index_ask(struct index_sets *sets, struct db *db, struct arena *arena,
                  const struct filter *filter, enum event_kind kind, enum filter_dimension without,
                  struct log_view **view);

/*
 * The same outside a transaction, for a log of this generation that has all of its events in segments (store/page_state.h).  What is read then
 * is rows of dictionaries, which never change.  1; 0: it takes a transaction, since the process remembers another generation; -1.
 */
int log_index_peek(struct index_sets *sets, struct db *db, struct arena *arena,
                   const struct filter *filter, enum event_kind kind, uint64_t generation,
                   struct log_view **view);

/* What -1 of these means: -1 the database failed; 0 the index alone did (logged), so SQL must answer. */
int log_index_judge(const struct db *db);

/* How many events match.  0 or -1. */
int log_view_total(struct log_view *view, uint64_t *total);

/* What the index holds of an event. */
struct event_numbers log_row_numbers(const struct segment_row *row, enum event_kind kind);

/* Rows `offset` and following of what matches, at most `limit`, in the order of the list.  0 or -1. */
int log_view_rows(struct log_view *view, uint64_t offset, uint64_t limit, struct segment_row *rows,
                  size_t *count);

/*
 * Everything that matches, piece by piece in the order of the list.  A piece is the matches in a range of ids, which is that of one segment, or, where
 * many accounts are asked together, a part of it; the late ones are among them.  1; 0 at the end; -1.
 */
struct log_piece {
    const uint64_t *ids; /* in the order of the list; good until the next call */
    size_t count;
    const struct index_entry *entry; /* the segment; NULL in a log that has none */
    uint64_t first_id, last_id;      /* the range; both included */
    bool all; /* the matches are all that there is between the first and the last of them */
    const struct segment_row *late; /* those of the matches that stand in no segment, ascending */
    size_t late_count;
};
int log_view_next(struct log_view *view, struct log_piece *piece);

/* How many of the matches have each value of the dimension that was left out; in the arena, ascending by value.  0 or -1. */
struct log_count {
    uint32_t value;
    uint64_t count;
};
int log_view_facet(struct log_view *view, enum filter_dimension dimension,
                   struct log_count **counts, size_t *count);

/* How many of the matches have ids from bounds[i] to below bounds[i + 1], for each of `count` spans.  0 or -1. */
int log_view_histogram(struct log_view *view, const uint64_t *bounds, size_t count,
                       uint64_t *events);

/* How far the list of the filter that was asked reaches.  0 or -1. */
int log_view_extent(struct log_view *view, const struct filter *filter,
                    struct event_extent *extent);

/*
 * Adds the matches to an empty histogram over that extent at least, and knows the total afterwards.  Before anything else is asked of the view.
 * 0 or -1.
 */
int log_view_spread(struct log_view *view, struct event_histogram *histogram);

/* The newest id of an indexed log whatever the filter, 0 when there is none. */
uint64_t log_view_newest(const struct log_view *view);

#endif
