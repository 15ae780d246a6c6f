/* SPDX-License-Identifier: MIT */
/* What every page has around it, the links between pages, and the chooser of accounts. */
#include "pages/pages.h"

#include "pages/pages_frame.h"
#include "web/page.h"

#include "base/utf8.h"

/* Names may have 1,024 bytes of anything; a page of 200 rows must stay a page. */
enum { NAME_SHOWN_BYTES = 400, OPEN_BOX = 0x2423, CONTROL_PICTURES = 0x2400, WIDE_SPACE = 0x3000 };

uint64_t pages_last(const struct pages_list *list)
{
    uint64_t show = list->params.show;

    return list->found.total == 0 ? 1 : (list->found.total + show - 1) / show;
}

/* Would a browser show this byte of a name, as it is, where it is? */
static bool is_shown(struct str name, size_t at)
{
    char c = name.ptr[at];

    if (c == ' ')
        return at > 0 && at + 1 < name.len && name.ptr[at - 1] != ' ';
    return c != '\t' && c != '\n' && c != '\r';
}

/* One that looks like another space, or like nothing: Zs of Unicode but U+0020. */
static bool is_odd_space(uint32_t point)
{
    return point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
           point == 0x202f || point == 0x205f || point == WIDE_SPACE;
}

/* Appends the character at `at`, or its sign; its bytes.  Between letters the wide space is seen by itself. */
static size_t append_shown(struct strbuf *text, struct str name, size_t at)
{
    uint32_t point;
    size_t len = utf8_decode(name, at, &point);
    bool within = at > 0 && at + len < name.len;

    if (len > 1 && is_odd_space(point) && !(point == WIDE_SPACE && within)) {
        strbuf_printf(text, "[U+%04X]", (unsigned)point);
        return len;
    }
    if (is_shown(name, at))
        strbuf_add(text, str_slice(name, at, len ? len : 1));
    else if (name.ptr[at] == ' ')
        utf8_append(text, OPEN_BOX);
    else
        utf8_append(text, CONTROL_PICTURES + (unsigned char)name.ptr[at]);
    return len ? len : 1;
}

struct str pages_name(struct arena *arena, struct str name)
{
    struct strbuf text;
    struct str shown;
    size_t plain = 0;

    while (plain < name.len && name.ptr[plain] >= ' ' && is_shown(name, plain))
        plain++;
    if (plain == name.len)
        return name;
    strbuf_init(&text);
    for (size_t i = 0; i < name.len;)
        i += append_shown(&text, name, i);
    shown = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return shown;
}

struct str pages_short_name(struct arena *arena, struct str name)
{
    struct str cut = utf8_cut(name, NAME_SHOWN_BYTES), shown = pages_name(arena, cut);

    return cut.len == name.len ? shown : arena_printf(arena, "%.*s…", STR_ARG(shown));
}

struct str pages_tab_path(struct arena *arena, struct str slug, enum event_kind kind)
{
    return arena_printf(arena, "/%.*s/%s", STR_ARG(slug),
                        kind == EVENT_KIND_TRIGGER ? "triggers" : "events");
}

struct str pages_event_path(struct arena *arena, struct str slug, const struct event *event)
{
    struct str tab = pages_tab_path(arena, slug, event->kind);

    return arena_printf(arena, "%.*s/%016llx", STR_ARG(tab), (unsigned long long)event->id);
}

struct str pages_link(struct arena *arena, struct str path, const struct params *params,
                      enum params_scope scope)
{
    struct strbuf text;
    struct str link;

    strbuf_init(&text);
    strbuf_add(&text, path);
    params_append(&text, params, scope);
    link = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return link;
}

struct str pages_list_link(struct arena *arena, const struct pages_list *list,
                           const struct params *params)
{
    const struct filter *filter = &list->params.filter;

    return pages_link(arena, pages_tab_path(arena, list->account.slug, filter->kind), params,
                      PARAMS_PLACE);
}

struct str pages_asking_link(struct arena *arena, const struct pages_list *list,
                             const struct params *params)
{
    struct strbuf text;
    struct str link;

    strbuf_init(&text);
    strbuf_add(&text, pages_list_link(arena, list, params));
    params_append_asked(&text, params);
    link = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return link;
}

struct str pages_view_link(struct arena *arena, struct str slug, const struct params *params)
{
    return pages_link(arena, pages_tab_path(arena, slug, params->filter.kind), params, PARAMS_VIEW);
}

struct str pages_about_path(struct arena *arena, struct str slug, const char *name)
{
    return arena_printf(arena, "/%.*s/-/%s", STR_ARG(slug), name);
}

enum pages_tab pages_tab_of(enum event_kind kind)
{
    return kind == EVENT_KIND_TRIGGER ? PAGES_TAB_TRIGGERS : PAGES_TAB_EVENTS;
}

static const enum page_key marks[PAGES_TAB_COUNT] = {
    [PAGES_TAB_EVENTS] = PAGE_EVENTS_CURRENT,
    [PAGES_TAB_TRIGGERS] = PAGE_TRIGGERS_CURRENT,
    [PAGES_TAB_VIEWS] = PAGE_VIEWS_CURRENT,
    [PAGES_TAB_HEALTH] = PAGE_HEALTH_CURRENT,
    [PAGES_TAB_TOKENS] = PAGE_TOKENS_CURRENT,
    [PAGES_TAB_MEMBERS] = PAGE_MEMBERS_CURRENT,
    [PAGES_TAB_FIND_SECRET] = PAGE_FIND_SECRET_CURRENT,
};

