/* SPDX-License-Identifier: MIT */
/* Tables account, member and token.  A secret is hashed before it meets SQL. */
#include "store/account_store.h"

#include "base/clock.h"
#include "base/digest.h"
#include "store/plan_store.h"

#define KEPT_COLUMNS "COALESCE(p.name, ''), COALESCE(p.days, 0), a.is_held"
#define ACCOUNT_COLUMNS "a.id, a.slug, a.name, 0, 0, " KEPT_COLUMNS
#define MEMBER_COLUMNS "a.id, a.slug, a.name, m.role, " ACCOUNT_MEMBER_HAS_OTHERS ", " KEPT_COLUMNS
#define PLAN_JOIN " LEFT JOIN plan p ON p.id = a.plan_id "

static const struct str by_slug =
    STR("SELECT " ACCOUNT_COLUMNS " FROM account a" PLAN_JOIN "WHERE a.slug = ?");
static const struct str of_member =
    STR("SELECT " MEMBER_COLUMNS " FROM member m JOIN account a ON a.id = m.account_id" PLAN_JOIN
        "WHERE m.person = ? AND a.slug = ?");
static const struct str of_person =
    STR("SELECT " MEMBER_COLUMNS " FROM member m JOIN account a ON a.id = m.account_id" PLAN_JOIN
        "WHERE m.person = ? ORDER BY a.slug");
static const struct str all_accounts =
    STR("SELECT " ACCOUNT_COLUMNS " FROM account a" PLAN_JOIN "ORDER BY a.slug");
static const struct str by_token =
    STR("SELECT " ACCOUNT_COLUMNS " FROM token t JOIN account a ON a.id = t.account_id" PLAN_JOIN
        "WHERE t.secret_hash = ? AND t.scope = ? AND t.revoked_ms IS NULL "
        "AND (t.expires_ms IS NULL OR t.expires_ms > ?)");
static const struct str name_of_token =
    STR("SELECT IF(label = '', prefix, label) FROM token WHERE secret_hash = ?");
static const struct str insert_account =
    STR("INSERT INTO account (slug, name, created_ms) VALUES (?, ?, ?)");
static const struct str insert_member =
    STR("INSERT INTO member (person, account_id, role, created_ms) VALUES (?, ?, ?, ?)");
static const struct str insert_token =
    STR("INSERT INTO token (account_id, scope, secret_hash, prefix, label, created_ms, expires_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)");
static const struct str select_members =
    STR("SELECT person, role, created_ms FROM member WHERE account_id = ? ORDER BY person");
static const struct str select_tokens =
    STR("SELECT id, scope, prefix, label, created_ms, COALESCE(expires_ms, 0), "
        "COALESCE(revoked_ms, 0) FROM token WHERE account_id = ? ORDER BY id");
static const struct str delete_member =
    STR("DELETE FROM member WHERE account_id = ? AND person = ?");
static const struct str update_revoked =
    STR("UPDATE token SET revoked_ms = ? WHERE account_id = ? AND id = ? AND revoked_ms IS NULL");

const char *const account_reserved[] = {"api",     "hooks",   "publisher", "static",
                                        "healthz", "metrics", NULL};

