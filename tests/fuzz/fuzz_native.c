/* SPDX-License-Identifier: MIT */
/*
 * Messages of the wire format.  A refusal must have a sentence that can be sent.  Every event that
 * is accepted has an action, headers without secrets, and comes back the same from the line
 * that an export writes for it.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "export/export.h"
#include "intake/native.h"
#include "redaction/redact.h"

enum { BODY_MAX = 64, BODY_HEAD_MAX = 16 };

/* What native_read() made of a message. */
struct reading {
    bool accepted;
    struct event *events;
    size_t count;
    struct intake_complaint complaint;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool is_utf8(struct str text)
{
    return utf8_valid_prefix(text) == text.len;
}

/* With no rules but those of headers: they alone are sure to find nothing in what they were through. */
static const struct redactor *headers_only(void)
{
    static struct redactor *made;
    const struct redaction_rule off = {.kind = REDACTION_OFF};

    if (!made)
        made = redactor_new(NULL, 1, &off, 1);
    return made;
}

static struct reading read_message(struct arena *arena, struct str message, int64_t now_ms,
                                   bool from_export)
{
    const struct intake intake = {.arena = arena,
                                  .redactor = from_export ? headers_only() : NULL,
                                  .body_max_bytes = BODY_MAX,
                                  .body_head_max_bytes = BODY_HEAD_MAX,
                                  .now_ms = now_ms,
                                  .from_export = from_export};
    struct reading reading = {.accepted = false};

    reading.accepted =
        native_read(&intake, message, &reading.events, &reading.count, &reading.complaint);
    if (!reading.accepted) {
        require(reading.complaint.sentence.len > 0 && is_utf8(reading.complaint.sentence));
        require(is_utf8(reading.complaint.field));
    }
    return reading;
}

/* What has no secrets any more stays as it is.  fuzz_redact.c looks whether they are gone. */
static void check_headers(struct arena *arena, struct str headers)
{
    struct str again;

    require(redact_headers(NULL, arena, headers, &again));
    require(str_equal(headers, again));
}

/* ---- There and back ---- */

static void check_same_texts(const struct event *a, const struct event *b)
{
    const struct str texts[][2] = {
        {a->entity_type, b->entity_type},
        {a->entity_id, b->entity_id},
        {a->entity_name, b->entity_name},
        {a->action, b->action},
        {a->user, b->user},
        {a->method, b->method},
        {a->url, b->url},
        {a->params, b->params},
        {a->query, b->query},
        {a->headers, b->headers},
        {a->body, b->body},
        {a->response_body_head, b->response_body_head},
        {a->request_id, b->request_id},
        {a->trace_id, b->trace_id},
        {a->client_address, b->client_address},
        {a->forwarded_for, b->forwarded_for},
        {a->user_agent, b->user_agent},
        {a->trigger_provider, b->trigger_provider},
        {a->trigger_event, b->trigger_event},
        {a->trigger_delivery_id, b->trigger_delivery_id},
        {a->extra, b->extra},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        require(str_equal(texts[i][0], texts[i][1]));
}

static void check_same(const struct event *a, const struct event *b)
{
    check_same_texts(a, b);
    if (a->idempotency_key.len)
        require(str_equal(a->idempotency_key, b->idempotency_key));
    else
        require(str_starts(b->idempotency_key, STR("daybook:")));
    require(a->kind == b->kind && a->source == b->source && a->status == b->status);
    require(b->has_time && a->occurred_ms == b->occurred_ms);
    require(a->trigger_signature == b->trigger_signature);
    require(a->has_response_time == b->has_response_time);
    require(a->response_time_ms == b->response_time_ms);
    require(a->has_response_bytes == b->has_response_bytes);
    require(a->response_bytes == b->response_bytes);
}

/* What the store would add. */
static void complete(struct event *event, int64_t now_ms)
{
    event->id = UINT64_C(0x670505ba1ec1c0de);
    event->received_ms = now_ms;
    if (!event->has_time)
        event->occurred_ms = now_ms;
    event->account = STR("acme");
    event->body_sha256 = STR("01234567890123456789012345678901");
}

static void check_event(struct arena *arena, struct event *event, int64_t now_ms)
{
    struct reading again;
    struct strbuf out;

    require(event->action.len > 0);
    require(event->body.len <= BODY_MAX && event->body.len <= event->body_bytes);
    require(event->response_body_head.len <= BODY_HEAD_MAX);
    check_headers(arena, event->headers);
    complete(event, now_ms);
    strbuf_init(&out);
    export_event(&out, EXPORT_NDJSON, false, event);
    require(memchr(out.ptr, '\n', out.len) == out.ptr + out.len - 1);
    again = read_message(arena, strbuf_str(&out), now_ms, true);
    require(again.accepted && again.count == 1);
    check_same(event, &again.events[0]);
    strbuf_reset(&out);
    export_event(&out, EXPORT_CSV, false, event);
    require(str_equal(str_slice(strbuf_str(&out), out.len - 2, 2), STR("\r\n")));
    strbuf_release(&out);
}

/* Where a time is not believed, `extra` becomes an object that says so. */
static void check_claims(const struct reading *early, const struct reading *late)
{
    require(early->accepted == late->accepted);
    if (!early->accepted)
        return;
    require(early->count == late->count);
    for (size_t i = 0; i < early->count; i++) {
        struct json_value extra;
        struct json_error error;

        if (early->events[i].has_time == late->events[i].has_time)
            continue;
        require(late->events[i].has_time);
        require(json_read(early->events[i].extra, &extra, &error) && extra.type == JSON_OBJECT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct str message = {(const char *)data, size};
    struct reading early = read_message(arena, message, 0, false);
    struct reading late = read_message(arena, message, CLOCK_MAX_MS, false);

    check_claims(&early, &late);
    for (size_t i = 0; i < late.count && late.accepted; i++) {
        check_event(arena, &early.events[i], 0);
        check_event(arena, &late.events[i], CLOCK_MAX_MS);
    }
    arena_free(arena);
    return 0;
}
