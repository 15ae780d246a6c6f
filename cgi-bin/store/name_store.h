/* SPDX-License-Identifier: MIT */
/*
 * The recorder's side of the dictionaries: turns the names of events into numbers and makes the ones that are missing.
 *
 * Missing names are made in short transactions of their own, in sorted order, before the batch that needs them: recorders that meet
 * the same new names at once neither deadlock nor wait for each other's batches.  A number is remembered only after it was read
 * back committed, so nothing rolled back is ever remembered.
 */
#ifndef DAYBOOK_STORE_NAME_STORE_H
#define DAYBOOK_STORE_NAME_STORE_H

#include "base/event.h"
#include "store/db.h"

struct event_names {
    uint32_t entity_type_id, action_id, user_id, entity_id, provider_id; /* 0: has none */
};

struct name_store; /* the memory of numbers, for one process */

struct name_store *name_store_new(void);
void name_store_free(struct name_store *store);

/*
 * Fills names[i] for events[i], all of one account; only a trigger has a provider.  Runs outside any transaction.  0; or -1: nothing of what failed is remembered, and it may simply be repeated.
 */
int name_store_resolve(struct name_store *store, struct db *db, uint32_t account_id,
                       const struct event *events, size_t count, struct event_names *names);

/*
 * Is what is remembered of the account's names of this version (account_stays() of store/account_store.h), and of this connection?  If not the
 * names have to be resolved anew, outside the transaction: all that is remembered is forgotten.
 */
bool name_store_agrees(struct name_store *store, const struct db *db, uint32_t account_id,
                       uint64_t version);

#endif
