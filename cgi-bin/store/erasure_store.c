/* SPDX-License-Identifier: MIT */
/* Tables erasure and, as far as it lets or hinders one, account. */
#include "store/erasure_store.h"

#include "base/clock.h"

static const struct str select_begun =
    STR("SELECT id, stage, last_id, end_id, events, triggers FROM erasure "
        "WHERE account_id = ? AND mark = ? AND ended_ms = 0 ORDER BY id LIMIT 1");
static const struct str insert_begun =
    STR("INSERT INTO erasure (account_id, mark, began_ms) SELECT id, ?, ? FROM account "
        "WHERE id = ? LOCK IN SHARE MODE");
static const struct str select_held =
    STR("SELECT is_held FROM account WHERE id = ? LOCK IN SHARE MODE");
static const struct str update_names =
    STR("UPDATE account SET names_version = names_version + 1 WHERE id = ? AND is_held = 0");
static const struct str update_stage = STR(
    "UPDATE erasure SET stage = ?, last_id = ?, end_id = ?, events = ?, triggers = ? WHERE id = ?");
static const struct str update_end = STR("UPDATE erasure SET ended_ms = ? WHERE id = ?");

static int find_begun(struct db *db, uint32_t account_id, struct str mark, struct erasure *erasure)
{
    struct db_rows *rows =
        db_select(db, select_begun, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(mark)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        *erasure = (struct erasure){
            .id = (uint32_t)db_number(rows, 0),
            .account_id = account_id,
            .stage = (enum erasure_stage)db_number(rows, 1),
            .last_id = db_number(rows, 2),
            .end_id = db_number(rows, 3),
            .events = db_number(rows, 4),
            .triggers = db_number(rows, 5),
        };
    db_finish(rows);
    return found;
}

int erasure_begin(struct db *db, uint32_t account_id, struct str mark, struct erasure *erasure)
{
    int found = find_begun(db, account_id, mark, erasure);

    if (found != 0)
        return found < 0 ? -1 : 0;
    if (db_run(
            db, insert_begun,
            DB_VALUES(DB_BYTES(mark), DB_NUMBER((uint64_t)clock_now_ms()), DB_NUMBER(account_id)),
            NULL) < 0)
        return -1;
    return find_begun(db, account_id, mark, erasure) == 1 ? 0 : -1;
}

int erasure_is_allowed(struct db *db, uint32_t account_id)
{
    struct db_rows *rows = db_select(db, select_held, DB_VALUES(DB_NUMBER(account_id)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        found = db_number(rows, 0) == 0;
    db_finish(rows);
    return found;
}

int erasure_note(struct db *db, const struct erasure *erasure)
{
    return db_run(db, update_stage,
                  DB_VALUES(DB_NUMBER(erasure->stage), DB_NUMBER(erasure->last_id),
                            DB_NUMBER(erasure->end_id), DB_NUMBER(erasure->events),
                            DB_NUMBER(erasure->triggers), DB_NUMBER(erasure->id)),
                  NULL);
}

int erasure_raise_names(struct db *db, uint32_t account_id)
{
    uint64_t changed = 0;

    if (db_run(db, update_names, DB_VALUES(DB_NUMBER(account_id)), &changed) < 0)
        return -1;
    return changed == 1;
}

int erasure_end(struct db *db, const struct erasure *erasure)
{
    return db_run(db, update_end,
                  DB_VALUES(DB_NUMBER((uint64_t)clock_now_ms()), DB_NUMBER(erasure->id)), NULL);
}
