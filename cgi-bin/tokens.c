/* SPDX-License-Identifier: MIT */
/*
 * /{account}/-/tokens: shows an admin the tokens of the account, makes new ones and revokes them.  A secret is shown once, in the answer
 * to the form that made it, and is in no table, log or address.
 * Parameters: before.  Fields of a form: form, scope, label, days; or revoke.
 */
#include "base/clock.h"
#include "base/digest.h"
#include "base/parse.h"
#include "pages/done.h"
#include "pages/manage.h"
#include "pages/pages.h"
#include "store/token_store.h"

enum { SHOWN_MAX = 100 };

enum { QUERY_BEFORE, QUERY_COUNT };
static const struct field_spec query_specs[QUERY_COUNT] = {
    [QUERY_BEFORE] = {"before", FIELD_NUMBER, false, 1, UINT32_MAX, NULL},
};

static const char *const scopes[] = {"record", "read", NULL};
enum { FORM_FORM, FORM_SCOPE, FORM_LABEL, FORM_DAYS, FORM_REVOKE, FORM_COUNT };
static const struct field_spec form_specs[FORM_COUNT] = {
    [FORM_FORM] = {"form", FIELD_ID, false, 0, 0, NULL},
    [FORM_SCOPE] = {"scope", FIELD_CHOICE, false, 0, 0, scopes},
    [FORM_LABEL] = {"label", FIELD_TEXT, false, 1, TOKEN_LABEL_MAX, NULL},
    [FORM_DAYS] = {"days", FIELD_NUMBER, false, 1, TOKEN_DAYS_MAX, NULL},
    [FORM_REVOKE] = {"revoke", FIELD_NUMBER, false, 1, UINT32_MAX, NULL},
};

/* The page's own reasons. */
enum { SENT_TWICE = MANAGE_REFUSED, NO_SUCH_TOKEN };

/* A token to be made, and what has become of it. */
struct making {
    struct arena *arena;
    struct token_new wanted;
    struct token made; /* id and prefix; of SENT_TWICE those of the one before */
    struct str secret;
};

static uint64_t number_of(const struct fields *fields, unsigned spec)
{
    const struct field *field = fields_find(fields, spec);

    return field ? field->number : 0;
}

/* The token that the form before has revoked. */
static void read_done(struct pages_tokens *page, struct request *request, struct response *response)
{
    struct str number;
    uint64_t id;

    if (!done_is_told(request, request->arena, DONE_TOKEN_REVOKED, &number))
        return;
    done_forget(response, request->arena, &page->account);
    if (parse_u64(number, 1, UINT32_MAX, &id))
        page->revoked = (uint32_t)id;
}

static void show(struct manage *manage, struct pages_tokens *page, struct request *request,
                 struct response *response)
{
    struct db *db = manage->reader;
    uint32_t before = page->before ? page->before : TOKEN_BEFORE_ALL;

    if (tokens_of_account(db, request->arena, page->account.id, before, SHOWN_MAX + 1,
                          &page->tokens, &page->count) < 0 ||
        db_commit(db) < 0) {
        access_database_down(db, response);
        return;
    }
    page->has_more = page->count > SHOWN_MAX;
    if (page->has_more)
        page->count = SHOWN_MAX;
    do
        digest_random(&page->form, sizeof(page->form));
    while (page->form == 0);
    read_done(page, request, response);
    pages_send_tokens(page, request, response);
}

static int apply_making(struct db *db, const struct account *account,
                        const struct member_admins *admins, void *change)
{
    struct making *making = change;
    int added = token_add(db, making->arena, &making->wanted, &making->secret);

    (void)admins;
    if (added < 0 ||
        token_of_form(db, making->arena, account->id, making->wanted.form, &making->made) != 1)
        return MANAGE_FAILED;
    return added == 0 ? MANAGE_DONE : SENT_TWICE;
}

static void tell_made(struct response *response, struct arena *arena, const struct making *making)
{
    const struct token_new *wanted = &making->wanted;

    access_tell_done(
        response, arena,
        &(struct access_done){
            .action = "addToken",
            .id = arena_printf(arena, "%u", making->made.id),
            .name = wanted->label,
            .facts = {{"scope", str_from(token_scope_names[wanted->scope])},
                      {"days", wanted->days
                                   ? arena_printf(arena, "%llu", (unsigned long long)wanted->days)
                                   : STR("")}}});
}

