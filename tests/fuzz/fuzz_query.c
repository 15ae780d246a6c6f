/* SPDX-License-Identifier: MIT */
/*
 * The text of a search, and the filters that a URL can ask for.  What is read must be written as text that reads back to the same; a mistake
 * must lie within the text, and its sentence be fit for a page.
 */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "query/params.h"
#include "query/query_text.h"
#include "web/page.h"

enum { NOW_MS = 1000000000 };

static struct params empty(void)
{
    return (struct params){.zone = "UTC", .all_accounts = true, .page = 1, .show = 10};
}

static void check_mistake(struct str text, const struct query_mistake *mistake)
{
    assert(mistake->at <= text.len && mistake->len <= text.len - mistake->at);
    assert(str_starts(mistake->sentence, STR("Character ")));
}

static void check_round_trip(struct arena *arena, const struct params *params)
{
    struct params again = empty();
    struct query_mistake mistake;
    struct strbuf text, one, other;

    strbuf_init(&text);
    strbuf_init(&one);
    strbuf_init(&other);
    query_write(&text, params);
    assert(page_visible_prefix(strbuf_str(&text)) == text.len);
    if (text.len <= QUERY_BYTES_MAX) {
        assert(query_parse(arena, strbuf_str(&text), NOW_MS, &again, &mistake));
        again.shows_own = params->shows_own;
        again.filter.oldest_first = params->filter.oldest_first;
        params_append(&one, params, PARAMS_FEED);
        params_append(&other, &again, PARAMS_FEED);
        assert(str_equal(strbuf_str(&one), strbuf_str(&other)));
    }
    strbuf_release(&text);
    strbuf_release(&one);
    strbuf_release(&other);
}

static void try_text(struct arena *arena, struct str text)
{
    struct params params = empty();
    struct query_mistake mistake;

    if (query_parse(arena, text, NOW_MS, &params, &mistake))
        check_round_trip(arena, &params);
    else
        check_mistake(text, &mistake);
}

static void try_url(struct arena *arena, struct str url)
{
    struct params params;
    struct str complaint;

    if (!params_parse(arena, url, PARAMS_LIST_ALL, NOW_MS, &params, &complaint)) {
        size_t count;

        if (params.mistake.sentence.len)
            check_mistake(params.query, &params.mistake);
        params_take(arena, url, PARAMS_LIST_ALL, NOW_MS, &params, &count);
        assert(count > 0 && params.mistake.sentence.len == 0);
    }
    params.zone = "UTC"; /* the text does not say it, nor what follows */
    params.filter.has_asof = false;
    params.limit = 0;
    check_round_trip(arena, &params);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str all = {(const char *)data, size};
    struct arena *arena = arena_new();

    if (str_starts(all, STR("?")))
        try_url(arena, str_slice(all, 1, size));
    else if (!size || !memchr(data, '\0', size)) /* no parameter holds NUL */
        try_text(arena, all);
    arena_free(arena);
    return 0;
}
