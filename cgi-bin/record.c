/* SPDX-License-Identifier: MIT */
/*
 * POST to the addresses of intake/senders.c: records what programs send, each in its own form; and to /hooks/{account}/{name}:
 * records webhooks.  2xx only after the commit; an error stores nothing of the message.  Everything else under /api, /hooks and
 * /publisher is a 404 here.
 */
#include "access.h"
#include "intake/handshake.h"
#include "intake/sender.h"
#include "recording/receive.h"
#include "recording/held.h"
#include "recording/recording.h"
#include "web/handler.h"

static void *start(const struct config *config)
{
    return recording_open(config);
}

static void stop(void *context)
{
    recording_close(context);
}

static const struct str hooks_prefix = STR("/hooks/");

/* What the address names; NULL: nothing. */
static const struct sender *sender_of(const struct request *request, struct str *account)
{
    return sender_find(request->path, account);
}

static unsigned methods_of(const struct request *request)
{
    struct str account;
    const struct sender *sender = sender_of(request, &account);

    if (sender)
        return METHOD_POST | (sender->options ? METHOD_OPTIONS : 0);
    if (str_starts(request->path, hooks_prefix))
        return METHOD_POST | METHOD_OPTIONS;
    return METHOD_GET | METHOD_POST; /* there is nothing, whatever is asked of it */
}

static void send_answer(const struct sender_answer *answer, struct response *response)
{
    response_status(response, answer->status);
    for (size_t i = 0; i < answer->header_count; i++)
        response_header(response, answer->headers[i].name, answer->headers[i].value);
    response_send(response, answer->content_type, answer->body);
}

static void read_headers(const struct request *request, struct sender_message *message)
{
    size_t count;
    const struct request_header *headers = request_headers(request, &count);
    struct sender_header *copies = arena_array(request->arena, count, sizeof(*copies));

    for (size_t i = 0; i < count; i++)
        copies[i] = (struct sender_header){headers[i].name, headers[i].value};
    *message = (struct sender_message){.path = request->path,
                                       .query = request->query,
                                       .content_type = request->content_type,
                                       .headers = copies,
                                       .header_count = count};
}

static void complain(const struct sender *sender, struct request *request,
                     struct response *response, unsigned status, struct str sentence)
{
    const struct intake_complaint complaint = {.status = status, .sentence = sentence};
    struct sender_answer answer = sender->refuse(request->arena, &complaint);

    if (status == 401)
        response_header(response, "WWW-Authenticate", STR("Bearer"));
    send_answer(&answer, response);
}

/* In Authorization, or in the query for senders that can be told nothing but a URL. */
static struct str secret_of(const struct request *request)
{
    static const struct str name = STR("access_token=");
    struct str secret = access_secret(request), rest = request->query, pair;

    while (secret.len == 0 && str_next(&rest, '&', &pair))
        if (str_starts(pair, name))
            secret = str_slice(pair, name.len, pair.len);
    return secret;
}

/* The account whose events these are.  False: the answer has been sent. */
static bool find_account(struct recording *recording, const struct sender *sender, struct str slug,
                         struct request *request, struct response *response,
                         struct account *account)
{
    struct db *db = recording_db(recording);

    switch (
        access_by_secret(db, TOKEN_RECORD, false, secret_of(request), request->arena, account)) {
    case 1:
        if (slug.len == 0 || str_equal(slug, account->slug))
            return true;
        complain(sender, request, response, 401,
                 STR("The token belongs to another account than the one in the address."));
        return false;
    case 0:
        recording_refused_token(recording, account->token_id);
        complain(sender, request, response, 401,
                 STR("A token with the scope \"record\" is needed: Authorization: Bearer …"));
        return false;
    default:
        complain(sender, request, response, 503,
                 STR("The database does not answer just now. Nothing is lost; please try again in "
                     "a moment."));
        return false;
    }
}

