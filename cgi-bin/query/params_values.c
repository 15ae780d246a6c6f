/* SPDX-License-Identifier: MIT */
/* One function for each kind of value.  Knows no parameter by name. */
#include "query/params_values.h"

#include "base/clock.h"
#include "base/parse.h"

enum { RELATIVE_MAX = 100000 };

const char params_time_accepted[] = "a day of the calendar (2026-01-31), a time (2026-01-31T12:00, "
                                    "with Z for UTC), milliseconds since 1970, "
                                    "or a span before now (-24h; units s, m, h, d, w)";

/* `-24h`: so long before now. */
static bool parse_relative(struct str text, int64_t now_ms, int64_t *ms)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}, {'w', 604800000}};
    uint64_t count;

    if (text.len < 3 || text.ptr[0] != '-' ||
        !parse_u64(str_slice(text, 1, text.len - 2), 1, RELATIVE_MAX, &count))
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (text.ptr[text.len - 1] == units[i].unit) {
            *ms = now_ms - (int64_t)count * units[i].ms;
            return true;
        }
    }
    return false;
}

/* A day or a local time; a bare day given as the end means the whole of it. */
static bool parse_calendar(struct str text, const char *zone, bool is_end, int64_t *ms)
{
    struct clock_fields fields;
    struct str rest;
    bool has_time;

    if (!clock_parse_fields(text, &fields, &has_time, &rest))
        return false;
    if (has_time && str_equal(rest, STR("Z"))) {
        *ms = clock_from_utc(&fields);
        return true;
    }
    if (rest.len)
        return false;
    if (!has_time && is_end)
        clock_next_day(&fields);
    *ms = clock_from_local(&fields, zone);
    return true;
}

bool params_time(struct str text, const char *zone, bool is_end, int64_t now_ms, int64_t *ms)
{
    uint64_t number;

    if (parse_u64(text, 0, INT64_MAX, &number)) {
        *ms = (int64_t)number;
        return true;
    }
    return parse_relative(text, now_ms, ms) || parse_calendar(text, zone, is_end, ms);
}

bool params_is_day(struct str text)
{
    struct clock_fields fields;
    struct str rest;
    bool has_time;

    return clock_parse_fields(text, &fields, &has_time, &rest) && !has_time && rest.len == 0;
}

struct str params_day_ago(struct arena *arena, int64_t now_ms, const char *zone, unsigned days)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    char text[CLOCK_TEXT_BYTES];
    struct clock_fields fields;
    struct str rest;
    bool has_time;

    clock_show(now_ms, zone, CLOCK_DAY, text);
    if (days && clock_parse_fields(str_from(text), &fields, &has_time, &rest))
        clock_show(clock_from_utc(&fields) - (int64_t)days * DAY_MS, "UTC", CLOCK_DAY, text);
    return arena_copy(arena, str_from(text));
}

bool params_value_fits(enum filter_dimension dimension, struct str value)
{
    enum event_source source;
    enum event_method method;
    enum event_signature signature;
    unsigned first, last;

    if (dimension == FILTER_STATUS)
        return filter_status_range(value, &first, &last);
    if (str_equal(value, STR(FILTER_NONE)))
        return true;
    if (dimension == FILTER_SOURCE)
        return event_source_parse(value, &source);
    if (dimension == FILTER_METHOD)
        return event_method_parse(value, &method);
    return dimension != FILTER_SIGNATURE || event_signature_parse(value, &signature);
}

const char *params_value_accepted(enum filter_dimension dimension)
{
    static const char *const accepted[FILTER_ALL_COUNT] = {
        [FILTER_STATUS] = "a status from 100 to 599, a class such as 4xx, a range such as 404-499, "
                          "ok, failed, or " FILTER_NONE,
        [FILTER_SOURCE] = "ui, cli, integration, webhook, or " FILTER_NONE,
        [FILTER_METHOD] = "GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH, "
                          "other, or " FILTER_NONE,
        [FILTER_SIGNATURE] = "valid, invalid, unchecked, or " FILTER_NONE,
    };

    return accepted[dimension];
}
