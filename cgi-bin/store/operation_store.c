/* SPDX-License-Identifier: MIT */
/* Tables operation and operation_version.  Only the maintainer may write them. */
#include "store/operation_store.h"

#include <stdlib.h>

#include "base/memory.h"

enum { COLUMNS = 12, STEP_ROWS = 500 };

static const struct str select_version =
    STR("SELECT version FROM operation_version WHERE account_id = ?");
static const struct str select_all =
    STR("SELECT method, path, operation_id, entity_type, action, entity_id, entity_name, is_read, "
        "keep FROM operation WHERE account_id = ? ORDER BY base_path, place");
static const struct str delete_all =
    STR("DELETE FROM operation WHERE account_id = ? AND base_path = ?");
static const struct str insert_one =
    STR("INSERT INTO operation (account_id, base_path, place, method, path, operation_id, "
        "entity_type, action, entity_id, entity_name, is_read, keep) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
static const struct str raise_version =
    STR("INSERT INTO operation_version (account_id, version) VALUES (?, 1) "
        "ON DUPLICATE KEY UPDATE version = version + 1");

int operation_store_version(struct db *db, uint32_t account_id, uint64_t *version)
{
    *version = 0;
    if (db_select_number(db, select_version, DB_VALUES(DB_NUMBER(account_id)), version) < 0)
        return -1;
    return 0;
}

static void read_operation(const struct db_rows *rows, struct arena *arena,
                           struct operation *operation)
{
    operation->method = arena_copy(arena, db_bytes(rows, 0));
    operation->path = arena_copy(arena, db_bytes(rows, 1));
    operation->operation_id = arena_copy(arena, db_bytes(rows, 2));
    operation->entity_type = arena_copy(arena, db_bytes(rows, 3));
    operation->action = arena_copy(arena, db_bytes(rows, 4));
    operation->entity_id = arena_copy(arena, db_bytes(rows, 5));
    operation->entity_name = arena_copy(arena, db_bytes(rows, 6));
    operation->is_read = db_number(rows, 7) != 0;
    operation->keep = db_number(rows, 8) != 0;
}

int operation_store_all(struct db *db, struct arena *arena, uint32_t account_id,
                        struct operation **operations, size_t *count)
{
    struct db_rows *rows = db_select(db, select_all, DB_VALUES(DB_NUMBER(account_id)));
    size_t capacity = 0;
    int more = rows ? 1 : -1;

    *operations = NULL;
    *count = 0;
    while (more == 1 && (more = db_next(rows)) == 1) {
        *operations = arena_grow(arena, *operations, *count, &capacity, sizeof(**operations));
        read_operation(rows, arena, &(*operations)[(*count)++]);
    }
    db_finish(rows);
    return more;
}

static void fill_row(struct db_value row[COLUMNS], uint32_t account_id, struct str base_path,
                     uint64_t place, const struct operation *operation)
{
    row[0] = DB_NUMBER(account_id);
    row[1] = DB_BYTES(base_path);
    row[2] = DB_NUMBER(place);
    row[3] = DB_BYTES(operation->method);
    row[4] = DB_BYTES(operation->path);
    row[5] = DB_BYTES(operation->operation_id);
    row[6] = DB_BYTES(operation->entity_type);
    row[7] = DB_BYTES(operation->action);
    row[8] = DB_BYTES(operation->entity_id);
    row[9] = DB_BYTES(operation->entity_name);
    row[10] = DB_NUMBER(operation->is_read);
    row[11] = DB_NUMBER(operation->keep);
}

/* The version first: of two imports at the same time the second waits here until the first is whole. */
static int replace(struct db *db, uint32_t account_id, struct str base_path,
                   const struct db_value *rows, size_t count,
                   void (*stored)(void *context, size_t more), void *context)
{
    if (db_run(db, raise_version, DB_VALUES(DB_NUMBER(account_id)), NULL) < 0 ||
        db_run(db, delete_all, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(base_path)), NULL) < 0)
        return -1;
    for (size_t at = 0; at < count; at += STEP_ROWS) {
        size_t some = count - at < STEP_ROWS ? count - at : STEP_ROWS;

        if (db_run_many(db, insert_one, rows + at * COLUMNS, some, COLUMNS) < 0)
            return -1;
        stored(context, some);
    }
    return 0;
}

int operation_store_replace(struct db *db, uint32_t account_id, struct str base_path,
                            const struct operation *operations, size_t count,
                            void (*stored)(void *context, size_t more), void *context)
{
    struct db_value *rows = memory_resize(NULL, count ? count : 1, COLUMNS * sizeof(*rows));
    int result = -1;

    for (size_t i = 0; i < count; i++)
        fill_row(rows + i * COLUMNS, account_id, base_path, i, &operations[i]);
    if (db_begin(db, DB_WRITE) == 0) {
        result = replace(db, account_id, base_path, rows, count, stored, context);
        if (result < 0)
            db_rollback(db);
        else
            result = db_commit(db);
    }
    free(rows);
    return result;
}
