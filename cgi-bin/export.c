/* SPDX-License-Identifier: MIT */
/*
 * The columns of DESIGN's CSV and the members of the wire format, in one order each.  Whatever is written here, `daybook load` reads back to the
 * same event.
 */
#include "export.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"
#include "web/csv.h"

static const char *const columns[] = {
    "id",
    "occurred_at",
    "received_at",
    "account",
    "kind",
    "entity_id",
    "entity_name",
    "entity_type",
    "action",
    "status",
    "user",
    "source",
    "method",
    "url",
    "params",
    "query",
    "headers",
    "body",
    "body_bytes",
    "body_sha256",
    "response_time_ms",
    "client_address",
    "user_agent",
    "request_id",
    "trace_id",
    "trigger",
    "extra",
};
enum { COLUMN_COUNT = sizeof(columns) / sizeof(columns[0]), NUMBER_BYTES = 24 };

static const struct str base64_mark = STR("base64:");

void export_header(struct strbuf *out, enum export_format format)
{
    struct csv_row row;

    if (format != EXPORT_CSV)
        return;
    csv_row_start(&row, out, false);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        csv_cell(&row, str_from(columns[i]));
    csv_row_end(&row);
}

static bool is_text(struct str bytes)
{
    return utf8_valid_prefix(bytes) == bytes.len &&
           (bytes.len == 0 || !memchr(bytes.ptr, '\0', bytes.len));
}

static void number_cell(struct csv_row *row, bool known, unsigned long long number)
{
    char text[NUMBER_BYTES];
    int len = snprintf(text, sizeof(text), "%llu", number);

    csv_cell(row, known ? (struct str){text, (size_t)len} : (struct str){NULL, 0});
}

static void time_cell(struct csv_row *row, int64_t ms)
{
    char text[CLOCK_TEXT_BYTES];

    clock_format(ms, text);
    csv_cell(row, str_from(text));
}

/* A cell must be text: other bytes, and text that could be taken for them, stand as base64. */
static void body_cell(struct csv_row *row, struct str body)
{
    struct strbuf encoded;

    if (is_text(body) && !str_starts(body, base64_mark)) {
        csv_cell(row, body);
        return;
    }
    strbuf_init(&encoded);
    strbuf_add(&encoded, base64_mark);
    digest_append_base64(&encoded, body);
    csv_cell(row, strbuf_str(&encoded));
    strbuf_release(&encoded);
}

/* Appends `, ` where a member stands before, and the name. */
static void add_name(struct strbuf *out, const char *name)
{
    char last = out->len ? out->ptr[out->len - 1] : '{';

    if (last != '{')
        strbuf_add_cstr(out, ", ");
    strbuf_printf(out, "\"%s\": ", name);
}

static void add_text(struct strbuf *out, const char *name, struct str text)
{
    if (text.len == 0)
        return;
    add_name(out, name);
    json_append_string(out, text);
}

static void add_number(struct strbuf *out, const char *name, unsigned long long number)
{
    add_name(out, name);
    strbuf_printf(out, "%llu", number);
}

static void add_time(struct strbuf *out, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT_BYTES];

    clock_format(ms, text);
    add_text(out, name, str_from(text));
}

/* The trigger's own object, empty when nothing of it is known. */
static void add_trigger(struct strbuf *out, const struct event *event)
{
    size_t before = out->len;

    strbuf_add_char(out, '{');
    add_text(out, "provider", event->trigger_provider);
    add_text(out, "event", event->trigger_event);
    add_text(out, "delivery_id", event->trigger_delivery_id);
    add_text(out, "signature", event_signature_name(event->trigger_signature));
    if (out->len == before + 1)
        out->len = before;
    else
        strbuf_add_char(out, '}');
}

static void trigger_cell(struct csv_row *row, const struct event *event)
{
    struct strbuf trigger;

    strbuf_init(&trigger);
    add_trigger(&trigger, event);
    csv_cell(row, strbuf_str(&trigger));
    strbuf_release(&trigger);
}

static struct str hex_of(struct str bytes, char text[DIGEST_HEX_BYTES])
{
    struct strbuf hex;

    strbuf_init(&hex);
    digest_append_hex(&hex, str_slice(bytes, 0, DIGEST_BYTES));
    memcpy(text, hex.ptr, hex.len + 1);
    bytes = (struct str){text, hex.len};
    strbuf_release(&hex);
    return bytes;
}

static void add_csv(struct strbuf *out, bool raw, const struct event *event)
{
    char id[NUMBER_BYTES], sha256[DIGEST_HEX_BYTES];
    struct csv_row row;

    snprintf(id, sizeof(id), "%016llx", (unsigned long long)event->id);
    csv_row_start(&row, out, !raw);
    csv_cell(&row, str_from(id));
    time_cell(&row, event->occurred_ms);
    time_cell(&row, event->received_ms);
    csv_cell(&row, event->account);
    csv_cell(&row, event_kind_name(event->kind));
    csv_cell(&row, event->entity_id);
    csv_cell(&row, event->entity_name);
    csv_cell(&row, event->entity_type);
    csv_cell(&row, event->action);
    number_cell(&row, event->status != 0, event->status);
    csv_cell(&row, event->user);
    csv_cell(&row, event_source_name(event->source));
    csv_cell(&row, event->method);
    csv_cell(&row, event->url);
    csv_cell(&row, event->params);
    csv_cell(&row, event->query);
    csv_cell(&row, event->headers);
    body_cell(&row, event->body);
    number_cell(&row, true, event->body_bytes);
    csv_cell(&row, hex_of(event->body_sha256, sha256));
    number_cell(&row, event->has_response_time, event->response_time_ms);
    csv_cell(&row, event->client_address);
    csv_cell(&row, event->user_agent);
    csv_cell(&row, event->request_id);
    csv_cell(&row, event->trace_id);
    trigger_cell(&row, event);
    csv_cell(&row, event->extra);
    csv_row_end(&row);
}

