/* SPDX-License-Identifier: MIT */
/* Table operator. */
#include "store/operator_store.h"

#include "base/clock.h"

static const struct str select_one = STR("SELECT 1 FROM operator WHERE person = ?");
static const struct str select_all = STR("SELECT person, created_ms FROM operator ORDER BY person");
static const struct str insert_one = STR("INSERT INTO operator (person, created_ms) VALUES (?, ?)");
static const struct str delete_one = STR("DELETE FROM operator WHERE person = ?");

int operator_is(struct db *db, struct str person)
{
    struct db_rows *rows = db_select(db, select_one, DB_VALUES(DB_BYTES(person)));
    int found = rows ? db_next(rows) : -1;

    db_finish(rows);
    return found;
}

int operators_all(struct db *db, struct arena *arena, struct operator_row **all, size_t *count)
{
    struct db_rows *rows = db_select(db, select_all, DB_NO_VALUES);
    size_t capacity = 0;
    int more = -1;

    *all = NULL;
    *count = 0;
    while (rows && (more = db_next(rows)) == 1) {
        *all = arena_grow(arena, *all, *count, &capacity, sizeof(**all));
        (*all)[(*count)++] = (struct operator_row){arena_copy(arena, db_bytes(rows, 0)),
                                                   (int64_t)db_number(rows, 1)};
    }
    db_finish(rows);
    return more;
}

int operator_add(struct db *db, struct str person)
{
    if (db_run(db, insert_one, DB_VALUES(DB_BYTES(person), DB_NUMBER((uint64_t)clock_now_ms())),
               NULL) == 0)
        return 0;
    return db_last_error(db) == DB_ERROR_DUPLICATE ? 1 : -1;
}

int operator_remove(struct db *db, struct str person)
{
    uint64_t changed;

    if (db_run(db, delete_one, DB_VALUES(DB_BYTES(person)), &changed) < 0)
        return -1;
    return changed ? 0 : 1;
}
