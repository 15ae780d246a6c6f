/* SPDX-License-Identifier: MIT */
/*
 * A run of entities of one account in order of their numbers: the texts that filters search, and those that are shown.  Kept like a
 * segment: one flat form without pointers, that is stored (packed), written to a file and searched as it lies in memory.  Pure: no SQL,
 * no files.
 *
 * Plain form, all numbers little-endian and aligned: a header; the numbers; where each external id ends, where each name ends with
 * A-Z made a-z, and where it ends as it was written; all external ids one behind the other; all folded names so; and
 * of those that folding changed, all names as they were written.  Any byte may be in them.
 */
#ifndef DAYBOOK_INDEX_ENTITY_BLOCK_H
#define DAYBOOK_INDEX_ENTITY_BLOCK_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A block holds so many entities, and so many bytes of texts: packed it is sure to fit a MEDIUMBLOB. */
enum { ENTITY_BLOCK_MAX = 65536, ENTITY_BLOCK_TEXT_MAX = 8 * 1024 * 1024 };

struct entity_entry {
    uint32_t id; /* entity.id */
    struct str external_id;
    struct str name;    /* folded (str_fold); empty when it has none */
    struct str written; /* the name as it was written */
};

/* An open block: borrowed views into its bytes. */
struct entity_block {
    uint32_t entities;         /* 1 to ENTITY_BLOCK_MAX */
    const uint32_t *ids;       /* ascending, each once */
    const uint32_t *texts_end; /* of external ids, of names, of written ones: 3 × entities places in
                                  the texts */
    const char *texts;         /* eight bytes behind the last one may be read */
    size_t names;              /* where the names begin in the texts */
};

/* Numbers of entities, growing; all zero is the empty list. */
struct entity_ids {
    uint32_t *ids;
    size_t count;
    size_t capacity;
};

void entity_ids_release(struct entity_ids *ids);

/* How many of the entries, from the first on, one block can hold; at least 1 of one or more. */
size_t entity_block_fill(const struct entity_entry *entries, size_t count);

/*
 * Appends the plain form of `count` entries, at least one and no more than entity_block_fill() said, in order of their ids, each
 * once.  Names are taken as they are.
 */
void entity_block_build(const struct entity_entry *entries, size_t count, struct strbuf *plain);

/* Opens a plain form, which must be aligned to 8 bytes and stays borrowed.  0; or -1 when it is not one, all of it being checked. */
int entity_block_open(struct str plain, struct entity_block *block);

/* Entity number `i` (below block->entities), borrowed from the plain form. */
struct entity_entry entity_block_entry(const struct entity_block *block, uint32_t i);

/* The entity with this number, borrowed in the same way; false when it is not in the block. */
bool entity_block_find(const struct entity_block *block, uint32_t id, struct entity_entry *entry);

/* The form that is stored, appended; and back: 0, or -1 when `packed` is none.  What came back must still be opened. */
void entity_block_pack(struct str plain, struct strbuf *packed);
int entity_block_unpack(struct str packed, struct strbuf *plain);

/* Adds the entities whose name holds `folded`, each once, in order; the empty text is in every name. */
void entity_block_search_name(const struct entity_block *block, struct str folded,
                              struct entity_ids *ids);

/* Adds those whose external id is `external_id`, or with `prefix` begins with it; byte for byte. */
void entity_block_search_external(const struct entity_block *block, struct str external_id,
                                  bool prefix, struct entity_ids *ids);

#endif
