/* SPDX-License-Identifier: MIT */
/* The zone that a person chose last: for what is shown, never for what is selected. */
#include "params.h"

#include "base/clock.h"

/* The same moment, for a reader in any zone; what lies outside all that events can have still does. */
static struct str in_utc(struct arena *arena, int64_t ms)
{
    char text[CLOCK_TEXT_BYTES];

    if (ms < 0)
        return STR("0");
    if (ms > CLOCK_MAX_MS)
        return arena_printf(arena, "%lld", (long long)ms);
    clock_format(ms, text);
    return arena_copy(arena, str_from(text));
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
        params->from = in_utc(arena, params->filter.from_ms);
    if (is_local(params->to))
        params->to = in_utc(arena, params->filter.to_ms);
}
