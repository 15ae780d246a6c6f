/* SPDX-License-Identifier: MIT */
/* Entities as they stand in their table and in blocks, for those that write and compare blocks. */
#ifndef DAYBOOK_UPKEEP_ENTITY_LOG_H
#define DAYBOOK_UPKEEP_ENTITY_LOG_H

#include "base/arena.h"
#include "index/entity_block.h"
#include "upkeep/segment_log.h"

/* Entities in order of their ids. */
struct entity_list {
    struct entity_entry *items;
    size_t count, room;
};

void entity_list_add(struct arena *arena, struct entity_list *list,
                     const struct entity_entry *entry);

/* Adds the first entities of the account with ids above `above`, at most `limit`; texts are copied to the arena.  0 or -1. */
int entity_log_read_table(struct segment_log *log, struct arena *arena, uint64_t above,
                          size_t limit, struct entity_list *list);

/* Adds the ids in entity_recent, at most `limit`; with `list` also those that there are.  0 or -1. */
int entity_log_read_recent(struct segment_log *log, struct arena *arena, size_t limit,
                           struct segment_ids *ids, struct entity_list *list);

/* Deletes exactly these from entity_recent.  0 or -1. */
int entity_log_delete_recent(struct segment_log *log, const struct segment_ids *ids);

/* Adds what a block holds; texts are copied.  0; 1 when it is damaged (logged); -1. */
int entity_log_load(struct segment_log *log, struct arena *arena, const struct segment_entry *entry,
                    struct entity_list *list);

/*
 * Writes the first of the entries, as many as one block may hold, in place of block `number` or as SEGMENT_NEW; how many in
 * `written`.  0 or -1.
 */
int entity_log_put(struct segment_log *log, uint32_t number, const struct entity_entry *entries,
                   size_t count, size_t *written);

#endif
