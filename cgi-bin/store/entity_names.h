/* SPDX-License-Identifier: MIT */
/*
 * The names of an account's entities as the blocks of the index have them.  Who names events by the million finds them in memory that
 * all processes share, where the database would have to be asked for each that is not remembered.
 */
#ifndef DAYBOOK_STORE_ENTITY_NAMES_H
#define DAYBOOK_STORE_ENTITY_NAMES_H

#include "base/config.h"
#include "index/entity_block.h"
#include "store/db.h"

struct entity_names;

/*
 * In the transaction on `db`, which may have ended when names are asked for: an entity is never changed.  Holds what blocks there are
 * in the cache of files; nothing where the entities are not indexed.  NULL when the database fails.
 */
struct entity_names *entity_names_open(const struct config *config, struct db *db,
                                       uint32_t account_id);
void entity_names_close(struct entity_names *names);

/* The entity with this number, borrowed until the names are closed; false when no block holds it. */
bool entity_names_find(const struct entity_names *names, uint32_t id, struct entity_entry *entry);

#endif
