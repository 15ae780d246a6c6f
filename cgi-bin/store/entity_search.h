/* SPDX-License-Identifier: MIT */
/* Which entities have an id or a name like this: asked of the blocks of the index and of what no block holds yet, else of table entity. */
#ifndef DAYBOOK_STORE_ENTITY_SEARCH_H
#define DAYBOOK_STORE_ENTITY_SEARCH_H

#include "store/index_set.h"

/* Is called with entity.id of each that is found, in no order, perhaps more than once. */
typedef void entity_found(void *context, uint32_t entity_id);

/* Those of the account that have an id which begins with `prefix`.  In the transaction on `db`.  0 or -1. */
int entity_search_ids(struct index_sets *sets, struct db *db, uint32_t account_id,
                      struct str prefix, entity_found *found, void *context);

/* Those whose name holds `part`; A-Z as a-z.  As above. */
int entity_search_names(struct index_sets *sets, struct db *db, uint32_t account_id,
                        struct str part, entity_found *found, void *context);

#endif