static void make(struct manage *manage, const struct pages_tokens *page, const struct fields *form,
                 struct request *request, struct response *response)
{
    const struct field *label = fields_find(form, FORM_LABEL);
    struct making making = {
        .arena = request->arena,
        .wanted = {.account_id = page->account.id,
                   .scope = number_of(form, FORM_SCOPE) == 0 ? TOKEN_RECORD : TOKEN_READ,
                   .label = label ? label->text : STR(""),
                   .days = number_of(form, FORM_DAYS),
                   .form = number_of(form, FORM_FORM)},
    };
    int result =
        manage_change(manage, &page->account, MEMBER_ADMIN, request, apply_making, &making);

    if (result == MANAGE_DONE) {
        tell_made(response, request->arena, &making);
        pages_send_token_made(page, &making.wanted, making.made.id, making.secret, request,
                              response);
    } else if (result == SENT_TWICE)
        response_error_link(
            response, 409,
            arena_printf(
                request->arena,
                "This form was sent before and has made token %u (%.*s…) then; nothing was "
                "made now. Its secret was shown once and is not known any more: if you do "
                "not have it, revoke that token and make another.",
                making.made.id, STR_ARG(making.made.prefix)),
            pages_tokens_path(request->arena, page->account.slug, 0), STR("Back to the tokens"));
    else
        manage_refuse(manage, result, request, response);
}

static int apply_revocation(struct db *db, const struct account *account,
                            const struct member_admins *admins, void *change)
{
    const uint32_t *id = change;
    int result = token_revoke(db, account->id, *id);

    (void)admins;
    if (result < 0)
        return MANAGE_FAILED;
    return result == 0 ? MANAGE_DONE : NO_SUCH_TOKEN;
}

/* Its label is asked for as `reader`: the manager may not read it.  Without an answer its number has to do. */
static void tell_revoked(struct manage *manage, uint32_t account_id, uint32_t id,
                         struct arena *arena, struct response *response)
{
    struct token token = {.id = id};

    token_by_id(manage->reader, arena, account_id, id, &token);
    access_tell_done(response, arena,
                     &(struct access_done){.action = "revokeToken",
                                           .id = arena_printf(arena, "%u", id),
                                           .name = token.label});
}

static void revoke(struct manage *manage, const struct pages_tokens *page, uint32_t id,
                   struct request *request, struct response *response)
{
    struct str path = pages_tokens_path(request->arena, page->account.slug, page->before);
    int result =
        manage_change(manage, &page->account, MEMBER_ADMIN, request, apply_revocation, &id);

    if (result == MANAGE_DONE) {
        tell_revoked(manage, page->account.id, id, request->arena, response);
        done_tell(response, request->arena, &page->account, DONE_TOKEN_REVOKED,
                  arena_printf(request->arena, "%u", id));
        response_redirect(response, arena_printf(request->arena, "%.*s#t%u", STR_ARG(path), id));
    } else if (result == NO_SUCH_TOKEN)
        response_error_link(response, 404,
                            arena_printf(request->arena,
                                         "This account has no token %u, or it is revoked already.",
                                         id),
                            path, STR("Back to the tokens"));
    else
        manage_refuse(manage, result, request, response);
}

static void change(struct manage *manage, const struct pages_tokens *page, struct request *request,
                   struct response *response)
{
    struct fields form;

    if (!manage_read_form(manage, form_specs, FORM_COUNT, request, response, &form))
        return;
    if (form.count == 1 && fields_find(&form, FORM_REVOKE))
        revoke(manage, page, (uint32_t)number_of(&form, FORM_REVOKE), request, response);
    else if (!fields_find(&form, FORM_REVOKE) && number_of(&form, FORM_FORM) &&
             fields_find(&form, FORM_SCOPE))
        make(manage, page, &form, request, response);
    else
        manage_complain(request, response, 400,
                        STR("A new token needs \"form\" and \"scope\", and may have \"label\" and "
                            "\"days\"; to revoke one, \"revoke\" is given alone."));
}

static void serve(void *opaque, struct request *request, struct response *response)
{
    struct pages_tokens page = {.person = request->remote_user, .now_ms = clock_now_ms()};
    struct manage *manage = opaque;
    struct fields query;

    if (!manage_begin(manage, "tokens",
                      "Only an admin of this account may see and change its tokens.", query_specs,
                      QUERY_COUNT, request, response, &query, &page.account))
        return;
    page.before = (uint32_t)number_of(&query, QUERY_BEFORE);
    if (request->method == METHOD_POST)
        change(manage, &page, request, response);
    else
        show(manage, &page, request, response);
}

static const char *const templates[] = {"layout.tpl", "tokens.tpl", NULL};

const struct page_handler page_handler = {
    .name = "tokens",
    .methods = METHOD_GET | METHOD_POST,
    .accepts_body = true,
    .templates = templates,
    .start = manage_start,
    .serve = serve,
    .stop = manage_stop,
};
