/* SPDX-License-Identifier: MIT */
/* The account always comes from a membership or a token, never from the path alone. */
#define _GNU_SOURCE
#include "access.h"

#include "base/digest.h"
#include "base/strbuf.h"
#include "store/operator_store.h"
#include "store/token_store.h"
#include "web/fields.h"

void access_database_down(struct db *db, struct response *response)
{
    db_rollback(db);
    response_error(response, 503,
                   STR("The database does not answer just now. Nothing is lost; please try again "
                       "in a moment."));
}

void access_bound(const struct account *account, struct filter *filter)
{
    filter->account_id = account->id;
    if (account->kept_from_ms > 0 &&
        (!filter->has_from || filter->from_ms < account->kept_from_ms)) {
        filter->has_from = true;
        filter->from_ms = account->kept_from_ms;
    }
}

/* Ends what was begun: the same for what does not exist and for what is not theirs. */
static void send_not_theirs(struct db *db, struct response *response)
{
    db_rollback(db);
    response_error_link(response, 404,
                        STR("There is no such page among the logs that you may open."), STR("/"),
                        STR("Go to your log"));
}

/* The account as an operator sees it.  1; 0: they are none, or there is no such account; -1. */
static int find_for_operator(struct db *db, struct request *request, struct str slug,
                             struct account *account)
{
    int found = operator_is(db, request->remote_user);

    if (found == 1)
        found = account_by_slug(db, request->arena, slug, account);
    if (found == 1) {
        account->role = MEMBER_OPERATOR;
        account->has_others = true;
    }
    return found;
}

void access_tell(struct response *response, const struct account *account)
{
    response_header(response, "X-Daybook-Account", account->slug);
}

void access_tell_done(struct response *response, struct arena *arena,
                      const struct access_done *done)
{
    struct strbuf text;

    strbuf_init(&text);
    fields_append(&text, "action", str_from(done->action));
    fields_append(&text, "id", done->id);
    fields_append(&text, "name", done->name);
    for (size_t i = 0; i < sizeof(done->facts) / sizeof(done->facts[0]); i++)
        if (done->facts[i].value.len)
            fields_append(&text, done->facts[i].name, done->facts[i].value);
    response_header(response, "X-Daybook-Done",
                    arena_copy(arena, str_slice(strbuf_str(&text), 1, text.len)));
    strbuf_release(&text);
}

int access_find(struct db *db, struct request *request, struct account *account)
{
    struct str segments[3];
    size_t count = request_segments(request, segments, 3);
    int found;

    if (count < 1 || count > 3 || request->remote_user.len == 0)
        return 0;
    found = account_of_member(db, request->arena, request->remote_user, segments[0], account);
    return found ? found : find_for_operator(db, request, segments[0], account);
}

bool access_begin(struct db *db, struct request *request, struct response *response,
                  struct account *account)
{
    int found;

    if (db_begin(db, DB_READ) < 0) {
        access_database_down(db, response);
        return false;
    }
    found = access_find(db, request, account);
    if (found == 1) {
        access_tell(response, account);
        return true;
    }
    if (found < 0)
        access_database_down(db, response);
    else
        send_not_theirs(db, response);
    return false;
}

bool access_begin_operator(struct db *db, struct request *request, struct response *response)
{
    int found = db_begin(db, DB_READ);

    if (found == 0 && request->remote_user.len)
        found = operator_is(db, request->remote_user);
    if (found == 1)
        return true;
    if (found < 0)
        access_database_down(db, response);
    else
        send_not_theirs(db, response);
    return false;
}

bool access_begin_about(struct db *db, const char *name, struct request *request,
                        struct response *response, struct account *account)
{
    struct str segments[3];

    if (request_segments(request, segments, 3) == 3 && str_equal(segments[1], STR("-")) &&
        str_equal(segments[2], str_from(name)))
        return access_begin(db, request, response, account);
    response_error_link(response, 404, STR("There is no such page."), STR("/"),
                        STR("Go to your log"));
    return false;
}

/* What begins at the text `word` somewhere in `text`, behind it; empty when it is not there. */
static struct str behind(struct str text, struct str word)
{
    const char *found = text.len ? memmem(text.ptr, text.len, word.ptr, word.len) : NULL;
    size_t at = found ? (size_t)(found - text.ptr) + word.len : text.len;

    return str_slice(text, at, text.len);
}

/* The password; the name in front of it may be any. */
static struct str secret_of_basic(struct arena *arena, struct str encoded)
{
    struct strbuf pair;
    struct str secret = {NULL, 0};
    const char *colon;

    strbuf_init(&pair);
    digest_decode_base64(str_trim(encoded), &pair);
    colon = pair.len ? memchr(pair.ptr, ':', pair.len) : NULL;
    if (colon)
        secret = arena_copy(arena,
                            str_slice(strbuf_str(&pair), (size_t)(colon - pair.ptr) + 1, pair.len));
    strbuf_release(&pair);
    return secret;
}

struct str access_secret(const struct request *request)
{
    static const struct str bearer = STR("Bearer "), basic = STR("Basic ");
    struct str authorization = request->authorization;
    struct str secret = behind(authorization, STR("token="));

    if (str_starts_folded(authorization, basic))
        return secret_of_basic(request->arena,
                               str_slice(authorization, basic.len, authorization.len));
    if (str_starts_folded(authorization, bearer))
        secret = str_slice(authorization, bearer.len, authorization.len);
    else if (secret.len == 0)
        secret = authorization;
    return str_trim(secret);
}

int access_by_secret(struct db *db, enum token_scope scope, bool begin, struct str secret,
                     struct arena *arena, struct account *account)
{
    int found = 0;

    account->token_id = 0;
    if ((begin ? db_begin(db, DB_READ) : db_connect(db)) < 0)
        found = -1;
    else if (secret.len)
        found = account_by_token(db, arena, secret, scope, account);
    if (found < 0 && !begin && db_last_error(db) == DB_ERROR_GONE && db_connect(db) == 0)
        found = account_by_token(db, arena, secret, scope, account);
    if (found < 0 || (found == 0 && begin))
        db_rollback(db);
    return found;
}

/* And by which token: the beginning of its secret names it. */
static void tell_token(struct response *response, struct request *request,
                       const struct account *account)
{
    struct str prefix = str_slice(access_secret(request), 0, TOKEN_PREFIX_BYTES);

    access_tell(response, account);
    response_header(response, "X-Daybook-User",
                    arena_printf(request->arena, "token %.*s", STR_ARG(prefix)));
    response_header(response, "X-Daybook-Token",
                    arena_printf(request->arena, "%u", account->token_id));
}

bool access_token(struct db *db, enum token_scope scope, bool begin, struct request *request,
                  struct response *response, struct account *account)
{
    int found = access_by_secret(db, scope, begin, access_secret(request), request->arena, account);

    if (found < 0)
        access_database_down(db, response);
    else if (found == 0) {
        if (account->token_id)
            response_header(response, "X-Daybook-Refused",
                            arena_printf(request->arena, "%u", account->token_id));
        response_error(
            response, 401,
            scope == TOKEN_RECORD
                ? STR("A token with the scope \"record\" is needed: Authorization: Bearer …")
                : STR("A token with the scope \"read\" is needed: Authorization: Bearer …"));
    } else if (scope == TOKEN_READ)
        tell_token(response, request, account);
    return found == 1;
}
