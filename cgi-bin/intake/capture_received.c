/* SPDX-License-Identifier: MIT */
/* A webhook that arrived here, made an event as if a line of a capture file had told of it. */
#include "base/json_write.h"
#include "base/utf8.h"
#include "intake/capture_private.h"
#include "intake/capture_webhook.h"
#include "redaction/redact.h"

enum { ACCEPTED = 202, URL_MAX = 65535, AGENT_MAX = 65535, SHORT_MAX = 255, FORWARDED_MAX = 4096 };

/* The part of the address that only the sender knows, and what stands for it. */
struct hidden {
    struct arena *arena;
    struct str secret, mark;
};

static struct str hide(const struct hidden *hidden, struct str bytes)
{
    struct str rest = bytes, secret = hidden->secret;
    struct strbuf out;
    const char *found;

    if (bytes.len == 0 || !memmem(bytes.ptr, bytes.len, secret.ptr, secret.len))
        return bytes;
    strbuf_init(&out);
    while (rest.len && (found = memmem(rest.ptr, rest.len, secret.ptr, secret.len))) {
        size_t before = (size_t)(found - rest.ptr);

        strbuf_add(&out, str_slice(rest, 0, before));
        strbuf_add(&out, hidden->mark);
        rest = str_slice(rest, before + secret.len, rest.len);
    }
    strbuf_add(&out, rest);
    bytes = arena_copy(hidden->arena, strbuf_str(&out));
    strbuf_release(&out);
    return bytes;
}

/* A JSON string whose characters are the bytes, as in a capture line. */
static void append_bytes(struct strbuf *out, struct str bytes)
{
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];

        if (c < ' ' || c >= 0x7f || c == '"' || c == '\\')
            strbuf_printf(out, "\\u%04x", c);
        else
            strbuf_add_char(out, (char)c);
    }
    strbuf_add_char(out, '"');
}

/* The headers as a capture line has them, so that they are kept the same way. */
static struct str as_line(const struct hidden *hidden, const struct capture_received *received)
{
    struct strbuf out;
    struct str line;

    strbuf_init(&out);
    strbuf_add_char(&out, '[');
    for (size_t i = 0; i < received->header_count; i++) {
        strbuf_add_cstr(&out, i ? ",[" : "[");
        append_bytes(&out, hide(hidden, received->headers[i].name));
        strbuf_add_char(&out, ',');
        append_bytes(&out, hide(hidden, received->headers[i].value));
        strbuf_add_char(&out, ']');
    }
    strbuf_add_char(&out, ']');
    line = arena_copy(hidden->arena, strbuf_str(&out));
    strbuf_release(&out);
    return line;
}

static struct str header(const struct capture_received *received, struct str name)
{
    for (size_t i = 0; i < received->header_count; i++)
        if (str_equal_folded(received->headers[i].name, name))
            return received->headers[i].value;
    return (struct str){NULL, 0};
}

static struct str text(const struct hidden *hidden, struct str bytes, size_t max)
{
    bool is_latin1 = false;

    return utf8_cut(capture_text(hidden->arena, hide(hidden, bytes), &is_latin1), max);
}

/* What has no column. */
static struct str extra_of(struct arena *arena, const struct capture_headers *headers,
                           bool query_is_latin1)
{
    struct str extra = {NULL, 0};
    struct strbuf out;

    strbuf_init(&out);
    strbuf_add_char(&out, '{');
    json_write_value(&out, "odd_headers", headers->odd);
    json_write_value(&out, "latin1_headers", headers->latin1);
    json_write_value(&out, "latin1", query_is_latin1 ? STR("[\"query\"]") : (struct str){NULL, 0});
    strbuf_add_char(&out, '}');
    if (out.len > sizeof("{}") - 1)
        extra = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return extra;
}

static void set_request(const struct hidden *hidden, const struct hook *hook,
                        const struct capture_received *received, struct event *event)
{
    struct arena *arena = hidden->arena;
    struct capture_headers headers;
    bool query_is_latin1 = false;

    capture_read_headers(arena, as_line(hidden, received), &headers);
    event->method = STR("POST");
    event->url = arena_printf(arena, "/hooks/%.*s/%.*s-%.*s%s%.*s", STR_ARG(hook->account),
                              STR_ARG(hook->label), STR_ARG(hidden->mark),
                              received->query.len ? "?" : "", STR_ARG(received->query));
    event->url = text(hidden, event->url, URL_MAX);
    event->query = hide(hidden, capture_query(arena, event->url, &query_is_latin1));
    event->headers = headers.json;
    event->body = hide(hidden, received->body);
    event->body_bytes = event->body.len;
    event->client_address = text(hidden, received->client_address, SHORT_MAX);
    event->forwarded_for = text(hidden, header(received, STR("x-forwarded-for")), FORWARDED_MAX);
    event->user_agent = text(hidden, header(received, STR("user-agent")), AGENT_MAX);
    event->trace_id = text(hidden, headers.trace_id, SHORT_MAX);
    event->request_id =
        text(hidden, headers.request_id.len ? headers.request_id : received->request_id, SHORT_MAX);
    event->extra = extra_of(arena, &headers, query_is_latin1);
}

/* The payload is read as it came, and may name the address where a name is expected. */
static void hide_words(const struct hidden *hidden, struct event *event)
{
    struct str *const words[] = {&event->entity_id,     &event->entity_name,
                                 &event->user,          &event->trigger_provider,
                                 &event->trigger_event, &event->trigger_delivery_id};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        *words[i] = hide(hidden, *words[i]);
}

void capture_receive(const struct intake *intake, const struct hook *hook,
                     const struct capture_received *received, struct capture_webhook *found,
                     struct event *event)
{
    struct str secret = str_slice(received->name, hook->label.len + 1, received->name.len);
    const struct hidden hidden = {intake->arena, secret,
                                  redactor_fingerprint(intake->redactor, intake->arena, secret)};
    const struct webhook_call call = {
        .headers = received->headers,
        .header_count = received->header_count,
        .content_type = header(received, STR("content-type")),
        .body = received->body,
    };

    *event = (struct event){
        .has_time = true,
        .occurred_ms = intake->now_ms,
        .status = ACCEPTED,
        .idempotency_key = arena_printf(intake->arena, "hook:%.*s", STR_ARG(received->request_id)),
    };
    set_request(&hidden, hook, received, event);
    webhook_read(intake->arena, hook->provider, &call, &found->webhook);
    found->signature =
        webhook_verify(intake->arena, &found->webhook, &call, hook->secret, intake->now_ms);
    capture_make_trigger(intake->arena, hook, found, event);
    hide_words(&hidden, event);
}
