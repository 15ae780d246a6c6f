/* SPDX-License-Identifier: MIT */
/*
 * POST to the addresses of intake/senders.c: records what programs send, each in its own form.  2xx only after the
 * commit; an error stores nothing of the message.  Everything else under /api, /hooks and /publisher is a 404 here.
 */
#include "access.h"
#include "intake/sender.h"
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

/* What the address names; NULL: nothing. */
static const struct sender *sender_of(const struct request *request, struct str *account)
{
    return sender_find(request->path, account);
}

static unsigned methods_of(const struct request *request)
{
    struct str account;
    const struct sender *sender = sender_of(request, &account);

    return METHOD_POST | (sender && sender->options ? METHOD_OPTIONS : 0);
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

    send_answer(&answer, response);
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

static void serve(void *opaque, struct request *request, struct response *response)
{
    struct recording *recording = opaque;
    struct account account;
    struct str slug;
    const struct sender *sender = sender_of(request, &slug);

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
    if (!access_token(recording_db(recording), TOKEN_RECORD, false, request, response, &account))
        return;
    if (slug.len && !str_equal(slug, account.slug)) {
        complain(sender, request, response, 401,
                 STR("The token belongs to another account than the one in the address."));
        return;
    }
    record_events(recording, sender, &account, request, response);
}

const struct page_handler page_handler = {
    .name = "record",
    .methods_of = methods_of,
    .speaks_json = true,
    .accepts_body = true,
    .start = start,
    .serve = serve,
    .stop = stop,
};
