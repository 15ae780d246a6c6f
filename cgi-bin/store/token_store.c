/* SPDX-License-Identifier: MIT */
/* Table token.  A secret is hashed before it meets SQL. */
#include "store/token_store.h"

#include "base/clock.h"
#include "base/digest.h"

static const struct str insert_token =
    STR("INSERT INTO token (account_id, scope, secret_hash, prefix, label, created_ms, "
        "expires_ms, form_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
#define TOKENS                                                                                     \
    "SELECT t.id, t.scope, t.prefix, t.label, t.created_ms, COALESCE(t.expires_ms, 0), "           \
    "COALESCE(t.revoked_ms, 0), COALESCE(u.used_ms, 0), t.secret_hash, "                           \
    "COALESCE(u.refused_ms, 0), COALESCE(u.refused, 0) "                                           \
    "FROM token t LEFT JOIN token_use u ON u.token_id = t.id WHERE t.account_id = ? AND "
static const struct str select_tokens = STR(TOKENS "t.id < ? ORDER BY t.id DESC LIMIT ?");
static const struct str select_by_hash = STR(TOKENS "t.secret_hash = ?");
static const struct str select_by_id = STR(TOKENS "t.id = ?");
static const struct str select_of_form =
    STR("SELECT id, prefix FROM token WHERE account_id = ? AND form_id = ?");
static const struct str update_revoked =
    STR("UPDATE token SET revoked_ms = ? WHERE account_id = ? AND id = ? AND revoked_ms IS NULL");

const char *const token_scope_names[TOKEN_SCOPE_COUNT] = {
    [TOKEN_NONE] = "none", [TOKEN_RECORD] = "record", [TOKEN_READ] = "read"};
const char *const token_state_names[TOKEN_STATE_COUNT] = {
    [TOKEN_GOOD] = "good", [TOKEN_EXPIRED] = "expired", [TOKEN_REVOKED] = "revoked"};

enum token_state token_state(const struct token *token, int64_t now_ms)
{
    if (token->revoked_ms)
        return TOKEN_REVOKED;
    return token->expires_ms && token->expires_ms <= now_ms ? TOKEN_EXPIRED : TOKEN_GOOD;
}

/* What a secret begins with; 64 lower-case hexadecimal digits follow. */
static const struct str begin = STR("dbk_");

bool token_find_secret(struct str text, struct str *secret)
{
    const size_t len = begin.len + DIGEST_HEX_BYTES - 1;

    for (size_t at = 0; at + len <= text.len; at++) {
        size_t digits = begin.len;

        *secret = str_slice(text, at, len);
        while (str_starts(*secret, begin) && digits < len &&
               memchr("0123456789abcdef", secret->ptr[digits], 16))
            digits++;
        if (digits == len)
            return true;
    }
    return false;
}

static struct str make_secret(struct arena *arena)
{
    unsigned char random[DIGEST_BYTES];
    struct strbuf text;
    struct str secret;

    digest_random(random, sizeof(random));
    strbuf_init(&text);
    strbuf_add(&text, begin);
    digest_append_hex(&text, (struct str){(const char *)random, sizeof(random)});
    secret = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return secret;
}

int token_add(struct db *db, struct arena *arena, const struct token_new *token, struct str *secret)
{
    const uint64_t day_ms = UINT64_C(24) * 60 * 60 * 1000;
    uint64_t now_ms = (uint64_t)clock_now_ms();
    unsigned char digest[DIGEST_BYTES];
    const struct str hash = {(const char *)digest, sizeof(digest)};

    *secret = make_secret(arena);
    digest_sha256(*secret, digest);
    if (db_run(db, insert_token,
               DB_VALUES(DB_NUMBER(token->account_id), DB_NUMBER(token->scope), DB_BYTES(hash),
                         DB_BYTES(str_slice(*secret, 0, TOKEN_PREFIX_BYTES)),
                         DB_BYTES(token->label), DB_NUMBER(now_ms),
                         token->days ? DB_NUMBER(now_ms + token->days * day_ms) : DB_NULL,
                         token->form ? DB_NUMBER(token->form) : DB_NULL),
               NULL) == 0)
        return 0;
    return db_last_error(db) == DB_ERROR_DUPLICATE ? 1 : -1;
}

int token_of_form(struct db *db, struct arena *arena, uint32_t account_id, uint64_t form,
                  struct token *token)
{
    struct db_rows *rows =
        db_select(db, select_of_form, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(form)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        *token = (struct token){.id = (uint32_t)db_number(rows, 0),
                                .prefix = arena_copy(arena, db_bytes(rows, 1))};
    db_finish(rows);
    return found;
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

/* One that lies beyond all times is the last of them. */
static int64_t time_of(const struct db_rows *rows, unsigned column)
{
    uint64_t ms = db_number(rows, column);

    return ms > (uint64_t)CLOCK_MAX_MS ? CLOCK_MAX_MS : (int64_t)ms;
}

static void read_token(const struct db_rows *rows, struct arena *arena, struct token *token)
{
    *token = (struct token){
        .id = (uint32_t)db_number(rows, 0),
        .scope = (enum token_scope)db_number(rows, 1),
        .prefix = arena_copy(arena, db_bytes(rows, 2)),
        .label = arena_copy(arena, db_bytes(rows, 3)),
        .created_ms = time_of(rows, 4),
        .expires_ms = time_of(rows, 5),
        .revoked_ms = time_of(rows, 6),
        .used_ms = time_of(rows, 7),
        .refused_ms = time_of(rows, 9),
        .refused = db_number(rows, 10),
    };
}

int token_by_hash(struct db *db, struct arena *arena, uint32_t account_id,
                  const unsigned char *hash, struct token *token)
{
    const struct str bytes = {(const char *)hash, DIGEST_BYTES};
    struct db_rows *rows =
        db_select(db, select_by_hash, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(bytes)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1 && !digest_same(bytes, db_bytes(rows, 8)))
        found = 0;
    if (found == 1)
        read_token(rows, arena, token);
    db_finish(rows);
    return found;
}

int token_by_id(struct db *db, struct arena *arena, uint32_t account_id, uint32_t id,
                struct token *token)
{
    struct db_rows *rows =
        db_select(db, select_by_id, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(id)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        read_token(rows, arena, token);
    db_finish(rows);
    return found;
}

int tokens_of_account(struct db *db, struct arena *arena, uint32_t account_id, uint32_t before,
                      uint64_t limit, struct token **tokens, size_t *count)
{
    struct db_rows *rows = db_select(
        db, select_tokens, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(before), DB_NUMBER(limit)));
    size_t capacity = 0;
    int more = -1;

    *tokens = NULL;
    *count = 0;
    while (rows && (more = db_next(rows)) == 1) {
        *tokens = arena_grow(arena, *tokens, *count, &capacity, sizeof(**tokens));
        read_token(rows, arena, &(*tokens)[(*count)++]);
    }
    db_finish(rows);
    return more;
}
