/* SPDX-License-Identifier: MIT */
/* Times as `from` and `to` read them back: a day, else a local time without what is zero, else UTC. */
#include "query/params.h"

#include "base/clock.h"

enum {
    DAY_TEXT = sizeof("2026-01-31") - 1,
    MINUTE_TEXT = sizeof("2026-01-31T12:00") - 1,
    SECOND_TEXT = sizeof("2026-01-31T12:00:00") - 1,
    WHOLE_TEXT = sizeof("2026-01-31T12:00:00.000") - 1
};

/* A time of which nothing that is zero stands at the end. */
static struct str short_time(const char *text)
{
    bool has_ms = memcmp(text + SECOND_TEXT, ".000", WHOLE_TEXT - SECOND_TEXT) != 0,
         has_seconds = memcmp(text + MINUTE_TEXT, ":00", SECOND_TEXT - MINUTE_TEXT) != 0;

    return (struct str){text, has_ms ? WHOLE_TEXT : has_seconds ? SECOND_TEXT : MINUTE_TEXT};
}

/* Does the text stand for this moment, in the zone?  A day that is an end stands for the beginning of the next. */
static bool means(struct str text, const char *zone, bool is_end, int64_t ms)
{
    struct clock_fields fields;
    struct str rest;
    bool has_time;

    if (!clock_parse_fields(text, &fields, &has_time, &rest) || rest.len)
        return false;
    if (!has_time && is_end)
        clock_next_day(&fields);
    return clock_from_local(&fields, zone) == ms;
}

/* The day that stands for a moment as `from`, or with `is_end` as `to`; empty when none does. */
static struct str day_text(struct arena *arena, int64_t ms, const char *zone, bool is_end)
{
    char text[CLOCK_TEXT_BYTES];
    struct str day = {text, DAY_TEXT};

    if (is_end && ms == 0)
        return STR("");
    clock_format_local(is_end ? ms - 1 : ms, zone, text);
    return means(day, zone, is_end, ms) ? arena_copy(arena, day) : STR("");
}

struct str params_time_text(struct arena *arena, int64_t ms, const char *zone)
{
    char text[CLOCK_TEXT_BYTES];
    struct str local;

    clock_format_local(ms, zone, text);
    local = short_time(text);
    if (means(local, zone, false, ms))
        return arena_copy(arena, local);
    clock_format(ms, text);
    local = short_time(text);
    return arena_printf(arena, "%.*sZ", STR_ARG(local));
}

void params_set_range(struct arena *arena, struct params *params, int64_t from_ms, int64_t to_ms)
{
    struct filter *filter = &params->filter;
    struct str from = day_text(arena, from_ms, params->zone, false),
               to = day_text(arena, to_ms, params->zone, true);
    bool days = from.len && to.len;

    params->from = days ? from : params_time_text(arena, from_ms, params->zone);
    params->to = days ? to : params_time_text(arena, to_ms, params->zone);
    filter->has_from = filter->has_to = true;
    filter->from_ms = from_ms;
    filter->to_ms = to_ms;
}
