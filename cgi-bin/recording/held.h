/* SPDX-License-Identifier: MIT */
/*
 * Calls that are reported in stages.  An early stage is held (store/held_store.h) until the last one is recorded; when that has not come for a quarter
 * of an hour, what is held is recorded, by the next message with stages for the account or by `daybook maintain`.
 */
#ifndef DAYBOOK_RECORDING_HELD_H
#define DAYBOOK_RECORDING_HELD_H

#include "intake/sender.h"
#include "recording/recording.h"

#define HELD_FOR_MS (INT64_C(15) * 60 * 1000)

/*
 * Stores the events of a message as recorder_store() does; with them, in the same transaction, its early stages are held, those of the recorded calls forgotten,
 * and what was held too long is recorded, unless a later stage of it was before.  0 or -1, as there.
 */
int held_record(struct recording *recording, const struct intake *intake, uint32_t account_id,
                struct sender_events *events);

/*
 * Records what was held too long, of every account, or until `stop` (unless it is NULL) says so between two batches; how many calls is added to
 * `released`.  0; 1: it was stopped; -1: those of an account, or of all, could not be recorded.
 */
int held_release_all(struct recording *recording, bool (*stop)(void *context), void *context,
                     uint64_t *released);

#endif
