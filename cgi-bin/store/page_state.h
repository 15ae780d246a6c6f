/* SPDX-License-Identifier: MIT */
/* What most pages of a log need to know, by one statement and without a transaction: may the person open it, and has its index changed? */
#ifndef DAYBOOK_STORE_PAGE_STATE_H
#define DAYBOOK_STORE_PAGE_STATE_H

#include "store/account_store.h"

/*
 * With `without_own` calls to Daybook itself do not count: they may wait to be merged.
 *
 * The account `slug`, if `person` is a member, the generation of its log of this kind, and whether all events of that are merged into its segments,
 * all as of one moment.  1; 0: no such account, or its log is not indexed; -1.
 */
int page_state_read(struct db *db, struct arena *arena, struct str person, struct str slug,
                    unsigned kind, bool without_own, struct account *account, uint64_t *generation,
                    bool *merged);

#endif
