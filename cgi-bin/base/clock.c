/* SPDX-License-Identifier: MIT */
/*
 * The C library does the calendar; this file only checks and shapes.  Zones go through TZ and tzset(),
 * which is global to the process: programs here have one thread, and TZ is put back to UTC after each use.
 */
#define _GNU_SOURCE
#include "base/clock.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum { ZONE_BYTES = 64, DAY_SECONDS = 24 * 60 * 60 };

int64_t clock_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_format(int64_t ms, char out[CLOCK_TEXT_BYTES])
{
    clock_format_local(ms, "UTC", out);
}

/* Exactly `digits` decimal digits at the front of `rest`, taken off it. */
static bool take_number(struct str *rest, size_t digits, int *value)
{
    *value = 0;
    if (rest->len < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        char c = rest->ptr[i];

        if (c < '0' || c > '9')
            return false;
        *value = *value * 10 + (c - '0');
    }
    *rest = str_slice(*rest, digits, rest->len);
    return true;
}

static bool take_char(struct str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool day_exists(const struct clock_fields *f)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (f->month < 1 || f->month > 12 || f->day < 1)
        return false;
    return f->day <= days[f->month - 1] + (f->month == 2 && is_leap(f->year));
}

void clock_next_day(struct clock_fields *fields)
{
    fields->day++;
    if (day_exists(fields))
        return;
    fields->day = 1;
    if (++fields->month > 12) {
        fields->month = 1;
        fields->year++;
    }
}

static bool take_fraction(struct str *rest, int *ms)
{
    int scale = 100;
    size_t digits = 0;

    while (digits < rest->len && rest->ptr[digits] >= '0' && rest->ptr[digits] <= '9') {
        *ms += (rest->ptr[digits] - '0') * scale;
        scale /= 10;
        digits++;
    }
    *rest = str_slice(*rest, digits, rest->len);
    return digits > 0;
}

static bool take_time(struct str *rest, struct clock_fields *f)
{
    if (!take_number(rest, 2, &f->hour) || !take_char(rest, ':') ||
        !take_number(rest, 2, &f->minute))
        return false;
    if (take_char(rest, ':')) {
        if (!take_number(rest, 2, &f->second))
            return false;
        if (take_char(rest, '.') && !take_fraction(rest, &f->ms))
            return false;
    }
    return f->hour <= 23 && f->minute <= 59 && f->second <= 60;
}

bool clock_parse_fields(struct str text, struct clock_fields *fields, bool *has_time,
                        struct str *rest)
{
    *fields = (struct clock_fields){0};
    *rest = text;
    *has_time = false;
    if (!take_number(rest, 4, &fields->year) || !take_char(rest, '-') ||
        !take_number(rest, 2, &fields->month) || !take_char(rest, '-') ||
        !take_number(rest, 2, &fields->day) || !day_exists(fields))
        return false;
    if (take_char(rest, 'T') || take_char(rest, 't') || take_char(rest, ' ')) {
        *has_time = true;
        return take_time(rest, fields);
    }
    return true;
}

int64_t clock_from_utc(const struct clock_fields *f)
{
    struct tm tm = {.tm_year = f->year - 1900,
                    .tm_mon = f->month - 1,
                    .tm_mday = f->day,
                    .tm_hour = f->hour,
                    .tm_min = f->minute,
                    .tm_sec = f->second};

    return (int64_t)timegm(&tm) * 1000 + f->ms;
}

