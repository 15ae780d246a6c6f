/* SPDX-License-Identifier: MIT */
/* Random filters as text and back; and the text as a parameter among others. */
#include "query_case.h"

#include "web/fields.h"
#include "web/page.h"

/* What is awkward in a line of text. */
static const struct str atoms[] = {STR("a"),
                                   STR("B"),
                                   STR(" "),
                                   STR("\""),
                                   STR("\\"),
                                   STR(","),
                                   STR(":"),
                                   STR("-"),
                                   STR("*"),
                                   STR("("),
                                   STR("AND"),
                                   STR("not"),
                                   STR("\n"),
                                   STR("\r\n"),
                                   STR("\r"),
                                   STR("\t"),
                                   STR("\x01"),
                                   STR("\x7f"),
                                   STR("none"),
                                   STR("---"),
                                   STR("\xff"),
                                   STR("\xc3"),
                                   STR("\xc3\xa4"),
                                   STR("\xe2\x80\xae"),
                                   STR("\xe2\x80\x8d"),
                                   STR("\xf0\x9f\x98\x80"),
                                   STR("\xc2\xa0"),
                                   STR("\xe3\x80\x80"),
                                   STR("\xc2\x85"),
                                   STR("user:"),
                                   STR("\xe2\x80\x9c"),
                                   STR(".."),
                                   STR(">="),
                                   STR("x41"),
                                   STR("\xf4\x8f\xbf\xbf"),
                                   STR("a\xcc\x88")};

static struct str random_name(struct arena *arena, uint64_t *seed, size_t atoms_min)
{
    struct strbuf text;
    struct str result;

    strbuf_init(&text);
    for (size_t left = atoms_min + pick(seed, 5); left; left--)
        strbuf_add(&text, atoms[pick(seed, COUNT(atoms))]);
    result = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

static struct str random_value(struct arena *arena, uint64_t *seed, enum filter_dimension dimension)
{
    static const char *const statuses[] = {"200", "4xx",     "ok",      "failed",
                                           "---", "404-451", "400-599", "404-404"};
    static const char *const sources[] = {"ui", "cli", "integration", "webhook", "---"};
    static const char *const methods[] = {"GET", "HEAD", "POST", "DELETE", "PATCH", "other", "---"};
    static const char *const signatures[] = {"valid", "invalid", "unchecked", "---"};

    if (dimension == FILTER_STATUS)
        return str_from(statuses[pick(seed, COUNT(statuses))]);
    if (dimension == FILTER_SOURCE)
        return str_from(sources[pick(seed, COUNT(sources))]);
    if (dimension == FILTER_METHOD)
        return str_from(methods[pick(seed, COUNT(methods))]);
    if (dimension == FILTER_SIGNATURE)
        return str_from(signatures[pick(seed, COUNT(signatures))]);
    return random_name(arena, seed, 1);
}

/* A filter as a query string, so that whatever a URL can ask for is among them. */
static struct str random_query(struct arena *arena, uint64_t *seed)
{
    static const char *const times[] = {
        "2026-01-31", "2026-01-31T12:00", "2026-01-31 12:00:01.5Z", "1769860800123",
        "-24h",       "2026-02-01"};
    static const char *const texts[] = {"entity_id", "entity_name", "q"};
    struct strbuf link;
    struct str result;

