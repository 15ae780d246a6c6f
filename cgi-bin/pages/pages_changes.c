/* SPDX-License-Identifier: MIT */
/* A value of a change is shown as JSON, indented, and cut where it is long: both bodies are whole elsewhere. */
#include "pages/pages_changes.h"

#include "base/json_diff.h"
#include "base/utf8.h"
#include "pages/pages_frame.h"
#include "pages/pages_links.h"

enum {
    SCALAR_SHOWN_BYTES = 2000,
    CONTAINER_SHOWN_BYTES = 300,
    INDENTED_BYTES_MAX = 4 * CONTAINER_SHOWN_BYTES,
    PATH_SHOWN_BYTES = 1000,
    COMMON_BYTES_MAX = 200, /* of the common beginning of two long values */
    COMMON_SHOWN_BYTES = 80
};

/* What the functions below fill, from what. */
struct filling {
    struct page *page;
    struct arena *arena;
    const struct pages_details *details;
};

static struct str cut(struct arena *arena, struct str text, size_t max)
{
    struct str shown = utf8_cut(text, max);

    return shown.len == text.len ? text : arena_printf(arena, "%.*s…", STR_ARG(shown));
}

static struct str readable(struct arena *arena, struct str value)
{
    struct strbuf indented;

    if (value.ptr[0] != '{' && value.ptr[0] != '[')
        return cut(arena, value, SCALAR_SHOWN_BYTES);
    strbuf_init(&indented);
    if (json_append_indented_within(&indented, value, INDENTED_BYTES_MAX))
        value = arena_copy(arena, strbuf_str(&indented));
    strbuf_release(&indented);
    return cut(arena, value, CONTAINER_SHOWN_BYTES);
}

/* How many bytes of two values that have a long beginning in common are left out, so that it shows where they differ. */
static size_t common_bytes(const struct json_diff_entry *entry)
{
    struct str before = entry->before, after = entry->after;
    size_t common = 0;

    while (common < before.len && common < after.len && before.ptr[common] == after.ptr[common])
        common++;
    if (common <= COMMON_BYTES_MAX)
        return 0;
    common -= COMMON_SHOWN_BYTES;
    while ((before.ptr[common] & 0xc0) == 0x80) /* to the beginning of a character */
        common--;
    return common;
}

static void add_text(const struct filling *filling, struct page *cell, struct str text)
{
    pages_add_pieces(cell, filling->arena, filling->details->account.slug,
                     filling->details->event.kind, text);
}

static void add_value(const struct filling *filling, struct page *row, enum page_key key,
                      struct str value, size_t skipped)
{
    struct str shown;
    struct page *cell;

    if (value.len == 0)
        return;
    cell = page_add(row, key);
    if (skipped) {
        shown = cut(filling->arena, str_slice(value, skipped, value.len), SCALAR_SHOWN_BYTES);
        shown = arena_printf(filling->arena, "…%.*s", STR_ARG(shown));
    } else {
        shown = readable(filling->arena, value);
    }
    add_text(filling, cell, shown);
}

static void add_change(const struct filling *filling, struct page *table,
                       const struct json_diff_entry *entry)
{
    static const enum page_key signs[] = {
        [JSON_DIFF_ADDED] = PAGE_ADDED,
        [JSON_DIFF_REMOVED] = PAGE_REMOVED,
        [JSON_DIFF_CHANGED] = PAGE_CHANGED,
    };
    struct page *row = page_add(table, PAGE_ROW);
    size_t skipped = common_bytes(entry);

    page_show(row, signs[entry->kind]);
    if (entry->path.len)
        add_text(filling, page_add(row, PAGE_PATH),
                 pages_name(filling->arena, cut(filling->arena, entry->path, PATH_SHOWN_BYTES)));
    else
        page_show(row, PAGE_WHOLE);
    add_value(filling, row, PAGE_BEFORE, entry->before, skipped);
    add_value(filling, row, PAGE_NOW, entry->after, skipped);
}