/* The pages about an account. */
static void fill_about(struct page *about, struct arena *arena, const struct account *account,
                       enum pages_tab current)
{
    struct str slug = account->slug;

    page_set(about, PAGE_VIEWS_HREF, pages_about_path(arena, slug, "views"));
    page_set(about, PAGE_HEALTH_HREF, pages_about_path(arena, slug, "health"));
    if (account->role == MEMBER_ADMIN) {
        page_show(about, PAGE_ADMIN);
        page_set(about, PAGE_TOKENS_HREF, pages_about_path(arena, slug, "tokens"));
        page_set(about, PAGE_MEMBERS_HREF, pages_about_path(arena, slug, "members"));
        page_set(about, PAGE_FIND_SECRET_HREF, pages_about_path(arena, slug, "find-secret"));
    }
    if (current != PAGES_TAB_NONE && current != PAGES_TAB_EVENTS && current != PAGES_TAB_TRIGGERS)
        page_show(about, marks[current]);
}

/* Where a tab leads: from a list, to the same time in the other one. */
static struct str tab_link(struct arena *arena, struct str slug, const struct params *list,
                           enum event_kind kind)
{
    struct params there = {0};

    if (!list || list->filter.kind == kind || !(list->from.len || list->to.len))
        return pages_tab_path(arena, slug, kind);
    there.filter.kind = kind;
    there.filter.oldest_first = list->filter.oldest_first;
    there.from = list->from;
    there.to = list->to;
    there.zone = list->zone;
    there.names_zone = list->names_zone;
    there.show = list->show;
    there.page = 1;
    return pages_view_link(arena, slug, &there);
}

static void fill_tabs(struct page *tabs, struct arena *arena, const struct account *account,
                      enum pages_tab current, const struct params *list)
{
    struct str slug = account->slug;
    bool all = str_equal(slug, STR(PAGES_ALL_SLUG));

    page_set(page_add(tabs, account->has_others ? PAGE_SWITCH : PAGE_NO_SWITCH), PAGE_ACCOUNT,
             all ? STR("All accounts") : slug);
    page_set(tabs, PAGE_EVENTS_HREF, tab_link(arena, slug, list, EVENT_KIND_EVENT));
    page_set(tabs, PAGE_TRIGGERS_HREF, tab_link(arena, slug, list, EVENT_KIND_TRIGGER));
    if (!all)
        fill_about(page_add(tabs, PAGE_ABOUT), arena, account, current);
    if (current == PAGES_TAB_EVENTS || current == PAGES_TAB_TRIGGERS)
        page_show(tabs, marks[current]);
}

/* A list does without the rules of the other pages, so that its first view is light; script gets them when something lies over it. */
static bool needs_more_style(const char *content)
{
    return strcmp(content, "list.tpl") != 0 && strcmp(content, "mistake.tpl") != 0;
}

static struct page *frame(struct page *layout, const struct request *request, struct str title,
                          struct str person, const struct account *account, enum pages_tab current,
                          const struct params *list, const char *content)
{
    page_set(layout, PAGE_TITLE, title);
    page_set(layout, PAGE_PERSON, person);
    if (request->sign_out.len)
        page_set(page_add(layout, PAGE_SIGN_OUT), PAGE_SIGN_OUT_HREF, request->sign_out);
    if (needs_more_style(content))
        page_show(layout, PAGE_PAGES_STYLE);
    if (account)
        fill_tabs(page_add(layout, PAGE_TABS), request->arena, account, current, list);
    return page_include(layout, PAGE_CONTENT, content);
}

struct page *pages_frame(struct page *layout, const struct request *request, struct str title,
                         struct str person, const struct account *account, enum pages_tab current,
                         const char *content)
{
    return frame(layout, request, title, person, account, current, NULL, content);
}

struct page *pages_list_frame(struct page *layout, const struct request *request,
                              const struct pages_list *list, const char *content)
{
    return frame(layout, request, pages_list_title(request->arena, list), list->person,
                 &list->account, pages_tab_of(list->params.filter.kind), &list->params, content);
}

void pages_send_made(int result, struct str html, struct response *response)
{
    if (result < 0)
        response_error(response, 500, STR("This page could not be made."));
    else
        response_send(response, "text/html; charset=utf-8", html);
}

void pages_send(struct page *layout, struct response *response)
{
    struct strbuf html;
    int result;

    strbuf_init(&html);
    result = page_render(layout, "layout.tpl", &html);
    pages_send_made(result, strbuf_str(&html), response);
    strbuf_release(&html);
}

static void add_log(struct page *content, struct str slug, struct str name, struct str href)
{
    struct page *row = page_add(content, PAGE_ROW);

    page_set(row, PAGE_ACCOUNT, slug);
    page_set(row, PAGE_ACCOUNT_NAME, name);
    page_set(row, PAGE_LINK_HREF, href);
}

void pages_send_accounts(struct str person, const struct account *accounts, size_t count,
                         bool reads_all, struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct page *layout = page_new(arena);
    struct page *content = pages_frame(layout, request, STR("Choose a log"), person, NULL,
                                       PAGES_TAB_NONE, "accounts.tpl");

    if (reads_all)
        add_log(content, STR("as an operator"), STR("All accounts"),
                pages_tab_path(arena, STR(PAGES_ALL_SLUG), EVENT_KIND_EVENT));
    for (size_t i = 0; i < count; i++)
        add_log(content, accounts[i].slug, accounts[i].name,
                pages_tab_path(arena, accounts[i].slug, EVENT_KIND_EVENT));
    pages_send(layout, response);
}
