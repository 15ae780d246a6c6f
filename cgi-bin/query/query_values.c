/* SPDX-License-Identifier: MIT */
/* Comparisons and ranges, of statuses and of time, as the parameters of the URL say them. */
#include "query/query_private.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/parse.h"
#include "query/params_values.h"
#include "web/fields.h"

enum comparison { EQUAL, AT_LEAST, ABOVE, AT_MOST, BELOW };

/* Takes a comparison from the front of `text`. */
static enum comparison take_comparison(struct str *text)
{
    static const struct {
        struct str sign;
        enum comparison meant;
    } signs[] = {{STR(">="), AT_LEAST}, {STR("<="), AT_MOST}, {STR(">"), ABOVE}, {STR("<"), BELOW}};

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (str_starts(*text, signs[i].sign)) {
            *text = str_slice(*text, signs[i].sign.len, text->len);
            return signs[i].meant;
        }
    }
    return EQUAL;
}

/* "A..B" at its first "..".  False: there is none. */
static bool cut_range(struct str text, struct str *first, struct str *last)
{
    const char *dots = memmem(text.ptr, text.len, "..", 2);
    size_t at = dots ? (size_t)(dots - text.ptr) : 0;

    if (!dots)
        return false;
    *first = str_slice(text, 0, at);
    *last = str_slice(text, at + 2, text.len);
    return true;
}

/* ---- Statuses ------------------------------------------------------------------------------------- */

static bool read_bound(struct str text, uint64_t *status)
{
    return text.len == 3 && parse_u64(text, EVENT_STATUS_MIN, EVENT_STATUS_MAX, status);
}

/* The bounds of a range that is not empty.  False: it is none. */
static bool read_range(struct str text, uint64_t *first, uint64_t *last)
{
    struct str low, high;

    *first = EVENT_STATUS_MIN;
    *last = EVENT_STATUS_MAX;
    return cut_range(text, &low, &high) && low.len + high.len &&
           (low.len == 0 || read_bound(low, first)) && (high.len == 0 || read_bound(high, last)) &&
           *first <= *last;
}

/* The lowest or highest status that a comparison leaves.  False: none, or it is no comparison. */
static bool read_compared(struct str text, bool *is_lower, uint64_t *bound)
{
    enum comparison comparison = take_comparison(&text);

    if (comparison == EQUAL || !read_bound(text, bound))
        return false;
    *is_lower = comparison == AT_LEAST || comparison == ABOVE;
    *bound = *bound + (comparison == ABOVE) - (comparison == BELOW);
    return *bound >= EVENT_STATUS_MIN && *bound <= EVENT_STATUS_MAX;
}

/* The shortest word for these bounds. */
static struct str status_word(struct arena *arena, uint64_t first, uint64_t last)
{
    if (first == 100 && last == 399)
        return STR("ok");
    if (first == 400 && last == 599)
        return STR("failed");
    if (first % 100 == 0 && last == first + 99)
        return arena_printf(arena, "%uxx", (unsigned)first / 100);
    if (first == last)
        return arena_printf(arena, "%u", (unsigned)first);
    return arena_printf(arena, "%u-%u", (unsigned)first, (unsigned)last);
}

/*
 * >=400 and <500, wherever they stand, are one range and not alternatives, which would be every status.  To leave out, each counts by
 * itself; both together must not be every status either.
 */
static bool keep_bound(struct query_reader *reader, const struct query_value *value, bool exclude,
                       bool is_lower, uint64_t status)
{
    struct query_bounds *kept = &reader->statuses[exclude];
    uint64_t *bound = is_lower ? &kept->first : &kept->last;

    if (*bound)
        return query_mistaken(reader, value->at, value->len,
                              "the %s bound of the status is given twice; it is accepted once.",
                              is_lower ? "lower" : "upper");
    *bound = status;
    if (kept->first == 0 || kept->last == 0)
        return true;
    if (exclude)
        return kept->first > kept->last + 1 ||
               query_mistaken(reader, value->at, value->len,
                              "the two would leave out every status; a range is left out by "
                              "-status:400..499.");
    return kept->first <= kept->last ||
           query_mistaken(reader, value->at, value->len,
                          "no status is within both bounds; two ranges, of which one is enough, "
                          "are status:..299,500..");
}

bool query_status(struct query_reader *reader, const struct query_value *value, bool exclude,
                  struct str text, struct str *word)
{
    uint64_t first, last;
    bool is_lower;

    *word = STR("");
    if (params_value_fits(FILTER_STATUS, text)) {
        *word = text;
        return true;
    }
    if (read_compared(text, &is_lower, &first))
        return keep_bound(reader, value, exclude, is_lower, first);
    if (!read_range(text, &first, &last))
        return query_mistaken(reader, value->at, value->len,
                              "a status is a number from 100 to 599, a class such as 4xx, ok, "
                              "failed, >=400, >399, <=499, <500, 400..499, or " FILTER_NONE
                              ", not %s.",
                              fields_quoted(reader->arena, value->text).ptr);
    *word = status_word(reader->arena, first, last);
    return true;
}

size_t query_status_compared(struct query_reader *reader, bool exclude, struct str words[2])
{
    const struct query_bounds *kept = &reader->statuses[exclude];
    uint64_t first = kept->first ? kept->first : EVENT_STATUS_MIN,
             last = kept->last ? kept->last : EVENT_STATUS_MAX;

    if (kept->first == 0 && kept->last == 0)
        return 0;
    if (exclude && kept->first && kept->last) {
        words[0] = status_word(reader->arena, EVENT_STATUS_MIN, last);
        words[1] = status_word(reader->arena, first, EVENT_STATUS_MAX);
        return 2;
    }
    words[0] = status_word(reader->arena, first, last);
    return 1;
}

