/* SPDX-License-Identifier: MIT */
/* Only what a sender may say is written: no id, no account, no time of receipt. */
#include "tools/demo_line.h"

#include <assert.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"

static void add_name(struct strbuf *out, struct str name)
{
    assert(out->len > 0);
    if (out->ptr[out->len - 1] != '{')
        strbuf_add_char(out, ',');
    json_append_string(out, name);
    strbuf_add_char(out, ':');
}

void demo_member(struct strbuf *out, struct str name, struct str value)
{
    add_name(out, name);
    json_append_string(out, value);
}

void demo_json_member(struct strbuf *out, struct str name, struct str json)
{
    add_name(out, name);
    strbuf_add(out, json);
}

static void add_text(struct strbuf *out, const char *name, struct str value)
{
    if (value.len > 0)
        demo_member(out, str_from(name), value);
}

static void add_json(struct strbuf *out, const char *name, struct str json)
{
    if (json.len > 0)
        demo_json_member(out, str_from(name), json);
}

static void add_number(struct strbuf *out, const char *name, uint64_t number)
{
    add_name(out, str_from(name));
    strbuf_printf(out, "%" PRIu64, number);
}

static void begin_object(struct strbuf *out, const char *name)
{
    add_name(out, str_from(name));
    strbuf_add_char(out, '{');
}

static void end_object(struct strbuf *out)
{
    strbuf_add_char(out, '}');
}

static void add_body(struct strbuf *out, struct str body)
{
    if (utf8_valid_prefix(body) == body.len) {
        add_text(out, "body", body);
        return;
    }
    add_name(out, STR("body_base64"));
    strbuf_add_char(out, '"');
    digest_append_base64(out, body);
    strbuf_add_char(out, '"');
}

static void add_request(struct strbuf *out, const struct event *event)
{
    begin_object(out, "request");
    add_text(out, "method", event->method);
    add_text(out, "url", event->url);
    add_json(out, "params", event->params);
    add_json(out, "query", event->query);
    add_json(out, "headers", event->headers);
    add_body(out, event->body);
    end_object(out);
}

static void add_response(struct strbuf *out, const struct event *event)
{
    begin_object(out, "response");
    if (event->has_response_time)
        add_number(out, "time_ms", event->response_time_ms);
    if (event->has_response_bytes)
        add_number(out, "bytes", event->response_bytes);
    add_text(out, "body_head", event->response_body_head);
    end_object(out);
}

static void add_trigger(struct strbuf *out, const struct event *event)
{
    begin_object(out, "trigger");
    add_text(out, "provider", event->trigger_provider);
    add_text(out, "event", event->trigger_event);
    add_text(out, "delivery_id", event->trigger_delivery_id);
    add_text(out, "signature", event_signature_name(event->trigger_signature));
    end_object(out);
}

void demo_line(struct strbuf *out, const struct event *event)
{
    char time[CLOCK_TEXT_BYTES];

    clock_format(event->occurred_ms, time);
    strbuf_add_char(out, '{');
    add_text(out, "idempotency_key", event->idempotency_key);
    add_text(out, "kind", event_kind_name(event->kind));
    add_text(out, "occurred_at", str_from(time));
    add_text(out, "entity_type", event->entity_type);
    add_text(out, "entity_id", event->entity_id);
    add_text(out, "entity_name", event->entity_name);
    add_text(out, "action", event->action);
    add_number(out, "status", event->status);
    add_text(out, "user", event->user);
    add_text(out, "source", event_source_name(event->source));
    add_request(out, event);
    add_response(out, event);
    add_text(out, "request_id", event->request_id);
    add_text(out, "trace_id", event->trace_id);
    add_text(out, "client_address", event->client_address);
    add_text(out, "forwarded_for", event->forwarded_for);
    add_text(out, "user_agent", event->user_agent);
    if (event->kind == EVENT_KIND_TRIGGER)
        add_trigger(out, event);
    add_json(out, "extra", event->extra);
    strbuf_add_cstr(out, "}\n");
}
