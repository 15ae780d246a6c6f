/* SPDX-License-Identifier: MIT */
/*
 * Taking the names of a person out of an account's log, and out of its index, in steps of one transaction each, with the lock of
 * upkeep/segment_writer.h held.  Whatever happens between two steps, each event is as it was or as it is to be, and the index says the same as
 * the tables.
 *
 * First everything is looked through once; recorders go on meanwhile, and what they add behind that is not touched.  Then nothing new is recorded
 * for a moment, while the old rows of the dictionaries go: from then on a recorder that meets the name makes it anew.
 */
#ifndef DAYBOOK_UPKEEP_ERASE_STEP_H
#define DAYBOOK_UPKEEP_ERASE_STEP_H

#include "store/erase_rows.h"
#include "store/erasure_store.h"
#include "upkeep/segment_writer.h"

struct erase {
    const struct config *config;
    struct erase_wanted wanted;
    struct erasure erasure;
    uint64_t looked_at; /* events, by all steps */
    size_t step_events; /* how many the next step looks at; 0: not yet decided */
};

/*
 * The next step, of whatever stage; erase->erasure says where it is then.  SEGMENT_STEP_MORE; SEGMENT_STEP_DONE: nothing is left; SEGMENT_STEP_DAMAGED:
 * again, the index was damaged; SEGMENT_STEP_KEPT: the account is under legal hold, or gone; SEGMENT_STEP_FAILED.
 */
enum segment_step erase_step(struct db *db, struct erase *erase);

#endif
