/* SPDX-License-Identifier: MIT */
/*
 * /{account}/-/find-secret: asks an admin for a secret and answers with the mark that stands for it in this account's
 * log, and with links to the calls that hold it.  The secret comes in a form's body alone, is in no answer, and is wiped.
 * Parameters: none.
 */
#define _GNU_SOURCE
#include "access.h"
#include "intake/redact.h"
#include "pages.h"
#include "store/schema_version.h"
#include "web/fields.h"
#include "web/handler.h"

#include <stdlib.h>

#include "base/memory.h"

/* As a form sends it, a byte may take three. */
enum { SECRET_BYTES_MAX = 8 * 1024, FORM_BYTES_MAX = 3 * SECRET_BYTES_MAX + 100 };

static const struct field_spec specs[] = {{"secret", FIELD_TEXT, false, 1, SECRET_BYTES_MAX, NULL}};

struct context {
    struct db *db;
    bool has_key;
    unsigned char key[CONFIG_KEY_BYTES];
};

static void *start(const struct config *config)
{
    struct context *context = memory_new(sizeof(*context));
    int found = config_redaction_key(config, context->key);

    context->has_key = found == 1;
    context->db = found < 0 ? NULL : schema_version_open(config, CONFIG_READER);
    if (context->db)
        return context;
    free(context);
    return NULL;
}

static void stop(void *opaque)
{
    struct context *context = opaque;

    db_free(context->db);
    free(context);
}

static void wipe(struct str secret)
{
    explicit_bzero((char *)(uintptr_t)secret.ptr,
                   secret.len); /* it is in the arena of this request */
}

/* Everything that is wrong before the body is looked at.  False: the answer has been sent. */
static bool may_ask(const struct account *account, const struct request *request,
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
        response_error(response, 403, STR("This form was sent by a page of another site."));
        return false;
    }
    if (!str_starts_folded(request->content_type, form)) {
        response_error(response, 415,
                       STR("A secret is sent as a form: application/x-www-form-urlencoded."));
        return false;
    }
    return true;
}

/* The sentences quote nothing of the body.  False: the answer has been sent. */
static bool read_secret(struct request *request, struct response *response, struct str *secret)
{
    struct str body, complaint;
    struct fields fields;
    bool fine;

    if (request_read_body(request, FORM_BYTES_MAX, &body) != REQUEST_BODY_READ) {
        response_error(response, 413, STR("A secret has at most 8192 bytes."));
        return false;
    }
    fine = fields_parse(request->arena, body, specs, 1, &fields, &complaint) && fields.count == 1;
    wipe(body);
    if (!fine) {
        response_error(response, 400,
                       STR("The form has one field, \"secret\", of 1 to 8192 bytes."));
        return false;
    }
    *secret = fields.items[0].text;
    return true;
}

/* False: the answer has been sent. */
static bool find_mark(const struct context *context, struct request *request,
                      struct response *response, struct pages_find_secret *page)
{
    struct redactor *redactor;
    struct str secret;

    page->keyless = !context->has_key;
    if (page->keyless || request->method != METHOD_POST)
        return true;
    if (!read_secret(request, response, &secret))
        return false;
    redactor = redactor_new(context->key, page->account.id, NULL, 0);
    page->mark = redactor_fingerprint(redactor, request->arena, secret);
    redactor_free(redactor);
    wipe(secret);
    return true;
}

static void serve(void *opaque, struct request *request, struct response *response)
{
    struct pages_find_secret page = {.person = request->remote_user};
    struct context *context = opaque;
    struct str complaint;
    struct fields fields;

    if (!fields_parse(request->arena, request->query, NULL, 0, &fields, &complaint)) {
        response_error(response, 400, complaint);
        return;
    }
    if (!access_begin_about(context->db, "find-secret", request, response, &page.account))
        return;
    if (db_commit(context->db) < 0) {
        access_database_down(context->db, response);
        return;
    }
    if (may_ask(&page.account, request, response) && find_mark(context, request, response, &page))
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
