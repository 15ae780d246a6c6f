/* SPDX-License-Identifier: MIT */
/* list.tpl: the count line and the head of the table; the filter bar is in pages_filter.c, the rows are in pages_rows.c, the pager in pages_pager.c. */
#include "pages/pages_filter.h"
#include "pages/pages_frame.h"
#include "pages/pages_histogram.h"
#include "pages/pages_pager.h"
#include "pages/pages_rows.h"
#include "pages/pages_search.h"
#include "web/fields.h"

#include "base/clock.h"
#include "base/count.h"
#include "query/params_values.h"

enum { PAGE_BYTES = 64 * 1024 /* more than most pages have */ };

void pages_set_time(struct page *page, struct arena *arena, int64_t ms, const char *zone)
{
    char text[CLOCK_TEXT_BYTES];
    struct str utc;

    clock_format(ms, text);
    utc = arena_copy(arena, str_from(text));
    page_set(page, PAGE_TIME_ISO, utc);
    if (strcmp(zone, "UTC") == 0) {
        page_set(page, PAGE_TIME_TITLE, utc);
    } else {
        clock_format_local(ms, zone, text);
        page_set(page, PAGE_TIME_TITLE,
                 arena_printf(arena, "%s (%s), %.*s", text, zone, STR_ARG(utc)));
    }
    clock_show(ms, zone, CLOCK_SECOND, text);
    page_set(page, PAGE_TIME, arena_copy(arena, str_from(text)));
}

void pages_set_age(struct page *page, struct arena *arena, int64_t ms, int64_t now_ms)
{
    char span[CLOCK_TEXT_BYTES];

    clock_span(now_ms - ms, span);
    pages_set_time(page, arena, ms, "UTC");
    page_set(page, PAGE_AGE,
             now_ms - ms < 2000 ? STR("just now") : arena_printf(arena, "%s ago", span));
}

void pages_set_status(struct page *page, unsigned status)
{
    if (status == 0) {
        page_show(page, PAGE_STATUS_NONE);
        return;
    }
    page_set_number(page, PAGE_STATUS, status);
    page_show(page, status < 400 ? PAGE_STATUS_OK : PAGE_STATUS_FAILED);
}

/* Where a page that begins at the newest event hears later how many have come since; not where asking would itself be one of them. */
static void fill_live(struct page *part, struct arena *arena, const struct pages_list *list)
{
    const struct params *params = &list->params;

    if (params->page == 1 && !params->filter.has_asof && !params->filter.oldest_first &&
        !params->shows_own && params->filter.text.len == 0)
        page_set(page_add(part, PAGE_LIVE), PAGE_LINK_HREF, pages_page_link(arena, list, 1));
}

/* A page after all that was found in time. */
static void fill_unreached(struct page *page, const struct pages_list *list)
{
    struct page *note = page_add(page, PAGE_UNREACHED);

    page_set_count(note, PAGE_NUMBER, list->params.page);
    page_set_count(note, PAGE_COUNT_TOTAL, list->found.total);
}

/* From as it was asked for, not as the plan bounds it, is not before To: whatever else is asked for, nothing lies between. */
static bool is_reversed(const struct pages_list *list, int64_t *from_ms)
{
    const struct params *params = &list->params;

    return params->from.len && params->to.len &&
           params_time(params->from, params->zone, false, list->now_ms, from_ms) &&
           *from_ms >= params->filter.to_ms;
}

static void fill_reversed(struct page *page, struct arena *arena, const struct pages_list *list,
                          int64_t from_ms)
{
    struct params exchanged = list->params;
    struct page *note = page_add(page, PAGE_EMPTY_REVERSED);
    struct str from = exchanged.from, to = exchanged.to;
    const char *why = str_equal(from, to) ? "is the same moment as" : "is not before";

    if (from_ms > exchanged.filter.to_ms || params_is_day(to))
        why = "is after";
    exchanged.from = to;
    exchanged.to = from;
    page_set(note, PAGE_ERROR_SENTENCE,
             arena_printf(arena, "From, %.*s, %s To, %.*s: no call can lie between.", STR_ARG(from),
                          why, STR_ARG(to)));
    page_set(note, PAGE_LINK_HREF, pages_view_link(arena, list->account.slug, &exchanged));
}

