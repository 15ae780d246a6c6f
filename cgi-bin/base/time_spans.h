/* SPDX-License-Identifier: MIT */
/*
 * A stretch of time cut into few spans that people count in: seconds, minutes, hours, days, weeks from Monday, months, years of a zone.  They
 * begin at round local times, touch each other and never overlap, on the days when clocks change too: some are longer or shorter then.  Pure.
 */
#ifndef DAYBOOK_BASE_TIME_SPANS_H
#define DAYBOOK_BASE_TIME_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIME_SPANS_MAX = 60 };

struct time_spans {
    size_t count; /* 1 to TIME_SPANS_MAX */
    int64_t bounds_ms[TIME_SPANS_MAX +
                      1]; /* count + 1, ascending; span i ends before bounds_ms[i + 1] */
    bool days;            /* all bounds are beginnings of days */
    bool minutes;         /* all are whole minutes */
};

/*
 * The shortest natural spans that cover everything from `from_ms` to below `to_ms` (above from_ms) without being too many.  Both
 * are 0 to CLOCK_MAX_MS; no bound is outside.  `zone` as for clock_*_local().
 */
void time_spans_choose(int64_t from_ms, int64_t to_ms, const char *zone, struct time_spans *spans);

/*
 * The shortest of minute, hour, day, week, month and year that holds everything from from_ms to below to_ms, and more than that.  False: none does.
 */
bool time_spans_around(int64_t from_ms, int64_t to_ms, const char *zone, int64_t around_ms[2]);

#endif
