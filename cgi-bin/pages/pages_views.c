/* SPDX-License-Identifier: MIT */
/* views.tpl: what can be saved, the person's views and the shared ones.  Every name and filter is what somebody has typed. */
#include "pages/pages_filter.h"
#include "pages/pages_frame.h"
#include "pages/saved_views.h"
#include "web/fields.h"

struct str pages_views_path(struct arena *arena, struct str slug, const struct params *params)
{
    struct params plain = *params;
    struct strbuf text;
    struct str path;

    plain.says_none = false;
    strbuf_init(&text);
    strbuf_add(&text, pages_about_path(arena, slug, "views"));
    if (params->filter.kind != EVENT_KIND_ALL) {
        params_append(&text, &plain, PARAMS_VIEW);
        fields_append(&text, "kind",
                      params->filter.kind == EVENT_KIND_TRIGGER ? STR("triggers") : STR("events"));
    }
    path = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return path;
}

static struct str tab_name(enum event_kind kind)
{
    return kind == EVENT_KIND_TRIGGER ? STR("Triggers") : STR("All Audit");
}

/* ---- A filter in words ------------------------------------------------------------------------- */

static void add_fact(struct page *page, const char *label, struct str text)
{
    struct page *fact;

    if (text.len == 0)
        return;
    fact = page_add(page, PAGE_FACT);
    page_set(fact, PAGE_LABEL, str_from(label));
    page_set(fact, PAGE_SUMMARY, text);
}

/* All that a saved query says, in the words of the list's chips. */
static void fill_words(struct page *page, struct arena *arena, const struct params *params)
{
    const struct filter *filter = &params->filter;

    for (int i = 0; i < FILTER_DIMENSION_COUNT; i++)
        add_fact(page, pages_dimension_label((enum filter_dimension)i),
                 pages_dimension_summary(arena, &filter->include[i], &filter->exclude[i]));
    add_fact(page, "Entity ID", pages_text_summary(arena, filter->entity_id, &filter->without_id));
    add_fact(page, "Entity name",
             pages_text_summary(arena, filter->entity_name, &filter->without_name));
    add_fact(page, pages_text_label(filter->text_in), pages_short_name(arena, filter->text));
    add_fact(page, "Date", pages_dates_summary(arena, params));
    if (strcmp(params->zone, "UTC") != 0)
        add_fact(page, "Time zone", str_from(params->zone));
    if (params->shows_own)
        add_fact(page, "Calls to Daybook", STR("shown"));
    if (filter->oldest_first)
        add_fact(page, "Order", STR("oldest first"));
    if (params->show != params_page_sizes[0])
        add_fact(page, "Rows", arena_printf(arena, "%u on a page", params->show));
}

/* ---- The page ---------------------------------------------------------------------------------- */

static void fill_filter(struct page *row, struct arena *arena, const struct account *account,
                        const struct view *view)
{
    struct str complaint;
    struct params params;
    struct page *link;

    if (!saved_view_params(arena, view, &params, &complaint)) {
        page_set(page_add(row, PAGE_BROKEN), PAGE_SUMMARY, complaint);
        return;
    }
    fill_words(row, arena, &params);
    params.says_none = saved_views_has_default(account, view->kind);
    link = page_add(row, PAGE_LINK);
    page_set(
        link, PAGE_LINK_HREF,
        pages_link(arena, pages_tab_path(arena, account->slug, view->kind), &params, PARAMS_VIEW));
}

/* What the person may do with it: with what is theirs all, with what is shared only as an admin. */
static void fill_change(struct page *row, const struct pages_views *views, const struct view *view)
{
    bool is_typed = views->mistake.len && views->typed.id == view->id;
    bool is_shared = view->owner.len == 0;
    struct page *change;

    if (views->account.role == MEMBER_OPERATOR ||
        (is_shared && views->account.role != MEMBER_ADMIN))
        return;
    change = page_add(row, PAGE_CHANGE);
    page_set_exact(change, PAGE_VALUE, is_typed ? views->typed.name : view->name);
    if (is_typed)
        page_show(change, PAGE_OPENED);
    if (!view->is_default)
        page_show(change, PAGE_PLAIN);
    if (!is_shared && views->account.role == MEMBER_ADMIN)
        page_show(change, PAGE_ADMIN);
}