static bool take_offset(struct str *rest, int *minutes)
{
    int sign, hour, minute;

    if (take_char(rest, 'Z') || take_char(rest, 'z')) {
        *minutes = 0;
        return true;
    }
    if (take_char(rest, '+'))
        sign = 1;
    else if (take_char(rest, '-'))
        sign = -1;
    else
        return false;
    if (!take_number(rest, 2, &hour) || !take_char(rest, ':') || !take_number(rest, 2, &minute) ||
        hour > 23 || minute > 59)
        return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

bool clock_parse_rfc3339(struct str text, int64_t *ms)
{
    enum { SECONDS_AT = sizeof("YYYY-MM-DDTHH:MM") - 1 }; /* RFC 3339 wants them */
    struct clock_fields fields;
    struct str rest;
    bool has_time;
    int offset_minutes;

    if (!clock_parse_fields(text, &fields, &has_time, &rest) || !has_time ||
        !take_offset(&rest, &offset_minutes) || rest.len > 0 || text.ptr[SECONDS_AT] != ':')
        return false;
    *ms = clock_from_utc(&fields) - (int64_t)offset_minutes * 60000;
    return *ms >= 0 && *ms <= CLOCK_MAX_MS;
}

bool clock_zone_exists(struct str zone)
{
    char path[ZONE_BYTES + sizeof("/usr/share/zoneinfo/")];
    struct stat file;

    if (zone.len == 0 || zone.len >= ZONE_BYTES || zone.ptr[0] < 'A' || zone.ptr[0] > 'Z')
        return false;
    for (size_t i = 0; i < zone.len; i++) {
        char c = zone.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (!letter && !(c >= '0' && c <= '9') && !memchr("_+-/", c, 4))
            return false;
        if (c == '/' && zone.ptr[i - 1] == '/') /* the first byte is a letter */
            return false;
    }
    if (str_equal(zone, STR("UTC")))
        return true;
    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%.*s", STR_ARG(zone));
    return stat(path, &file) == 0 && S_ISREG(file.st_mode);
}

/* What is in use between two calls. */
static const char *held_zone = "UTC";

static void set_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void use_zone(const char *zone)
{
    if (strcmp(zone, held_zone) != 0)
        set_zone(zone);
}

static void leave_zone(const char *zone)
{
    if (strcmp(zone, held_zone) != 0)
        set_zone(held_zone);
}

void clock_hold_zone(const char *zone)
{
    use_zone(zone);
    held_zone = zone;
}

void clock_let_go(void)
{
    clock_hold_zone("UTC");
}

/* How many seconds the zone in use is ahead of UTC at that moment. */
static time_t offset_at(time_t at)
{
    struct tm local;

    localtime_r(&at, &local);
    return local.tm_gmtoff;
}

/*
 * A local time has the offset of a day before or of a day after; they differ where clocks change in
 * between.  A time that occurs twice fits both, and the old offset gives the earlier; one that is
 * skipped fits neither, and the old offset moves it forward.  mktime() cannot be told to do this where
 * summer time is the smaller offset (Dublin, Casablanca).
 */
static time_t earliest_local(time_t as_utc)
{
    time_t old = as_utc - offset_at(as_utc - DAY_SECONDS);
    time_t new = as_utc - offset_at(as_utc + DAY_SECONDS);
    bool old_fits = old + offset_at(old) == as_utc;
    bool new_fits = new + offset_at(new) == as_utc;

    return new_fits && !old_fits ? new : old;
}

int64_t clock_from_local(const struct clock_fields *f, const char *zone)
{
    int64_t as_utc_ms = clock_from_utc(f);
    time_t at;

    if (strcmp(zone, "UTC") == 0)
        return as_utc_ms;
    use_zone(zone);
    at = earliest_local((time_t)((as_utc_ms - f->ms) / 1000));
    leave_zone(zone);
    return (int64_t)at * 1000 + f->ms;
}

/* `value` with leading zeros, in `digits` digits; where they end. */
static char *put_number(char *out, int value, int digits)
{
    for (int i = digits; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + digits;
}

/* As strftime() would, at a tenth of its cost: lists and downloads show many times. */
static char *put_fields(char *out, const struct tm *tm, int ms)
{
    out = put_number(out, tm->tm_year + 1900, 4);
    *out++ = '-';
    out = put_number(out, tm->tm_mon + 1, 2);
    *out++ = '-';
    out = put_number(out, tm->tm_mday, 2);
    *out++ = 'T';
    out = put_number(out, tm->tm_hour, 2);
    *out++ = ':';
    out = put_number(out, tm->tm_min, 2);
    *out++ = ':';
    out = put_number(out, tm->tm_sec, 2);
    *out++ = '.';
    return put_number(out, ms, 3);
}

void clock_format_local(int64_t ms, const char *zone, char out[CLOCK_TEXT_BYTES])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;

    assert(ms >= 0 && ms <= CLOCK_MAX_MS);
    if (strcmp(zone, "UTC") == 0) {
        gmtime_r(&seconds, &tm);
        out = put_fields(out, &tm, (int)(ms % 1000));
        *out++ = 'Z';
    } else {
        int minutes;

        use_zone(zone);
        localtime_r(&seconds, &tm);
        leave_zone(zone);
        minutes = (int)(tm.tm_gmtoff / 60);
        out = put_fields(out, &tm, (int)(ms % 1000));
        *out++ = minutes < 0 ? '-' : '+';
        out = put_number(out, abs(minutes) / 60 % 100, 2);
        *out++ = ':';
        out = put_number(out, abs(minutes) % 60, 2);
    }
    *out = '\0';
}

/* A local time has the offset of a day before and that of a day after: of earliest_local(). */
static bool occurs_twice(int64_t ms, const char *zone)
{
    time_t at = (time_t)(ms / 1000), as_utc, old, new;
    bool twice;

    if (strcmp(zone, "UTC") == 0)
        return false;
    use_zone(zone);
    as_utc = at + offset_at(at);
    old = as_utc - offset_at(as_utc - DAY_SECONDS);
    new = as_utc - offset_at(as_utc + DAY_SECONDS);
    twice = old != new &&old + offset_at(old) == as_utc &&new + offset_at(new) == as_utc;
    leave_zone(zone);
    return twice;
}

void clock_show(int64_t ms, const char *zone, enum clock_unit unit, char out[CLOCK_TEXT_BYTES])
{
    static const size_t lengths[] = {
        [CLOCK_DAY] = sizeof("2026-01-31") - 1,
        [CLOCK_MINUTE] = sizeof("2026-01-31T12:00") - 1,
        [CLOCK_SECOND] = sizeof("2026-01-31T12:00:00") - 1,
        [CLOCK_MS] = sizeof("2026-01-31T12:00:00.000") - 1,
    };
    char text[CLOCK_TEXT_BYTES], *end = out + lengths[unit];

    clock_format_local(ms, zone, text);
    memcpy(out, text, lengths[unit]);
    if (unit != CLOCK_DAY) {
        out[lengths[CLOCK_DAY]] = ' ';
        if (occurs_twice(ms, zone)) {
            *end++ = ' ';
            memcpy(end, text + lengths[CLOCK_MS], sizeof("+01:00") - 1);
            end += sizeof("+01:00") - 1;
        }
    }
    *end = '\0';
}

void clock_span(int64_t ms, char out[CLOCK_TEXT_BYTES])
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {{86400000, "day"}, {3600000, "hour"}, {60000, "minute"}, {1000, "second"}};

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        long long count = (long long)(ms / units[i].ms);

        if (count >= 2 || ms == units[i].ms) {
            snprintf(out, CLOCK_TEXT_BYTES, "%lld %s%s", count, units[i].name,
                     count == 1 ? "" : "s");
            return;
        }
    }
    if (ms > 1000)
        snprintf(out, CLOCK_TEXT_BYTES, "%lld.%lld seconds", (long long)ms / 1000,
                 (long long)ms % 1000 / 100);
    else
        snprintf(out, CLOCK_TEXT_BYTES, "%lld ms", ms < 0 ? 0LL : (long long)ms);
}
