/* SPDX-License-Identifier: MIT */
/*
 * Writing the files of texts (index/text_file.h), for `daybook maintain`: each closed segment gets one, late events are added to it, and all
 * together stay below their share of the disk.  A segment is closed when none can be appended to it any more: it is full, or not the
 * newest.
 *
 * Whoever calls these holds the lock of upkeep/segment_writer.h.
 */
#ifndef DAYBOOK_UPKEEP_TEXT_WRITER_H
#define DAYBOOK_UPKEEP_TEXT_WRITER_H

#include "index/segment.h"
#include "upkeep/segment_writer.h"
#include "index/text_file.h"

/*
 * Makes the file of one closed segment of the log that has none, the newest first.  SEGMENT_STEP_MORE: one was made; SEGMENT_STEP_DONE: none
 * is wanting, or there is no room for those that are; SEGMENT_STEP_FAILED.
 */
enum segment_step text_writer_step(struct db *db, const struct config *config, uint32_t account_id,
                                   unsigned kind);

/* How many closed segments of the log have no file, whether or not there is room for them all.  0 or -1. */
int text_writer_wanting(struct db *db, const struct config *config, uint32_t account_id,
                        unsigned kind, uint64_t *count);

/*
 * Adds events to the file of the segment that they are merged into, and syncs it: to be called before the commit.  Reads their texts in the
 * transaction that runs.  0; 1: there is no such file, and the segment's text_check has to become 0; -1: the database failed.
 */
int text_writer_add_late(struct db *db, const struct config *config,
                         const struct text_index_name *name, const struct segment_row *rows,
                         size_t count);

#endif
