/* SPDX-License-Identifier: MIT */
/* Both tables have the same columns under the same key. */
#include "upkeep/segment_source.h"

#include <stdlib.h>

#include "base/memory.h"

enum { FIRST_ROOM = 256, ARRAY_ROWS_MAX = 4000, KEY_COLUMNS = 3 };

/* The columns of enum segment_dimension, in its order, behind the id. */
#define COLUMNS                                                                                    \
    "id, entity_type_id, action_id, user_id, status, source, method, provider_id, signature, "     \
    "entity_id"

#define SELECT_FROM(columns, table)                                                                \
    STR("SELECT " columns " FROM " table " FORCE INDEX (PRIMARY) WHERE account_id = ? AND "        \
        "kind = ? AND id BETWEEN ? AND ? ORDER BY id LIMIT ?")

static const struct str select_rows[] = {
    [SEGMENT_SOURCE_EVENT] = SELECT_FROM(COLUMNS, "event"),
    [SEGMENT_SOURCE_RECENT] = SELECT_FROM(COLUMNS, "event_recent"),
};
static const struct str select_ids[] = {
    [SEGMENT_SOURCE_EVENT] = SELECT_FROM("id", "event"),
    [SEGMENT_SOURCE_RECENT] = SELECT_FROM("id", "event_recent"),
};
static const struct str delete_recent =
    STR("DELETE FROM event_recent WHERE account_id = ? AND kind = ? AND id = ?");

static void *grow(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? *room * 2 : FIRST_ROOM;
    return memory_resize(items, *room, size);
}

void segment_rows_add(struct segment_rows *rows, const struct segment_row *row)
{
    rows->items = grow(rows->items, rows->count, &rows->room, sizeof(*rows->items));
    rows->items[rows->count++] = *row;
}

void segment_rows_release(struct segment_rows *rows)
{
    free(rows->items);
    *rows = (struct segment_rows){0};
}

void segment_ids_add(struct segment_ids *ids, uint64_t id)
{
    ids->items = grow(ids->items, ids->count, &ids->room, sizeof(*ids->items));
    ids->items[ids->count++] = id;
}

void segment_ids_release(struct segment_ids *ids)
{
    free(ids->items);
    *ids = (struct segment_ids){0};
}

/* The rows of a statement about a span. */
static struct db_rows *select_span(struct db *db, struct str sql, const struct segment_span *span,
                                   size_t limit)
{
    return db_stream(db, sql,
                     DB_VALUES(DB_NUMBER(span->account_id), DB_NUMBER(span->kind),
                               DB_NUMBER(span->first_id), DB_NUMBER(span->last_id),
                               DB_NUMBER(limit)));
}

int segment_source_read(struct db *db, enum segment_source source, const struct segment_span *span,
                        size_t limit, struct segment_rows *rows)
{
    struct db_rows *found = select_span(db, select_rows[source], span, limit);
    int more = -1;

    while (found && (more = db_next(found)) == 1) {
        struct segment_row row = {.id = db_number(found, 0)};

        for (unsigned i = 0; i < SEGMENT_DIMENSION_COUNT; i++)
            row.value[i] = (uint32_t)db_number(found, 1 + i);
        segment_rows_add(rows, &row);
    }
    db_finish(found);
    return more;
}

int segment_source_ids(struct db *db, enum segment_source source, const struct segment_span *span,
                       size_t limit, struct segment_ids *ids)
{
    struct db_rows *found = select_span(db, select_ids[source], span, limit);
    int more = -1;

    while (found && (more = db_next(found)) == 1)
        segment_ids_add(ids, db_number(found, 0));
    db_finish(found);
    return more;
}

int segment_source_each(struct db *db, struct str sql, uint32_t account_id, unsigned kind,
                        const struct segment_ids *ids)
{
    size_t room = ids->count < ARRAY_ROWS_MAX ? ids->count : ARRAY_ROWS_MAX;
    struct db_value *values = memory_new((room + 1) * KEY_COLUMNS * sizeof(*values));
    size_t filled = 0;
    int result = 0;

    for (size_t i = 0; i < ids->count && result == 0; i++) {
        struct db_value *row = values + filled++ * KEY_COLUMNS;

        row[0] = DB_NUMBER(account_id);
        row[1] = DB_NUMBER(kind);
        row[2] = DB_NUMBER(ids->items[i]);
        if (filled == ARRAY_ROWS_MAX || i + 1 == ids->count) {
            result = db_run_many(db, sql, values, filled, KEY_COLUMNS);
            filled = 0;
        }
    }
    free(values);
    return result;
}

int segment_source_delete_recent(struct db *db, uint32_t account_id, unsigned kind,
                                 const struct segment_ids *ids)
{
    return segment_source_each(db, delete_recent, account_id, kind, ids);
}
