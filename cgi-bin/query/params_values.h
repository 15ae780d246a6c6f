/* SPDX-License-Identifier: MIT */
/* What is accepted as a value of the filter, and what a time means, wherever it stands: in a URL, in the text of a search. */
#ifndef DAYBOOK_PARAMS_VALUES_H
#define DAYBOOK_PARAMS_VALUES_H

#include "base/arena.h"
#include "base/str.h"
#include "store/filter.h"

#include <stdbool.h>
#include <stdint.h>

/* May `value` stand in the dimension?  Names may be anything. */
bool params_value_fits(enum filter_dimension dimension, struct str value);

/* What may, for a sentence that ends with it; NULL where anything may. */
const char *params_value_accepted(enum filter_dimension dimension);

/*
 * A day, a time, milliseconds since 1970 or a span before `now_ms`, days and times in `zone`.  With `is_end` a day without a time is meant as
 * the end of a range: the whole of it, so that `ms` is the first moment of the next.  False: it is none.
 */
bool params_time(struct str text, const char *zone, bool is_end, int64_t now_ms, int64_t *ms);

/* What that accepts, for a sentence. */
extern const char params_time_accepted[];

/* Is it a day without a time? */
bool params_is_day(struct str text);

/* The day that it is in `zone`, or was so many `days` ago; in the arena. */
struct str params_day_ago(struct arena *arena, int64_t now_ms, const char *zone, unsigned days);

#endif
