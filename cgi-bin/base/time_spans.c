/* SPDX-License-Identifier: MIT */
/*
 * Spans shorter than a day are cut where the local time divides by them; longer ones are counted in the calendar, and a beginning that clocks
 * skip is where they go on.
 */
#include "base/time_spans.h"

#include "base/clock.h"

enum unit { CLOCK, DAY, MONTH }; /* CLOCK: milliseconds of a day */

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

enum { DAYS_OF_WEEK = 7, MONTHS_OF_YEAR = 12, EPOCH_WEEKDAY = 3 /* a Thursday, from Monday */ };

struct step {
    enum unit unit;
    int64_t each;     /* ms, days, months */
    int64_t least_ms; /* no span is shorter, but where clocks change */
};

static const struct step steps[] = {
    {CLOCK, SECOND_MS, SECOND_MS},
    {CLOCK, 5 * SECOND_MS, 5 * SECOND_MS},
    {CLOCK, 15 * SECOND_MS, 15 * SECOND_MS},
    {CLOCK, MINUTE_MS, MINUTE_MS},
    {CLOCK, 5 * MINUTE_MS, 5 * MINUTE_MS},
    {CLOCK, 15 * MINUTE_MS, 15 * MINUTE_MS},
    {CLOCK, 30 * MINUTE_MS, 30 * MINUTE_MS},
    {CLOCK, HOUR_MS, HOUR_MS},
    {CLOCK, 3 * HOUR_MS, 3 * HOUR_MS},
    {CLOCK, 6 * HOUR_MS, 6 * HOUR_MS},
    {CLOCK, 12 * HOUR_MS, 12 * HOUR_MS},
    {DAY, 1, DAY_MS},
    {DAY, DAYS_OF_WEEK, 7 * DAY_MS},
    {MONTH, 1, 28 * DAY_MS},
    {MONTH, 3, 89 * DAY_MS},
    {MONTH, MONTHS_OF_YEAR, 365 * DAY_MS},
    {MONTH, 60, 1825 * DAY_MS}, /* what ids can say ends within 140 years */
};

enum { STEP_COUNT = sizeof(steps) / sizeof(steps[0]) };

static struct clock_fields local_fields(int64_t ms, const char *zone)
{
    char text[CLOCK_TEXT_BYTES];
    struct clock_fields fields = {0};
    struct str rest;
    bool has_time;

    clock_format_local(ms, zone, text);
    clock_parse_fields(str_from(text), &fields, &has_time, &rest);
    return fields;
}

/* What a clock on the wall shows, in milliseconds as if it were UTC. */
static int64_t wall(int64_t ms, const char *zone)
{
    struct clock_fields fields = local_fields(ms, zone);

    return clock_from_utc(&fields);
}

static int64_t clamp(int64_t ms)
{
    if (ms < 0)
        return 0;
    return ms > CLOCK_MAX_MS ? CLOCK_MAX_MS : ms;
}

/* How far `shown` is behind a multiple of `each`; before 1970 too. */
static int64_t behind_round(int64_t shown, int64_t each)
{
    return (shown % each + each) % each;
}

/* The first moment after `ms` at which the clock on the wall shows a multiple of `each`. */
static int64_t next_round(int64_t ms, int64_t each, const char *zone)
{
    int64_t shown = wall(ms, zone), round = shown - behind_round(shown, each) + each,
            next = clamp(ms + round - shown), offset = wall(next, zone) - next;

    if (behind_round(next + offset, each) == 0)
        return next;
    for (;; round += each) { /* clocks change in between, by what does not divide by `each` */
        next = clamp(round - offset);
        if ((next > ms && wall(next, zone) == round) || next == CLOCK_MAX_MS)
            return next;
    }
}

/* A moment that is not after `ms`, at which the clock shows a multiple of `each`; the last one, unless clocks change in between. */
static int64_t round_before(int64_t ms, int64_t each, const char *zone)
{
    int64_t before = clamp(ms - behind_round(wall(ms, zone), each));

    return clamp(before - behind_round(wall(before, zone), each));
}

