/* SPDX-License-Identifier: MIT */
/* members.tpl: the list with the form for a new one. */
#include "pages/pages_frame.h"
#include "web/fields.h"

struct str pages_members_path(struct arena *arena, struct str slug, struct str after)
{
    struct strbuf text;
    struct str path;

    strbuf_init(&text);
    strbuf_add(&text, pages_about_path(arena, slug, "members"));
    if (after.len)
        fields_append(&text, "after", after);
    path = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return path;
}

/* As a form carries any byte. */
static struct str encoded(struct arena *arena, struct str person)
{
    struct strbuf text;
    struct str copy;

    strbuf_init(&text);
    fields_append_encoded(&text, person);
    copy = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return copy;
}

static void add_row(struct page *table, struct arena *arena, const struct member *member,
                    struct str you)
{
    struct page *row = page_add(table, PAGE_ROW);

    page_set(row, PAGE_NAME, pages_name(arena, member->person));
    page_set(row, PAGE_VALUE, encoded(arena, member->person));
    page_show(row, member->role == MEMBER_ADMIN ? PAGE_ADMIN : PAGE_AUDITOR);
    if (str_equal(member->person, you))
        page_show(row, PAGE_YOU);
    pages_set_time(row, arena, member->created_ms, "UTC");
}

static void fill_done(struct page *done, struct arena *arena, const struct pages_members *members)
{
    static const enum page_key roles[] = {
        [MEMBER_NONE] = PAGE_REMOVED,
        [MEMBER_AUDITOR] = PAGE_AUDITOR,
        [MEMBER_ADMIN] = PAGE_ADMIN,
    };

    page_set(done, PAGE_NAME, pages_name(arena, members->done));
    page_show(done, roles[members->done_role]);
}

void pages_send_members(const struct pages_members *members, struct request *request,
                        struct response *response)
{
    struct arena *arena = request->arena;
    struct str slug = members->account.slug;
    struct page *layout = page_new(arena);
    struct page *page =
        pages_frame(layout, request, arena_printf(arena, "Members, %.*s", STR_ARG(slug)),
                    members->person, &members->account, PAGES_TAB_MEMBERS, "members.tpl");
    struct page *table = members->count ? page_add(page, PAGE_TABLE) : NULL;

    page_set(page, PAGE_ACCOUNT, slug);
    if (members->done.len)
        fill_done(page_add(page, PAGE_DONE), arena, members);
    page_set(page, PAGE_FORM_ACTION, pages_members_path(arena, slug, members->after));
    for (size_t i = 0; i < members->count; i++)
        add_row(table, arena, &members->members[i], members->person);
    if (!table)
        page_show(page, PAGE_EMPTY);
    if (members->after.len)
        page_set(page_add(page, PAGE_FIRST), PAGE_LINK_HREF,
                 pages_members_path(arena, slug, STR("")));
    if (members->has_more)
        page_set(page_add(page, PAGE_NEXT_LINK), PAGE_LINK_HREF,
                 pages_members_path(arena, slug, members->members[members->count - 1].person));
    pages_send(layout, response);
}
