/* SPDX-License-Identifier: MIT */
/*
 * The columns of the CSV, in one order; NDJSON is the native wire format (intake/native_write.h).
 */
#include "export/export.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "intake/native_write.h"
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

static void number_cell(struct csv_row *row, bool known, unsigned long long number)
{
    char text[NUMBER_BYTES];
    size_t at = sizeof(text);

    do {
        text[--at] = (char)('0' + number % 10);
    } while ((number /= 10) != 0);
    csv_cell(row, known ? (struct str){text + at, sizeof(text) - at} : (struct str){NULL, 0});
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

    if (utf8_is_text(body) && !str_starts(body, base64_mark)) {
        csv_cell(row, body);
        return;
    }
    strbuf_init(&encoded);
    strbuf_add(&encoded, base64_mark);
    digest_append_base64(&encoded, body);
    csv_cell(row, strbuf_str(&encoded));
    strbuf_release(&encoded);
}

static void trigger_cell(struct csv_row *row, const struct event *event)
{
    struct strbuf trigger;

    if (!native_has_trigger(event)) {
        csv_cell(row, (struct str){NULL, 0});
        return;
    }
    strbuf_init(&trigger);
    native_write_trigger(&trigger, event);
    csv_cell(row, strbuf_str(&trigger));
    strbuf_release(&trigger);
}

static void id_cell(struct csv_row *row, uint64_t id)
{
    unsigned char bytes[sizeof(id)];
    char text[2 * sizeof(id) + 1];

    for (size_t i = sizeof(bytes); i-- > 0; id >>= 8)
        bytes[i] = (unsigned char)id;
    digest_hex((struct str){(const char *)bytes, sizeof(bytes)}, text);
    csv_cell(row, (struct str){text, sizeof(text) - 1});
}

static void sha256_cell(struct csv_row *row, struct str sha256)
{
    char text[DIGEST_HEX_BYTES];

    sha256 = str_slice(sha256, 0, DIGEST_BYTES);
    digest_hex(sha256, text);
    csv_cell(row, (struct str){text, 2 * sha256.len});
}

static void add_csv(struct strbuf *out, bool raw, const struct event *event)
{
    struct csv_row row;

    csv_row_start(&row, out, !raw);
    id_cell(&row, event->id);
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
    sha256_cell(&row, event->body_sha256);
    number_cell(&row, event->has_response_time, event->response_time_ms);
    csv_cell(&row, event->client_address);
    csv_cell(&row, event->user_agent);
    csv_cell(&row, event->request_id);
    csv_cell(&row, event->trace_id);
    trigger_cell(&row, event);
    csv_cell(&row, event->extra);
    csv_row_end(&row);
}

void export_event(struct strbuf *out, enum export_format format, bool raw,
                  const struct event *event)
{
    if (format == EXPORT_CSV)
        add_csv(out, raw, event);
    else
        native_write(out, event, NATIVE_EXPORTED);
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