/* The beginning of the span that holds `shown`, as if it were UTC, moved on by `spans`. */
static struct clock_fields beginning(struct clock_fields shown, const struct step *step,
                                     int64_t spans)
{
    struct clock_fields day = {.year = shown.year, .month = shown.month, .day = shown.day};

    if (step->unit == MONTH) {
        int64_t months = (int64_t)shown.year * MONTHS_OF_YEAR + shown.month - 1;

        months = (months / step->each + spans) * step->each;
        return (struct clock_fields){.year = (int)(months / MONTHS_OF_YEAR),
                                     .month = (int)(months % MONTHS_OF_YEAR) + 1,
                                     .day = 1};
    }
    int64_t days = clock_from_utc(&day) / DAY_MS, from_monday = (days + EPOCH_WEEKDAY) % step->each;

    return local_fields(
        clamp((days - (step->each == 1 ? 0 : from_monday) + spans * step->each) * DAY_MS), "UTC");
}

/* A day may be skipped whole in a zone; behind the last day of all there is none, however often one tries. */
enum { TRIES_MAX = 3 };

static int64_t next_bound(int64_t ms, const struct step *step, const char *zone)
{
    int64_t next = ms;

    if (step->unit == CLOCK)
        return next_round(ms, step->each, zone);
    for (int64_t spans = 1; next <= ms && spans <= TRIES_MAX; spans++) {
        const struct clock_fields day = beginning(local_fields(ms, zone), step, spans);

        next = clamp(clock_from_local(&day, zone));
    }
    return next > ms ? next : CLOCK_MAX_MS;
}

static int64_t bound_before(int64_t ms, const struct step *step, const char *zone)
{
    struct clock_fields day;

    if (step->unit == CLOCK)
        return round_before(ms, step->each, zone);
    day = beginning(local_fields(ms, zone), step, 0);
    return clamp(clock_from_local(&day, zone));
}

/* False: they are too many. */
static bool cut(int64_t from_ms, int64_t to_ms, const struct step *step, const char *zone,
                struct time_spans *spans)
{
    int64_t bound = bound_before(from_ms, step, zone), next;

    if (bound > from_ms) /* the first day, west of Greenwich */
        bound = 0;
    while ((next = next_bound(bound, step, zone)) <= from_ms && next > bound)
        bound = next;
    spans->count = 0;
    spans->bounds_ms[0] = bound;
    spans->days = step->unit != CLOCK;
    spans->minutes = spans->days || step->each >= MINUTE_MS;
    while (spans->bounds_ms[spans->count] < to_ms) {
        if (spans->count == TIME_SPANS_MAX)
            return false;
        bound = spans->bounds_ms[spans->count];
        next = next_bound(bound, step, zone);
        spans->bounds_ms[++spans->count] = next > bound ? next : to_ms;
    }
    return true;
}

void time_spans_choose(int64_t from_ms, int64_t to_ms, const char *zone, struct time_spans *spans)
{
    size_t i = 0;

    clock_hold_zone(zone);
    while (i < STEP_COUNT && ((to_ms - from_ms) / steps[i].least_ms > TIME_SPANS_MAX ||
                              !cut(from_ms, to_ms, &steps[i], zone, spans)))
        i++;
    clock_let_go();
}

bool time_spans_around(int64_t from_ms, int64_t to_ms, const char *zone, int64_t around_ms[2])
{
    static const struct step around[] = {{CLOCK, MINUTE_MS, MINUTE_MS},
                                         {CLOCK, HOUR_MS, HOUR_MS},
                                         {DAY, 1, DAY_MS},
                                         {DAY, DAYS_OF_WEEK, 7 * DAY_MS},
                                         {MONTH, 1, 28 * DAY_MS},
                                         {MONTH, MONTHS_OF_YEAR, 365 * DAY_MS}};

    for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
        struct time_spans spans;

        if ((to_ms - from_ms) / around[i].least_ms > 1 ||
            !cut(from_ms, to_ms, &around[i], zone, &spans) || spans.count != 1 ||
            (spans.bounds_ms[0] == from_ms && spans.bounds_ms[1] == to_ms))
            continue;
        around_ms[0] = spans.bounds_ms[0];
        around_ms[1] = spans.bounds_ms[1];
        return true;
    }
    return false;
}
