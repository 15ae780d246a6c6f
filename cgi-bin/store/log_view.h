/* SPDX-License-Identifier: MIT */
/* What log_index.c (pages) and log_count.c (counts by value and time) share; nobody else includes it. */
#ifndef DAYBOOK_STORE_LOG_VIEW_H
#define DAYBOOK_STORE_LOG_VIEW_H

#include "store/log_index.h"

/* What is left of a range of which some was handed out: the matches of its segment by number, late ones, and ids. */
struct log_rest {
    uint32_t own_first, own_end;
    size_t late_first, late_end;
    uint64_t first_id, last_id; /* both included */
    bool is_open;
};

/*
 * The key space is cut into one range for each segment: from its first id (the first one: from 0) to below that of the next.  A log without
 * segments is one range.
 */
struct log_view {
    struct index_sets *sets;
    struct db *db;
    struct arena *arena;
    struct index_set *set;
    struct segment_query query;
    bool oldest_first;
    enum filter_dimension without;
    uint64_t recent_all; /* rows of event_recent, whatever the filter */
    uint64_t newest;     /* id, whatever the filter */
    bool recent_known;
    struct segment_row *recent; /* those that match, ascending */
    size_t recent_count;
    size_t *recent_ends; /* for each range: how many of them lie below its end */
    uint32_t *counts;    /* of each range: matches in its segment; NULL: not counted yet */
    uint64_t total;
    /* For log_view_next(): */
    uint32_t piece_max; /* so many matches of a segment at a time */
    size_t next;        /* how many ranges it has begun */
    struct log_rest rest;
    /* Room that is used again for each segment. */
    uint64_t *ids;
    size_t ids_room;
    uint32_t *positions;
    uint32_t positions_room;
    struct segment_bits bits;
};

/* How many ranges there are. */
size_t log_view_ranges(const struct log_view *view);

/* The last id of a range. */
uint64_t log_view_end(const struct log_view *view, size_t range);

/* The segment of a range, opened; NULL: none, or `failed` is set. */
const struct segment *log_view_segment(struct log_view *view, size_t range, bool *failed);

/* Does no event, or every event, of a segment match, as far as its row tells?  Otherwise its bytes have to be asked. */
enum log_match { LOG_MATCH_NONE, LOG_MATCH_ALL, LOG_MATCH_SOME };
enum log_match log_view_match(const struct log_view *view, size_t range);

/* Reads the rows of event_recent that match, once.  0 or -1. */
int log_view_read_recent(struct log_view *view);

#endif
