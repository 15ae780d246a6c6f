/* SPDX-License-Identifier: MIT */
/*
 * A segment: a run of events of one account and kind in order of their ids, with the columns that filters ask for, in a form that
 * is scanned as it lies in memory.  Pure: no SQL, no files.
 *
 * Plain form, all numbers little-endian and aligned: a header; the ids; for each dimension the sorted dictionary of the values that
 * occur, with the count of each, and then, where there is more than one, the code of each event (its value's place in the
 * dictionary) as bit planes: plane k holds bit k of every code, 64 events a word.  The entity has its positions listed for each
 * value instead of planes, since there are many values and a filter asks for few; and its codes one by one, for the rows of a page.
 * There are no pointers: what is stored (packed), written to a file and scanned are the same bytes.
 */
#ifndef DAYBOOK_INDEX_SEGMENT_H
#define DAYBOOK_INDEX_SEGMENT_H

#include "base/strbuf.h"

#include <stddef.h>
#include <stdint.h>

/* The first ones are those of enum filter_dimension, in their order. */
enum segment_dimension {
    SEGMENT_ENTITY_TYPE,
    SEGMENT_ACTION,
    SEGMENT_USER,
    SEGMENT_STATUS,
    SEGMENT_SOURCE,
    SEGMENT_METHOD,
    SEGMENT_PROVIDER,
    SEGMENT_SIGNATURE,
    SEGMENT_ENTITY,
    SEGMENT_DIMENSION_COUNT
};

enum { SEGMENT_EVENTS_MAX = 65536, SEGMENT_WORDS_MAX = SEGMENT_EVENTS_MAX / 64 };

/* One event: its id, and a number for each dimension (of a dictionary, or the status itself …); 0 stands for "has none". */
struct segment_row {
    uint64_t id;
    uint32_t value[SEGMENT_DIMENSION_COUNT];
};

/* One dimension of an open segment. */
struct segment_column {
    const uint32_t *values; /* ascending, each once; at least one */
    const uint32_t *counts; /* of events, for each value */
    uint32_t value_count;
    unsigned bits;             /* planes; 0 with a single value, and for the entity */
    const uint64_t *planes;    /* bits × words; plane k begins at planes + k × words */
    const uint32_t *starts;    /* the entity alone: value_count + 1 places in `positions` */
    const uint16_t *positions; /* the entity alone: the events of each value, ascending */
    const uint16_t *codes;     /* the entity alone: the place in `values` of each event's */
};

/* An open segment: borrowed views into its bytes. */
struct segment {
    uint32_t events; /* 1 to SEGMENT_EVENTS_MAX */
    uint32_t words;  /* of each plane: events / 64, rounded up; bits behind the last event are 0 */
    const uint64_t *ids; /* ascending, each once */
    struct segment_column columns[SEGMENT_DIMENSION_COUNT];
};

/* Appends the plain form of `count` rows (1 to SEGMENT_EVENTS_MAX), which are in order of their ids, each id once. */
void segment_build(const struct segment_row *rows, size_t count, struct strbuf *plain);

/*
 * Opens a plain form, which must be aligned to 8 bytes and stays borrowed.  0; or -1 when it is not one: sizes, offsets,
 * dictionaries, counts and positions are all checked, so that whatever the bytes are nothing is followed outside them.
 */
int segment_open(struct str plain, struct segment *segment);

/* Every row again, in order; `rows` has room for segment->events.  What segment_build() makes of them is the same plain form. */
void segment_rows(const struct segment *segment, struct segment_row *rows);

/* The form that is stored: zstd over the plain form with ids as differences.  Appends to `packed`. */
void segment_pack(struct str plain, struct strbuf *packed);

/*
 * Appends the plain form.  0; or -1, with `plain` as before, when `packed` is damaged or no packed segment.  What came back must
 * still be opened, which checks what is in it.
 */
int segment_unpack(struct str packed, struct strbuf *plain);

#endif