/* Which call this one is compared with, and whether this one took effect. */
static void set_calls(const struct filling *filling, struct page *changes)
{
    const struct pages_details *details = filling->details;
    const struct event *previous = &details->history.previous, *event = &details->event;
    bool took_effect = history_took_effect(event->status);

    page_set(changes, PAGE_LABEL,
             took_effect ? STR("What changed") : STR("What would have changed"));
    pages_set_time(changes, filling->arena, previous->occurred_ms, details->params.zone);
    page_set(changes, PAGE_ACTION, pages_short_name(filling->arena, previous->action));
    if (previous->user.len)
        page_set(page_add(changes, PAGE_BY), PAGE_USER,
                 pages_short_name(filling->arena, previous->user));
    page_set(changes, PAGE_LINK_HREF, pages_linked_href(filling->arena, details, previous));
    pages_set_status(page_add(changes, PAGE_HEAD), previous->status);
    page_show(changes,
              str_equal(previous->action, event->action) ? PAGE_SAME_ACTION : PAGE_OTHER_ACTION);
    if (!took_effect)
        page_set_number(page_add(changes, PAGE_NO_EFFECT), PAGE_STATUS, event->status);
}

static void fill_table(const struct filling *filling, struct page *changes,
                       const struct json_diff *diff)
{
    struct page *table = page_add(changes, PAGE_TABLE);

    page_show(table,
              history_took_effect(filling->details->event.status) ? PAGE_DONE : PAGE_NO_EFFECT);
    for (size_t i = 0; i < diff->count; i++)
        add_change(filling, table, &diff->entries[i]);
    if (diff->has_more)
        page_set_count(page_add(changes, PAGE_MORE), PAGE_NUMBER, diff->count);
}

static void compare(const struct filling *filling, struct json_value now)
{
    const struct pages_details *details = filling->details;
    struct json_value before;
    struct json_error error;
    struct json_diff diff;
    struct page *changes;

    if (!json_read(details->history.previous_body, &before, &error))
        return;
    json_diff(filling->arena, before, now, &diff);
    changes = page_add(filling->page, PAGE_CHANGES);
    set_calls(filling, changes);
    if (diff.is_too_large)
        page_show(changes, PAGE_TOO_LARGE);
    else if (diff.count)
        fill_table(filling, changes, &diff);
    else if (str_equal(details->history.previous_body, details->event.body))
        page_show(changes, PAGE_SAME);
    else
        page_show(changes, PAGE_SAME_VALUE);
}

/* Was there a call on the entity before? */
static bool has_earlier(const struct history *history, uint64_t id)
{
    return history->more_older || history->rows[history->count - 1].id != id;
}

/* What the entity looked like before a call that says nothing of it, such as one that deletes it. */
static void lead_to_last(const struct filling *filling)
{
    const struct pages_details *details = filling->details;
    const struct event *last = &details->history.previous;
    struct page *lead = page_add(filling->page, PAGE_LAST_BODY);

    pages_set_time(lead, filling->arena, last->occurred_ms, details->params.zone);
    page_set(lead, PAGE_ACTION, pages_short_name(filling->arena, last->action));
    page_set(lead, PAGE_LINK_HREF, pages_linked_href(filling->arena, details, last));
}

void pages_fill_changes(struct page *page, struct arena *arena, const struct pages_details *details)
{
    const struct filling filling = {page, arena, details};
    struct json_value now;
    struct json_error error;

    if (details->event.body_bytes == 0 && details->history.previous.id)
        lead_to_last(&filling);
    if (details->history.count == 0 || !json_read(details->event.body, &now, &error))
        return;
    if (details->history.previous.id)
        compare(&filling, now);
    else if (has_earlier(&details->history, details->event.id))
        page_set_count(page_add(page, PAGE_FIRST), PAGE_NUMBER, HISTORY_BACK_MAX);
}