static void add_view(struct page *table, struct arena *arena, const struct pages_views *views,
                     const struct view *view)
{
    struct page *row = page_add(table, PAGE_ROW);

    page_set(row, PAGE_NAME, pages_name(arena, view->name));
    page_set_number(row, PAGE_NUMBER, view->id);
    page_set(row, PAGE_TAB, tab_name(view->kind));
    page_set(row, PAGE_PERSON, pages_short_name(arena, view->made_by));
    pages_set_time(row, arena, view->made_ms, "UTC");
    if (view->is_default)
        page_show(row, PAGE_DEFAULT);
    if (view->owner.len == 0)
        page_show(row, PAGE_SHARED);
    fill_filter(row, arena, &views->account, view);
    fill_change(row, views, view);
}

/* `owned`: the person's own. */
static void add_group(struct page *page, struct arena *arena, const struct pages_views *views,
                      const struct view *list, size_t count, bool owned)
{
    struct page *group = page_add(page, PAGE_GROUP), *table;
    bool is_admin = views->account.role == MEMBER_ADMIN;

    page_show(group, owned ? PAGE_OWNED : PAGE_SHARED);
    if (count == 0) {
        page_show(page_add(group, PAGE_EMPTY), owned      ? PAGE_OWNED
                                               : is_admin ? PAGE_ADMIN
                                                          : PAGE_MEMBER);
        return;
    }
    table = page_add(group, PAGE_TABLE);
    for (size_t i = 0; i < count; i++)
        add_view(table, arena, views, &list[i]);
}

static void fill_save(struct page *page, struct arena *arena, const struct pages_views *views)
{
    struct params live = views->params;
    struct page *save, *admin = NULL;

    if (views->params.filter.kind == EVENT_KIND_ALL || views->account.role == MEMBER_OPERATOR)
        return;
    save = page_add(page, PAGE_SAVE);
    page_set(save, PAGE_TAB, tab_name(views->params.filter.kind));
    fill_words(save, arena, &views->params);
    live.says_none = saved_views_has_default(&views->account, live.filter.kind);
    page_set(save, PAGE_LINK_HREF,
             pages_link(arena, pages_tab_path(arena, views->account.slug, live.filter.kind), &live,
                        PARAMS_VIEW));
    if (views->account.role == MEMBER_ADMIN)
        admin = page_add(save, PAGE_ADMIN);
    if (views->mistake.len == 0 || views->typed.id)
        return;
    page_set_exact(page_add(save, PAGE_TYPED), PAGE_VALUE, views->typed.name);
    if (admin && views->typed.owner.len == 0)
        page_show(admin, PAGE_SELECTED);
    if (views->typed.is_default)
        page_show(save, PAGE_DEFAULT);
}

void pages_send_views(const struct pages_views *views, struct request *request,
                      struct response *response)
{
    struct arena *arena = request->arena;
    struct str slug = views->account.slug;
    struct page *layout = page_new(arena);
    struct page *page =
        pages_frame(layout, request, arena_printf(arena, "Views, %.*s", STR_ARG(slug)),
                    views->person, &views->account, PAGES_TAB_VIEWS, "views.tpl");

    page_set(page, PAGE_ACCOUNT, slug);
    page_set(page, PAGE_FORM_ACTION, pages_views_path(arena, slug, &views->params));
    if (views->mistake.len)
        page_set(page_add(page, PAGE_MISTAKE), PAGE_SUMMARY, views->mistake);
    fill_save(page, arena, views);
    if (views->account.role != MEMBER_OPERATOR)
        add_group(page, arena, views, views->own, views->own_count, true);
    add_group(page, arena, views, views->shared, views->shared_count, false);
    pages_send(layout, response);
}