/* False: the answer has been sent. */
static bool read_message(const struct sender *sender, struct request *request,
                         struct response *response, struct str *message)
{
    switch (request_read_body(request, sender->body_max_bytes, message)) {
    case REQUEST_BODY_READ:
        return true;
    case REQUEST_BODY_TOO_LARGE:
        complain(sender, request, response, 413,
                 arena_printf(request->arena,
                              "The message is larger than %zu MiB (%zu bytes); send it in parts.",
                              sender->body_max_bytes >> 20, sender->body_max_bytes));
        return false;
    case REQUEST_BODY_BROKEN:
        break;
    }
    complain(sender, request, response, 400, STR("The message ended before its declared length."));
    return false;
}

static void send_failure(const struct recording *recording, const struct sender *sender,
                         struct request *request, struct response *response)
{
    if (db_last_error(recording_db(recording)) == DB_ERROR_OTHER)
        complain(sender, request, response, 500,
                 STR("The events could not be stored; the log of this program says why."));
    else
        complain(sender, request, response, 503,
                 STR("The events could not be stored just now. Send the same message "
                     "again; events with an idempotency_key are never stored twice."));
}

static void record_events(struct recording *recording, const struct sender *sender,
                          const struct account *account, struct request *request,
                          struct response *response)
{
    struct intake intake;
    struct intake_complaint complaint;
    struct sender_message message;
    struct sender_events events = {0};
    struct sender_answer answer;

    read_headers(request, &message);
    if (!read_message(sender, request, response, &message.body))
        return;
    if (recording_intake(recording, request->arena, account->id, &intake) < 0) {
        send_failure(recording, sender, request, response);
        return;
    }
    complaint = (struct intake_complaint){0};
    if (!sender->read(&intake, &message, &events, &complaint)) {
        answer = sender->refuse(request->arena, &complaint);
        send_answer(&answer, response);
        return;
    }
    if (held_record(recording, &intake, account->id, &events) < 0) {
        send_failure(recording, sender, request, response);
        return;
    }
    response_count_rows(response, events.count);
    answer = sender->answer(request->arena, &events);
    send_answer(&answer, response);
}

/* ---- Webhooks ---- */

/* False when the address is not below /hooks; else account and name, empty where it is none of a hook. */
static bool split_hook(struct str path, struct str *account, struct str *name)
{
    struct str rest = str_slice(path, hooks_prefix.len, path.len);
    const char *slash = rest.len ? memchr(rest.ptr, '/', rest.len) : NULL;
    size_t len = slash ? (size_t)(slash - rest.ptr) : rest.len;

    *account = str_slice(rest, 0, len);
    *name = str_slice(rest, len + 1, rest.len);
    return str_starts(path, hooks_prefix);
}

/* The name of a hook is what its sender is known by. */
static struct str logged_path(const struct request *request)
{
    struct str account, name;

    if (!split_hook(request->path, &account, &name) || name.len == 0)
        return request->path;
    return arena_printf(request->arena, "/hooks/%.*s/...", STR_ARG(account));
}

static void send_json(struct response *response, unsigned status, struct str text)
{
    response_status(response, status);
    response_send(response, "application/json", text);
}

static void send_received(struct recording *recording, struct request *request,
                          struct response *response, enum receive_end end,
                          const struct receive_answer *answer)
{
    switch (end) {
    case RECEIVE_RECORDED:
        response_count_rows(response, 1);
        if (answer->challenge.len)
            send_json(response, 200,
                      arena_printf(request->arena, "{\"challenge\": %.*s}\n",
                                   STR_ARG(answer->challenge)));
        else
            send_json(response, 202,
                      arena_printf(request->arena, "{\"id\": \"%016llx\"}\n",
                                   (unsigned long long)answer->id));
        break;
    case RECEIVE_UNSIGNED:
        response_error(response, 401,
                       STR("This address takes signed webhooks only, and this one "
                           "has no signature of a kind that is known here."));
        break;
    case RECEIVE_BAD:
        response_error(response, 401,
                       STR("The signature does not fit: it is not of this body and the secret of "
                           "this address."));
        break;
    case RECEIVE_TOO_OLD:
        response_error(response, 401,
                       STR("The signature was made more than five minutes before or after now."));
        break;
    case RECEIVE_UNREADABLE:
        response_error(response, 503,
                       STR("The secret of this address cannot be read just now; "
                           "the log of this program says why."));
        break;
    case RECEIVE_UNFIT:
        response_error(response, 400, answer->complaint.sentence);
        break;
    case RECEIVE_FAILED:
        if (db_last_error(recording_db(recording)) == DB_ERROR_OTHER)
            response_error(response, 500,
                           STR("The webhook could not be stored; the log of this "
                               "program says why."));
        else
            access_database_down(recording_db(recording), response);
        break;
    }
}

