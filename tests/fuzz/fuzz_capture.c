/* SPDX-License-Identifier: MIT */
/*
 * Capture lines.  Whatever stands in a file: what is read can be stored, shown and exported, and what is not read has an end.  And
 * whatever was sent: bytes that are written as nginx writes them come back the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "intake/capture_webhook.h"

enum { BODY_MAX = 64, BODY_HEAD_MAX = 16, URL_MAX = 65535 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(struct str text, size_t max)
{
    require(text.len <= max && utf8_is_text(text));
}

static void check_json(struct str text, enum json_type type)
{
    struct json_value value;
    struct json_error error;

    require(text.len == 0 || (json_read(text, &value, &error) && value.type == type));
}

/* What is marked as a webhook: of whatever kind it is, it can be stored as a trigger. */
static void check_webhook(const struct intake *intake, struct capture_call call)
{
    const struct hook hook = {.label = STR("a"), .secret = STR("secret")};
    const struct event *event = &call.event;
    struct intake_complaint complaint;

    capture_mark_webhook(intake, &hook, &call);
    check_text(event->entity_id, EVENT_NAME_MAX);
    check_text(event->entity_name, EVENT_NAME_MAX);
    check_text(event->user, EVENT_NAME_MAX);
    check_text(event->trigger_provider, 255);
    check_text(event->trigger_event, 255);
    check_text(event->trigger_delivery_id, 255);
    require(event->kind == EVENT_KIND_TRIGGER && event->trigger_provider.len > 0);
    require(call.has_whole_body || event->trigger_signature == EVENT_SIGNATURE_UNCHECKED);
    require(intake_complete(intake, &call.event, &complaint));
}

static void check_call(const struct intake *intake, struct capture_call *call)
{
    struct event *event = &call->event;
    const struct {
        struct str text;
        size_t max;
    } texts[] = {
        {event->idempotency_key, EVENT_KEY_MAX},
        {event->action, EVENT_NAME_MAX},
        {event->user, EVENT_NAME_MAX},
        {event->method, 32},
        {event->url, URL_MAX},
        {event->request_id, 255},
        {event->trace_id, 255},
        {event->client_address, 255},
        {event->forwarded_for, 4096},
        {event->user_agent, URL_MAX},
        {call->account, SIZE_MAX},
        {call->request_type, SIZE_MAX},
        {call->response_type, SIZE_MAX},
        {call->encoding, SIZE_MAX},
        {call->location, SIZE_MAX},
    };
    struct intake_complaint complaint;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        check_text(texts[i].text, texts[i].max);
    require(event->idempotency_key.len > 0 && event->action.len > 0);
    require(event->occurred_ms >= 0 && event->occurred_ms <= call->written_ms);
    require(event->body_bytes >= event->body.len);
    check_json(event->headers, JSON_ARRAY);
    check_json(event->query, JSON_OBJECT);
    check_json(event->extra, JSON_OBJECT);
    check_webhook(intake, *call);
    require(intake_complete(intake, event, &complaint));
}

/* As one does who reads a file: a cut line may have a whole one behind it. */
static void read_as_line(const struct intake *intake, struct str line)
{
    while (line.len) {
        struct capture_call call;

        if (capture_read_line(intake, line, &call) == CAPTURE_READ) {
            require(capture_find_beginning(line, 0) == 0);
            check_call(intake, &call);
            return;
        }
        line = str_slice(line, capture_find_beginning(line, 1), line.len);
    }
}

/* escape=json of nginx. */
static void append_escaped(struct strbuf *out, struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];

        if (byte == '"' || byte == '\\')
            strbuf_printf(out, "\\%c", byte);
        else if (byte < ' ')
            strbuf_printf(out, "\\u%04X", byte);
        else
            strbuf_add_char(out, (char)byte);
    }
}

static void read_as_sent(const struct intake *intake, struct str bytes)
{
    static const char *const members[] = {"request", "uri",    "headers", "basic_user",
                                          "head",    "status", "body"};
    struct capture_call call;
    struct strbuf line;

    strbuf_init(&line);
    strbuf_add_cstr(&line,
                    CAPTURE_BEGINNING "1,\"id\":\"7\",\"msec\":\"1.000\",\"time\":\"0.001\"");
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        strbuf_printf(&line, ",\"%s\":\"", members[i]);
        append_escaped(&line, bytes);
        strbuf_add_char(&line, '"');
    }
    strbuf_add_char(&line, '}');
    require(capture_find_beginning(strbuf_str(&line), 1) == line.len);
    require(capture_read_line(intake, strbuf_str(&line), &call) == CAPTURE_READ);
    require(str_equal(call.event.body, bytes));
    check_call(intake, &call);
    strbuf_release(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct intake intake = {
        .arena = arena_new(), .body_max_bytes = BODY_MAX, .body_head_max_bytes = BODY_HEAD_MAX};
    struct str bytes = {(const char *)data, size};

    read_as_line(&intake, bytes);
    read_as_sent(&intake, bytes);
    arena_free(intake.arena);
    return 0;
}
