/* SPDX-License-Identifier: MIT */
/*
 * /{account}/-/find-secret: asks an admin for a secret and answers with the marks that may stand for it in this account's
 * log, how many calls hold each, and links to them; of a token of Daybook, which one it is.  The secret comes in a form's body alone, is in no
 * answer, and is wiped.
 * Parameters: none.
 */
#define _GNU_SOURCE
#include "access.h"
#include "base/clock.h"
#include "base/digest.h"
#include "redaction/redact_guess.h"
#include "pages/pages.h"
#include "store/event_store.h"
#include "store/reader.h"
#include "web/fields.h"
#include "web/handler.h"

#include <stdlib.h>

#include "base/memory.h"

/* As a form sends it, a byte may take three. */
enum { SECRET_BYTES_MAX = 8 * 1024, FORM_BYTES_MAX = 3 * SECRET_BYTES_MAX + 100 };

static const struct field_spec specs[] = {{"secret", FIELD_TEXT, false, 1, SECRET_BYTES_MAX, NULL}};

/* Rows of a list, so that a count here stops where that of the list does. */
enum { LIST_ROWS = 50 };

struct context {
    struct reader *reader;
    struct config config; /* with what is left of search_ms: all counts of a page share it */
    uint64_t search_ms;
    bool has_key;
    unsigned char key[CONFIG_KEY_BYTES];
};

static void *start(const struct config *config)
{
    struct context *context = memory_new(sizeof(*context));
    int found = config_redaction_key(config, context->key);

    context->has_key = found == 1;
    context->config = *config;
    context->search_ms = config->search_ms;
    context->reader = found < 0 ? NULL : reader_open(&context->config);
    if (context->reader)
        return context;
    free(context);
    return NULL;
}

static void stop(void *opaque)
{
    struct context *context = opaque;

    reader_close(context->reader);
    free(context);
}

static void wipe(struct str secret)
{
    explicit_bzero((char *)(uintptr_t)secret.ptr,
                   secret.len); /* it is in the arena of this request */
}

/* An error with the way back to the form. */
static void refuse(const struct account *account, struct request *request,
                   struct response *response, unsigned status, struct str sentence)
{
    response_error_link(response, status, sentence,
                        arena_printf(request->arena, "/%.*s/-/find-secret", STR_ARG(account->slug)),
                        STR("Back to the form"));
}

/* Everything that is wrong before the body is looked at.  False: the answer has been sent. */
static bool may_ask(const struct account *account, struct request *request,
                    struct response *response)
{
    static const struct str form = STR("application/x-www-form-urlencoded");

    if (account->role != MEMBER_ADMIN) {
        response_error_link(response, 403,
                            STR("Only an admin of this account may look for a secret, since the "
                                "answer tells whether a guess was right."),
                            STR("/"), STR("Go to your log"));
        return false;
    }
    if (request->method != METHOD_POST)
        return true;
    if (!request_is_from_here(request)) {
        refuse(account, request, response, 403,
               STR("This form was sent by a page of another site."));
        return false;
    }
    if (!str_starts_folded(request->content_type, form)) {
        refuse(account, request, response, 415,
               STR("A secret is sent as a form: application/x-www-form-urlencoded."));
        return false;
    }
    return true;
}

/* The sentences quote nothing of the body.  False: the answer has been sent. */
static bool read_secret(const struct account *account, struct request *request,
                        struct response *response, struct str *secret)
{
    struct str body, complaint;
    struct fields fields;
    bool fine;

    if (request_read_body(request, FORM_BYTES_MAX, &body) != REQUEST_BODY_READ) {
        refuse(account, request, response, 413, STR("A secret has at most 8192 bytes."));
        return false;
    }
    fine = fields_parse(request->arena, body, specs, 1, &fields, &complaint) && fields.count == 1;
    wipe(body);
    if (!fine) {
        refuse(account, request, response, 400,
               STR("The form has one field, \"secret\", of 1 to 8192 bytes."));
        return false;
    }
    *secret = fields.items[0].text;
    return true;
}

static void guess(const struct context *context, struct arena *arena, struct str secret,
                  struct pages_find_secret *page)
{
    struct redactor *redactor = redactor_new(context->key, page->account.id, NULL, 0);
    struct redact_guesses guesses = {0};

    redact_guess(redactor, arena, secret, &guesses);
    redactor_free(redactor);
    page->trimmed = guesses.trimmed;
    page->more = guesses.more;
    page->count = guesses.count;
    page->marks = arena_array(arena, guesses.count, sizeof(*page->marks));
    for (size_t i = 0; i < guesses.count; i++)
        page->marks[i] =
            (struct pages_secret_mark){guesses.items[i].mark, guesses.items[i].of, {{0, false}}};
}

