/* SPDX-License-Identifier: MIT */
/* Table member, and what goes with its rows.  Says nothing about who may change it. */
#include "store/member_store.h"

#include "base/clock.h"
#include "store/view_store.h"

static const struct str select_members =
    STR("SELECT person, role, created_ms FROM member WHERE account_id = ? AND person > ? "
        "ORDER BY person LIMIT ?");
static const struct str lock_admins =
    STR("SELECT person FROM member WHERE account_id = ? AND role = 2 ORDER BY person FOR UPDATE");
static const struct str lock_member =
    STR("SELECT 1 FROM member WHERE account_id = ? AND person = ? FOR UPDATE");
static const struct str select_role =
    STR("SELECT role FROM member WHERE account_id = ? AND person = ?");
static const struct str insert_member =
    STR("INSERT INTO member (person, account_id, role, created_ms) VALUES (?, ?, ?, ?)");
static const struct str update_role =
    STR("UPDATE member SET role = ? WHERE account_id = ? AND person = ?");
static const struct str delete_member =
    STR("DELETE FROM member WHERE account_id = ? AND person = ?");

const char *const member_role_names[MEMBER_ROLE_COUNT + 1] = {
    [MEMBER_NONE] = "none", [MEMBER_AUDITOR] = "auditor", [MEMBER_ADMIN] = "admin"};

int members_of_account(struct db *db, struct arena *arena, uint32_t account_id, struct str after,
                       uint64_t limit, struct member **members, size_t *count)
{
    struct db_rows *rows = db_select(
        db, select_members, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(after), DB_NUMBER(limit)));
    size_t capacity = 0;
    int more = -1;

    *members = NULL;
    *count = 0;
    while (rows && (more = db_next(rows)) == 1) {
        *members = arena_grow(arena, *members, *count, &capacity, sizeof(**members));
        (*members)[(*count)++] = (struct member){
            .person = arena_copy(arena, db_bytes(rows, 0)),
            .role = (enum member_role)db_number(rows, 1),
            .created_ms = (int64_t)db_number(rows, 2),
        };
    }
    db_finish(rows);
    return more;
}

int member_lock_admins(struct db *db, uint32_t account_id, struct str person,
                       struct member_admins *admins)
{
    struct db_rows *rows = db_select(db, lock_admins, DB_VALUES(DB_NUMBER(account_id)));
    int more = -1;

    *admins = (struct member_admins){0};
    while (rows && (more = db_next(rows)) == 1) {
        admins->count++;
        if (str_equal(db_bytes(rows, 0), person))
            admins->has_person = true;
    }
    db_finish(rows);
    return more;
}

int member_role_of(struct db *db, uint32_t account_id, struct str person, enum member_role *role)
{
    struct db_rows *rows =
        db_select(db, select_role, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(person)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        *role = (enum member_role)db_number(rows, 0);
    db_finish(rows);
    return found;
}

int member_lock(struct db *db, uint32_t account_id, struct str person)
{
    uint64_t one;

    return db_select_number(db, lock_member, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(person)),
                            &one);
}

int member_add(struct db *db, uint32_t account_id, struct str person, enum member_role role)
{
    if (db_run(db, insert_member,
               DB_VALUES(DB_BYTES(person), DB_NUMBER(account_id), DB_NUMBER(role),
                         DB_NUMBER((uint64_t)clock_now_ms())),
               NULL) == 0)
        return 0;
    return db_last_error(db) == DB_ERROR_DUPLICATE ? 1 : -1;
}

int member_set_role(struct db *db, uint32_t account_id, struct str person, enum member_role role)
{
    return db_run(db, update_role,
                  DB_VALUES(DB_NUMBER(role), DB_NUMBER(account_id), DB_BYTES(person)), NULL);
}

int member_remove(struct db *db, uint32_t account_id, struct str person)
{
    uint64_t changed;

    if (db_run(db, delete_member, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(person)), &changed) < 0)
        return -1;
    return changed ? views_delete_of(db, account_id, person) : 1;
}