/* ---- Times ---------------------------------------------------------------------------------------- */

static bool mistaken_time(struct query_reader *reader, const struct query_value *value,
                          struct str time)
{
    return query_mistaken(reader, value->at, value->len, "a time is today, yesterday, %s, not %s.",
                          params_time_accepted, fields_quoted(reader->arena, time).ptr);
}

static bool set_time(struct query_reader *reader, const struct query_value *value, struct str time,
                     bool is_end)
{
    struct params *params = reader->params;
    struct filter *filter = &params->filter;
    struct str *text = is_end ? &params->to : &params->from;

    if (text->len)
        return query_mistaken(reader, value->at, value->len,
                              "the %s of the time is given twice; it is accepted once.",
                              is_end ? "end" : "beginning");
    if (!params_time(time, params->zone, is_end, reader->now_ms,
                     is_end ? &filter->to_ms : &filter->from_ms))
        return mistaken_time(reader, value, time);
    *text = time;
    *(is_end ? &filter->has_to : &filter->has_from) = true;
    return true;
}

/* Words for days are the days that they mean now: a link to what they find finds the same tomorrow. */
static struct str meant(const struct query_reader *reader, struct str time)
{
    static const struct str words[] = {STR("today"), STR("yesterday")};

    for (unsigned ago = 0; ago < sizeof(words) / sizeof(words[0]); ago++)
        if (str_equal_folded(time, words[ago]))
            return params_day_ago(reader->arena, reader->now_ms, reader->params->zone, ago);
    return time;
}

bool query_from(struct query_reader *reader, const struct query_value *value, struct str time)
{
    return set_time(reader, value, meant(reader, time), false);
}

bool query_to(struct query_reader *reader, const struct query_value *value, struct str time)
{
    return set_time(reader, value, meant(reader, time), true);
}

static struct str day_after(struct arena *arena, struct str day)
{
    struct clock_fields fields;
    struct str rest;
    bool has_time;

    clock_parse_fields(day, &fields, &has_time, &rest);
    clock_next_day(&fields);
    return arena_printf(arena, "%04d-%02d-%02d", fields.year, fields.month, fields.day);
}

/*
 * A day that is the end of a range is included whole, a time is not.  So days are put so that all four mean what they say; a span before
 * now moves on anyhow, and a millisecond makes no difference.
 */
static bool compare_time(struct query_reader *reader, const struct query_value *value,
                         enum comparison comparison, struct str time)
{
    bool is_day = params_is_day(time);

    if (!is_day && !str_starts(time, STR("-")) && (comparison == ABOVE || comparison == AT_MOST))
        return query_mistaken(reader, value->at, value->len,
                              "behind > and <= stands a day or a span before now; with a time, say "
                              ">= (from it on) or < (before it).");
    if (comparison == ABOVE && is_day)
        time = day_after(reader->arena, time);
    if (comparison == BELOW && is_day)
        time = arena_printf(reader->arena, "%.*sT00:00", STR_ARG(time));
    return set_time(reader, value, time, comparison == AT_MOST || comparison == BELOW);
}

/* How long a time of the calendar is that stands alone: a minute, or what it says besides.  0: it is none. */
static int64_t span_of(struct str text)
{
    enum { MINUTE_TEXT = sizeof("2026-01-31T12:00") - 1, SECOND_TEXT = MINUTE_TEXT + 3 };
    struct clock_fields fields;
    bool has_time;
    struct str rest;

    if (!clock_parse_fields(text, &fields, &has_time, &rest) || !has_time)
        return 0;
    text.len -= rest.len;
    return text.len == MINUTE_TEXT ? 60000 : text.len == SECOND_TEXT ? 1000 : 1;
}

/* A time alone: all of that minute, as a day is all of that day.  One that no event can have stays a moment. */
static bool set_alone(struct query_reader *reader, const struct query_value *value, struct str time)
{
    const char *zone = reader->params->zone;
    int64_t span = span_of(time), ms;

    if (!params_time(time, zone, false, reader->now_ms, &ms))
        return mistaken_time(reader, value, time);
    if (span == 0 || ms < 0 || ms > CLOCK_MAX_MS - span)
        return query_mistaken(reader, value->at, value->len,
                              "a time alone is a moment: say %.*s.. (from it on), ..%.*s (before "
                              "it), or a day.",
                              STR_ARG(time), STR_ARG(time));
    return query_from(reader, value, params_time_text(reader->arena, ms, zone)) &&
           query_to(reader, value, params_time_text(reader->arena, ms + span, zone));
}

bool query_created(struct query_reader *reader, const struct query_value *value)
{
    struct str text = value->text, first, last;
    enum comparison comparison = take_comparison(&text);

    if (comparison != EQUAL)
        return compare_time(reader, value, comparison, meant(reader, text));
    if (cut_range(text, &first, &last) && first.len + last.len)
        return (first.len == 0 || query_from(reader, value, first)) &&
               (last.len == 0 || query_to(reader, value, last));
    text = meant(reader, text);
    if (params_is_day(text))
        return query_from(reader, value, text) && query_to(reader, value, text);
    if (str_starts(text, STR("-")))
        return query_from(reader, value, text);
    return set_alone(reader, value, text);
}
