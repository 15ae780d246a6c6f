/* SPDX-License-Identifier: MIT */
/* details.tpl: one call.  Texts are shown indented where they are JSON, else as they are; what is no text is named, not shown. */
#include <stdio.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"
#include "pages_frame.h"

/* A longer text is cut on the page, and one that grows too much is not indented; the file behind the link is whole. */
enum { SHOWN_BYTES_MAX = 512 * 1024, INDENTED_BYTES_MAX = 4 * SHOWN_BYTES_MAX };

/* Two columns: what it is, and its value. */
static void add_fact(struct page *page, const char *label, struct str value)
{
    struct page *fact = page_add(page, PAGE_FACT);

    page_set(fact, PAGE_LABEL, str_from(label));
    page_set(fact, PAGE_VALUE_TEXT, value.len ? value : PAGES_MISSING);
    if (value.len == 0)
        page_show(fact, PAGE_MISSING);
}

static void add_time(struct page *page, struct arena *arena, const char *label, int64_t ms,
                     const char *zone)
{
    char utc[CLOCK_TEXT_BYTES], local[CLOCK_TEXT_BYTES];

    clock_format(ms, utc);
    clock_format_local(ms, zone, local);
    add_fact(page, label,
             strcmp(zone, "UTC") == 0 ? arena_copy(arena, str_from(utc))
                                      : arena_printf(arena, "%s (%s), %s", local, zone, utc));
}

static void add_optional(struct page *page, const char *label, struct str value)
{
    if (value.len)
        add_fact(page, label, value);
}

/* Indented when it is JSON and that is wanted; cut when it is very long. */
static struct str readable(struct arena *arena, struct str text, bool raw)
{
    struct json_value value;
    struct json_error error;
    struct strbuf indented;

    if (text.len > SHOWN_BYTES_MAX)
        return utf8_cut(text, SHOWN_BYTES_MAX);
    if (raw || !json_read(text, &value, &error))
        return text;
    strbuf_init(&indented);
    if (json_append_indented_within(&indented, value.text, INDENTED_BYTES_MAX))
        text = arena_copy(arena, strbuf_str(&indented));
    strbuf_release(&indented);
    return text;
}

/* One box of the page: REQUEST PARAMS and the like. */
static struct page *add_part(struct page *page, struct arena *arena, const char *label,
                             struct str text, bool raw)
{
    struct page *part = page_add(page, PAGE_PART);

    page_set(part, PAGE_LABEL, str_from(label));
    if (text.len == 0)
        page_show(part, PAGE_PART_EMPTY);
    else if (!utf8_is_text(text))
        page_show(part, PAGE_PART_BINARY);
    else
        page_set(page_add(part, PAGE_PART_TEXT), PAGE_VALUE_TEXT, readable(arena, text, raw));
    if (utf8_is_text(text) && text.len > SHOWN_BYTES_MAX)
        page_show(part, PAGE_PART_CUT);
    return part;
}

static struct str hex_of(struct arena *arena, struct str bytes)
{
    struct strbuf hex;
    struct str result;

    strbuf_init(&hex);
    digest_append_hex(&hex, bytes);
    result = arena_copy(arena, strbuf_str(&hex));
    strbuf_release(&hex);
    return result;
}

static void fill_body(struct page *page, struct arena *arena, const struct pages_details *details,
                      struct str path)
{
    const struct event *event = &details->event;
    struct page *part =
        add_part(page, arena, "Request payload: body", event->body, details->params.view_raw);
    struct page *facts = page_add(part, PAGE_BODY_FACTS);

    page_set_number(facts, PAGE_BODY_BYTES, event->body_bytes);
    page_set(facts, PAGE_BODY_SHA256, hex_of(arena, event->body_sha256));
    if (event->body_bytes > event->body.len)
        page_set_number(page_add(facts, PAGE_BODY_CUT), PAGE_BODY_STORED_BYTES, event->body.len);
    if (event->body.len)
        page_set(page_add(facts, PAGE_BODY_FILE), PAGE_LINK_HREF,
                 arena_printf(arena, "%.*s?part=body", STR_ARG(path)));
}