/* The same filter in the other tab; not where it asks for what webhooks alone have. */
static void fill_other_tab(struct page *part, struct arena *arena, const struct pages_list *list)
{
    struct params there = list->params;
    const struct filter_values *asked = there.filter.include;
    struct page *way;

    if (asked[FILTER_PROVIDER].count || asked[FILTER_SIGNATURE].count)
        return;
    there.filter.kind =
        there.filter.kind == EVENT_KIND_TRIGGER ? EVENT_KIND_EVENT : EVENT_KIND_TRIGGER;
    way = page_add(part, PAGE_OTHER_TAB);
    page_set(way, PAGE_LABEL, pages_heading(there.filter.kind));
    page_set(way, PAGE_LINK_HREF, pages_view_link(arena, list->account.slug, &there));
}

/* No row at all. */
static void fill_empty(struct page *page, struct arena *arena, const struct pages_list *list)
{
    struct params newest = list->params;
    struct page *empty;
    int64_t from_ms;

    if (is_reversed(list, &from_ms)) {
        fill_reversed(page, arena, list, from_ms);
    } else if (params_filtered(&list->params)) {
        empty = page_add(page, PAGE_EMPTY_FILTERED);
        fill_other_tab(empty, arena, list);
        if (list->params.from.len || list->params.to.len)
            page_show(empty, PAGE_TIMES);
        if (list->params.filter.text.len && list->params.filter.text_in == FILTER_IN_ANY)
            page_show(empty, PAGE_TEXTS);
        else if (list->params.filter.text.len)
            page_set(page_add(empty, PAGE_WHOLE), PAGE_LABEL,
                     str_from(pages_text_label(list->params.filter.text_in)));
        fill_live(empty, arena, list);
    } else if (list->params.filter.has_asof) {
        newest.page = 1;
        page_set(page_add(page, PAGE_EMPTY_PINNED), PAGE_LINK_HREF,
                 pages_view_link(arena, list->account.slug, &newest));
    } else if (list->params.all_accounts) {
        fill_live(page_add(page, PAGE_EMPTY_ALL), arena, list);
    } else {
        empty = page_add(page, PAGE_EMPTY);
        page_set(empty, PAGE_ACCOUNT, list->account.slug);
        page_set(empty, PAGE_KIND, event_kind_name(list->params.filter.kind));
        if (list->params.filter.kind == EVENT_KIND_TRIGGER)
            page_show(empty, PAGE_WEBHOOK);
        page_set(empty, PAGE_TOKENS_HREF, pages_about_path(arena, list->account.slug, "tokens"));
        page_show(empty, list->account.role == MEMBER_ADMIN ? PAGE_ADMIN : PAGE_AUDITOR);
        fill_live(empty, arena, list);
    }
}

static void fill_count(struct page *page, struct arena *arena, const struct pages_list *list)
{
    uint64_t first = (list->params.page - 1) * list->params.show;
    struct page *line;

    if (list->found.at_least && list->found.count == 0) {
        if (list->found.total == 0)
            page_show(page, PAGE_NOT_FOUND_YET);
        else
            fill_unreached(page, list);
        return;
    }
    if (list->found.total == 0) {
        fill_empty(page, arena, list);
        return;
    }
    line = page_add(page, PAGE_COUNT);
    page_set_count(line, PAGE_COUNT_FIRST, first + 1);
    page_set_count(line, PAGE_COUNT_LAST, first + list->found.count);
    page_set_count(line, PAGE_COUNT_TOTAL, list->found.total);
    if (list->found.at_least)
        page_show(line, PAGE_AT_LEAST);
}

/* How far a search in texts has come, and a link to the same list of what lies behind. */
static void fill_rest(struct page *page, struct arena *arena, const struct pages_list *list)
{
    struct params params = list->params;
    int64_t ms = event_id_ms(list->found.rest);
    char text[CLOCK_TEXT_BYTES];
    struct page *rest;

    if (!list->found.at_least)
        return;
    rest = page_add(page, PAGE_REST);
    params.page = 1;
    if (params.filter.oldest_first) {
        clock_format(ms, text);
        params.from = arena_copy(arena, str_from(text));
        params.filter.has_from = true;
        params.filter.from_ms = ms;
    } else {
        params.filter.has_asof = true;
        params.filter.asof = list->found.rest;
    }
    page_show(rest, params.filter.oldest_first ? PAGE_REST_UP_TO : PAGE_REST_BACK_TO);
    pages_set_time(rest, arena, ms, params.zone);
    page_set(rest, PAGE_LINK_HREF, pages_list_link(arena, list, &params));
}

