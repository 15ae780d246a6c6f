/* SPDX-License-Identifier: MIT */
/* Fills error.tpl, or writes the same as JSON.  Sends nothing. */
#define _GNU_SOURCE
#include "web/error.h"

#include "base/json.h"
#include "web/page.h"

int error_page(struct arena *arena, const struct error *error, struct strbuf *out)
{
    struct page *page = page_new(arena);

    page_set_number(page, PAGE_ERROR_STATUS, error->status);
    page_set(page, PAGE_ERROR_TITLE, error->title);
    page_set(page, PAGE_ERROR_SENTENCE, error->sentence);
    page_set(page, PAGE_REQUEST_ID, error->request_id);
    if (error->command.len)
        page_set(page_add(page, PAGE_COMMAND), PAGE_VALUE, error->command);
    if (error->href.len) {
        struct page *link = page_add(page, PAGE_LINK);

        page_set_exact(link, PAGE_LINK_HREF, error->href);
        page_set(link, PAGE_LINK_LABEL, error->label);
    }
    return page_render(page, "error.tpl", out);
}

void error_json(const struct error *error, struct strbuf *out)
{
    struct strbuf text;

    strbuf_init(&text);
    page_visible(&text, error->sentence); /* which also makes it valid UTF-8 */
    if (error->command.len) {
        strbuf_add_char(&text, ' ');
        page_visible(&text, error->command);
    }
    strbuf_add_cstr(out, "{\"error\":");
    json_append_string(out, strbuf_str(&text));
    if (error->has_message) {
        strbuf_add_cstr(out, ",\"message\":");
        json_append_string(out, strbuf_str(&text));
    }
    strbuf_add_cstr(out, "}\n");
    strbuf_release(&text);
}