static void read_received(const struct request *request, struct str name, struct str body,
                          struct capture_received *received)
{
    size_t count;
    const struct request_header *headers = request_headers(request, &count);
    struct webhook_header *copies = arena_array(request->arena, count, sizeof(*copies));

    for (size_t i = 0; i < count; i++)
        copies[i] = (struct webhook_header){headers[i].name, headers[i].value, false};
    *received = (struct capture_received){
        .name = name,
        .query = request->query,
        .headers = copies,
        .header_count = count,
        .body = body,
        .request_id = request->id,
        .client_address = request->remote_address,
    };
}

/* What deploy/nginx/server.conf lets through in a minute. */
enum { HOOK_PER_MINUTE = 50 * 60 };

static void send_handshake(struct request *request, struct response *response)
{
    struct sender_message message;
    struct sender_answer answer;

    read_headers(request, &message);
    answer = handshake_answer(request->arena, &message, HOOK_PER_MINUTE);
    send_answer(&answer, response);
}

/* An account that does not exist, and a name that it does not have, are the same. */
static void receive(struct recording *recording, struct str account, struct str name,
                    struct request *request, struct response *response)
{
    struct capture_received received;
    struct receive_answer answer;
    struct hook hook;
    struct str body;
    int found = receive_find(recording, request->arena, account, name, &hook);

    if (found < 0) {
        access_database_down(recording_db(recording), response);
        return;
    }
    if (found == 0) {
        response_error(response, 404, STR("There is nothing at this address."));
        return;
    }
    if (request->method == METHOD_OPTIONS) {
        send_handshake(request, response);
        return;
    }
    switch (request_read_body(request, INTAKE_BODY_MAX, &body)) {
    case REQUEST_BODY_READ:
        read_received(request, name, body, &received);
        send_received(recording, request, response,
                      receive_webhook(recording, request->arena, &hook, &received, &answer),
                      &answer);
        break;
    case REQUEST_BODY_TOO_LARGE:
        response_error(response, 413, STR("The webhook is larger than 16 MiB."));
        break;
    case REQUEST_BODY_BROKEN:
        response_error(response, 400, STR("The webhook ended before its declared length."));
        break;
    }
}

static void serve(void *opaque, struct request *request, struct response *response)
{
    struct recording *recording = opaque;
    struct account account;
    struct str slug, name;
    const struct sender *sender = sender_of(request, &slug);

    if (!sender && split_hook(request->path, &slug, &name)) {
        receive(recording, slug, name, request, response);
        return;
    }
    if (!sender) {
        response_error(response, 404, STR("There is nothing at this address."));
        return;
    }
    if (request->method == METHOD_OPTIONS) {
        struct sender_message message;
        struct sender_answer answer;

        read_headers(request, &message);
        answer = sender->options(request->arena, &message);
        send_answer(&answer, response);
        return;
    }
    if (!find_account(recording, sender, slug, request, response, &account))
        return;
    recording_saw_token(recording, account.token_id);
    record_events(recording, sender, &account, request, response);
}

static void after(void *recording)
{
    recording_after(recording);
}

const struct page_handler page_handler = {
    .name = "record",
    .methods_of = methods_of,
    .logged_path = logged_path,
    .speaks_json = true,
    .accepts_body = true,
    .start = start,
    .serve = serve,
    .after = after,
    .stop = stop,
};
