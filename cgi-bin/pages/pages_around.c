/* SPDX-License-Identifier: MIT */
/* Tables like that of linked calls (pages_links.c), each with a link to a list that has more. */
#include "pages/pages_around.h"

#include "base/clock.h"
#include "pages/pages_frame.h"
#include "pages/pages_links.h"
#include "pages/pages_narrow.h"
#include "store/filter_words.h"

/* The parameters of a list as it is without any, but for the time zone. */
static struct params list_params(struct arena *arena, const struct pages_details *details)
{
    struct params params;
    struct str complaint;

    params_parse(arena, STR(""), PARAMS_LIST, 0, &params,
                 &complaint); /* everything at its default */
    params.zone = details->params.zone;
    params.names_zone = details->params.names_zone;
    params.shows_own = str_equal(details->event.entity_type, STR(EVENT_TYPE_OWN));
    return params;
}

static struct page *add_list(struct page *page, struct arena *arena,
                             const struct pages_details *details, struct str label,
                             const struct event *rows, size_t count)
{
    struct page *section = page_add(page, PAGE_LINKED), *table;

    page_set(section, PAGE_LABEL, label);
    table = page_add(section, PAGE_TABLE);
    for (size_t i = 0; i < count; i++)
        pages_add_linked(table, arena, details, &rows[i]);
    return section;
}

/* What stands below a table, with a link to the list that has more; `href` may be empty. */
static struct page *add_foot(struct page *section, struct str words, struct str href)
{
    struct page *foot = page_add(section, PAGE_FOOT), *all;

    if (href.len) {
        all = page_add(foot, PAGE_ALL);
        page_set(all, PAGE_LINK_HREF, href);
        page_set(all, PAGE_NAME, words);
    }
    return foot;
}

/* ---- The same entity ---- */

/* The list of one entity's calls; empty where no filter can say which one it is. */
static struct str entity_link(struct arena *arena, const struct pages_details *details)
{
    const struct event *event = &details->event;
    struct str path = pages_tab_path(arena, details->account.slug, event->kind);
    struct params params = list_params(arena, details);
    struct str type =
        event->entity_type.len ? filter_word(arena, event->entity_type) : STR(FILTER_NONE);

    if (str_equal(event->entity_type, STR(FILTER_NONE)))
        return STR("");
    params.filter.include[FILTER_ENTITY_TYPE] =
        (struct filter_values){arena_alloc(arena, sizeof(type)), 1};
    params.filter.include[FILTER_ENTITY_TYPE].items[0] = type;
    return event->entity_id.len
               ? pages_narrow_entity_id(arena, path, &params, event->entity_id, PAGES_NARROW_ONLY)
               : pages_narrow_entity_name(arena, path, &params, event->entity_name,
                                          PAGES_NARROW_ONLY);
}

void pages_fill_history(struct page *page, struct arena *arena, const struct pages_details *details)
{
    const struct history *history = &details->history;
    struct str href = entity_link(arena, details);
    struct page *section, *foot;

    if (history->count < 2)
        return;
    section = add_list(page, arena, details, STR("History of this entity"), history->rows,
                       history->count);
    if (href.len == 0 && !history->more_newer && !history->more_older)
        return;
    foot = add_foot(section, STR("All calls on this entity"), href);
    if (history->more_newer)
        page_show(foot, PAGE_MORE_NEWER);
    if (history->more_older)
        page_show(foot, PAGE_MORE_OLDER);
}

/* ---- The same time ---- */

/* The list of all calls of these minutes; `user`: of this one's user alone. */
static struct str range_link(struct arena *arena, const struct pages_details *details, bool of_user)
{
    struct str path = pages_tab_path(arena, details->account.slug, details->event.kind);
    struct params params = list_params(arena, details);
    char from[CLOCK_TEXT_BYTES], to[CLOCK_TEXT_BYTES];

    clock_format(details->around.from_ms, from);
    clock_format(details->around.to_ms < CLOCK_MAX_MS ? details->around.to_ms + 1 : CLOCK_MAX_MS,
                 to);
    params.from = arena_copy(arena, str_from(from));
    params.to = arena_copy(arena, str_from(to));
    return of_user ? pages_narrow(arena, path, &params, FILTER_USER, details->event.user,
                                  PAGES_NARROW_ONLY)
                   : pages_link(arena, path, &params, PARAMS_VIEW);
}

void pages_fill_around(struct page *page, struct arena *arena, const struct pages_details *details)
{
    static const struct {
        const char *label, *link;
    } words[AROUND_COUNT] = {
        [AROUND_REQUEST] = {"Around that time: same request ID",
                            "All calls of these 20 minutes, whatever their request ID"},
        [AROUND_USER] = {"Around that time: same user",
                         "All calls of this user in these 20 minutes"},
        [AROUND_ADDRESS] = {"Around that time: same client address",
                            "All calls of these 20 minutes, from any address"},
    };

    for (int what = 0; what < AROUND_COUNT; what++) {
        const struct link_list *list = &details->around.lists[what];
        struct page *section, *foot;

        if (list->count == 0)
            continue;
        section =
            add_list(page, arena, details, str_from(words[what].label), list->rows, list->count);
        foot = add_foot(section, str_from(words[what].link),
                        range_link(arena, details, what == AROUND_USER));
        if (list->more)
            page_set_count(page_add(foot, PAGE_NEAREST), PAGE_NUMBER, list->count);
        if (what != AROUND_REQUEST && details->around.is_bounded)
            page_set_count(page_add(foot, PAGE_BOUNDED), PAGE_NUMBER, AROUND_NEIGHBOURS_MAX);
    }
}