/* "12 calls" */
static struct str calls_words(struct arena *arena, uint64_t calls)
{
    return arena_printf(arena, "%s %s", count_words(arena, calls), calls == 1 ? "call" : "calls");
}

/* A link to what was meant instead: "action deletePipeline, deleteProject +5: 12 calls". */
static struct page *add_way(struct page *part, const char *kind, struct str href,
                            struct str leads_to)
{
    struct page *way = page_add(part, PAGE_WAY);

    page_set(way, PAGE_LABEL, str_from(kind));
    page_set(way, PAGE_LINK_HREF, href);
    page_set(way, PAGE_NUMBER, leads_to);
    return way;
}

/* The text that was searched for, as a whole name. */
static void add_named(struct page *part, struct arena *arena, const struct pages_list *list)
{
    static const char *const kinds[LIST_NAME_COUNT] = {
        [LIST_NAME_USER] = "user",
        [LIST_NAME_ACTION] = "action",
        [LIST_NAME_ENTITY_TYPE] = "entity",
        [LIST_NAME_ENTITY_ID] = "entity ID",
        [LIST_NAME_ENTITY] = "entity names with",
    };

    for (enum list_name name = 0; name < LIST_NAME_COUNT; name++) {
        uint64_t calls = list->named.calls[name];
        struct params named;

        if (calls && list_named_params(arena, &list->params, name, &named))
            page_set(page_add(add_way(part, kinds[name], pages_list_link(arena, list, &named),
                                      calls_words(arena, calls)),
                              PAGE_NAMES),
                     PAGE_SUMMARY, pages_short_name(arena, list->params.filter.text));
    }
}

/* Names that hold what was typed. */
static void add_nears(struct page *part, struct arena *arena, const struct pages_list *list)
{
    static const char *const kinds[FILTER_DIMENSION_COUNT] = {
        [FILTER_USER] = "user",
        [FILTER_ACTION] = "action",
        [FILTER_ENTITY_TYPE] = "entity",
    };
    static const struct filter_values none = {NULL, 0};

    for (size_t i = 0; i < list->nears.count; i++) {
        const struct list_near *near = &list->nears.items[i];
        const struct params asked = list_near_params(&list->params, near);
        struct page *way =
            add_way(part, kinds[near->dimension], pages_list_link(arena, list, &asked),
                    calls_words(arena, near->calls));

        page_set(page_add(way, PAGE_NAMES), PAGE_SUMMARY,
                 pages_dimension_summary(arena, &near->names, &none));
    }
}

/* What was meant, perhaps, by what was typed. */
static void fill_meant(struct page *page, struct arena *arena, const struct pages_list *list)
{
    struct event call = {.kind = list->params.filter.kind, .id = list->named.call};
    struct page *part;

    if (!list_named_is_any(&list->named) && list->nears.count == 0)
        return;
    part = page_add(page, PAGE_NAMED);
    page_show(part, list->params.filter.text.len ? PAGE_TEXTS : PAGE_NEAR);
    add_named(part, arena, list);
    add_nears(part, arena, list);
    if (call.id)
        add_way(part, "ID of a call", pages_event_path(arena, list->account.slug, &call),
                STR("open it"));
}

/* How far back anybody may look. */
static void fill_plan(struct page *page, struct arena *arena, const struct pages_list *list)
{
    const struct account *account = &list->account;
    struct page *line;

    if (account->plan_days == 0)
        return;
    line = page_add(page, PAGE_PLAN);
    page_set(line, PAGE_NAME, account->plan);
    page_set_count(line, PAGE_NUMBER, account->plan_days);
    pages_set_time(line, arena, account->kept_from_ms, list->params.zone);
}

