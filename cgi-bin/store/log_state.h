/* SPDX-License-Identifier: MIT */
/* How the index of a log stands (schema/0010_segments.sql), in the snapshot of the transaction that runs: of one log, or of all. */
#ifndef DAYBOOK_STORE_LOG_STATE_H
#define DAYBOOK_STORE_LOG_STATE_H

#include "store/db.h"

/* Of an indexed log, at one moment. */
struct log_state {
    uint64_t generation;
    uint64_t recent;        /* rows of event_recent, or entity_recent */
    uint64_t recent_newest; /* the greatest id among them; 0: there are none */
};

/* Kind 0: of the entities of the account.  1; 0: the log is not indexed; -1. */
int log_state_read(struct db *db, uint32_t account_id, unsigned kind, struct log_state *state);

/* Of every log of the installation, for who asks for many: one statement.  NULL on failure. */
struct log_states *log_states_read(struct db *db);
void log_states_free(struct log_states *states);

/* False: the log is not indexed. */
bool log_states_find(const struct log_states *states, uint32_t account_id, unsigned kind,
                     struct log_state *state);

#endif
