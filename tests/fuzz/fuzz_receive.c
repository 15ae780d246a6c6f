/* SPDX-License-Identifier: MIT */
/*
 * Webhooks at an address of Daybook's own: header lines, an empty line, a body.  Whatever is sent can be stored, and the address
 * stands nowhere in it.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "intake/capture_webhook.h"

enum { HEADERS_MAX = 64, BODY_MAX = 4096, BODY_HEAD_MAX = 16 };

#define KEY "0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(struct str text, size_t max)
{
    require(text.len <= max && utf8_is_text(text));
    require(text.len == 0 || !memmem(text.ptr, text.len, KEY, sizeof(KEY) - 1));
}

static void check_json(struct str text, enum json_type type)
{
    struct json_value value;
    struct json_error error;

    check_text(text, SIZE_MAX);
    require(text.len == 0 || (json_read(text, &value, &error) && value.type == type));
}

static void check(const struct event *event)
{
    const struct {
        struct str text;
        size_t max;
    } texts[] = {
        {event->idempotency_key, EVENT_KEY_MAX},
        {event->entity_type, EVENT_NAME_MAX},
        {event->entity_id, EVENT_NAME_MAX},
        {event->entity_name, EVENT_NAME_MAX},
        {event->action, EVENT_NAME_MAX},
        {event->user, EVENT_NAME_MAX},
        {event->url, 65535},
        {event->trace_id, 255},
        {event->client_address, 255},
        {event->forwarded_for, 4096},
        {event->user_agent, 65535},
        {event->trigger_provider, 255},
        {event->trigger_event, 255},
        {event->trigger_delivery_id, 255},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        check_text(texts[i].text, texts[i].max);
    require(event->kind == EVENT_KIND_TRIGGER && event->trigger_provider.len > 0);
    require(event->body.len == 0 ||
            !memmem(event->body.ptr, event->body.len, KEY, sizeof(KEY) - 1));
    check_json(event->headers, JSON_ARRAY);
    check_json(event->query, JSON_OBJECT);
    check_json(event->extra, JSON_OBJECT);
}

/* "Name: value" lines up to an empty one; what is left is the body. */
static size_t read_headers(struct str *rest, struct webhook_header *headers)
{
    size_t count = 0;
    struct str line;

    while (count < HEADERS_MAX && str_next(rest, '\n', &line) && line.len) {
        struct str value = line, name;

        str_next(&value, ':', &name);
        headers[count++] = (struct webhook_header){name, str_trim(value), false};
    }
    return count;
}

static void receive(const struct intake *intake, struct str secret, struct str input)
{
    const struct hook hook = {.account = STR("acme"), .label = STR("gh"), .secret = secret};
    struct webhook_header headers[HEADERS_MAX];
    struct capture_received received = {
        .name = STR("gh-" KEY),
        .query = str_slice(input, 0, 100),
        .request_id = STR("7"),
        .client_address = STR("192.0.2.1"),
    };
    struct intake_complaint complaint;
    struct capture_webhook found;
    struct event event;

    received.header_count = read_headers(&input, headers);
    received.headers = headers;
    received.body = input;
    capture_receive(intake, &hook, &received, &found, &event);
    require((found.signature == WEBHOOK_UNCHECKED) == (secret.len == 0));
    require(intake_complete(intake, &event, &complaint));
    check(&event);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct intake intake = {.arena = arena_new(),
                                  .body_max_bytes = BODY_MAX,
                                  .body_head_max_bytes = BODY_HEAD_MAX,
                                  .now_ms = INT64_C(1700000000000)};
    struct str input = {(const char *)data, size};

    receive(&intake, (struct str){NULL, 0}, input);
    receive(&intake, STR("secret"), input);
    arena_free(intake.arena);
    return 0;
}
