/* SPDX-License-Identifier: MIT */
/*
 * Every value leads to the same list with that value alone.  What such links of a column have in common is written once; a link for each of
 * hundreds of cells must cost next to nothing.
 */
#include "pages/pages_rows.h"

#include "pages/pages_frame.h"
#include "pages/pages_links.h"

#include "base/clock.h"
#include "store/filter_words.h"
#include "web/fields.h"

enum {
    EVENT_ID_DIGITS = 16,
    /* A name that is longer may be cut in its middle, where it does not fit; these bytes of its end stay. */
    MIDDLE_BYTES_MIN = 12,
    TAIL_BYTES = 8,
};

enum column {
    COLUMN_ENTITY_ID,
    COLUMN_ENTITY_NAME,
    COLUMN_ENTITY_TYPE,
    COLUMN_ACTION,
    COLUMN_STATUS,
    COLUMN_USER,
    COLUMN_PROVIDER, /* of triggers */
    COLUMN_COUNT
};

/* `dimension`: FILTER_DIMENSION_COUNT where it is none. */
static const struct {
    enum filter_dimension dimension;
    const char *param;
    enum page_key value, href;
} columns[COLUMN_COUNT] = {
    [COLUMN_ENTITY_ID] = {FILTER_DIMENSION_COUNT, "entity_id", PAGE_ENTITY_ID, PAGE_ENTITY_ID_HREF},
    [COLUMN_ENTITY_NAME] = {FILTER_DIMENSION_COUNT, "entity_name", PAGE_ENTITY_NAME,
                            PAGE_ENTITY_NAME_HREF},
    [COLUMN_ENTITY_TYPE] = {FILTER_ENTITY_TYPE, "entity", PAGE_ENTITY_TYPE, PAGE_ENTITY_TYPE_HREF},
    [COLUMN_ACTION] = {FILTER_ACTION, "action", PAGE_ACTION, PAGE_ACTION_HREF},
    [COLUMN_STATUS] = {FILTER_STATUS, "status", PAGE_STATUS, PAGE_STATUS_HREF},
    [COLUMN_USER] = {FILTER_USER, "user", PAGE_USER, PAGE_USER_HREF},
    [COLUMN_PROVIDER] = {FILTER_PROVIDER, "provider", PAGE_PROVIDER, PAGE_PROVIDER_HREF},
};

/* What the links of all rows have in common: all but the id between these, and all but the value behind `column`. */
struct links {
    struct str before_id, after_id;
    struct str column[COLUMN_COUNT];
    struct strbuf text; /* where one is put together */
};

/* "?status=ok&user=", for a list that is narrowed to one user. */
static struct str column_link(struct arena *arena, const struct params *params, enum column column)
{
    struct params others = *params;
    struct str rest;

    if (column == COLUMN_ENTITY_ID) {
        others.filter.entity_id.len = 0;
        others.filter.without_id.count = 0;
    } else if (column == COLUMN_ENTITY_NAME) {
        others.filter.entity_name.len = 0;
        others.filter.without_name.count = 0;
    } else {
        others.filter.include[columns[column].dimension].count = 0;
        others.filter.exclude[columns[column].dimension].count = 0;
    }
    others.says_none = false; /* it says something */
    rest = pages_link(arena, STR(""), &others, PARAMS_VIEW);
    return arena_printf(arena, "%.*s%c%s=", STR_ARG(rest), rest.len ? '&' : '?',
                        columns[column].param);
}

static void links_init(struct links *links, struct arena *arena, const struct pages_list *list)
{
    const struct params *params = &list->params;
    struct str path = pages_tab_path(arena, list->account.slug, params->filter.kind);

    links->before_id = arena_printf(arena, "%.*s/", STR_ARG(path));
    links->after_id = pages_link(arena, STR(""), params, PARAMS_BACK);
    for (int i = 0; i < COLUMN_COUNT; i++)
        links->column[i] = column_link(arena, params, (enum column)i);
    strbuf_init(&links->text);
}

static struct str details_link(struct arena *arena, const struct links *links, uint64_t id)
{
    static const char digits[] = "0123456789abcdef";
    const size_t len = links->before_id.len + EVENT_ID_DIGITS + links->after_id.len;
    char *text = arena_alloc(arena, len), *end = text + links->before_id.len;

    memcpy(text, links->before_id.ptr, links->before_id.len);
    for (int shift = 60; shift >= 0; shift -= 4)
        *end++ = digits[id >> shift & 0xf];
    memcpy(end, links->after_id.ptr, links->after_id.len);
    return (struct str){text, len};
}

static void set_link(struct page *row, struct arena *arena, struct links *links, enum column column,
                     struct str value)
{
    strbuf_reset(&links->text);
    strbuf_add(&links->text, links->column[column]);
    fields_append_encoded(&links->text, value);
    page_set(row, columns[column].href, arena_copy(arena, strbuf_str(&links->text)));
}

/* A value of a dimension; "---", which no event can have as a value, asks for those that have none. */
static void set_value(struct page *row, struct arena *arena, struct links *links,
                      enum column column, struct str value)
{
    page_set(row, columns[column].value,
             value.len ? pages_short_name(arena, value) : PAGES_MISSING);
    set_link(row, arena, links, column, value.len ? filter_word(arena, value) : STR(FILTER_NONE));
}

