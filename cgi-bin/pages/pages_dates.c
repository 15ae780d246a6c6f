/* SPDX-License-Identifier: MIT */
/* The chip of the range of time: spans up to now and some days as links, a calendar for days and times. */
#include "pages/pages_filter.h"

#include "pages/pages_frame.h"
#include "query/params_values.h"

#include "base/clock.h"

static const struct {
    struct str from;
    const char *label, *summary;
} spans[] = {{STR("-1h"), "Last hour", "last hour"},
             {STR("-24h"), "24 hours", "last 24 hours"},
             {STR("-7d"), "7 days", "last 7 days"},
             {STR("-30d"), "30 days", "last 30 days"},
             {STR("-90d"), "90 days", "last 90 days"}};

/* The list of what was between two times; `to` may be empty. */
static void add_span(struct page *panel, struct arena *arena, const struct pages_list *list,
                     struct str from, struct str to, const char *label)
{
    struct params between = list->params;
    struct page *span = page_add(panel, PAGE_SPAN);

    if (str_equal(between.from, from) && str_equal(between.to, to))
        page_show(span, PAGE_SELECTED);
    between.from = from;
    between.to = to;
    page_set(span, PAGE_LABEL, str_from(label));
    page_set(span, PAGE_LINK_HREF, pages_view_link(arena, list->account.slug, &between));
}

/* Days of the calendar, in the zone that the list is shown in: unlike a span, the same days for whoever gets the link tomorrow. */
static void add_days(struct page *panel, struct arena *arena, const struct pages_list *list)
{
    const char *zone = list->params.zone;
    struct str today = params_day_ago(arena, list->now_ms, zone, 0),
               yesterday = params_day_ago(arena, list->now_ms, zone, 1), last, rest;
    struct clock_fields fields;
    bool has_time;

    add_span(panel, arena, list, today, today, "Today");
    add_span(panel, arena, list, yesterday, yesterday, "Yesterday");
    if (!clock_parse_fields(today, &fields, &has_time, &rest))
        return;
    last =
        params_day_ago(arena, list->now_ms, zone, (unsigned)fields.day); /* of the month before */
    add_span(panel, arena, list, arena_printf(arena, "%.*s-01", (int)(last.len - 3), last.ptr),
             last, "Last month");
}

static bool is_calendar(struct str text, bool *has_time)
{
    struct clock_fields fields;
    struct str rest;

    return clock_parse_fields(text, &fields, has_time, &rest) && rest.len == 0;
}

/* The markers of a field. */
struct time_keys {
    enum page_key value, type, step;
};

/* A calendar for a day or a time, and for none; what a calendar cannot say is shown as it was given. */
static void set_time(struct page *panel, struct arena *arena, struct time_keys keys,
                     struct str text, const char *zone)
{
    struct clock_fields fields;
    bool has_time = false;
    struct str rest;
    int64_t ms;

    if (clock_parse_fields(text, &fields, &has_time, &rest) && str_equal(rest, STR("Z"))) {
        ms = clock_from_utc(&fields);
        if (ms >= 0 && ms <= CLOCK_MAX_MS)
            text = params_time_text(arena, ms, zone);
    }
    if (text.len == 0 || is_calendar(text, &has_time)) {
        page_set(panel, keys.type, has_time ? STR("datetime-local") : STR("date"));
        page_show(panel, keys.step); /* seconds and less are times too */
    } else {
        page_set(panel, keys.type, STR("text"));
    }
    page_set_exact(panel, keys.value, text);
}

/* A time of the calendar as other times are shown, to the millisecond where it says one; all else as it was given. */
static struct str readable(struct arena *arena, struct str text, const char *zone)
{
    struct clock_fields fields;
    char shown[CLOCK_TEXT_BYTES];
    struct str rest;
    bool has_time;
    int64_t ms;

    if (!clock_parse_fields(text, &fields, &has_time, &rest) || !has_time ||
        !params_time(text, zone, false, 0, &ms) || ms < 0 || ms > CLOCK_MAX_MS)
        return text;
    clock_show(ms, zone, fields.ms ? CLOCK_MS : fields.second ? CLOCK_SECOND : CLOCK_MINUTE, shown);
    return arena_copy(arena, str_from(shown));
}

struct str pages_dates_between(struct arena *arena, struct str from, struct str to)
{
    enum { DAY = sizeof("2026-01-31") - 1 };

    if (str_equal(from, to) && params_is_day(from))
        return from;
    if (from.len > DAY && to.len > DAY && from.ptr[DAY] == ' ' &&
        memcmp(from.ptr, to.ptr, DAY + 1) == 0)
        to = str_slice(to, DAY + 1, to.len);
    return arena_printf(arena, "%.*s to %.*s", STR_ARG(from), STR_ARG(to));
}

struct str pages_dates_summary(struct arena *arena, const struct params *params)
{
    struct str from = readable(arena, params->from, params->zone),
               to = readable(arena, params->to, params->zone);

    if (from.len && to.len)
        return pages_dates_between(arena, from, to);
    if (to.len)
        return arena_printf(arena, "until %.*s", STR_ARG(to));
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
        if (str_equal(from, spans[i].from))
            return str_from(spans[i].summary);
    return from.len ? arena_printf(arena, "since %.*s", STR_ARG(from)) : STR("any time");
}

/* What is wrong of the field, if anything is, and the field marked; else `value`. */
static struct str fill_wrong(struct page *panel, struct arena *arena, const struct pages_list *list,
                             const char *name, struct str value, enum page_key mark)
{
    struct str wrong = pages_fill_wrong(panel, arena, list, name, value);

    if (!str_equal(wrong, value))
        page_show(panel, mark);
    return wrong;
}

void pages_fill_dates(struct page *panel, struct arena *arena, const struct pages_list *list)
{
    const struct params *params = &list->params;
    struct str zone = fill_wrong(panel, arena, list, "zone", STR(""), PAGE_ZONE_WRONG);

    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
        add_span(panel, arena, list, spans[i].from, STR(""), spans[i].label);
    add_days(panel, arena, list);
    set_time(panel, arena, (struct time_keys){PAGE_FROM, PAGE_FROM_TYPE, PAGE_FROM_STEP},
             fill_wrong(panel, arena, list, "from", params->from, PAGE_FROM_WRONG), params->zone);
    set_time(panel, arena, (struct time_keys){PAGE_TO, PAGE_TO_TYPE, PAGE_TO_STEP},
             fill_wrong(panel, arena, list, "to", params->to, PAGE_TO_WRONG), params->zone);
    page_set(panel, PAGE_ZONE, str_from(params->zone));
    page_set_exact(panel, PAGE_VALUE, zone.len ? zone : str_from(params->zone));
    if (params->names_zone)
        page_show(panel, PAGE_ZONE_NAMED);
    if (!params->remembers_zone)
        page_show(panel, PAGE_ZONE_FREE);
}
