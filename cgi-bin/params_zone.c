/* SPDX-License-Identifier: MIT */
/* The zone that a person chose last: for what is shown, never for what is selected. */
#include "params.h"

#include "base/clock.h"

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
    if (params->names_zone || remembered.len == 0 || !clock_zone_exists(remembered))
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