/* The caret turns the order round; a list that is pinned to a moment leads back to the newest. */
static void fill_order(struct page *page, struct arena *arena, const struct pages_list *list)
{
    struct params params = list->params;

    params.page = 1;
    params.filter.oldest_first = !params.filter.oldest_first;
    page_set(page, PAGE_SORT_HREF, pages_list_link(arena, list, &params));
    page_show(page, list->params.filter.oldest_first ? PAGE_SORT_ASCENDING : PAGE_SORT_DESCENDING);
    page_set(page, PAGE_ZONE, str_from(list->params.zone));
    if (list->params.filter.has_asof &&
        (list->params.filter.text.len ? list->params.filter.asof < list->found.newest
                                      : list->newer > 0)) {
        struct page *pinned;

        params = list->params;
        params.page = 1;
        pinned = page_add(page, list->params.filter.text.len ? PAGE_PINNED_SEARCH : PAGE_PINNED);
        page_set_count(pinned, PAGE_NUMBER, list->newer);
        page_set(pinned, PAGE_LINK_HREF, pages_view_link(arena, list->account.slug, &params));
    }
}

/* With the mark that spreadsheets want: programs write an address of their own. */
static struct str csv_link(struct arena *arena, struct str path, bool proof,
                           const struct params *params)
{
    struct strbuf text;
    struct str link;

    strbuf_init(&text);
    strbuf_printf(&text, "%.*s.csv", STR_ARG(path));
    params_append(&text, params, PARAMS_FILTER);
    fields_append(&text, "bom", STR("1"));
    if (proof)
        fields_append(&text, "trailer", STR("1"));
    link = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return link;
}

static void fill_downloads(struct page *page, struct arena *arena, const struct pages_list *list)
{
    struct str path = pages_tab_path(arena, list->account.slug, list->params.filter.kind);
    struct str ndjson = arena_printf(arena, "%.*s.ndjson", STR_ARG(path));

    page_show(page, PAGE_DOWNLOADS);
    page_set(page, PAGE_CSV_HREF, csv_link(arena, path, false, &list->params));
    page_set(page, PAGE_NDJSON_HREF, pages_link(arena, ndjson, &list->params, PARAMS_FILTER));
    if (list->found.count)
        page_set(page_add(page, PAGE_PROOF), PAGE_CSV_HREF,
                 csv_link(arena, path, true, &list->params));
}

struct str pages_heading(enum event_kind kind)
{
    return kind == EVENT_KIND_TRIGGER ? STR("Triggers") : STR("All Audit");
}

struct str pages_list_title(struct arena *arena, const struct pages_list *list)
{
    struct str heading = pages_heading(list->params.filter.kind),
               whose = list->params.all_accounts ? STR("all accounts") : list->account.slug;

    return arena_printf(arena, "%.*s, %.*s", STR_ARG(heading), STR_ARG(whose));
}

int pages_make_list(const struct pages_list *list, struct request *request, struct strbuf *html)
{
    enum event_kind kind = list->params.filter.kind;
    struct arena *arena = request->arena;
    struct page *layout = page_new(arena);
    struct page *page = pages_list_frame(layout, request, list, "list.tpl");

    clock_hold_zone(list->params.zone);
    page_set(page, PAGE_HEADING, pages_heading(kind));
    if (list->saved.len)
        page_set(page_add(page, PAGE_DONE), PAGE_NAME, pages_name(arena, list->saved));
    pages_fill_search(page, arena, list);
    pages_fill_filter(page, arena, list);
    fill_count(page, arena, list);
    if (list->found.total > 0 && list->params.filter.text.len)
        fill_other_tab(page_add(page, PAGE_TEXT_ASIDE), arena, list);
    fill_rest(page, arena, list);
    fill_meant(page, arena, list);
    fill_plan(page, arena, list);
    fill_order(page, arena, list);
    if (!list->params.all_accounts)
        page_set(page_add(page, PAGE_VIEWS), PAGE_VIEWS_HREF,
                 pages_views_path(arena, list->account.slug, &list->params));
    fill_downloads(page, arena, list);
    pages_fill_histogram(page, arena, list);
    if (list->found.count) {
        struct page *table = page_add(page, PAGE_TABLE);

        if (list->params.all_accounts)
            page_show(table, PAGE_ALL_ACCOUNTS);
        fill_live(table, arena, list);
        pages_fill_rows(table, arena, list);
        pages_fill_pager(page_add(page, PAGE_PAGER), arena, list);
    }
    clock_let_go();
    strbuf_reserve(html, PAGE_BYTES);
    return page_render(layout, "layout.tpl", html);
}
