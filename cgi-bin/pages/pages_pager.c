/* SPDX-License-Identifier: MIT */
/* The pager below a list. */
#include "pages/pages_pager.h"

#include "base/clock.h"
#include "base/percent.h"
#include "pages/pages_frame.h"

enum { NEIGHBOURS = 2 };

/* A span before now begins elsewhere by the time that a further page is opened: it stays where it was for this one. */
static struct str unmoved(struct arena *arena, struct str bound, int64_t ms)
{
    char text[CLOCK_TEXT_BYTES];

    if (!str_starts(bound, STR("-")))
        return bound;
    clock_format(ms, text);
    return arena_copy(arena, str_from(text));
}

struct str pages_page_link(struct arena *arena, const struct pages_list *list, uint64_t number)
{
    struct params params = list->params;

    params.page = number;
    if (params.filter.oldest_first) /* pages are counted from here */
        params.from = unmoved(arena, params.from, params.filter.from_ms);
    else
        params.to = unmoved(arena, params.to, params.filter.to_ms);
    if (!params.filter.has_asof && list->found.newest) {
        params.filter.has_asof = true;
        params.filter.asof = list->found.newest;
    }
    return pages_list_link(arena, list, &params);
}

static void add_page_number(struct page *page, struct arena *arena, const struct pages_list *list,
                            uint64_t number)
{
    struct page *item = page_add(page, PAGE_PAGER_ITEM);
    bool current = number == list->params.page;
    struct page *link = page_add(item, current ? PAGE_PAGER_CURRENT : PAGE_PAGER_LINK);

    page_set_count(link, PAGE_NUMBER, number);
    if (!current)
        page_set(link, PAGE_LINK_HREF, pages_page_link(arena, list, number));
}

/* A field for any other page: what the links to pages say, as a form says it. */
static void fill_jump(struct page *jump, struct arena *arena, const struct pages_list *list)
{
    struct str link = pages_page_link(arena, list, 1), path, part, name;
    struct strbuf value;

    strbuf_init(&value);
    str_next(&link, '?', &path);
    while (str_next(&link, '&', &part)) {
        struct page *kept = page_add(jump, PAGE_KEPT);

        str_next(&part, '=', &name);
        strbuf_reset(&value);
        percent_decode(&value, part, true);
        page_set(kept, PAGE_NAME, name);
        page_set_exact(kept, PAGE_VALUE, arena_copy(arena, strbuf_str(&value)));
    }
    strbuf_release(&value);
    page_set_number(jump, PAGE_NUMBER, pages_last(list));
}

void pages_fill_pager(struct page *page, struct arena *arena, const struct pages_list *list)
{
    uint64_t last = pages_last(list), current = list->params.page, before = 0;
    uint64_t from = current > NEIGHBOURS + 1 ? current - NEIGHBOURS : 1;
    uint64_t to = current + NEIGHBOURS < last ? current + NEIGHBOURS : last;

    if (current > 1)
        page_set(page_add(page, PAGE_PREVIOUS_LINK), PAGE_LINK_HREF,
                 pages_page_link(arena, list, current - 1));
    else
        page_show(page, PAGE_PREVIOUS_NONE);
    if (from > 1)
        add_page_number(page, arena, list, before = 1);
    for (uint64_t number = from; number <= to; number++) {
        if (before && number > before + 1)
            page_show(page_add(page, PAGE_PAGER_ITEM), PAGE_PAGER_GAP);
        add_page_number(page, arena, list, before = number);
    }
    if (to < last) {
        if (last > to + 1)
            page_show(page_add(page, PAGE_PAGER_ITEM), PAGE_PAGER_GAP);
        add_page_number(page, arena, list, last);
    }
    if (from > 2 || to + 1 < last)
        fill_jump(page_add(page, PAGE_JUMP), arena, list);
    if (current < last)
        page_set(page_add(page, PAGE_NEXT_LINK), PAGE_LINK_HREF,
                 pages_page_link(arena, list, current + 1));
    else
        page_show(page, PAGE_NEXT_NONE);
}
