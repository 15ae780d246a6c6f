/* SPDX-License-Identifier: MIT */
/* health.tpl: the newest of each kind, one block for each source, as base/health.h has it, and one for the hooks. */
#include "base/clock.h"
#include "base/count.h"
#include "pages/pages_frame.h"

static struct page *add_figure(struct page *page, const char *label)
{
    struct page *figure = page_add(page, PAGE_FIGURE);

    page_set(figure, PAGE_LABEL, str_from(label));
    return figure;
}

static void add_text(struct page *page, const char *label, struct str text)
{
    page_set(add_figure(page, label), PAGE_VALUE_TEXT, text);
}

static void add_number(struct page *page, const char *label, uint64_t number)
{
    page_set_count(add_figure(page, label), PAGE_VALUE_TEXT, number);
}

/* A number that should be 0. */
static void add_bad_number(struct page *page, const char *label, uint64_t number)
{
    struct page *figure = add_figure(page, label);

    page_set_count(figure, PAGE_VALUE_TEXT, number);
    if (number)
        page_show(figure, PAGE_WARNING);
}

static void add_time(struct page *page, struct arena *arena, const char *label, int64_t ms,
                     int64_t now_ms)
{
    struct page *figure = add_figure(page, label);

    if (ms)
        pages_set_age(page_add(figure, PAGE_WHEN), arena, ms, now_ms);
    else
        page_set(figure, PAGE_VALUE_TEXT, STR("none yet"));
}

static void fill_share(struct page *page, struct arena *arena, const struct health_share *share,
                       int64_t now_ms)
{
    char lag[CLOCK_TEXT_BYTES] = "---";

    if (share->last_event_ms)
        clock_span(share->lag_ms, lag);
    add_time(page, arena, "Last event", share->last_event_ms, now_ms);
    add_text(page, "Lag", arena_copy(arena, str_from(lag)));
    add_number(page, "Events stored", share->stored);
    add_number(page, "Duplicates", share->duplicates);
    add_number(page, "Dropped by rule", share->dropped);
    add_number(page, "Without an operation", share->unmatched);
}

static void add_trouble(struct page *page, struct arena *arena,
                        const struct health_trouble *trouble, int64_t now_ms)
{
    struct page *item = page_add(page, PAGE_TROUBLE);

    page_set(item, PAGE_LABEL, capture_trouble_words(trouble->reason));
    page_set(item, PAGE_REMEDY, capture_trouble_remedy(trouble->reason));
    page_set_count(item, PAGE_NUMBER, trouble->count);
    pages_set_age(item, arena, trouble->last_ms, now_ms);
    page_set(item, PAGE_FILE, pages_name(arena, trouble->file));
    page_set_number(item, PAGE_AT_BYTE, trouble->at_byte);
    if (trouble->count <= trouble->acknowledged)
        page_show(item, PAGE_ACKNOWLEDGED);
}

static struct str backlog_words(struct arena *arena, const struct health_whole *whole)
{
    if (whole->backlog_bytes == 0)
        return STR("none");
    return arena_printf(arena, "%s bytes in %s file%s", count_words(arena, whole->backlog_bytes),
                        count_words(arena, whole->backlog_files),
                        whole->backlog_files == 1 ? "" : "s");
}

static void fill_whole(struct page *page, struct arena *arena, const struct health_source *source,
                       int64_t now_ms)
{
    const struct health_whole *whole = source->whole;
    struct page *troubles = whole->troubles ? page_add(page, PAGE_TROUBLES) : NULL;

    page_set(page, PAGE_FILE, pages_name(arena, whole->path));
    add_time(page, arena, "Last line", source->last_line_ms, now_ms);
    add_text(page, "Backlog", backlog_words(arena, whole));
    add_number(page, "Lines read", whole->lines);
    add_bad_number(page, "Refused", whole->refused);
    add_bad_number(page, "Cut lines", health_count(whole, CAPTURE_TROUBLE_CUT));
    add_bad_number(page, "Gaps", health_count(whole, CAPTURE_TROUBLE_VANISHED));
    for (const struct health_trouble *trouble = whole->troubles; trouble; trouble = trouble->next)
        add_trouble(troubles, arena, trouble, now_ms);
    if (health_has_new_troubles(whole))
        page_show(troubles, PAGE_NEW);
}

