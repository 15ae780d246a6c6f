/* SPDX-License-Identifier: MIT */
/* Tables entity, entity_recent and entity_block, for the writer of blocks. */
#include "upkeep/entity_log.h"

#include <stdlib.h>

#include "base/memory.h"

enum { ARRAY_ROWS_MAX = 4000 };

/*
 * By the index that begins with the account all its rows are read and sorted for each portion; by number those of other accounts are read
 * too.  Where one account has a good part of all, the second is better: sixteen times what it has, at most, and all portions together.
 */
#define TABLE(index)                                                                               \
    "SELECT id, external_id, name_folded, name FROM entity FORCE INDEX (" index                    \
    ") WHERE account_id = ? AND id > ? ORDER BY id LIMIT ?"
static const struct str select_table[] = {
    [false] = STR(TABLE("external_id")),
    [true] = STR(TABLE("PRIMARY")),
};
enum { GOOD_PART = 16 };
static const struct str count_part =
    STR("SELECT COUNT(*) FROM (SELECT 1 FROM entity FORCE INDEX (external_id) "
        "WHERE account_id = ? LIMIT ?) c");
static const struct str select_last = STR("SELECT COALESCE(MAX(id), 0) FROM entity");
static const struct str select_recent =
    STR("SELECT r.entity_id, n.id, n.external_id, n.name_folded, n.name FROM entity_recent r "
        "LEFT JOIN entity n ON n.id = r.entity_id AND n.account_id = r.account_id "
        "WHERE r.account_id = ? ORDER BY r.entity_id LIMIT ?");
static const struct str delete_recent =
    STR("DELETE FROM entity_recent WHERE account_id = ? AND entity_id = ?");
static const struct str insert_block =
    STR("INSERT INTO entity_block (generation, entities, checksum, block, account_id, block_id) "
        "VALUES (?, ?, ?, ?, ?, ?)");
static const struct str update_block =
    STR("UPDATE entity_block SET generation = ?, entities = ?, checksum = ?, block = ? "
        "WHERE account_id = ? AND block_id = ?");

void entity_list_add(struct arena *arena, struct entity_list *list,
                     const struct entity_entry *entry)
{
    list->items = arena_grow(arena, list->items, list->count, &list->room, sizeof(*list->items));
    list->items[list->count++] = *entry;
}

static void add_copy(struct arena *arena, struct entity_list *list,
                     const struct entity_entry *entry)
{
    const struct entity_entry copy = {
        .id = entry->id,
        .external_id = arena_copy(arena, entry->external_id),
        .name = arena_copy(arena, entry->name),
        .written = arena_copy(arena, entry->written),
    };

    entity_list_add(arena, list, &copy);
}

/* Adds the present row, whose columns from `column` on are id, external_id, name_folded, name. */
static void add_row(struct arena *arena, struct entity_list *list, const struct db_rows *rows,
                    unsigned column)
{
    const struct entity_entry entry = {
        .id = (uint32_t)db_number(rows, column),
        .external_id = db_bytes(rows, column + 1),
        .name = db_bytes(rows, column + 2),
        .written = db_bytes(rows, column + 3),
    };

    add_copy(arena, list, &entry);
}

/* The one number that a statement gives.  0 or -1. */
static int read_number(struct db *db, struct str select, const struct db_value *values,
                       size_t count, uint64_t *number)
{
    struct db_rows *rows = db_select(db, select, values, count);
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        *number = db_number(rows, 0);
    db_finish(rows);
    return found == 1 ? 0 : -1;
}

/* Whether the account has a good part of all entities.  1, 0, -1. */
static int has_good_part(struct segment_log *log)
{
    uint64_t last, part, held;

    if (read_number(log->db, select_last, NULL, 0, &last) < 0)
        return -1;
    part = last / GOOD_PART + 1;
    if (read_number(log->db, count_part, DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(part)),
                    &held) < 0)
        return -1;
    return held == part;
}

int entity_log_read_table(struct segment_log *log, struct arena *arena, uint64_t above,
                          size_t limit, struct entity_list *list)
{
    int by_number = has_good_part(log), more = -1;
    struct db_rows *rows = NULL;

    if (by_number >= 0)
        rows = db_stream(log->db, select_table[by_number],
                         DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(above), DB_NUMBER(limit)));
    while (rows && (more = db_next(rows)) == 1)
        add_row(arena, list, rows, 0);
    db_finish(rows);
    return more;
}

int entity_log_read_recent(struct segment_log *log, struct arena *arena, size_t limit,
                           struct segment_ids *ids, struct entity_list *list)
{
    struct db_rows *rows =
        db_stream(log->db, select_recent, DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(limit)));
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        segment_ids_add(ids, db_number(rows, 0));
        if (list && !db_is_null(rows, 1))
            add_row(arena, list, rows, 1);
    }
    db_finish(rows);
    return more;
}

int entity_log_delete_recent(struct segment_log *log, const struct segment_ids *ids)
{
    struct db_value *values = memory_new((ids->count + 1) * 2 * sizeof(*values));
    int result = 0;

    for (size_t i = 0; i < ids->count; i++) {
        values[2 * i] = DB_NUMBER(log->account_id);
        values[2 * i + 1] = DB_NUMBER(ids->items[i]);
    }
    for (size_t at = 0; at < ids->count && result == 0; at += ARRAY_ROWS_MAX) {
        size_t left = ids->count - at;

        result = db_run_many(log->db, delete_recent, values + 2 * at,
                             left < ARRAY_ROWS_MAX ? left : ARRAY_ROWS_MAX, 2);
    }
    free(values);
    return result;
}

int entity_log_load(struct segment_log *log, struct arena *arena, const struct segment_entry *entry,
                    struct entity_list *list)
{
    int result = segment_log_read(log, entry, &log->plain);
    struct entity_block block;

    if (result != 0)
        return result;
    if (entity_block_open(strbuf_str(&log->plain), &block) < 0 || block.entities != entry->events) {
        segment_log_complain(log, entry, "not the block that its row says");
        return 1;
    }
    for (uint32_t i = 0; i < block.entities; i++) {
        struct entity_entry one = entity_block_entry(&block, i);

        add_copy(arena, list, &one);
    }
    return 0;
}

int entity_log_put(struct segment_log *log, uint32_t number, const struct entity_entry *entries,
                   size_t count, size_t *written)
{
    size_t fill = segment_log_fill(log->config), fits = entity_block_fill(entries, count);
    struct segment_entry entry = {.number = number};
    bool is_new;

    *written = fits < fill ? fits : fill;
    entry.events = (uint32_t)*written;
    strbuf_reset(&log->plain);
    strbuf_reset(&log->packed);
    entity_block_build(entries, *written, &log->plain);
    entity_block_pack(strbuf_str(&log->plain), &log->packed);
    is_new = segment_log_prepare(log, &entry);
    return db_run(log->db, is_new ? insert_block : update_block,
                  DB_VALUES(DB_NUMBER(log->generation), DB_NUMBER(entry.events),
                            DB_NUMBER(entry.checksum), DB_BYTES(strbuf_str(&log->packed)),
                            DB_NUMBER(log->account_id), DB_NUMBER(entry.number)),
                  NULL);
}
