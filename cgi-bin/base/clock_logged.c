/* SPDX-License-Identifier: MIT */
/* Times as logs write them; what a calendar day is, and which day exists, clock.c knows. */
#include "base/clock.h"

#include <stdio.h>

#include "base/parse.h"

/* "17/May/2015:10:05:03", and the same day as clock_parse_fields() reads it. */
enum { ACCESS_LOG_BYTES = sizeof("17/May/2015:10:05:03") - 1 };

/* Numbers up to these are seconds, milliseconds, microseconds: the years 5138, 5138 and 5138. */
static const uint64_t seconds_max = UINT64_C(100000000000);
static const uint64_t ms_max = UINT64_C(100000000000000);
static const uint64_t us_max = UINT64_C(100000000000000000);

static bool in_range(int64_t ms)
{
    return ms >= 0 && ms <= CLOCK_MAX_MS;
}

/* The first three digits behind the point; false when anything else stands there. */
static bool read_fraction(struct str digits, uint64_t *thousandths)
{
    uint64_t digit;

    *thousandths = 0;
    for (size_t i = 0; i < digits.len; i++)
        if (!parse_u64(str_slice(digits, i, 1), 0, 9, &digit))
            return false;
    for (size_t i = 0; i < 3; i++) {
        digit = 0;
        if (i < digits.len)
            parse_u64(str_slice(digits, i, 1), 0, 9, &digit);
        *thousandths = *thousandths * 10 + digit;
    }
    return digits.len > 0;
}

static bool read_number(struct str text, int64_t *ms)
{
    const char *point = text.len ? memchr(text.ptr, '.', text.len) : NULL;
    size_t whole_len = point ? (size_t)(point - text.ptr) : text.len;
    uint64_t whole, thousandths = 0;

    if (!parse_u64(str_slice(text, 0, whole_len), 0, INT64_MAX, &whole) ||
        (point && !read_fraction(str_slice(text, whole_len + 1, text.len), &thousandths)))
        return false;
    if (whole < seconds_max)
        *ms = (int64_t)(whole * 1000 + thousandths);
    else if (whole < ms_max)
        *ms = (int64_t)whole;
    else if (whole < us_max)
        *ms = (int64_t)(whole / 1000);
    else
        *ms = (int64_t)(whole / 1000000);
    return in_range(*ms);
}

static bool read_two(struct str text, size_t at, uint64_t max, int64_t *number)
{
    uint64_t value;

    if (text.len < at + 2 || !parse_u64(str_slice(text, at, 2), 0, max, &value))
        return false;
    *number = (int64_t)value;
    return true;
}

/* What stands behind the time of day: nothing, Z, UTC, GMT, +01:00 or +0100. */
static bool read_zone(struct str zone, int64_t *minutes)
{
    int64_t hour, minute;
    bool has_colon;

    *minutes = 0;
    zone = str_trim(zone);
    if (zone.len == 0 || str_equal_folded(zone, STR("z")) || str_equal(zone, STR("UTC")) ||
        str_equal(zone, STR("GMT")))
        return true;
    if (zone.ptr[0] != '+' && zone.ptr[0] != '-')
        return false;
    has_colon = zone.len > 3 && zone.ptr[3] == ':';
    if (zone.len != sizeof("+0100") - 1 + has_colon || !read_two(zone, 1, 23, &hour) ||
        !read_two(zone, 3 + has_colon, 59, &minute))
        return false;
    *minutes = (zone.ptr[0] == '+' ? 1 : -1) * (hour * 60 + minute);
    return true;
}

static bool read_fields(struct str text, int64_t *ms)
{
    struct clock_fields fields;
    struct str zone;
    int64_t minutes;
    bool has_time;

    if (!clock_parse_fields(text, &fields, &has_time, &zone) || !has_time ||
        !read_zone(zone, &minutes))
        return false;
    *ms = clock_from_utc(&fields) - minutes * 60000;
    return in_range(*ms);
}

/* Written as clock_parse_fields() wants it: it knows which days there are. */
static bool read_access_log(struct str text, int64_t *ms)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char plain[CLOCK_TEXT_BYTES * 2];
    const char *month;
    int length;

    if (text.len < ACCESS_LOG_BYTES || text.len > ACCESS_LOG_BYTES + sizeof(" +00:00") - 1 ||
        text.ptr[2] != '/' || text.ptr[6] != '/' || text.ptr[11] != ':' ||
        memchr(text.ptr, '\0', text.len))
        return false;
    month = memmem(months, sizeof(months) - 1, text.ptr + 3, 3);
    if (!month || (month - months) % 3 != 0)
        return false;
    length = snprintf(plain, sizeof(plain), "%.4s-%02d-%.2s %.*s", text.ptr + 7,
                      (int)(month - months) / 3 + 1, text.ptr, (int)(text.len - 12), text.ptr + 12);
    return read_fields((struct str){plain, (size_t)length}, ms);
}

bool clock_parse_logged(struct str text, int64_t *ms)
{
    int64_t read;

    if (!read_number(text, &read) && !read_fields(text, &read) && !read_access_log(text, &read))
        return false;
    *ms = read;
    return true;
}