static void add_source(struct page *page, struct arena *arena, const struct health_source *source,
                       int64_t now_ms)
{
    static const enum page_key states[] = {
        [HEALTH_RUNNING] = PAGE_STATE_RUNNING,
        [HEALTH_STOPPED] = PAGE_STATE_STOPPED,
        [HEALTH_UNSEEN] = PAGE_STATE_UNSEEN,
        [HEALTH_SILENT] = PAGE_STATE_SILENT,
    };
    struct page *item = page_add(page, PAGE_SOURCE);
    struct strbuf words;

    strbuf_init(&words);
    health_state_words(&words, source, now_ms);
    page_set(item, PAGE_NAME, pages_name(arena, source->name));
    page_show(item, states[health_state(source, now_ms)]);
    page_set(item, PAGE_STATE, arena_copy(arena, strbuf_str(&words)));
    strbuf_release(&words);
    fill_share(item, arena, source->shares, now_ms);
    if (source->whole)
        fill_whole(page_add(item, PAGE_WHOLE), arena, source, now_ms);
}

static void add_hook(struct page *page, struct arena *arena, const struct hook *hook,
                     int64_t now_ms)
{
    struct page *item = page_add(page, PAGE_HOOK);

    page_set(item, PAGE_NAME, hook->label);
    add_text(item, "Received by",
             hook->path.len ? arena_printf(arena, "the API, at %.*s", STR_ARG(hook->path))
                            : STR("Daybook"));
    if (hook->trigger_id.len)
        add_text(item, "Trigger", hook->trigger_id);
    add_text(item, "Signatures", hook->kept_secret.len ? STR("checked") : STR("not checked"));
    add_time(item, arena, "Last webhook", hook->last_received_ms, now_ms);
    add_number(item, "Received", hook->received);
    add_bad_number(item, "Refused", hook->refused);
    if (hook->refused)
        add_time(item, arena, "Last refused", hook->last_refused_ms, now_ms);
}

static void add_refusals(struct page *hooks, struct arena *arena, const struct pages_health *health)
{
    struct page *table = health->refusal_count ? page_add(hooks, PAGE_REFUSED) : NULL;

    if (table)
        page_set(table, PAGE_SLUG, health->account.slug);
    for (size_t i = 0; i < health->refusal_count; i++) {
        const struct hook_refusal *refusal = &health->refusals[i];
        struct page *row = page_add(table, PAGE_ROW);

        pages_set_age(row, arena, refusal->at_ms, health->now_ms);
        page_set(row, PAGE_NAME, refusal->hook);
        page_set(row, PAGE_WHY, hook_reason_words(refusal->reason));
    }
}

static void add_hooks(struct page *page, struct arena *arena, const struct pages_health *health)
{
    struct page *hooks = health->hook_count ? page_add(page, PAGE_HOOKS) : NULL;

    for (size_t i = 0; i < health->hook_count; i++)
        add_hook(hooks, arena, &health->hooks[i], health->now_ms);
    if (hooks)
        add_refusals(hooks, arena, health);
}

void pages_send_health(const struct pages_health *health, struct request *request,
                       struct response *response)
{
    struct arena *arena = request->arena;
    struct page *layout = page_new(arena);
    struct page *page = pages_frame(
        layout, request, arena_printf(arena, "Health, %.*s", STR_ARG(health->account.slug)),
        health->person, &health->account, PAGES_TAB_HEALTH, "health.tpl");

    add_time(page, arena, "Newest event", event_id_ms(health->newest[EVENT_KIND_EVENT]),
             health->now_ms);
    add_time(page, arena, "Newest trigger", event_id_ms(health->newest[EVENT_KIND_TRIGGER]),
             health->now_ms);
    for (const struct health_source *source = health->sources; source; source = source->next)
        add_source(page, arena, source, health->now_ms);
    add_hooks(page, arena, health);
    if (!health->sources)
        page_show(page, PAGE_EMPTY);
    pages_send(layout, response);
}
