/* SPDX-License-Identifier: MIT */
/* Table plan, and the columns of table account that keep to it. */
#include "store/plan_store.h"

#include "base/clock.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static const struct str select_plans =
    STR("SELECT p.name, p.days, (SELECT COUNT(*) FROM account a WHERE a.plan_id = p.id) "
        "FROM plan p ORDER BY p.name");
static const struct str select_id = STR("SELECT id FROM plan WHERE name = ? FOR UPDATE");
static const struct str insert_plan =
    STR("INSERT INTO plan (name, days, created_ms) VALUES (?, ?, ?)");
static const struct str update_days = STR("UPDATE plan SET days = ? WHERE id = ?");
static const struct str update_plan = STR("UPDATE account SET plan_id = ? WHERE id = ?");
static const struct str update_hold = STR("UPDATE account SET is_held = ? WHERE id = ?");

int plans_all(struct db *db, struct arena *arena, struct plan **plans, size_t *count)
{
    struct db_rows *rows = db_select(db, select_plans, DB_NO_VALUES);
    size_t capacity = 0;
    int more = -1;

    *plans = NULL;
    *count = 0;
    while (rows && (more = db_next(rows)) == 1) {
        *plans = arena_grow(arena, *plans, *count, &capacity, sizeof(**plans));
        (*plans)[(*count)++] = (struct plan){
            .name = arena_copy(arena, db_bytes(rows, 0)),
            .days = (unsigned)db_number(rows, 1),
            .accounts = db_number(rows, 2),
        };
    }
    db_finish(rows);
    return more;
}

int plan_add(struct db *db, struct str name, unsigned days)
{
    if (db_run(db, insert_plan,
               DB_VALUES(DB_BYTES(name), DB_NUMBER(days), DB_NUMBER((uint64_t)clock_now_ms())),
               NULL) == 0)
        return 0;
    return db_last_error(db) == DB_ERROR_DUPLICATE ? 1 : -1;
}

/* 0; 1 when there is none; -1. */
static int find_id(struct db *db, struct str name, uint64_t *id)
{
    struct db_rows *rows = db_select(db, select_id, DB_VALUES(DB_BYTES(name)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        *id = db_number(rows, 0);
    db_finish(rows);
    return found < 0 ? -1 : found == 0;
}

int plan_change(struct db *db, struct str name, unsigned days)
{
    uint64_t id;
    int result = find_id(db, name, &id);

    return result ? result
                  : db_run(db, update_days, DB_VALUES(DB_NUMBER(days), DB_NUMBER(id)), NULL);
}

int plan_assign(struct db *db, uint32_t account_id, struct str name)
{
    uint64_t id = 0;
    int result = name.len ? find_id(db, name, &id) : 0;

    return result ? result
                  : db_run(db, update_plan, DB_VALUES(DB_NUMBER(id), DB_NUMBER(account_id)), NULL);
}

int plan_hold(struct db *db, uint32_t account_id, bool on)
{
    return db_run(db, update_hold, DB_VALUES(DB_NUMBER(on), DB_NUMBER(account_id)), NULL);
}

int64_t plan_kept_from_ms(unsigned days, int64_t now_ms)
{
    int64_t from_ms = now_ms - now_ms % DAY_MS - days * DAY_MS;

    return days == 0 || from_ms < 0 ? 0 : from_ms;
}
