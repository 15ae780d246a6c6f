/* SPDX-License-Identifier: MIT */
/* Which entities have an id or a name like this: asked of the blocks of the index and of what no block holds yet, else of table entity. */
#ifndef DAYBOOK_STORE_ENTITY_SEARCH_H
#define DAYBOOK_STORE_ENTITY_SEARCH_H

#include "store/index_set.h"

/* Adds the entities of the account whose id begins with `prefix`, in no order; one without an id is none of them.  In the
 * transaction on `db`.  0 or -1. */
int entity_search_ids(struct index_sets *sets, struct db *db, uint32_t account_id,
                      struct str prefix, struct entity_ids *ids);

/* Adds those whose name holds `part`; A-Z as a-z.  As above. */
int entity_search_names(struct index_sets *sets, struct db *db, uint32_t account_id,
                        struct str part, struct entity_ids *ids);

#endif