static void fill_facts(struct page *page, struct arena *arena, const struct pages_details *details)
{
    const struct event *event = &details->event;
    const char *zone = details->params.zone;

    add_fact(page, "Action", pages_name(arena, event->action));
    add_fact(page, "Entity", pages_name(arena, event->entity_type));
    add_fact(page, "Entity ID", pages_name(arena, event->entity_id));
    add_fact(page, "Entity name", pages_name(arena, event->entity_name));
    add_fact(page, "User", pages_name(arena, event->user));
    add_fact(page, "Source", event_source_name(event->source));
    add_time(page, arena, "Occurred at", event->occurred_ms, zone);
    add_time(page, arena, "Received at", event->received_ms, zone);
    add_fact(page, "Method", event->method);
    add_optional(page, "Client address", event->client_address);
    add_optional(page, "Forwarded for", event->forwarded_for);
    add_optional(page, "User agent", event->user_agent);
    add_optional(page, "Request ID", event->request_id);
    add_optional(page, "Trace ID", event->trace_id);
    if (event->has_response_time)
        add_fact(page, "Response time",
                 arena_printf(arena, "%lu ms", (unsigned long)event->response_time_ms));
    if (event->has_response_bytes)
        add_fact(page, "Response size",
                 arena_printf(arena, "%llu bytes", (unsigned long long)event->response_bytes));
    add_optional(page, "Provider", event->trigger_provider);
    add_optional(page, "Webhook event", event->trigger_event);
    add_optional(page, "Delivery ID", event->trigger_delivery_id);
    add_optional(page, "Signature", event_signature_name(event->trigger_signature));
    add_optional(page, "Idempotency key", event->idempotency_key);
    add_fact(page, "Event ID", arena_printf(arena, "%016llx", (unsigned long long)event->id));
    add_fact(page, "Account", event->account);
}

static void fill_parts(struct page *page, struct arena *arena, const struct pages_details *details,
                       struct str path)
{
    const struct event *event = &details->event;
    bool raw = details->params.view_raw;

    add_part(page, arena, "Request URL", event->url, true);
    add_part(page, arena, "Request params", event->params, raw);
    add_part(page, arena, "Request query", event->query, raw);
    add_part(page, arena, "Request payload: headers", event->headers, raw);
    fill_body(page, arena, details, path);
    if (event->response_body_head.len)
        add_part(page, arena, "Response: first bytes", event->response_body_head, raw);
    if (event->extra.len)
        add_part(page, arena, "Extra", event->extra, raw);
}

/* The way back to the list, and the same page the other way (indented or raw). */
static void fill_links(struct page *page, struct arena *arena, const struct pages_details *details,
                       struct str path)
{
    struct str list_path = pages_tab_path(arena, details->account.slug, details->event.kind);
    struct str self = pages_link(arena, path, &details->params, PARAMS_PLACE);

    page_set(page, PAGE_BACK_HREF, pages_link(arena, list_path, &details->params, PARAMS_PLACE));
    if (details->params.view_raw)
        page_set(page_add(page, PAGE_VIEW_INDENTED), PAGE_LINK_HREF, self);
    else
        page_set(page_add(page, PAGE_VIEW_RAW), PAGE_LINK_HREF,
                 arena_printf(arena, "%.*s%sview=raw", STR_ARG(self),
                              memchr(self.ptr, '?', self.len) ? "&" : "?"));
}

void pages_send_details(const struct pages_details *details, struct request *request,
                        struct response *response)
{
    const struct event *event = &details->event;
    struct arena *arena = request->arena;
    struct page *layout = page_new();
    struct str path = pages_event_path(arena, details->account.slug, event);
    struct page *page = pages_frame(
        layout, arena,
        arena_printf(arena, "%.*s, %.*s", STR_ARG(event->action), STR_ARG(details->account.slug)),
        details->person, &details->account, event->kind, "details.tpl");

    page_set(page, PAGE_HEADING, pages_name(arena, event->action));
    pages_set_status(page, event->status);
    pages_set_time(page, arena, event->occurred_ms, details->params.zone);
    page_set(page, PAGE_ZONE, str_from(details->params.zone));
    fill_links(page, arena, details, path);
    fill_facts(page, arena, details);
    fill_parts(page, arena, details, path);
    pages_send(layout, response);
}
