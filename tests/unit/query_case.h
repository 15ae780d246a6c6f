/* SPDX-License-Identifier: MIT */
/* What the tests of searches share: an empty filter, and a filter as URL and as text. */
#ifndef DAYBOOK_TESTS_QUERY_CASE_H
#define DAYBOOK_TESTS_QUERY_CASE_H

#include "check.h"

#include "base/arena.h"
#include "query/params.h"
#include "query/query_text.h"

#define NOW_MS INT64_C(1769860800123) /* 2026-01-31T12:00:00.123Z */

static inline struct params empty(bool all_accounts, const char *zone)
{
    return (struct params){.zone = zone, .all_accounts = all_accounts, .page = 1, .show = 10};
}

static inline struct str link_of(struct arena *arena, const struct params *params)
{
    struct strbuf text;
    struct str result;

    strbuf_init(&text);
    params_append(&text, params, PARAMS_FILTER);
    result = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

static inline struct str text_of(struct arena *arena, const struct params *params)
{
    struct strbuf text;
    struct str result;

    strbuf_init(&text);
    query_write(&text, params);
    result = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

#endif
