/* SPDX-License-Identifier: MIT */
/*
 * A message to one of the addresses of intake/senders.c, made of the bytes that a fuzzer gives, and what must hold whatever a reader
 * makes of it.  The bytes are the query on a line, headers "name: value" on lines, an empty line, and the body.
 */
#ifndef DAYBOOK_TESTS_FUZZ_MESSAGE_H
#define DAYBOOK_TESTS_FUZZ_MESSAGE_H

#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "redaction/redact.h"
#include "intake/sender.h"

enum { MESSAGE_HEADERS_MAX = 64, MESSAGE_BODY_MAX = 4096 };

struct message {
    struct sender_message sent;
    struct sender_header headers[MESSAGE_HEADERS_MAX];
};

static inline void require(bool holds)
{
    if (!holds)
        abort();
}

/* What cannot come through HTTP and CGI is left out: NUL, and an empty name or value. */
static inline void message_make(struct arena *arena, struct str bytes, struct message *message)
{
    struct str rest = bytes, line = {NULL, 0};

    *message = (struct message){.sent = {.path = STR("/api/v1/fuzzed")}};
    message->sent.headers = message->headers;
    if (str_next(&rest, '\n', &line) && (line.len == 0 || !memchr(line.ptr, '\0', line.len)))
        message->sent.query = line;
    while (str_next(&rest, '\n', &line) && line.len) {
        struct str value = line, name;
        char *folded;

        if (message->sent.header_count == MESSAGE_HEADERS_MAX || memchr(line.ptr, '\0', line.len) ||
            !str_next(&value, ':', &name) || name.len == 0 || str_trim(value).len == 0)
            continue;
        folded = arena_alloc(arena, name.len);
        str_fold(name, folded);
        message->headers[message->sent.header_count++] =
            (struct sender_header){{folded, name.len}, str_trim(value)};
    }
    message->sent.content_type = sender_header(&message->sent, "content-type");
    message->sent.body = rest;
}

static inline bool message_is_text(struct str text, size_t max)
{
    return text.len <= max && utf8_is_text(text);
}

/* What the store and the pages rely on.  fuzz_redact.c looks whether secrets are gone. */
static inline void message_check_event(struct arena *arena, const struct event *event)
{
    struct str again;

    require(event->action.len > 0 && message_is_text(event->action, EVENT_NAME_MAX));
    require(message_is_text(event->entity_type, EVENT_NAME_MAX));
    require(message_is_text(event->entity_id, EVENT_NAME_MAX));
    require(message_is_text(event->entity_name, EVENT_NAME_MAX));
    require(message_is_text(event->user, EVENT_NAME_MAX));
    require(message_is_text(event->idempotency_key, EVENT_KEY_MAX));
    require(message_is_text(event->url, 65535));
    require(message_is_text(event->trace_id, 255));
    require(message_is_text(event->client_address, 255));
    require(utf8_valid_prefix(event->headers) == event->headers.len);
    require(utf8_valid_prefix(event->extra) == event->extra.len);
    require(event->body.len <= MESSAGE_BODY_MAX && event->body.len <= event->body_bytes);
    require(redact_headers(NULL, arena, event->headers, &again));
}

/* An answer that is JSON in a body, with headers that can be sent. */
static inline void message_check_answer(const struct sender_answer *answer)
{
    struct json_value value;
    struct json_error error;

    require(answer->status >= 200 && answer->status < 500);
    require(answer->header_count <= SENDER_HEADERS_MAX);
    for (size_t i = 0; i < answer->header_count; i++)
        for (size_t at = 0; at < answer->headers[i].value.len; at++)
            require(!strchr("\r\n", answer->headers[i].value.ptr[at]));
    require(!answer->content_type || json_read(answer->body, &value, &error));
}

/* Reads, checks what came out, and has it answered. */
static inline void
message_try(const struct intake *intake, const struct sender_message *message,
            bool (*read)(const struct intake *, const struct sender_message *,
                         struct sender_events *, struct intake_complaint *),
            struct sender_answer (*answer)(struct arena *, const struct sender_events *),
            struct sender_answer (*refuse)(struct arena *, const struct intake_complaint *))
{
    struct sender_events events = {.count = 0};
    struct intake_complaint complaint = {.status = 0};
    struct sender_answer made;

    if (read(intake, message, &events, &complaint)) {
        for (size_t i = 0; i < events.count; i++)
            message_check_event(intake->arena, &events.events[i]);
        made = answer(intake->arena, &events);
        require(made.status < 300);
    } else {
        require(complaint.sentence.len > 0);
        require(utf8_is_text(complaint.sentence) && utf8_is_text(complaint.field));
        made = refuse(intake->arena, &complaint);
        require(made.status >= 400);
    }
    message_check_answer(&made);
}

#endif
