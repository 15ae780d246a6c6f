/* SPDX-License-Identifier: MIT */
/* Every word of a call comes from a stranger: names go through pages_short_name(). */
#include "pages/pages_links.h"

#include "pages/pages_frame.h"

/* Some number above those that are told apart. */
enum { MANY = LINK_ATTEMPTS_MAX + 1 };

/* ---- What belongs together ---- */

struct str pages_linked_href(struct arena *arena, const struct pages_details *details,
                             const struct event *event)
{
    const struct params params = {.zone = details->params.zone,
                                  .names_zone = details->params.names_zone};

    return pages_link(arena, pages_event_path(arena, details->account.slug, event), &params,
                      PARAMS_FILTER);
}

static void set_row(struct page *row, struct arena *arena, const struct pages_details *details,
                    const struct event *event)
{
    pages_set_status(row, event->status);
    pages_set_time(row, arena, event->occurred_ms, details->params.zone);
    page_set(row, PAGE_DETAILS_HREF, pages_linked_href(arena, details, event));
}

static void fill_attempts(struct page *page, struct arena *arena,
                          const struct pages_details *details)
{
    const struct link_list *list = &details->attempts;
    struct page *attempts;
    bool is_among = false;

    if (list->count < 2)
        return;
    attempts = page_add(page, PAGE_ATTEMPTS);
    for (size_t i = 0; i < list->count; i++) {
        struct page *row = page_add(attempts, PAGE_ROW);
        bool is_shown = list->rows[i].id == details->event.id;

        page_set_number(row, PAGE_NUMBER, i + 1);
        set_row(row, arena, details, &list->rows[i]);
        page_show(row, is_shown ? PAGE_SHOWN : PAGE_LINK);
        is_among = is_among || is_shown;
    }
    if (list->more) {
        struct page *more = page_add(attempts, PAGE_MORE);

        page_set_count(more, PAGE_NUMBER, list->count);
        if (!is_among)
            page_show(more, PAGE_SHOWN_LATER);
    }
}

static void set_name(struct page *row, struct arena *arena, enum page_key key, struct str name)
{
    page_set(row, key, name.len ? pages_short_name(arena, name) : PAGES_MISSING);
}

void pages_add_linked(struct page *table, struct arena *arena, const struct pages_details *details,
                      const struct event *event)
{
    struct page *row = page_add(table, PAGE_ROW);
    bool is_shown = event->id == details->event.id && event->kind == details->event.kind;

    set_row(row, arena, details, event);
    page_show(row, is_shown ? PAGE_SHOWN : PAGE_LINK);
    set_name(row, arena, PAGE_ACTION, event->action);
    set_name(row, arena, PAGE_ENTITY_TYPE, event->entity_type);
    set_name(row, arena, PAGE_ENTITY_NAME,
             event->entity_name.len ? event->entity_name : event->entity_id);
    set_name(row, arena, PAGE_USER, event->user);
    if (event->trigger_provider.len || event->trigger_event.len) {
        struct page *webhook = page_add(row, PAGE_WEBHOOK);

        set_name(webhook, arena, PAGE_PROVIDER, event->trigger_provider);
        set_name(webhook, arena, PAGE_WEBHOOK_EVENT, event->trigger_event);
    }
}

/* An event that no trigger caused says nothing about it: most are such. */
static void fill_linked(struct page *page, struct arena *arena, const struct pages_details *details)
{
    const struct link_list *list = &details->linked;
    bool is_trigger = details->event.kind == EVENT_KIND_TRIGGER;
    struct page *linked;

    if (list->count == 0 && !is_trigger)
        return;
    linked = page_add(page, PAGE_LINKED);
    page_set(linked, PAGE_LABEL,
             is_trigger         ? STR("Calls this trigger caused")
             : list->count == 1 ? STR("Trigger that caused this call")
                                : STR("Triggers that caused this call"));
    if (list->count) {
        struct page *table = page_add(linked, PAGE_TABLE);

        for (size_t i = 0; i < list->count; i++)
            pages_add_linked(table, arena, details, &list->rows[i]);
    } else {
        page_show(linked, PAGE_EMPTY);
    }
    if (list->more)
        page_set_count(page_add(linked, PAGE_MORE), PAGE_NUMBER, list->count);
}

void pages_fill_links(struct page *page, struct arena *arena, const struct pages_details *details)
{
    if (details->event.kind == EVENT_KIND_TRIGGER)
        fill_attempts(page, arena, details);
    fill_linked(page, arena, details);
}

/* ---- The list ---- */

static struct str attempt_words(struct arena *arena, const struct link_attempt *attempt)
{
    if (attempt->of < MANY)
        return arena_printf(arena, "attempt %u of %u", attempt->number, attempt->of);
    if (attempt->number)
        return arena_printf(arena, "attempt %u of more than %u", attempt->number, MANY - 1);
    return arena_printf(arena, "one of more than %u attempts", MANY - 1);
}

void pages_mark_trigger(struct page *row, struct arena *arena, const struct event *trigger,
                        const struct link_attempt *attempt)
{
    bool is_repeated = attempt->of > 1,
         is_invalid = trigger->trigger_signature == EVENT_SIGNATURE_INVALID;
    struct page *notes;

    if (!is_repeated && !is_invalid)
        return;
    notes = page_add(row, PAGE_NOTES);
    if (is_repeated)
        page_set(page_add(notes, PAGE_ATTEMPT), PAGE_LABEL, attempt_words(arena, attempt));
    if (is_invalid)
        page_show(notes, PAGE_SIGNATURE_INVALID);
}
