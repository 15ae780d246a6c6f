/* SPDX-License-Identifier: MIT */
/*
 * Asking a segment: which of its events match, how many, which values they have.  Pure.
 *
 * A condition is a list of ranges of values; since dictionaries are sorted it becomes ranges of codes.  A segment whose dictionary
 * has none of them is skipped, a condition that all of its values fulfil is dropped, and where a single condition is left the count is a sum of the
 * dictionary's counts.  Otherwise planes are compared 64 events a word, conditions are ANDed, and bits counted.
 */
#ifndef DAYBOOK_INDEX_SEGMENT_QUERY_H
#define DAYBOOK_INDEX_SEGMENT_QUERY_H

#include "index/segment.h"

#include <stdbool.h>

/* Values from first to last, both included. */
struct segment_range {
    uint32_t first, last;
};

/* An event fulfils it when its value is in one of the ranges; with `exclude`, when it is in none. */
struct segment_condition {
    enum segment_dimension dimension;
    bool exclude;
    const struct segment_range
        *ranges; /* ascending, none touches the next; may be none, may be very many */
    size_t count;
    /* NULL; or the same said by segment_bitmap(), which is several times quicker where ranges are thousands. */
    const uint64_t *bitmap;
};

/* How many words a bitmap may take for each range: SMALL where thousands of queries are kept together, LARGE where there is one. */
enum { SEGMENT_BITMAP_SMALL = 8, SEGMENT_BITMAP_LARGE = 64 };

/* Words that segment_bitmap() needs; 0 when ranges are too few, or too far apart for `words_each`, for that to be worth it. */
size_t segment_bitmap_words(const struct segment_range *ranges, size_t count, size_t words_each);

/* Sets bit i % 64 of word i / 64 for each value i in the ranges, and clears all others up to the last. */
void segment_bitmap(const struct segment_range *ranges, size_t count, uint64_t *words);

/* More conditions than these are a mistake of who asks. */
enum { SEGMENT_CONDITIONS_MAX = 32 };

/* All conditions must be fulfilled, and the id must be in the range; several conditions may be on one dimension. */
struct segment_query {
    uint64_t first_id, last_id; /* both included; first above last: nothing matches */
    const struct segment_condition *conditions;
    size_t count;
};

/* Which events of a segment match: bit i % 64 of word i / 64. */
struct segment_bits {
    uint64_t words[SEGMENT_WORDS_MAX];
};

/* Does a single event match? */
bool segment_row_matches(const struct segment_row *row, const struct segment_query *query);

/* How many events match. */
uint32_t segment_count(const struct segment *segment, const struct segment_query *query);

/* The same, and which ones; only the first segment->words words are written. */
uint32_t segment_match(const struct segment *segment, const struct segment_query *query,
                       struct segment_bits *bits);

/*
 * The positions of the matches number `first` (from 0, ascending) and following, at most `limit`; how many were written.
 * Callers for newest-first lists count from the other end themselves.
 */
uint32_t segment_select(const struct segment *segment, const struct segment_bits *bits,
                        uint32_t first, uint32_t limit, uint32_t *positions);

/* The first position whose id is not below `id`; segment->events when there is none. */
uint32_t segment_position(const struct segment *segment, uint64_t id);

/* How many of the matches stand at positions from `first` to below `end`. */
uint32_t segment_count_between(const struct segment_bits *bits, uint32_t first, uint32_t end);

/*
 * Adds to counts[i] how many of the matches have the value columns[dimension].values[i].  `bits` NULL: all events match.  Not for
 * SEGMENT_ENTITY.
 */
void segment_facet(const struct segment *segment, const struct segment_bits *bits,
                   enum segment_dimension dimension, uint32_t *counts);

/*
 * Sets counts[i] to how many of the matches have the value columns[dimension].values[i], where dictionaries tell: nothing but that dimension is
 * asked for.  False: they do not.  Not for SEGMENT_ENTITY.
 */
bool segment_values(const struct segment *segment, const struct segment_query *query,
                    enum segment_dimension dimension, uint32_t *counts);

/*
 * How matches are spread: over `spans` spans of positions, span i from edges[i] to below edges[i + 1], and within each over classes of values
 * of one dimension (not SEGMENT_ENTITY), of which every event is in exactly one.
 */
enum { SEGMENT_CLASSES_MAX = 4, SEGMENT_SPANS_MAX = 64 };
struct segment_spread {
    const struct segment_bits *bits; /* the matches; NULL: all events */
    enum segment_dimension dimension;
    const struct segment_range *classes;
    size_t class_count;
    const uint32_t *edges; /* spans + 1, ascending */
    size_t spans;
};

/* Adds to counts[i * class_count + k] how many there are of class k in span i. */
void segment_spread(const struct segment *segment, const struct segment_spread *spread,
                    uint64_t *counts);

#endif
