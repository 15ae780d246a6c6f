/* SPDX-License-Identifier: MIT */
/* Table account, found by name, by a member of it, or by a token.  A secret is hashed before it meets SQL. */
#include "store/account_store.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "store/plan_store.h"
#include "store/view_store.h"

#define KEPT_COLUMNS "COALESCE(p.name, ''), COALESCE(p.days, 0), a.is_held"
#define ACCOUNT_COLUMNS "a.id, a.slug, a.name, 0, 0, " KEPT_COLUMNS ", 0"
#define MEMBER_COLUMNS                                                                             \
    "a.id, a.slug, a.name, m.role, " ACCOUNT_MEMBER_HAS_OTHERS ", " KEPT_COLUMNS                   \
    ", " VIEW_DEFAULT_KINDS("m.person")
#define PLAN_JOIN " LEFT JOIN plan p ON p.id = a.plan_id "
enum { ACCOUNT_COLUMN_COUNT = 9 };
/* Of by_token, behind those of the account. */
enum { TOKEN_ID = ACCOUNT_COLUMN_COUNT, TOKEN_HASH, TOKEN_OF_SCOPE, TOKEN_IS_GOOD };

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
    STR("SELECT " ACCOUNT_COLUMNS ", t.id, t.secret_hash, t.scope, t.revoked_ms IS NULL AND "
        "(t.expires_ms IS NULL OR t.expires_ms > ?) FROM token t JOIN account a "
        "ON a.id = t.account_id" PLAN_JOIN "WHERE t.secret_hash = ?");
static const struct str name_of_token =
    STR("SELECT IF(label = '', prefix, label) FROM token WHERE secret_hash = ?");
static const struct str keep_account =
    STR("SELECT names_version FROM account WHERE id = ? LOCK IN SHARE MODE");
static const struct str select_left = STR("SELECT 1 FROM left_account WHERE slug = ?");
static const struct str insert_account =
    STR("INSERT INTO account (slug, name, created_ms) VALUES (?, ?, ?)");
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
    account->default_kinds = (unsigned)db_number(rows, 8);
    account->token_id = 0;
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
    unsigned char digest[DIGEST_BYTES];
    const struct str hash = {(const char *)digest, sizeof(digest)};
    struct db_rows *rows;
    uint32_t id = 0;
    int found;

    digest_sha256(secret, digest);
    rows = db_select(db, by_token, DB_VALUES(DB_NUMBER((uint64_t)clock_now_ms()), DB_BYTES(hash)));
    found = rows ? db_next(rows) : -1;
    if (found == 1 && !digest_same(hash, db_bytes(rows, TOKEN_HASH)))
        found = 0;
    if (found == 1) {
        bool is_good = db_number(rows, TOKEN_IS_GOOD) != 0;
        bool has_scope = db_number(rows, TOKEN_OF_SCOPE) == scope;

        read_account(rows, arena, account);
        if (!is_good || has_scope)
            id = (uint32_t)db_number(rows, TOKEN_ID);
        found = is_good && has_scope;
    }
    account->token_id = id;
    db_finish(rows);
    return found;
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

/* 1 when there is a row, 0, -1. */
static int is_there(struct db *db, struct str sql, struct db_value value)
{
    struct db_rows *rows = db_select(db, sql, &value, 1);
    int found = rows ? db_next(rows) : -1;

    db_finish(rows);
    return found;
}

int account_stays(struct db *db, uint32_t account_id, uint64_t *names_version)
{
    struct db_rows *rows = db_select(db, keep_account, DB_VALUES(DB_NUMBER(account_id)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1 && names_version)
        *names_version = db_number(rows, 0);
    if (found == 0)
        log_event(LOG_LEVEL_WARNING, "account_left",
                  {"reason", STR("deleted while something was recorded")});
    db_finish(rows);
    return found;
}

/* The name is taken before it is looked for among those that have left, so that none can leave in between. */
static int add(struct db *db, struct str slug, struct str name)
{
    int left;

    if (db_run(db, insert_account,
               DB_VALUES(DB_BYTES(slug), DB_BYTES(name), DB_NUMBER((uint64_t)clock_now_ms())),
               NULL) < 0)
        return db_last_error(db) == DB_ERROR_DUPLICATE ? 1 : -1;
    left = is_there(db, select_left, DB_BYTES(slug));
    return left == 1 ? 2 : left;
}

int account_add(struct db *db, struct str slug, struct str name)
{
    int result = db_begin(db, DB_WRITE) < 0 ? -1 : add(db, slug, name);

    if (result == 0)
        return db_commit(db);
    db_rollback(db);
    return result;
}
