/* SPDX-License-Identifier: MIT */
/* The zone that a person chose last: for what is shown, never for what is selected. */
#include "query/params_private.h"

#include "base/clock.h"
#include "base/zone_table.h"
#include "query/params_values.h"

#define ZONE_ACCEPTED "the IANA name of a time zone, such as Europe/Berlin"

const char params_zone_accepted[] = ZONE_ACCEPTED;

/* A part of a name that several zones have. */
static bool refuse_several(struct arena *arena, struct str typed, const struct str *zones,
                           size_t count, struct str *complaint)
{
    struct str named = zones[0];

    for (size_t i = 1; i < count; i++)
        named = arena_printf(arena, "%.*s%s%.*s", STR_ARG(named), i + 1 < count ? ", " : " or ",
                             STR_ARG(zones[i]));
    return params_refuse(arena, "zone",
                         arena_printf(arena, "one time zone, and %.*s may be %.*s",
                                      STR_ARG(fields_quoted(arena, typed)), STR_ARG(named))
                             .ptr,
                         complaint);
}

bool params_read_chosen_zone(struct arena *arena, struct str typed, struct params *params,
                             struct str *complaint)
{
    struct str zones[ZONE_TABLE_FOUND_MAX];
    size_t count;

    if (typed.len == 0)
        return true;
    count = zone_table_find(arena, typed, zones);
    if (count > 1)
        return refuse_several(arena, typed, zones, count, complaint);
    if (count == 0)
        return params_refuse_value(arena, "zone", ZONE_ACCEPTED ", or its last part", typed,
                                   complaint);
    params->chosen_zone = zones[0];
    return true;
}

/* The same moment in another zone; what lies outside all that events can have still does. */
static struct str in_zone(struct arena *arena, int64_t ms, const char *zone)
{
    if (ms < 0)
        return STR("0");
    if (ms > CLOCK_MAX_MS)
        return arena_printf(arena, "%lld", (long long)ms);
    return params_time_text(arena, ms, zone);
}

/* "2026-01-31", "2026-01-31T12:00": a day or time that begins elsewhere in another zone. */
static bool is_local(struct str text)
{
    return text.len >= sizeof("2026-01-31") - 1 && text.ptr[sizeof("2026") - 1] == '-' &&
           text.ptr[text.len - 1] != 'Z';
}

void params_remember_zone(struct arena *arena, struct params *params, struct str remembered)
{
    params->remembers_zone = clock_zone_exists(remembered);
    if (params->names_zone || !params->remembers_zone)
        return;
    params->names_zone = true;
    if (str_equal(remembered, STR("UTC")))
        return;
    params->zone = arena_cstr(arena, remembered);
    if (is_local(params->from))
        params->from = in_zone(arena, params->filter.from_ms, params->zone);
    if (is_local(params->to))
        params->to = in_zone(arena, params->filter.to_ms, params->zone);
}

/* A browser may have written `text` in another way than the page did. */
static bool is_same_time(struct str text, struct str was, int64_t ms, const char *zone)
{
    int64_t was_ms;

    return text.len > sizeof("2026-01-31") - 1 && is_local(text) && was.len &&
           params_time(was, zone, false, 0, &was_ms) && was_ms == ms;
}

void params_choose_zone(struct arena *arena, struct params *params)
{
    const char *before = params->zone, *zone = arena_cstr(arena, params->chosen_zone);
    const struct filter *filter = &params->filter;
    bool other = strcmp(before, zone) != 0;

    if (other && is_same_time(params->from, params->from_was, filter->from_ms, before))
        params->from = in_zone(arena, filter->from_ms, zone);
    if (other && is_same_time(params->to, params->to_was, filter->to_ms, before))
        params->to = in_zone(arena, filter->to_ms, zone);
    params->zone = zone;
    params->names_zone = true;
}
