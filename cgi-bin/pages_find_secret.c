/* SPDX-License-Identifier: MIT */
/* find_secret.tpl: the form, and the mark that was asked for.  The secret itself never comes here. */
#include "pages_frame.h"

static void fill_found(struct page *page, struct arena *arena, struct str slug, struct str mark)
{
    page_set(page, PAGE_MARK, mark);
    page_set(page, PAGE_EVENTS_HREF, pages_find_link(arena, slug, EVENT_KIND_EVENT, mark));
    page_set(page, PAGE_TRIGGERS_HREF, pages_find_link(arena, slug, EVENT_KIND_TRIGGER, mark));
}

void pages_send_find_secret(const struct pages_find_secret *find, struct request *request,
                            struct response *response)
{
    struct arena *arena = request->arena;
    struct str slug = find->account.slug;
    struct page *layout = page_new(arena);
    struct page *page =
        pages_frame(layout, request, arena_printf(arena, "Find a secret, %.*s", STR_ARG(slug)),
                    find->person, &find->account, PAGES_TAB_FIND_SECRET, "find_secret.tpl");

    page_set(page, PAGE_ACCOUNT, slug);
    if (find->keyless) {
        page_show(page, PAGE_KEYLESS);
    } else {
        page_set(page_add(page, PAGE_FORM), PAGE_FORM_ACTION,
                 pages_about_path(arena, slug, "find-secret"));
        if (find->mark.len)
            fill_found(page_add(page, PAGE_FOUND), arena, slug, find->mark);
    }
    pages_send(layout, response);
}
