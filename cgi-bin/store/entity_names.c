/* SPDX-License-Identifier: MIT */
/* Blocks are in no order among each other, and their numbers may overlap where one was recorded late: each that may hold a number is asked. */
#include "store/entity_names.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/index_set.h"

struct entity_names {
    struct index_sets *sets; /* its own: they keep the blocks mapped */
    const struct entity_block **blocks;
    size_t count;
};

static void add_blocks(struct entity_names *names, struct index_set *set)
{
    names->blocks = memory_new((set->count + 1) * sizeof(struct entity_block *));
    for (size_t i = 0; i < set->count; i++) {
        const struct entity_block *block =
            index_set_mapped_block(names->sets, set, &set->entries[i]);

        if (block)
            names->blocks[names->count++] = block;
    }
}

struct entity_names *entity_names_open(const struct config *config, struct db *db,
                                       uint32_t account_id)
{
    struct entity_names *names = memory_new(sizeof(*names));
    struct index_set *set;
    int indexed;

    names->sets = index_sets_new(config);
    indexed = index_sets_get(names->sets, db, account_id, 0, &set);
    if (indexed == 1)
        add_blocks(names, set);
    if (indexed < 0) {
        entity_names_close(names);
        return NULL;
    }
    return names;
}

bool entity_names_find(const struct entity_names *names, uint32_t id, struct entity_entry *entry)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct entity_block *block = names->blocks[i];

        if (block->ids[0] <= id && id <= block->ids[block->entities - 1] &&
            entity_block_find(block, id, entry))
            return true;
    }
    return false;
}

void entity_names_close(struct entity_names *names)
{
    if (!names)
        return;
    index_sets_free(names->sets);
    free(names->blocks);
    free(names);
}
