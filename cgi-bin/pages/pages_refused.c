/* SPDX-License-Identifier: MIT */
/* The list without rows, with what cannot be taken of its address: it is said where it was typed, and nothing else is lost. */
#include "pages/pages_filter.h"
#include "pages/pages_frame.h"
#include "pages/pages_search.h"
#include "web/fields.h"

static const struct {
    struct str name;
    const char *label;
} others[] = {
    {STR("entity_id"), "Entity ID"},
    {STR("not_entity_id"), "Entity ID"},
    {STR("entity_name"), "Entity name"},
    {STR("not_entity_name"), "Entity name"},
    {STR("from"), "From"},
    {STR("to"), "To"},
    {STR("zone"), "Time zone"},
    {STR("tz"), "Time zone"},
    {STR("query"), "Search"},
};

/* What the page calls a parameter; NULL: nothing. */
static const char *label_of(const struct pages_list *list, struct str name)
{
    if (str_equal(name, STR("q")))
        return pages_text_label(pages_text_place(list));
    for (int i = 0; i < FILTER_ALL_COUNT; i++) {
        enum filter_dimension dimension = (enum filter_dimension)i;

        if (str_equal(name, str_from(params_include_name(dimension))) ||
            str_equal(name, str_from(params_exclude_name(dimension))))
            return pages_dimension_label(dimension);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (str_equal(name, others[i].name))
            return others[i].label;
    return NULL;
}

/* What is said of it, by the name that the page has for it. */
static struct str sentence_of(struct arena *arena, const struct pages_list *list,
                              const struct params_wrong *wrong)
{
    struct str named = arena_printf(arena, "Parameter \"%.*s\"", STR_ARG(wrong->name));
    const char *label = label_of(list, wrong->name);

    if (!label || !str_starts(wrong->sentence, named))
        return wrong->sentence;
    return arena_printf(arena, "%s (parameter \"%.*s\")%.*s", label, STR_ARG(wrong->name),
                        (int)(wrong->sentence.len - named.len), wrong->sentence.ptr + named.len);
}

bool pages_is_wrong_first(const struct pages_list *list, const char *name)
{
    return list->wrong_count && str_equal(list->wrong[0].name, str_from(name));
}

struct str pages_fill_wrong(struct page *panel, struct arena *arena, const struct pages_list *list,
                            const char *name, struct str value)
{
    for (size_t i = 0; i < list->wrong_count; i++) {
        const struct params_wrong *wrong = &list->wrong[i];

        if (value.len || !str_equal(wrong->name, str_from(name)))
            continue;
        page_set(page_add(panel, PAGE_MISTAKE), PAGE_ERROR_SENTENCE,
                 sentence_of(arena, list, wrong));
        return wrong->value;
    }
    return value;
}

/* The same list without what is wrong. */
static struct str way_on(struct arena *arena, const struct pages_list *list)
{
    struct params params = list->params;
    struct strbuf link;
    struct str copy;

    params.says_none = params.says_none && params.view == 0;
    strbuf_init(&link);
    strbuf_add(&link, pages_asking_link(arena, list, &params));
    if (params.view)
        fields_append(&link, "view", arena_printf(arena, "%u", params.view));
    copy = arena_copy(arena, strbuf_str(&link));
    strbuf_release(&link);
    return copy;
}

void pages_send_refused(const struct pages_list *list, struct request *request,
                        struct response *response)
{
    struct arena *arena = request->arena;
    struct pages_list shown = *list;
    enum event_kind kind = list->params.filter.kind;
    struct page *layout = page_new(arena);
    struct page *page = pages_frame(layout, request, pages_list_title(arena, list), list->person,
                                    &list->account, pages_tab_of(kind), "list.tpl");
    struct page *refused = page_add(page, PAGE_REFUSED);

    page_set(page, PAGE_HEADING, pages_heading(kind));
    for (size_t i = 0; i < list->wrong_count; i++)
        page_set(page_add(refused, PAGE_MISTAKE), PAGE_ERROR_SENTENCE,
                 sentence_of(arena, list, &list->wrong[i]));
    page_set(refused, PAGE_LINK_HREF, way_on(arena, &shown));
    shown.params.has_menu = false; /* nothing was counted */
    pages_fill_search(page, arena, &shown);
    pages_fill_filter(page, arena, &shown);
    response_status(response, 400);
    pages_send(layout, response);
}
