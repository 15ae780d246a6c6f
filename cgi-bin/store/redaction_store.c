/* SPDX-License-Identifier: MIT */
/* Tables redaction_rule and redaction_version. */
#include "store/redaction_store.h"

static const struct str select_version =
    STR("SELECT version FROM redaction_version WHERE account_id = ?");
static const struct str select_rules =
    STR("SELECT kind, name FROM redaction_rule WHERE account_id = ? ORDER BY kind, name");
static const struct str insert_rule =
    STR("INSERT INTO redaction_rule (account_id, kind, name) VALUES (?, ?, ?)");
static const struct str delete_rule =
    STR("DELETE FROM redaction_rule WHERE account_id = ? AND kind = ? AND name = ?");
static const struct str delete_name =
    STR("DELETE FROM redaction_rule WHERE account_id = ? AND kind IN (1, 2) AND name = ?");
static const struct str raise_version =
    STR("INSERT INTO redaction_version (account_id, version) VALUES (?, 1) "
        "ON DUPLICATE KEY UPDATE version = version + 1");

int redaction_version(struct db *db, uint32_t account_id, uint64_t *version)
{
    *version = 0;
    if (db_select_number(db, select_version, DB_VALUES(DB_NUMBER(account_id)), version) < 0)
        return -1;
    return 0;
}

int redaction_rules(struct db *db, struct arena *arena, uint32_t account_id,
                    struct redaction_rule **rules, size_t *count)
{
    struct db_rows *rows = db_select(db, select_rules, DB_VALUES(DB_NUMBER(account_id)));
    size_t capacity = 0;
    int more = rows ? 1 : -1;

    *rules = NULL;
    *count = 0;
    while (more == 1 && (more = db_next(rows)) == 1) {
        *rules = arena_grow(arena, *rules, *count, &capacity, sizeof(**rules));
        (*rules)[(*count)++] = (struct redaction_rule){
            .kind = (enum redaction_kind)db_number(rows, 0),
            .value = arena_copy(arena, db_bytes(rows, 1)),
        };
    }
    db_finish(rows);
    return more;
}

/* Ends the transaction that db_begin() began: what changed something raises the version with it. */
static int finish(struct db *db, uint32_t account_id, int result, uint64_t changed)
{
    if (result == 0 && changed > 0)
        result = db_run(db, raise_version, DB_VALUES(DB_NUMBER(account_id)), NULL);
    if (result == 0)
        result = db_commit(db);
    else
        db_rollback(db);
    if (result < 0)
        return -1;
    return changed > 0 ? 0 : 1;
}

int redaction_add(struct db *db, uint32_t account_id, struct redaction_rule rule)
{
    uint64_t removed = 0, added = 1;
    int result = db_begin(db, DB_WRITE);

    if (result < 0)
        return -1;
    if (rule.value.len) {
        enum redaction_kind other = rule.kind == REDACTION_ADD ? REDACTION_KEEP : REDACTION_ADD;

        result = db_run(db, delete_rule,
                        DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(other), DB_BYTES(rule.value)),
                        &removed);
    }
    if (result == 0)
        result = db_run(
            db, insert_rule,
            DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(rule.kind), DB_BYTES(rule.value)), NULL);
    if (result < 0 && db_last_error(db) == DB_ERROR_DUPLICATE)
        result = 0, added = 0;
    return finish(db, account_id, result, removed + added);
}

static int remove_by(struct db *db, uint32_t account_id, struct str sql,
                     const struct db_value *values, size_t count)
{
    uint64_t removed = 0;
    int result = db_begin(db, DB_WRITE);

    if (result < 0)
        return -1;
    result = db_run(db, sql, values, count, &removed);
    return finish(db, account_id, result, removed);
}

int redaction_remove(struct db *db, uint32_t account_id, struct redaction_rule rule)
{
    return remove_by(db, account_id, delete_rule,
                     DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(rule.kind), DB_BYTES(rule.value)));
}

int redaction_remove_name(struct db *db, uint32_t account_id, struct str name)
{
    return remove_by(db, account_id, delete_name, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(name)));
}
