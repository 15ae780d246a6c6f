/* SPDX-License-Identifier: MIT */
/* Which segment each new row goes into.  Pure. */
#ifndef DAYBOOK_UPKEEP_SEGMENT_PLAN_H
#define DAYBOOK_UPKEEP_SEGMENT_PLAN_H

#include "upkeep/segment_log.h"

/* A run of rows, one after another, and the segment that they go into; NULL: a new one. */
struct segment_target {
    const struct segment_entry *entry;
    size_t first, count; /* of the rows */
};

/*
 * Rows that a segment's range covers go into it.  Those between two segments, or at an end, go into the one before them while it has
 * room, then into the one behind them if that has room for all of them, else into a new one.  The newest segment is only filled to
 * segment_log_fill(), any other one to its capacity; it may be more after covered rows: then it is to be split.
 *
 * `live` is in order and `rows` are too.  Writes at most `max` targets, in order; how many.  Later rows have to wait for another
 * step: `placed` rows have a target.
 */
size_t segment_plan(const struct config *config, const struct segment_entry *live,
                    size_t live_count, const struct segment_rows *rows,
                    struct segment_target *targets, size_t max, size_t *placed);

#endif