bool account_slug_valid(struct str slug)
{
    if (slug.len < 2 || slug.len > 63 || slug.ptr[0] == '-')
        return false;
    for (size_t i = 0; i < slug.len; i++) {
        char c = slug.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    for (size_t i = 0; account_reserved[i]; i++)
        if (str_equal(slug, str_from(account_reserved[i])))
            return false;
    return true;
}

static void read_account(const struct db_rows *rows, struct arena *arena, struct account *account)
{
    account->id = (uint32_t)db_number(rows, 0);
    account->slug = arena_copy(arena, db_bytes(rows, 1));
    account->name = arena_copy(arena, db_bytes(rows, 2));
    account->role = (enum member_role)db_number(rows, 3);
    account->has_others = db_number(rows, 4) != 0;
    account->plan = arena_copy(arena, db_bytes(rows, 5));
    account->plan_days = (unsigned)db_number(rows, 6);
    account->kept_from_ms = plan_kept_from_ms(account->plan_days, clock_now_ms());
    account->is_held = db_number(rows, 7) != 0;
}

static int find_account(struct db *db, struct arena *arena, struct str sql,
                        const struct db_value *values, size_t count, struct account *account)
{
    struct db_rows *rows = db_select(db, sql, values, count);
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        read_account(rows, arena, account);
    db_finish(rows);
    return found;
}

int account_by_slug(struct db *db, struct arena *arena, struct str slug, struct account *account)
{
    return find_account(db, arena, by_slug, DB_VALUES(DB_BYTES(slug)), account);
}

int account_of_member(struct db *db, struct arena *arena, struct str person, struct str slug,
                      struct account *account)
{
    return find_account(db, arena, of_member, DB_VALUES(DB_BYTES(person), DB_BYTES(slug)), account);
}

int account_by_token(struct db *db, struct arena *arena, struct str secret, enum token_scope scope,
                     struct account *account)
{
    unsigned char hash[DIGEST_BYTES];

    digest_sha256(secret, hash);
    return find_account(db, arena, by_token,
                        DB_VALUES(DB_BYTES(((struct str){(const char *)hash, sizeof(hash)})),
                                  DB_NUMBER(scope), DB_NUMBER((uint64_t)clock_now_ms())),
                        account);
}

int token_name(struct db *db, struct arena *arena, struct str secret, struct str *name)
{
    unsigned char hash[DIGEST_BYTES];
    struct db_rows *rows;
    int found;

    digest_sha256(secret, hash);
    rows = db_select(db, name_of_token,
                     DB_VALUES(DB_BYTES(((struct str){(const char *)hash, sizeof(hash)}))));
    found = rows ? db_next(rows) : -1;
    if (found == 1)
        *name = arena_copy(arena, db_bytes(rows, 0));
    db_finish(rows);
    return found;
}

static int read_accounts(struct db_rows *rows, struct arena *arena, struct account **accounts,
                         size_t *count)
{
    size_t capacity = 0;
    int more = rows ? 1 : -1;

    *accounts = NULL;
    *count = 0;
    while (more == 1 && (more = db_next(rows)) == 1) {
        *accounts = arena_grow(arena, *accounts, *count, &capacity, sizeof(**accounts));
        read_account(rows, arena, &(*accounts)[(*count)++]);
    }
    db_finish(rows);
    return more;
}

int accounts_all(struct db *db, struct arena *arena, struct account **accounts, size_t *count)
{
    return read_accounts(db_select(db, all_accounts, DB_NO_VALUES), arena, accounts, count);
}

int accounts_of_person(struct db *db, struct arena *arena, struct str person,
                       struct account **accounts, size_t *count)
{
    return read_accounts(db_select(db, of_person, DB_VALUES(DB_BYTES(person))), arena, accounts,
                         count);
}

static int insert_unless_there(struct db *db, struct str sql, const struct db_value *values,
                               size_t count)
{
    if (db_run(db, sql, values, count, NULL) == 0)
        return 0;
    return db_last_error(db) == DB_ERROR_DUPLICATE ? 1 : -1;
}

int account_add(struct db *db, struct str slug, struct str name)
{
    return insert_unless_there(
        db, insert_account,
        DB_VALUES(DB_BYTES(slug), DB_BYTES(name), DB_NUMBER((uint64_t)clock_now_ms())));
}

int member_add(struct db *db, uint32_t account_id, struct str person, enum member_role role)
{
    return insert_unless_there(db, insert_member,
                               DB_VALUES(DB_BYTES(person), DB_NUMBER(account_id), DB_NUMBER(role),
                                         DB_NUMBER((uint64_t)clock_now_ms())));
}

int token_add(struct db *db, struct arena *arena, uint32_t account_id, enum token_scope scope,
              struct str label, int64_t expires_ms, struct str *secret)
{
    unsigned char random[DIGEST_BYTES], hash[DIGEST_BYTES];
    struct strbuf text;
    int result;

    digest_random(random, sizeof(random));
    strbuf_init(&text);
    strbuf_add_cstr(&text, "dbk_");
    digest_append_hex(&text, (struct str){(const char *)random, sizeof(random)});
    *secret = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    digest_sha256(*secret, hash);
    result = db_run(db, insert_token,
                    DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(scope),
                              DB_BYTES(((struct str){(const char *)hash, sizeof(hash)})),
                              DB_BYTES(str_slice(*secret, 0, TOKEN_PREFIX_BYTES)), DB_BYTES(label),
                              DB_NUMBER((uint64_t)clock_now_ms()),
                              expires_ms ? DB_NUMBER((uint64_t)expires_ms) : DB_NULL),
                    NULL);
    return result;
}

int token_revoke(struct db *db, uint32_t account_id, uint32_t id)
{
    uint64_t changed;

    if (db_run(db, update_revoked,
               DB_VALUES(DB_NUMBER((uint64_t)clock_now_ms()), DB_NUMBER(account_id), DB_NUMBER(id)),
               &changed) < 0)
        return -1;
    return changed ? 0 : 1;
}

int member_remove(struct db *db, uint32_t account_id, struct str person)
{
    uint64_t changed;

    if (db_run(db, delete_member, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(person)), &changed) < 0)
        return -1;
    return changed ? 0 : 1;
}

int members_of_account(struct db *db, struct arena *arena, uint32_t account_id,
                       struct member **members, size_t *count)
{
    struct db_rows *rows = db_select(db, select_members, DB_VALUES(DB_NUMBER(account_id)));
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

int tokens_of_account(struct db *db, struct arena *arena, uint32_t account_id,
                      struct token **tokens, size_t *count)
{
    struct db_rows *rows = db_select(db, select_tokens, DB_VALUES(DB_NUMBER(account_id)));
    size_t capacity = 0;
    int more = -1;

    *tokens = NULL;
    *count = 0;
    while (rows && (more = db_next(rows)) == 1) {
        *tokens = arena_grow(arena, *tokens, *count, &capacity, sizeof(**tokens));
        (*tokens)[(*count)++] = (struct token){
            .id = (uint32_t)db_number(rows, 0),
            .scope = (enum token_scope)db_number(rows, 1),
            .prefix = arena_copy(arena, db_bytes(rows, 2)),
            .label = arena_copy(arena, db_bytes(rows, 3)),
            .created_ms = (int64_t)db_number(rows, 4),
            .expires_ms = (int64_t)db_number(rows, 5),
            .revoked_ms = (int64_t)db_number(rows, 6),
        };
    }
    db_finish(rows);
    return more;
}
