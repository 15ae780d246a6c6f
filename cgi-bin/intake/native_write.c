/* SPDX-License-Identifier: MIT */
/* One member after another, in the order of the wire format's description. */
#include "intake/native_write.h"

#include <stdio.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/json_write.h"

/* An event's own object and one inside it stand around the texts. */
enum { KEY_BYTES = 32, KEPT_DEPTH_MAX = JSON_MAX_DEPTH - 2 };

/* Each level has a bracket at both ends, so a short text needs no look. */
static bool is_deep(struct str text)
{
    return text.len / 2 > KEPT_DEPTH_MAX && json_depth(text) > KEPT_DEPTH_MAX;
}

/*
 * A JSON value that was kept as it stood: as it stands when it fits on a line, else as a string that holds it.  Only objects
 * and arrays: a bare string would be read back as its content.  And not what is nested so deep that the line could not be read.
 */
static void add_kept_json(struct strbuf *out, const char *name, struct str text)
{
    struct json_value value;
    struct json_error error;

    if (text.len == 0)
        return;
    if ((text.ptr[0] == '{' || text.ptr[0] == '[') && !memchr(text.ptr, '\n', text.len) &&
        !memchr(text.ptr, '\r', text.len) && json_read(text, &value, &error) &&
        value.text.len == text.len && !is_deep(text))
        json_write_value(out, name, text);
    else
        json_write_text(out, name, text);
}

/* An event without a key is known by its id: loaded again, it is recognised. */
static void add_key(struct strbuf *out, const struct event *event, enum native_form form)
{
    char key[KEY_BYTES];

    if (event->idempotency_key.len || form == NATIVE_SENT) {
        json_write_text(out, "idempotency_key", event->idempotency_key);
        return;
    }
    snprintf(key, sizeof(key), "daybook:%016llx", (unsigned long long)event->id);
    json_write_text(out, "idempotency_key", str_from(key));
}

static void add_id(struct strbuf *out, const struct event *event)
{
    char id[KEY_BYTES];

    snprintf(id, sizeof(id), "%016llx", (unsigned long long)event->id);
    json_write_text(out, "id", str_from(id));
}

static void add_request(struct strbuf *out, const struct event *event)
{
    json_write_name(out, "request");
    strbuf_add_char(out, '{');
    json_write_text(out, "method", event->method);
    json_write_text(out, "url", event->url);
    add_kept_json(out, "params", event->params);
    add_kept_json(out, "query", event->query);
    add_kept_json(out, "headers", event->headers);
    json_write_bytes(out, "body", "body_base64", event->body);
    strbuf_add_char(out, '}');
}

static void add_body_facts(struct strbuf *out, const struct event *event)
{
    json_write_number(out, "body_bytes", event->body_bytes);
    json_write_name(out, "body_sha256");
    strbuf_add_char(out, '"');
    digest_append_hex(out, event->body_sha256);
    strbuf_add_char(out, '"');
}

static void add_response(struct strbuf *out, const struct event *event)
{
    if (!event->has_response_time && !event->has_response_bytes &&
        event->response_body_head.len == 0)
        return;
    json_write_name(out, "response");
    strbuf_add_char(out, '{');
    if (event->has_response_time)
        json_write_number(out, "time_ms", event->response_time_ms);
    if (event->has_response_bytes)
        json_write_number(out, "bytes", event->response_bytes);
    json_write_bytes(out, "body_head", "body_head_base64", event->response_body_head);
    strbuf_add_char(out, '}');
}

bool native_has_trigger(const struct event *event)
{
    return event->trigger_provider.len || event->trigger_event.len ||
           event->trigger_delivery_id.len || event->trigger_signature != EVENT_SIGNATURE_NONE;
}

void native_write_trigger(struct strbuf *out, const struct event *event)
{
    if (!native_has_trigger(event))
        return;
    strbuf_add_char(out, '{');
    json_write_text(out, "provider", event->trigger_provider);
    json_write_text(out, "event", event->trigger_event);
    json_write_text(out, "delivery_id", event->trigger_delivery_id);
    json_write_text(out, "signature", event_signature_name(event->trigger_signature));
    strbuf_add_char(out, '}');
}

void native_write(struct strbuf *out, const struct event *event, enum native_form form)
{
    bool exported = form == NATIVE_EXPORTED;

    strbuf_add_char(out, '{');
    if (exported)
        add_id(out, event);
    add_key(out, event, form);
    json_write_text(out, "kind", event_kind_name(event->kind));
    json_write_time(out, "occurred_at", event->occurred_ms);
    if (exported) {
        json_write_time(out, "received_at", event->received_ms);
        json_write_text(out, "account", event->account);
    }
    json_write_text(out, "entity_type", event->entity_type);
    json_write_text(out, "entity_id", event->entity_id);
    json_write_text(out, "entity_name", event->entity_name);
    json_write_text(out, "action", event->action);
    if (event->status)
        json_write_number(out, "status", event->status);
    json_write_text(out, "user", event->user);
    json_write_text(out, "source", event_source_name(event->source));
    add_request(out, event);
    if (exported)
        add_body_facts(out, event);
    add_response(out, event);
    json_write_text(out, "request_id", event->request_id);
    json_write_text(out, "trace_id", event->trace_id);
    json_write_text(out, "client_address", event->client_address);
    json_write_text(out, "forwarded_for", event->forwarded_for);
    json_write_text(out, "user_agent", event->user_agent);
    if (native_has_trigger(event)) {
        json_write_name(out, "trigger");
        native_write_trigger(out, event);
    }
    add_kept_json(out, "extra", event->extra);
    strbuf_add_cstr(out, "}\n");
}
