/* SPDX-License-Identifier: MIT */
/* A form of its own beside the filter bar: it asks for the whole filter anew, and keeps how the list is shown. */
#include "pages/pages_search.h"

#include <stdio.h>

#include "pages/pages_frame.h"
#include "query/query_text.h"
#include "web/fields.h"

static const struct {
    struct str text;
    const char *meaning;
} examples[] = {
    {STR("status:failed created:-24h"), "what failed in the last day"},
    {STR("address:203.0.113.* created:yesterday"), "from a network, yesterday"},
    {STR("user:ann,bob -method:GET"), "by either of two people, without GET calls"},
    {STR("action:deploy* name:build id:5cc8*"), "the beginning of an action or ID, part of a name"},
    {STR("status:>=400 created:2026-01-31T14:00..2026-01-31T15:00"),
     "comparisons and ranges, in the time zone of the list"},
    {STR("user:--- \"refs/heads/main\""), "without a user; any text of the call"},
};

static void keep(struct page *form, const char *name, struct str value)
{
    struct page *kept = page_add(form, PAGE_KEPT);

    page_set(kept, PAGE_NAME, str_from(name));
    page_set_exact(kept, PAGE_VALUE, value);
}

/* What the list is shown by, which is no part of a search; with all of the filter gone. */
static struct params shown_by(const struct params *params)
{
    struct params none = {.zone = params->zone,
                          .names_zone = params->names_zone,
                          .show = params->show,
                          .page = 1,
                          .shows_own = params->shows_own};

    none.filter.oldest_first = params->filter.oldest_first;
    return none;
}

void pages_fill_kept(struct page *form, struct arena *arena, const struct params *params)
{
    if (params->shows_own)
        keep(form, "audit", STR("1"));
    if (params->filter.oldest_first)
        keep(form, "sort", STR("time"));
    if (params->show != params_page_sizes[0])
        keep(form, "show", arena_printf(arena, "%u", params->show));
    if (params->says_none) /* emptied, it asks for everything */
        keep(form, "view", STR("none"));
}

void pages_fill_place(struct page *form, enum filter_in in)
{
    if (in != FILTER_IN_ANY)
        keep(form, "in", str_from(params_place_name(in)));
}

static struct str text_of(struct arena *arena, const struct params *params)
{
    struct strbuf text;
    struct str copy;

    if (params->mistake.sentence.len)
        return params->query;
    strbuf_init(&text);
    query_write(&text, params);
    copy = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return copy;
}

/* Each leads to the address that the form would ask for. */
static void fill_examples(struct page *form, struct arena *arena, struct str path,
                          const struct params *params)
{
    const struct params none = shown_by(params);

    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        struct page *example = page_add(form, PAGE_EXAMPLE);
        struct strbuf link;

        strbuf_init(&link);
        strbuf_add(&link, path);
        params_append(&link, &none, PARAMS_VIEW);
        fields_append(&link, "query", examples[i].text);
        page_set(example, PAGE_LINK_HREF, arena_copy(arena, strbuf_str(&link)));
        page_set(example, PAGE_LABEL, examples[i].text);
        page_set(example, PAGE_HINT, str_from(examples[i].meaning));
        strbuf_release(&link);
    }
}

static void fill_mistake(struct page *form, const struct params *params)
{
    const struct query_mistake *mistake = &params->mistake;
    struct str text = params->query;
    struct page *said = page_add(form, PAGE_MISTAKE);

    page_show(form, PAGE_MISTAKEN);
    page_set(said, PAGE_ERROR_SENTENCE, mistake->sentence);
    page_set(said, PAGE_BEFORE, str_slice(text, 0, mistake->at));
    page_set(said, PAGE_VALUE, str_slice(text, mistake->at, mistake->len));
    page_set(said, PAGE_AFTER, str_slice(text, mistake->at + mistake->len, text.len));
}

void pages_fill_search(struct page *page, struct arena *arena, const struct pages_list *list)
{
    const struct params *params = &list->params;
    struct str path = pages_tab_path(arena, list->account.slug, params->filter.kind);
    struct page *form = page_include(page, PAGE_SEARCH, "_search.tpl");

    page_set(form, PAGE_FORM_ACTION, path);
    pages_fill_kept(form, arena, params);
    if (params->names_zone || strcmp(params->zone, "UTC") != 0)
        keep(form, "tz", str_from(params->zone));
    page_set_exact(form, PAGE_QUERY, text_of(arena, params));
    if (params->mistake.sentence.len)
        fill_mistake(form, params);
    fill_examples(form, arena, path, params);
}

void pages_send_mistake(const struct pages_list *list, struct request *request,
                        struct response *response)
{
    struct arena *arena = request->arena;
    struct page *layout = page_new(arena);
    enum event_kind kind = list->params.filter.kind;
    struct page *page = pages_frame(layout, request, pages_list_title(arena, list), list->person,
                                    &list->account, pages_tab_of(kind), "mistake.tpl");

    page_set(page, PAGE_HEADING, pages_heading(kind));
    page_set(page, PAGE_LINK_HREF, pages_asking_link(arena, list, &list->params));
    pages_fill_search(page, arena, list);
    response_status(response, 400);
    pages_send(layout, response);
}
