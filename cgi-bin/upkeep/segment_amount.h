/* SPDX-License-Identifier: MIT */
/*
 * How much work there is, for whoever shows how far it has come.  Counted when it is asked for, so ask once, and only where work has turned out to be long:
 * counting takes about a hundredth of what the work does.
 */
#ifndef DAYBOOK_UPKEEP_SEGMENT_AMOUNT_H
#define DAYBOOK_UPKEEP_SEGMENT_AMOUNT_H

#include "upkeep/segment_waiting.h"

/* Events of a log behind an id; of kind 0 nothing is counted.  0 or -1. */
int segment_amount_behind(struct db *db, const struct log_name *name, uint64_t id, uint64_t *rows);

/* Events and triggers of an account from before a time.  0 or -1. */
int segment_amount_before(struct db *db, uint32_t account_id, int64_t before_ms, uint64_t *rows);

/* Rows that wait to be taken up by all indexes, of events and triggers, or of entities.  0 or -1. */
int segment_amount_waiting(struct db *db, bool of_entities, uint64_t *rows);

/* What a comparison of all indexed logs has to read, or of one account's; account_id 0: all.  0 or -1. */
int segment_amount_indexed(struct db *db, uint32_t account_id, uint64_t *rows);

#endif
