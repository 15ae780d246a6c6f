/* SPDX-License-Identifier: MIT */
/*
 * POST /api/v1/events: records one JSON object, an array, or NDJSON (man/daybook-record.5).  201 with the ids only after the
 * commit; an error stores nothing of the message.  Everything else under /api, /hooks and /publisher is a 404 here.
 */
#include "access.h"
#include "base/json_write.h"
#include "base/strbuf.h"
#include "intake/native.h"
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

static void send_json(struct response *response, unsigned status, struct arena *arena,
                      struct strbuf *json)
{
    struct str body;

    strbuf_add_char(json, '\n');
    body = arena_copy(arena, strbuf_str(json));
    strbuf_release(json);
    response_status(response, status);
    response_send(response, "application/json", body);
}

static void send_complaint(const struct intake_complaint *complaint, struct request *request,
                           struct response *response)
{
    struct strbuf json;

    strbuf_init(&json);
    strbuf_add_char(&json, '{');
    json_write_text(&json, "error", complaint->sentence);
    if (complaint->has_index)
        json_write_number(&json, "index", complaint->index);
    json_write_text(&json, "field", complaint->field);
    strbuf_add_char(&json, '}');
    send_json(response, 400, request->arena, &json);
}

static void send_ids(const struct event *events, size_t count, struct request *request,
                     struct response *response)
{
    struct strbuf json;

    strbuf_init(&json);
    strbuf_add_cstr(&json, "{\"ids\": [");
    for (size_t i = 0; i < count; i++)
        strbuf_printf(&json, "%s\"%016llx\"", i ? ", " : "", (unsigned long long)events[i].id);
    strbuf_add_cstr(&json, "]}");
    send_json(response, 201, request->arena, &json);
}

/* False: the answer has been sent. */
static bool read_message(struct request *request, struct response *response, struct str *message)
{
    switch (request_read_body(request, INTAKE_BODY_MAX, message)) {
    case REQUEST_BODY_READ:
        return true;
    case REQUEST_BODY_TOO_LARGE:
        response_error(
            response, 413,
            STR("The message is larger than 16 MiB (16777216 bytes); send it in parts."));
        return false;
    case REQUEST_BODY_BROKEN:
        break;
    }
    response_error(response, 400, STR("The message ended before its declared length."));
    return false;
}

static void send_failure(const struct recording *recording, struct response *response)
{
    if (db_last_error(recording_db(recording)) == DB_ERROR_OTHER)
        response_error(response, 500,
                       STR("The events could not be stored; the log of this program says why."));
    else
        response_error(response, 503,
                       STR("The events could not be stored just now. Send the same message "
                           "again; events with an idempotency_key are never stored twice."));
}

static void record_events(struct recording *recording, const struct account *account,
                          struct request *request, struct response *response)
{
    struct intake intake;
    struct intake_complaint complaint;
    struct event *events;
    struct str message;
    size_t count;

    if (!read_message(request, response, &message))
        return;
    if (recording_intake(recording, request->arena, account->id, &intake) < 0) {
        send_failure(recording, response);
        return;
    }
    if (!native_read(&intake, message, &events, &count, &complaint)) {
        send_complaint(&complaint, request, response);
        return;
    }
    if (recorder_store(recording_recorder(recording), account->id, events, count, NULL) < 0) {
        send_failure(recording, response);
        return;
    }
    response_count_rows(response, count);
    send_ids(events, count, request, response);
}

static void serve(void *opaque, struct request *request, struct response *response)
{
    struct recording *recording = opaque;
    struct account account;

    if (!str_equal(request->path, STR("/api/v1/events"))) {
        response_error(response, 404, STR("There is nothing at this address."));
        return;
    }
    if (!access_token(recording_db(recording), TOKEN_RECORD, false, request, response, &account))
        return;
    record_events(recording, &account, request, response);
}

const struct page_handler page_handler = {
    .name = "record",
    .methods = METHOD_POST,
    .speaks_json = true,
    .accepts_body = true,
    .start = start,
    .serve = serve,
    .stop = stop,
};
