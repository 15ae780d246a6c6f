/* SPDX-License-Identifier: MIT */
/* details.tpl: one call.  Texts are shown indented where they are JSON, else as they are; what is no text is named, not shown. */
#include <stdio.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"
#include "pages_frame.h"
#include "pages_links.h"

/* A longer text is cut on the page, and one that grows too much is not indented; the file behind the link is whole. */
enum { SHOWN_BYTES_MAX = 512 * 1024, INDENTED_BYTES_MAX = 4 * SHOWN_BYTES_MAX };

/* What the functions below fill, from what. */
struct filling {
    struct page *page;
    struct arena *arena;
    const struct pages_details *details;
    struct str path; /* of this page */
};

static void add_text(const struct filling *filling, struct page *page, struct str text)
{
    pages_add_pieces(page, filling->arena, filling->details->account.slug,
                     filling->details->event.kind, text);
}

/* Two columns: what it is, and its value. */
static void add_fact(const struct filling *filling, const char *label, struct str value)
{
    struct page *fact = page_add(filling->page, PAGE_FACT);

    page_set(fact, PAGE_LABEL, str_from(label));
    add_text(filling, fact, value.len ? value : PAGES_MISSING);
    if (value.len == 0)
        page_show(fact, PAGE_MISSING);
}

static void add_time(const struct filling *filling, const char *label, int64_t ms)
{
    const char *zone = filling->details->params.zone;
    char utc[CLOCK_TEXT_BYTES], local[CLOCK_TEXT_BYTES];

    clock_format(ms, utc);
    clock_format_local(ms, zone, local);
    add_fact(filling, label,
             strcmp(zone, "UTC") == 0
                 ? arena_copy(filling->arena, str_from(utc))
                 : arena_printf(filling->arena, "%s (%s), %s", local, zone, utc));
}

static void add_optional(const struct filling *filling, const char *label, struct str value)
{
    if (value.len)
        add_fact(filling, label, value);
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
static struct page *add_part(const struct filling *filling, const char *label, struct str text,
                             bool raw)
{
    struct page *part = page_add(filling->page, PAGE_PART);

    page_set(part, PAGE_LABEL, str_from(label));
    if (text.len == 0)
        page_show(part, PAGE_PART_EMPTY);
    else if (!utf8_is_text(text))
        page_show(part, PAGE_PART_BINARY);
    else
        add_text(filling, page_add(part, PAGE_PART_TEXT), readable(filling->arena, text, raw));
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

static void fill_body(const struct filling *filling)
{
    const struct event *event = &filling->details->event;
    struct arena *arena = filling->arena;
    struct page *part =
        add_part(filling, "Request payload: body", event->body, filling->details->params.view_raw);
    struct page *facts = page_add(part, PAGE_BODY_FACTS);

    page_set_number(facts, PAGE_BODY_BYTES, event->body_bytes);
    page_set(facts, PAGE_BODY_SHA256, hex_of(arena, event->body_sha256));
    if (event->body_bytes > event->body.len)
        page_set_number(page_add(facts, PAGE_BODY_CUT), PAGE_BODY_STORED_BYTES, event->body.len);
    if (event->body.len)
        page_set(page_add(facts, PAGE_BODY_FILE), PAGE_LINK_HREF,
                 arena_printf(arena, "%.*s?part=body", STR_ARG(filling->path)));
}

/* Any event may be sent with these; a trigger has them in its head. */
static void fill_trigger_facts(const struct filling *filling)
{
    const struct event *event = &filling->details->event;

    add_optional(filling, "Provider", event->trigger_provider);
    add_optional(filling, "Webhook event", event->trigger_event);
    add_optional(filling, "Delivery ID", event->trigger_delivery_id);
    add_optional(filling, "Signature", event_signature_name(event->trigger_signature));
}

static void fill_facts(const struct filling *filling)
{
    const struct event *event = &filling->details->event;
    struct arena *arena = filling->arena;

    add_fact(filling, "Action", pages_name(arena, event->action));
    add_fact(filling, "Entity", pages_name(arena, event->entity_type));
    add_fact(filling, "Entity ID", pages_name(arena, event->entity_id));
    add_fact(filling, "Entity name", pages_name(arena, event->entity_name));
    add_fact(filling, "User", pages_name(arena, event->user));
    add_fact(filling, "Source", event_source_name(event->source));
    add_time(filling, "Occurred at", event->occurred_ms);
    add_time(filling, "Received at", event->received_ms);
    add_fact(filling, "Method", event->method);
    add_optional(filling, "Client address", event->client_address);
    add_optional(filling, "Forwarded for", event->forwarded_for);
    add_optional(filling, "User agent", event->user_agent);
    add_optional(filling, "Request ID", event->request_id);
    add_optional(filling, "Trace ID", event->trace_id);
    if (event->has_response_time)
        add_fact(filling, "Response time",
                 arena_printf(arena, "%lu ms", (unsigned long)event->response_time_ms));
    if (event->has_response_bytes)
        add_fact(filling, "Response size",
                 arena_printf(arena, "%llu bytes", (unsigned long long)event->response_bytes));
    if (event->kind != EVENT_KIND_TRIGGER)
        fill_trigger_facts(filling);
    add_optional(filling, "Idempotency key", event->idempotency_key);
    add_fact(filling, "Event ID", arena_printf(arena, "%016llx", (unsigned long long)event->id));
    add_fact(filling, "Account", event->account);
}

static void fill_parts(const struct filling *filling)
{
    const struct event *event = &filling->details->event;
    bool raw = filling->details->params.view_raw;

    add_part(filling, "Request URL", event->url, true);
    add_part(filling, "Request params", event->params, raw);
    add_part(filling, "Request query", event->query, raw);
    add_part(filling, "Request payload: headers", event->headers, raw);
    fill_body(filling);
    if (event->response_body_head.len)
        add_part(filling, "Response: first bytes", event->response_body_head, raw);
    if (event->extra.len)
        add_part(filling, "Extra", event->extra, raw);
}

/* The way back to the list, and the same page the other way (indented or raw). */
static void fill_links(const struct filling *filling)
{
    const struct pages_details *details = filling->details;
    struct page *page = filling->page;
    struct arena *arena = filling->arena;
    struct str slug = details->params.all_accounts ? STR(PAGES_ALL_SLUG) : details->account.slug;
    struct str list_path = pages_tab_path(arena, slug, details->event.kind);
    struct str self = pages_link(arena, filling->path, &details->params, PARAMS_BACK);

    page_set(page, PAGE_CURL_HREF, arena_printf(arena, "%.*s?part=curl", STR_ARG(filling->path)));
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
    struct page *layout = page_new(arena);
    struct page *page = pages_frame(
        layout, request,
        arena_printf(arena, "%.*s, %.*s", STR_ARG(event->action), STR_ARG(details->account.slug)),
        details->person, &details->account, pages_tab_of(event->kind), "details.tpl");
    struct filling filling = {page, arena, details,
                              pages_event_path(arena, details->account.slug, event)};

    page_set(page, PAGE_HEADING, pages_name(arena, event->action));
    pages_set_status(page_add(page, PAGE_HEAD), event->status); /* rows must not fall back to it */
    pages_set_time(page, arena, event->occurred_ms, details->params.zone);
    page_set(page, PAGE_ZONE, str_from(details->params.zone));
    fill_links(&filling);
    pages_fill_links(page, arena, details);
    fill_facts(&filling);
    fill_parts(&filling);
    pages_send(layout, response);
}
