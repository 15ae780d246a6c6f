/* SPDX-License-Identifier: MIT */
/* Blocks are searched as they lie in memory; rows, which are few once a log is indexed, one by one. */
#include "store/entity_search.h"

#include "base/memory.h"
#include "base/strbuf.h"

#define ENTITY_COLUMNS "n.id, n.external_id, n.name_folded"

static const struct str select_recent =
    STR("SELECT " ENTITY_COLUMNS " FROM entity_recent r JOIN entity n ON n.id = r.entity_id "
        "WHERE r.account_id = ?");
static const struct str select_all =
    STR("SELECT " ENTITY_COLUMNS " FROM entity n WHERE n.account_id = ?");

/* What is looked for: ids that begin with `text`, or names that hold it. */
struct search {
    struct str text; /* folded, for names */
    bool by_id;
    struct entity_ids *ids;
};

static void add(struct entity_ids *ids, uint32_t id)
{
    if (ids->count == ids->capacity) {
        ids->capacity = ids->capacity ? 2 * ids->capacity : 64;
        ids->ids = memory_resize(ids->ids, ids->capacity, sizeof(*ids->ids));
    }
    ids->ids[ids->count++] = id;
}

static bool row_matches(const struct search *search, const struct db_rows *rows)
{
    struct str id = db_bytes(rows, 1), name = db_bytes(rows, 2);

    if (search->by_id)
        return id.len && str_starts(id, search->text);
    return search->text.len == 0 ||
           (name.len && memmem(name.ptr, name.len, search->text.ptr, search->text.len));
}

static int search_rows(struct db *db, struct str select, uint32_t account_id,
                       const struct search *search)
{
    struct db_rows *rows = db_stream(db, select, DB_VALUES(DB_NUMBER(account_id)));
    int more = -1;

    while (rows && (more = db_next(rows)) == 1)
        if (row_matches(search, rows))
            add(search->ids, (uint32_t)db_number(rows, 0));
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

static void add_all_with_ids(const struct entity_block *block, struct entity_ids *ids)
{
    for (uint32_t i = 0; i < block->entities; i++)
        if (entity_block_entry(block, i).external_id.len)
            add(ids, block->ids[i]);
}

/* 1 searched; 0 the entities are not indexed, or not to be read; -1. */
static int search_blocks(struct index_sets *sets, struct db *db, uint32_t account_id,
                         const struct search *search)
{
    struct index_set *set;
    int indexed = index_sets_get(sets, db, account_id, 0, &set);

    if (indexed != 1)
        return indexed;
    for (size_t i = 0; i < set->count; i++) {
        const struct entity_block *block = index_set_block(sets, db, set, &set->entries[i]);

        if (!block)
            return db_last_error(db) == DB_ERROR_NONE ? 0 : -1;
        if (search->by_id && search->text.len == 0)
            add_all_with_ids(block, search->ids);
        else if (search->by_id)
            entity_block_search_external(block, search->text, true, search->ids);
        else
            entity_block_search_name(block, search->text, search->ids);
    }
    if (set->state.recent && search_rows(db, select_recent, account_id, search) < 0)
        return -1;
    return 1;
}

static int run(struct index_sets *sets, struct db *db, uint32_t account_id,
               const struct search *search)
{
    int searched = search_blocks(sets, db, account_id, search);

    return searched ? (searched < 0 ? -1 : 0) : search_rows(db, select_all, account_id, search);
}

int entity_search_ids(struct index_sets *sets, struct db *db, uint32_t account_id,
                      struct str prefix, struct entity_ids *ids)
{
    const struct search search = {prefix, true, ids};

    return run(sets, db, account_id, &search);
}

int entity_search_names(struct index_sets *sets, struct db *db, uint32_t account_id,
                        struct str part, struct entity_ids *ids)
{
    struct search search = {part, false, ids};
    struct strbuf folded;
    int result;

    strbuf_init(&folded);
    str_fold(part, strbuf_reserve(&folded, part.len));
    folded.len = part.len;
    search.text = strbuf_str(&folded);
    result = run(sets, db, account_id, &search);
    strbuf_release(&folded);
    return result;
}
