/* SPDX-License-Identifier: MIT */
/* Where the rows of segments come from: tables event and event_recent.  For the writers of segments alone, in their transactions. */
#ifndef DAYBOOK_UPKEEP_SEGMENT_SOURCE_H
#define DAYBOOK_UPKEEP_SEGMENT_SOURCE_H

#include "store/db.h"
#include "index/segment.h"

/* Rows on the heap, in order of their ids.  All zero is an empty one; segment_rows_release() frees them and makes it that again. */
struct segment_rows {
    struct segment_row *items;
    size_t count, room;
};

void segment_rows_add(struct segment_rows *rows, const struct segment_row *row);
void segment_rows_release(struct segment_rows *rows);

/* Ids on the heap, ascending.  To be used like struct segment_rows. */
struct segment_ids {
    uint64_t *items;
    size_t count, room;
};

void segment_ids_add(struct segment_ids *ids, uint64_t id);
void segment_ids_release(struct segment_ids *ids);

enum segment_source { SEGMENT_SOURCE_EVENT, SEGMENT_SOURCE_RECENT };

/* A log, and a range of its ids, both ends included. */
struct segment_span {
    uint32_t account_id;
    unsigned kind;
    uint64_t first_id, last_id;
};

/* Adds to `rows` the first ones of the range, at most `limit`.  0 or -1. */
int segment_source_read(struct db *db, enum segment_source source, const struct segment_span *span,
                        size_t limit, struct segment_rows *rows);

/* The same for the ids alone. */
int segment_source_ids(struct db *db, enum segment_source source, const struct segment_span *span,
                       size_t limit, struct segment_ids *ids);

/*
 * Deletes the rows of exactly these ids from event_recent, one key after another: others of the range may have been committed since
 * they were read, and a range would also wait for whoever is inserting into it.  0 or -1.
 */
int segment_source_delete_recent(struct db *db, uint32_t account_id, unsigned kind,
                                 const struct segment_ids *ids);

/* Runs a statement with the marks account, kind and id once for each of the ids.  0 or -1. */
int segment_source_each(struct db *db, struct str sql, uint32_t account_id, unsigned kind,
                        const struct segment_ids *ids);

#endif
