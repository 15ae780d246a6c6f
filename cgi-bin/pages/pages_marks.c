/* SPDX-License-Identifier: MIT */
/*
 * Cuts a text of a call where a secret was replaced, so that the template can show those places.  The text itself is
 * not changed by a byte.
 */
#include "redaction/redact.h"
#include "pages/pages_frame.h"

struct params pages_find_params(struct arena *arena, enum event_kind kind, struct str text)
{
    struct params params;
    struct str complaint;

    params_parse(arena, STR(""), PARAMS_LIST, 0, &params,
                 &complaint); /* everything at its default */
    params.filter.kind = kind;
    params.filter.text = text;
    return params;
}

struct str pages_find_link(struct arena *arena, struct str slug, enum event_kind kind,
                           struct str text)
{
    struct params params = pages_find_params(arena, kind, text);

    return pages_view_link(arena, slug, &params);
}

static void add_mark(struct page *piece, struct arena *arena, struct str slug, enum event_kind kind,
                     struct str mark)
{
    struct page *link;

    if (mark.len < REDACT_MARK_BYTES) {
        page_show(piece, PAGE_MARK_LONE);
        return;
    }
    link = page_add(piece, PAGE_MARK_LINK);
    page_set(link, PAGE_MARK, mark);
    page_set(link, PAGE_LINK_HREF, pages_find_link(arena, slug, kind, mark));
}

/* "was redacted by ann": a word among others, not one that stands for a secret. */
static bool is_prose(struct str text, size_t at, size_t len)
{
    return len < REDACT_MARK_BYTES && at + len < text.len && text.ptr[at + len] == ' ';
}

void pages_add_pieces(struct page *page, struct arena *arena, struct str slug, enum event_kind kind,
                      struct str text)
{
    size_t begin = 0, at = 0, len;

    while (redact_find_mark(text, &at, &len)) {
        struct page *piece;

        if (is_prose(text, at, len)) {
            at += len;
            continue;
        }
        piece = page_add(page, PAGE_PIECE);
        page_set(piece, PAGE_PLAIN, str_slice(text, begin, at - begin));
        add_mark(piece, arena, slug, kind, str_slice(text, at, len));
        begin = at += len;
    }
    if (begin < text.len)
        page_set(page_add(page, PAGE_PIECE), PAGE_PLAIN, str_slice(text, begin, text.len));
}
