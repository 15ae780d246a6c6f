/* SPDX-License-Identifier: MIT */
/* Table erasure: how far the names of a person have been taken out of an account's log, so that it can be gone on with. */
#ifndef DAYBOOK_STORE_ERASURE_STORE_H
#define DAYBOOK_STORE_ERASURE_STORE_H

#include "store/db.h"

#include <stdint.h>

/* The numbers stand in the database: never renumber.  The first two are kinds of events. */
enum erasure_stage { ERASURE_EVENTS = 1, ERASURE_TRIGGERS, ERASURE_NAMES, ERASURE_CACHE };

struct erasure {
    uint32_t id, account_id;
    enum erasure_stage stage;
    uint64_t last_id,
        end_id; /* of the first two stages: what was looked at last, and where they end; end 0: not yet decided */
    uint64_t events, triggers; /* changed so far */
};

/* Begins one, or goes on with the one of this mark that has not ended.  0 or -1. */
int erasure_begin(struct db *db, uint32_t account_id, struct str mark, struct erasure *erasure);

/*
 * May texts of the account be changed?  Not under legal hold.  Until the transaction ends that cannot change.  1; 0: held, or gone; -1.
 */
int erasure_is_allowed(struct db *db, uint32_t account_id);

/* Writes down what it says now; to be called in the transaction that has come so far.  0 or -1. */
int erasure_note(struct db *db, const struct erasure *erasure);

/*
 * Takes names of users and entities away from who records: waits for batches that are being stored, and what comes behind asks for its names
 * anew.  First in the transaction that deletes the names.  As erasure_is_allowed().
 */
int erasure_raise_names(struct db *db, uint32_t account_id);

int erasure_end(struct db *db, const struct erasure *erasure);

#endif