    strbuf_init(&link);
    for (size_t left = pick(seed, 7); left; left--) {
        enum filter_dimension dimension = (enum filter_dimension)pick(seed, FILTER_ALL_COUNT);

        fields_append(
            &link, pick(seed, 2) ? params_include_name(dimension) : params_exclude_name(dimension),
            random_value(arena, seed, dimension));
    }
    for (size_t i = 0; i < COUNT(texts); i++)
        if (pick(seed, 3) == 0)
            fields_append(&link, texts[i], random_name(arena, seed, 3));
    if (pick(seed, 3) == 0)
        fields_append(&link, "in", str_from(params_place_name(pick(seed, FILTER_IN_COUNT))));
    if (pick(seed, 2))
        fields_append(&link, "from", str_from(times[pick(seed, COUNT(times))]));
    if (pick(seed, 2))
        fields_append(&link, "to", str_from(times[pick(seed, COUNT(times))]));
    result = arena_copy(arena, str_slice(strbuf_str(&link), 1, link.len));
    strbuf_release(&link);
    return result;
}

static void test_round_trip(void **state)
{
    uint64_t seed = 20260131;

    (void)state;
    for (size_t i = 0; i < rounds(20000); i++) {
        struct arena *arena = arena_new();
        struct str query = random_query(arena, &seed), text;
        struct params params, again = empty(true, "UTC");
        struct query_mistake mistake;
        struct str complaint;

        EXPECT(query.ptr, params_parse(arena, query, PARAMS_LIST_ALL, NOW_MS, &params, &complaint));
        text = text_of(arena, &params);
        EXPECT(text.ptr, page_visible_prefix(text) == text.len && !strpbrk(text.ptr, "\r\n\t"));
        if (text.len <= QUERY_BYTES_MAX) {
            EXPECT(text.ptr, query_parse(arena, text, NOW_MS, &again, &mistake));
            EXPECT(text.ptr, str_equal(link_of(arena, &params), link_of(arena, &again)));
            EXPECT(text.ptr, params.filter.from_ms == again.filter.from_ms);
            EXPECT(text.ptr, params.filter.to_ms == again.filter.to_ms);
        }
        arena_free(arena);
    }
}

static void test_parameter(void **state)
{
    static const struct {
        const char *query, *link, *said; /* `link` NULL: refused */
        enum params_set set;
    } rows[] = {
        {"query=user:ann", "?user=ann", NULL, PARAMS_LIST},
        {"query=user:ann&user=", "?user=ann", NULL, PARAMS_LIST},
        {"query=&user=bob", "?user=bob", NULL, PARAMS_LIST},
        {"query=user:ann+-user:x&action=a&not_action=b&from=-24h",
         "?action=a&not_action=b&user=ann&not_user=x&from=-24h", NULL, PARAMS_DOWNLOAD},
        {"query=created:2026-01-31&tz=Asia/Tokyo&sort=time",
         "?from=2026-01-31&to=2026-01-31&tz=Asia%2FTokyo&sort=time", NULL, PARAMS_FEED_DOWNLOAD},
        {"query=account:acme&account=demo", NULL, "Parameter \"account\" stands beside \"query\"",
         PARAMS_LIST_ALL},
        {"query=account:acme", NULL, "no word \"account\"", PARAMS_DOWNLOAD},
        {"query=account:acme", "?account=acme", NULL, PARAMS_DOWNLOAD_ALL},
        {"query=user:ann&user=bob", NULL, "Parameter \"user\" stands", PARAMS_LIST},
        {"query=-user:ann&not_user=bob", NULL, "Parameter \"not_user\" stands", PARAMS_LIST},
        {"query=id:a&entity_id=b", NULL, "Parameter \"entity_id\" stands", PARAMS_LIST},
        {"query=name:a&entity_name=b", NULL, "Parameter \"entity_name\" stands", PARAMS_LIST},
        {"query=foo&q=bar", NULL, "Parameter \"q\" stands", PARAMS_LIST},
        {"query=created:-24h&from=-1h", NULL, "Parameter \"from\" stands", PARAMS_LIST},
        {"query=created:..-1h&to=-1h", NULL, "Parameter \"to\" stands", PARAMS_LIST},
        {"query=usr:ann", NULL, "Character 1 of the query: there is no word", PARAMS_DOWNLOAD},
        {"query=user:a&query=user:b", NULL, "\"query\" is given more than once", PARAMS_LIST},
        {"query=user:a", NULL, "Unknown parameter \"query\"", PARAMS_DETAILS},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct params params;
        struct str complaint;
        bool fine =
            params_parse(arena, str_from(rows[i].query), rows[i].set, NOW_MS, &params, &complaint);

        EXPECT(rows[i].query, fine == (rows[i].link != NULL));
        EXPECT(rows[i].query, !fine || str_equal(link_of(arena, &params), str_from(rows[i].link)));
        EXPECT(rows[i].query, fine || strstr(complaint.ptr, rows[i].said));
    }
    arena_free(arena);
}

/* With a mistake all else is known, and the log about the log comes in where the text asks for it. */
static void test_beside_a_mistake(void **state)
{
    struct arena *arena = arena_new();
    struct params params;
    struct str complaint;

    (void)state;
    assert_false(params_parse(arena, STR("query=usr:x&tz=Asia/Tokyo&show=25&sort=time&audit=1"),
                              PARAMS_LIST, NOW_MS, &params, &complaint));
    assert_true(params.show == 25 && params.filter.oldest_first && params.shows_own);
    assert_string_equal(params.zone, "Asia/Tokyo");
    assert_true(str_equal(params.query, STR("usr:x")));
    assert_true(str_equal(params.mistake.sentence, complaint));
    assert_true(params_parse(arena, STR("query=user:x"), PARAMS_LIST, NOW_MS, &params, &complaint));
    assert_true(params.filter.without_own && params.mistake.sentence.len == 0);
    assert_true(
        params_parse(arena, STR("query=entity:audit"), PARAMS_LIST, NOW_MS, &params, &complaint));
    assert_false(params.filter.without_own);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_parameter),
        cmocka_unit_test(test_beside_a_mistake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