/* May it be cut anywhere?  Letters of other scripts join, combine, or run the other way. */
static bool is_plain(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] <= ' ' || name.ptr[i] > '~')
            return false;
    return true;
}

/* What a cell shows: whole, or where it may have to be `cut`, the part that gives way and its end. */
static void set_shown(struct page *cell, enum page_key whole, enum page_key cut, struct str shown)
{
    if (shown.len <= MIDDLE_BYTES_MIN || !is_plain(shown)) {
        page_set(cell, whole, shown);
        return;
    }
    page_show(cell, cut);
    page_set(cell, PAGE_HEAD, str_slice(shown, 0, shown.len - TAIL_BYTES));
    page_set(cell, PAGE_TAIL, str_slice(shown, shown.len - TAIL_BYTES, TAIL_BYTES));
}

/* An id or name: nothing leads to those that have none, nor to an id that reads like the beginning of others. */
static void set_name(struct page *row, struct arena *arena, struct links *links, enum column column,
                     enum page_key link, enum page_key none, struct str value)
{
    struct str shown = value.len ? pages_short_name(arena, value) : PAGES_MISSING;
    struct page *cell;

    page_set(row, columns[column].value, shown);
    if (value.len == 0 || (column == COLUMN_ENTITY_ID && value.ptr[value.len - 1] == '*')) {
        page_show(row, none);
        return;
    }
    cell = page_add(row, link);
    set_shown(cell, PAGE_VALUE, PAGE_HALVES, shown);
    set_link(cell, arena, links, column, value);
}

static void set_status(struct page *row, struct arena *arena, struct links *links, unsigned status)
{
    pages_set_status(row, status);
    set_link(row, arena, links, COLUMN_STATUS,
             status ? arena_printf(arena, "%u", status) : STR(FILTER_NONE));
}

/* "3 min ago": short, and in whole minutes, since a page may be kept for one. */
static struct str age_of(struct arena *arena, int64_t ms, int64_t now_ms)
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {{INT64_C(86400000), "d"}, {INT64_C(3600000), "h"}};
    int64_t age_ms = now_ms - ms;

    if (age_ms < 60000)
        return STR("just now");
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (age_ms >= 2 * units[i].ms)
            return arena_printf(arena, "%lld %s ago", (long long)(age_ms / units[i].ms),
                                units[i].name);
    return arena_printf(arena, "%lld min ago", (long long)(age_ms / 60000));
}

/* In the list of all accounts: whose it is, and the links that lead there. */
static void fill_account(struct page *row, struct arena *arena, const struct pages_list *list,
                         const struct event *event)
{
    struct page *cell = page_add(row, PAGE_OF_ACCOUNT);

    page_set(cell, PAGE_ACCOUNT, event->account);
    page_set(cell, PAGE_LINK_HREF, pages_tab_path(arena, event->account, list->params.filter.kind));
    page_set(row, PAGE_DETAILS_HREF,
             pages_link(arena, pages_event_path(arena, event->account, event), &list->params,
                        PARAMS_BACK));
}

static void fill_row(struct page *row, struct arena *arena, const struct pages_list *list,
                     struct links *links, size_t number)
{
    const struct event *event = &list->found.rows[number];

    set_name(row, arena, links, COLUMN_ENTITY_ID, PAGE_ENTITY_ID_LINK, PAGE_ENTITY_ID_NONE,
             event->entity_id);
    set_name(row, arena, links, COLUMN_ENTITY_NAME, PAGE_ENTITY_NAME_LINK, PAGE_ENTITY_NAME_NONE,
             event->entity_name);
    set_value(row, arena, links, COLUMN_ENTITY_TYPE, event->entity_type);
    set_value(row, arena, links, COLUMN_ACTION, event->action);
    set_value(row, arena, links, COLUMN_USER, event->user);
    set_shown(row, PAGE_USER_NAME, PAGE_USER_HALVES,
              event->user.len ? pages_short_name(arena, event->user) : PAGES_MISSING);
    set_status(row, arena, links, event->status);
    pages_set_time(row, arena, event->occurred_ms, list->params.zone);
    page_set(row, PAGE_AGE, age_of(arena, event->occurred_ms, list->now_ms));
    if (list->params.all_accounts)
        fill_account(row, arena, list, event);
    else
        page_set(row, PAGE_DETAILS_HREF, details_link(arena, links, event->id));
    if (event->kind == EVENT_KIND_TRIGGER && event->trigger_provider.len)
        set_value(page_add(row, PAGE_OF_PROVIDER), arena, links, COLUMN_PROVIDER,
                  event->trigger_provider);
    if (list->attempts)
        pages_mark_trigger(row, arena, event, &list->attempts[number]);
}

void pages_fill_rows(struct page *table, struct arena *arena, const struct pages_list *list)
{
    struct links links;

    links_init(&links, arena, list);
    for (size_t i = 0; i < list->found.count; i++)
        fill_row(page_add(table, PAGE_ROW), arena, list, &links, i);
    strbuf_release(&links.text);
}
