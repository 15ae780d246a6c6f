/* SPDX-License-Identifier: MIT */
/*
 * Numbers in the order of arrival (schema/0015_arrival.sql): given to what stands in event_recent, before it leaves that table.  A log that has
 * none yet gets them for all its events first, the oldest first; what is recorded meanwhile is among these, or comes after.
 *
 * Whoever calls holds the lock of the installation (upkeep/segment_writer.h).
 */
#ifndef DAYBOOK_UPKEEP_ARRIVAL_H
#define DAYBOOK_UPKEEP_ARRIVAL_H

#include "upkeep/segment_source.h"
#include "upkeep/segment_writer.h"

/*
 * Gives numbers to what has come, in a transaction of its own, and adds how many to `numbered`.  SEGMENT_STEP_DONE, _MORE or _FAILED.
 */
enum segment_step arrival_step(struct db *db, uint32_t account_id, unsigned kind,
                               uint64_t *numbered);

/*
 * Rows of event_recent, ascending, are going to be deleted in this transaction: those that have no number get one, unless their events are
 * deleted too.  0 or -1.
 */
int arrival_leave(struct db *db, uint32_t account_id, unsigned kind, const struct segment_ids *ids,
                  bool deleted);

/* Forgets numbers of events that are deleted, all of those below `id`; some may stay.  0 or -1. */
int arrival_trim(struct db *db, uint32_t account_id, unsigned kind, uint64_t id);

#endif
