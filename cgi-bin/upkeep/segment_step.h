/* SPDX-License-Identifier: MIT */
/* How every step over a log's segments begins and ends, for the files that have one. */
#ifndef DAYBOOK_UPKEEP_SEGMENT_STEP_H
#define DAYBOOK_UPKEEP_SEGMENT_STEP_H

#include "upkeep/segment_log.h"
#include "upkeep/segment_writer.h"

/* Begins the transaction, and looks whether the lock is held.  0; or -1, and a rollback is due. */
int segment_step_lock(struct db *db);

/* The same, and opens the log.  0 or -1; segment_step_end() is due in any case. */
int segment_step_begin(struct segment_log *log, struct db *db, const struct config *config,
                       uint32_t account_id, unsigned kind);

/*
 * Commits after SEGMENT_STEP_MORE and SEGMENT_STEP_DONE, rolls back otherwise; after SEGMENT_STEP_DAMAGED it also forgets the index.  Adds what
 * was written to `work` (NULL: nowhere).  The result of the whole step.
 */
enum segment_step segment_step_end(struct segment_log *log, enum segment_step result,
                                   struct segment_work *work);

/* Forgets the index of the log in the transaction that runs.  0 or -1. */
int segment_forget_within(struct segment_log *log);

#endif
