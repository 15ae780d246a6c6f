/* SPDX-License-Identifier: MIT */
/* details.tpl: one call.  Texts are shown indented where they are JSON, else as they are; what is no text is named, not shown. */
#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"
#include "pages/pages_around.h"
#include "pages/pages_changes.h"
#include "pages/pages_facts.h"
#include "pages/pages_frame.h"
#include "pages/pages_links.h"

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

/* An array of arrays, as captured headers are: each of these on one line.  False where it is none. */
static bool append_pairs(struct strbuf *out, struct json_value pairs)
{
    struct json_walk walk;
    struct json_value pair;
    struct str key;

    if (pairs.type != JSON_ARRAY)
        return false;
    json_walk_start(&walk, pairs);
    while (json_walk_next(&walk, &key, &pair)) {
        if (pair.type != JSON_ARRAY)
            return false;
        strbuf_add_cstr(out, out->len ? ",\n  " : "[\n  ");
        json_append_compact(out, pair.text);
    }
    strbuf_add_cstr(out, out->len ? "\n]" : "[]");
    return true;
}

/* Headers with a line for each; empty where they have another form. */
static struct str header_lines(struct arena *arena, struct str headers)
{
    struct json_value value;
    struct json_error error;
    struct strbuf lines;
    struct str result = {NULL, 0};

    strbuf_init(&lines);
    if (json_read(headers, &value, &error) && append_pairs(&lines, value))
        result = arena_copy(arena, strbuf_str(&lines));
    strbuf_release(&lines);
    return result;
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

    page_set_count(facts, PAGE_BODY_BYTES, event->body_bytes);
    page_set(facts, PAGE_BODY_SHA256, hex_of(arena, event->body_sha256));
    if (event->body_bytes > event->body.len)
        page_set_count(page_add(facts, PAGE_BODY_CUT), PAGE_BODY_STORED_BYTES, event->body.len);
    if (event->body.len)
        page_set(page_add(facts, PAGE_BODY_FILE), PAGE_LINK_HREF,
                 arena_printf(arena, "%.*s?part=body", STR_ARG(filling->path)));
}

static void fill_parts(const struct filling *filling)
{
    const struct event *event = &filling->details->event;
    bool raw = filling->details->params.view_raw;
    struct str lines = raw ? STR("") : header_lines(filling->arena, event->headers);

    add_part(filling, "Request URL", event->url, true);
    add_part(filling, "Request params", event->params, raw);
    add_part(filling, "Request query", event->query, raw);
    add_part(filling, "Request payload: headers", lines.len ? lines : event->headers,
             raw || lines.len);
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
    page_set(page, PAGE_JSON_HREF, arena_printf(arena, "%.*s?part=json", STR_ARG(filling->path)));
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

    clock_hold_zone(details->params.zone);
    page_set(page, PAGE_HEADING, pages_name(arena, event->action));
    pages_set_status(page_add(page, PAGE_HEAD), event->status); /* rows must not fall back to it */
    pages_set_time(page, arena, event->occurred_ms, details->params.zone);
    page_set(page, PAGE_ZONE, str_from(details->params.zone));
    fill_links(&filling);
    pages_fill_facts(page, arena, details);
    pages_fill_changes(page, arena, details);
    fill_parts(&filling);
    pages_fill_links(page, arena, details);
    pages_fill_history(page, arena, details);
    pages_fill_around(page, arena, details);
    clock_let_go();
    pages_send(layout, response);
}
