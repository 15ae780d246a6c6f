/* SPDX-License-Identifier: MIT */
/*
 * Time as milliseconds since 1970-01-01T00:00:00Z.  UTC throughout; a zone matters only where a
 * person's day or hour is meant (clock_*_local()), and is then an IANA name.
 */
#ifndef DAYBOOK_BASE_CLOCK_H
#define DAYBOOK_BASE_CLOCK_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Ids hold 42 bits of milliseconds: 2109-05-15T07:35:11.103Z is the last. */
#define CLOCK_MAX_MS ((INT64_C(1) << 42) - 1)

/* Room for "2026-01-31T12:00:00.123Z" or "2026-01-31T12:00:00.123+05:45", the NUL included. */
enum { CLOCK_TEXT_BYTES = 32 };

/* A day and a time of day, in no zone yet. */
struct clock_fields {
    int year, month, day; /* 1 to 12, 1 to 31 */
    int hour, minute, second, ms;
};

int64_t clock_now_ms(void);

/* "2026-01-31T12:00:00.123Z"; `ms` must be within 0 to CLOCK_MAX_MS. */
void clock_format(int64_t ms, char out[CLOCK_TEXT_BYTES]);

/*
 * Reads `YYYY-MM-DD`, then optionally `T` or one space and `HH:MM[:SS[.fraction]]`.  What stands behind
 * it (a zone) is left in `rest`.  `has_time` says whether a time of day was given.  False when it is
 * not of that form or names no real day or time; fractions are cut, not rounded, to milliseconds.
 */
bool clock_parse_fields(struct str text, struct clock_fields *fields, bool *has_time,
                        struct str *rest);

/*
 * RFC 3339 with a zone (`Z` or `+hh:mm`), as events carry it.  Returns false for any other form and for
 * times outside 0 to CLOCK_MAX_MS.  A leap second (:60) counts as the next second.
 */
bool clock_parse_rfc3339(struct str text, int64_t *ms);

/*
 * A time as logs of all kinds write it: RFC 3339; the same without a zone (UTC) or with a zone such as `+0100` or `UTC`, also behind a
 * space; `17/May/2015:10:05:03 +0000`, as access logs have it; or a number since 1970 with or without a fraction, by its size in
 * seconds, milliseconds, microseconds or nanoseconds.  False for any other form and outside 0 to CLOCK_MAX_MS: `ms` stays
 * as it is then.
 */
bool clock_parse_logged(struct str text, int64_t *ms);

/* The day after, at the same time of day. */
void clock_next_day(struct clock_fields *fields);

/* Milliseconds of the fields taken as UTC.  May be negative. */
int64_t clock_from_utc(const struct clock_fields *fields);

/* Is `zone` an IANA name that this system knows?  Only then may it be handed to clock_*_local(). */
bool clock_zone_exists(struct str zone);

/*
 * Between these two clock_*_local() are quick for this zone: otherwise each reads the zone's file.  `zone` must live until the second, after which
 * the process is in UTC again.
 */
void clock_hold_zone(const char *zone);
void clock_let_go(void);

/*
 * Milliseconds of the fields taken as local time in `zone` (a C string; "UTC" costs nothing).  A time that
 * occurs twice is the earlier; one that is skipped is moved forward by the gap.
 */
int64_t clock_from_local(const struct clock_fields *fields, const char *zone);

/* "2026-01-31T12:00:00.123+01:00" in `zone`, with Z where the zone is "UTC". */
void clock_format_local(int64_t ms, const char *zone, char out[CLOCK_TEXT_BYTES]);

/* How much of a time people are shown. */
enum clock_unit { CLOCK_DAY, CLOCK_MINUTE, CLOCK_SECOND, CLOCK_MS };

/*
 * A time in `zone` for people, cut to the unit: "2026-01-31", "2026-01-31 12:00".  A local time that occurs twice, because clocks are put
 * back, has its offset with it: "2026-10-25 02:15 +02:00".
 */
void clock_show(int64_t ms, const char *zone, enum clock_unit unit, char out[CLOCK_TEXT_BYTES]);

/*
 * How long something takes or is ago, for people: "340 ms", "1.8 seconds", "59 seconds", "1 hour", "36 hours", "4 days"; rounded down to two
 * of a unit at least, unless it is exactly one.  Below 0 counts as 0.
 */
void clock_span(int64_t ms, char out[CLOCK_TEXT_BYTES]);

#endif