/*
 * A JSON value that was kept as it stood: as it stands when it fits on a line, else as a string that holds it.  Only objects
 * and arrays: a bare string would be read back as its content.
 */
static void add_json(struct strbuf *out, const char *name, struct str text)
{
    struct json_value value;
    struct json_error error;

    if (text.len == 0)
        return;
    add_name(out, name);
    if ((text.ptr[0] == '{' || text.ptr[0] == '[') && !memchr(text.ptr, '\n', text.len) &&
        !memchr(text.ptr, '\r', text.len) && json_read(text, &value, &error) &&
        value.text.len == text.len)
        strbuf_add(out, text);
    else
        json_append_string(out, text);
}

static void add_bytes(struct strbuf *out, const char *text_name, const char *base64_name,
                      struct str bytes)
{
    if (utf8_valid_prefix(bytes) == bytes.len) {
        add_text(out, text_name, bytes);
        return;
    }
    add_name(out, base64_name);
    strbuf_add_char(out, '"');
    digest_append_base64(out, bytes);
    strbuf_add_char(out, '"');
}

static void add_request(struct strbuf *out, const struct event *event)
{
    add_name(out, "request");
    strbuf_add_char(out, '{');
    add_text(out, "method", event->method);
    add_text(out, "url", event->url);
    add_json(out, "params", event->params);
    add_json(out, "query", event->query);
    add_json(out, "headers", event->headers);
    add_bytes(out, "body", "body_base64", event->body);
    strbuf_add_char(out, '}');
}

static void add_response(struct strbuf *out, const struct event *event)
{
    if (!event->has_response_time && !event->has_response_bytes &&
        event->response_body_head.len == 0)
        return;
    add_name(out, "response");
    strbuf_add_char(out, '{');
    if (event->has_response_time)
        add_number(out, "time_ms", event->response_time_ms);
    if (event->has_response_bytes)
        add_number(out, "bytes", event->response_bytes);
    add_bytes(out, "body_head", "body_head_base64", event->response_body_head);
    strbuf_add_char(out, '}');
}

/* An event without a key is known by its id: loaded again, it is recognised. */
static void add_key(struct strbuf *out, const struct event *event)
{
    char key[NUMBER_BYTES + 8];

    if (event->idempotency_key.len) {
        add_text(out, "idempotency_key", event->idempotency_key);
        return;
    }
    snprintf(key, sizeof(key), "daybook:%016llx", (unsigned long long)event->id);
    add_text(out, "idempotency_key", str_from(key));
}

static void add_ndjson(struct strbuf *out, const struct event *event)
{
    char id[NUMBER_BYTES], sha256[DIGEST_HEX_BYTES];

    snprintf(id, sizeof(id), "%016llx", (unsigned long long)event->id);
    strbuf_add_char(out, '{');
    add_text(out, "id", str_from(id));
    add_key(out, event);
    add_text(out, "kind", event_kind_name(event->kind));
    add_time(out, "occurred_at", event->occurred_ms);
    add_time(out, "received_at", event->received_ms);
    add_text(out, "account", event->account);
    add_text(out, "entity_type", event->entity_type);
    add_text(out, "entity_id", event->entity_id);
    add_text(out, "entity_name", event->entity_name);
    add_text(out, "action", event->action);
    if (event->status)
        add_number(out, "status", event->status);
    add_text(out, "user", event->user);
    add_text(out, "source", event_source_name(event->source));
    add_request(out, event);
    add_number(out, "body_bytes", event->body_bytes);
    add_text(out, "body_sha256", hex_of(event->body_sha256, sha256));
    add_response(out, event);
    add_text(out, "request_id", event->request_id);
    add_text(out, "trace_id", event->trace_id);
    add_text(out, "client_address", event->client_address);
    add_text(out, "forwarded_for", event->forwarded_for);
    add_text(out, "user_agent", event->user_agent);
    if (event->trigger_provider.len || event->trigger_event.len || event->trigger_delivery_id.len ||
        event->trigger_signature) {
        add_name(out, "trigger");
        add_trigger(out, event);
    }
    add_json(out, "extra", event->extra);
    strbuf_add_cstr(out, "}\n");
}

void export_event(struct strbuf *out, enum export_format format, bool raw,
                  const struct event *event)
{
    if (format == EXPORT_CSV)
        add_csv(out, raw, event);
    else
        add_ndjson(out, event);
}

void export_trailer(struct strbuf *out, enum export_format format, uint64_t rows,
                    struct str sha256_hex)
{
    struct csv_row row;
    char count[NUMBER_BYTES + 8];

    if (format == EXPORT_NDJSON) {
        strbuf_printf(out, "{\"end\": true, \"rows\": %llu, \"sha256\": \"%.*s\"}\n",
                      (unsigned long long)rows, STR_ARG(sha256_hex));
        return;
    }
    snprintf(count, sizeof(count), "rows=%llu", (unsigned long long)rows);
    csv_row_start(&row, out, false);
    csv_cell(&row, STR("#end"));
    csv_cell(&row, str_from(count));
    csv_cell(&row, sha256_hex);
    for (size_t i = 3; i < COLUMN_COUNT; i++) /* as wide as every other row */
        csv_cell(&row, (struct str){NULL, 0});
    csv_row_end(&row);
}