/* Counts what the list of these parameters shows.  0 or -1. */
static int count(struct context *context, struct arena *arena, const struct account *account,
                 struct params *params, struct pages_secret_count *found)
{
    static const struct event_page page = {0, LIST_ROWS, NULL};
    struct event_list list;
    int result;

    access_bound(account, &params->filter);
    result = event_list_read(context->reader, arena, &params->filter, &page, &list);
    if (result == 0)
        *found = (struct pages_secret_count){list.total, list.at_least};
    return result;
}

/* Each search may take its share of the time that is left, so that a common mark leaves some for the others.  0 or -1. */
static int count_marks(struct context *context, struct arena *arena, struct pages_find_secret *page)
{
    const int64_t end_ms = clock_now_ms() + (int64_t)context->search_ms;
    size_t left = page->count * 2;

    for (size_t i = 0; i < page->count; i++)
        for (int kind = EVENT_KIND_EVENT; kind <= EVENT_KIND_TRIGGER; kind++) {
            struct pages_secret_mark *mark = &page->marks[i];
            struct params params = pages_find_params(arena, (enum event_kind)kind, mark->mark);
            int64_t rest_ms = end_ms - clock_now_ms();

            context->config.search_ms = rest_ms > 0 ? (uint64_t)rest_ms / left : 0;
            left--;
            if (count(context, arena, &page->account, &params, &mark->found[kind]) < 0)
                return -1;
        }
    return 0;
}

/* What the pasted text has of a token of Daybook: the SHA-256 of it, which is how a token is known. */
static bool hash_token(struct str secret, unsigned char hash[DIGEST_BYTES])
{
    struct str token;

    if (!token_find_secret(secret, &token))
        return false;
    digest_sha256(token, hash);
    return true;
}

/* Which token it is may stand in the log about the log, the secret may not.  0 or -1. */
static int look_at_token(struct context *context, struct arena *arena,
                         const unsigned char hash[DIGEST_BYTES], struct pages_find_secret *page,
                         struct response *response)
{
    int found = token_by_hash(context->reader->db, arena, page->account.id, hash, &page->token);
    struct params params;

    page->has_token = true;
    if (found <= 0)
        return found;
    access_tell_done(response, arena,
                     &(struct access_done){.action = "findSecret",
                                           .id = arena_printf(arena, "%u", page->token.id),
                                           .name = page->token.label});
    params = pages_token_params(arena, &page->token);
    return count(context, arena, &page->account, &params, &page->token_calls);
}

/* False: the answer has been sent. */
static bool find_marks(struct context *context, struct request *request, struct response *response,
                       struct pages_find_secret *page)
{
    struct db *db = context->reader->db;
    unsigned char hash[DIGEST_BYTES];
    struct str secret;
    bool has_token;

    page->keyless = !context->has_key;
    if (page->keyless || request->method != METHOD_POST)
        return true;
    if (!read_secret(&page->account, request, response, &secret))
        return false;
    guess(context, request->arena, secret, page);
    has_token = hash_token(secret, hash);
    wipe(secret);
    if (db_begin(db, DB_READ) == 0 && count_marks(context, request->arena, page) == 0 &&
        (!has_token || look_at_token(context, request->arena, hash, page, response) == 0) &&
        db_commit(db) == 0)
        return true;
    access_database_down(db, response);
    return false;
}

static void serve(void *opaque, struct request *request, struct response *response)
{
    struct pages_find_secret page = {.person = request->remote_user, .now_ms = clock_now_ms()};
    struct context *context = opaque;
    struct db *db = context->reader->db;
    struct str complaint;
    struct fields fields;

    if (!fields_parse(request->arena, request->query, NULL, 0, &fields, &complaint)) {
        response_error_parameters(response, complaint);
        return;
    }
    if (!access_begin_about(db, "find-secret", request, response, &page.account))
        return;
    if (db_commit(db) < 0) {
        access_database_down(db, response);
        return;
    }
    if (may_ask(&page.account, request, response) && find_marks(context, request, response, &page))
        pages_send_find_secret(&page, request, response);
}

static const char *const templates[] = {"layout.tpl", "find_secret.tpl", NULL};

const struct page_handler page_handler = {
    .name = "find_secret",
    .methods = METHOD_GET | METHOD_POST,
    .accepts_body = true,
    .templates = templates,
    .start = start,
    .serve = serve,
    .stop = stop,
};
