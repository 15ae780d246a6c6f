/* SPDX-License-Identifier: MIT */
/* Query strings to filters and back. */
#include "check.h"

#include "base/clock.h"
#include "query/params.h"

#define NOW_MS INT64_C(1769860800123) /* 2026-01-31T12:00:00.123Z */

static bool parse(struct arena *arena, const char *query, enum params_set set,
                  struct params *params, struct str *complaint)
{
    return params_parse(arena, str_from(query), set, NOW_MS, params, complaint);
}

static struct str written(struct arena *arena, const struct params *params, enum params_scope scope)
{
    struct strbuf text;
    struct str result;

    strbuf_init(&text);
    params_append(&text, params, scope);
    result = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

/* What is written reads back to the same text, for a list in its own place. */
static void test_round_trip(void **state)
{
    static const char *const queries[] = {
        "",
        "?entity=pipeline&entity=a%26b&not_entity=---",
        "?action=%C3%BC%20x&not_action=a&not_action=b",
        "?user=ann&not_user=%0A&status=4xx&status=200&not_status=failed&source=cli&not_source=---",
        "?method=GET&not_method=---&not_method=PATCH&q=2001%3Adb8%3A%3A%2A&in=client_address",
        "?provider=github&provider=---&not_provider=a%26b&signature=invalid&not_signature=---",
        "?entity_id=5cc8%2A&entity_name=b%20c&q=a%2Bb%3D",
        "?entity_id=a&not_entity_id=5cc8%2A&not_entity_id=b&not_entity_name=b%20c&not_entity_name=%"
        "26",
        "?from=-24h&to=2026-01-31&tz=Europe%2FBerlin&sort=time&show=50&page=7&asof="
        "00000000000000ff",
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(queries); i++) {
        struct params params;
        struct str complaint;

        EXPECT(queries[i],
               parse(arena, queries[i][0] ? queries[i] + 1 : "", PARAMS_LIST, &params, &complaint));
        EXPECT(queries[i], str_equal(written(arena, &params, PARAMS_PLACE), str_from(queries[i])));
    }
    arena_free(arena);
}

static void test_scopes(void **state)
{
    struct arena *arena = arena_new();
    struct params params;
    struct str complaint;

    (void)state;
    assert_true(parse(arena, "user=a&show=25&page=2&asof=00000000000000ff", PARAMS_LIST, &params,
                      &complaint));
    assert_true(str_equal(written(arena, &params, PARAMS_VIEW), STR("?user=a&show=25")));
    assert_true(
        str_equal(written(arena, &params, PARAMS_FILTER), STR("?user=a&asof=00000000000000ff")));
    arena_free(arena);
}

/* A menu is named as the parameter of its values is, and no link keeps it. */
static void test_menus(void **state)
{
    struct arena *arena = arena_new();
    struct params params;
    struct str complaint;
    struct strbuf asked;

    (void)state;
    assert_true(parse(arena, "menu=", PARAMS_LIST, &params, &complaint));
    assert_false(params.has_menu);
    for (int i = 0; i < FILTER_DIMENSION_COUNT; i++) {
        enum filter_dimension dimension = (enum filter_dimension)i;
        const char *name = params_include_name(dimension);
        struct str query = arena_printf(arena, "user=a&menu=%s", name);
        struct strbuf link;

        EXPECT(name, parse(arena, query.ptr, PARAMS_LIST, &params, &complaint));
        EXPECT(name, params.has_menu && params.menu == dimension);
        EXPECT(name, str_equal(written(arena, &params, PARAMS_PLACE), STR("?user=a")));
        strbuf_init(&link);
        params_append(&link, &params, PARAMS_PLACE);
        params_append_asked(&link, &params);
        EXPECT(name, str_equal(strbuf_str(&link), arena_printf(arena, "?%s", query.ptr)));
        strbuf_release(&link);
    }
    assert_true(parse(arena, "histogram=bars", PARAMS_LIST, &params, &complaint));
    assert_false(params.histogram_table);
    assert_true(parse(arena, "histogram=table&user=a", PARAMS_LIST_ALL, &params, &complaint));
    assert_true(params.histogram_table);
    assert_true(str_equal(written(arena, &params, PARAMS_VIEW), STR("?user=a")));
    strbuf_init(&asked);
    params_append_asked(&asked, &params);
    assert_true(str_equal(strbuf_str(&asked), STR("?histogram=table")));
    strbuf_release(&asked);
    arena_free(arena);
}

/* All of a list is named where a default would be in the way, and only in links to lists. */
static void test_none(void **state)
{
    struct arena *arena = arena_new();
    struct params params;
    struct str complaint;

    (void)state;
    assert_true(parse(arena, "view=none&page=1&show=10", PARAMS_LIST, &params, &complaint));
    assert_int_equal(0, params.view);
    assert_true(str_equal(written(arena, &params, PARAMS_PLACE), STR("")));
    params.says_none = true;
    assert_true(str_equal(written(arena, &params, PARAMS_VIEW), STR("?view=none")));
    assert_true(str_equal(written(arena, &params, PARAMS_PLACE), STR("?view=none")));
    assert_true(str_equal(written(arena, &params, PARAMS_FILTER), STR("")));
    assert_true(str_equal(written(arena, &params, PARAMS_BACK), STR("")));
    params.show = 25;
    assert_true(str_equal(written(arena, &params, PARAMS_VIEW), STR("?show=25")));
    arena_free(arena);
}

/* A number has the filter; a download says beside it how it is written. */
static void test_view(void **state)
{
    static const struct {
        const char *query;
        enum params_set set;
        uint32_t view; /* 0: refused */
    } rows[] = {
        {"view=7", PARAMS_LIST, 7},
        {"view=4294967295", PARAMS_LIST, UINT32_MAX},
        {"view=7&user=", PARAMS_LIST, 7},
        {"view=4294967296", PARAMS_LIST, 0},
        {"view=0", PARAMS_LIST, 0},
        {"view=7x", PARAMS_LIST, 0},
        {"view=7&view=8", PARAMS_LIST, 0},
        {"view=7&user=a", PARAMS_LIST, 0},
        {"show=25&view=7", PARAMS_LIST, 0},
        {"view=7&menu=user", PARAMS_LIST, 0},
        {"view=7", PARAMS_LIST_ALL, 0},
        {"view=7", PARAMS_DETAILS, 0},
        {"view=7", PARAMS_DOWNLOAD_ALL, 0},
        {"view=7", PARAMS_VIEWS, 0},
        {"raw=1&view=7&trailer=0", PARAMS_DOWNLOAD, 7},
        {"view=7&tz=UTC", PARAMS_DOWNLOAD, 0},
        {"view=7&after=0&limit=5&raw=1", PARAMS_FEED_DOWNLOAD, 7},
        {"view=7&after=0&sort=time", PARAMS_FEED_DOWNLOAD, 0},
        {"view=7&after=0", PARAMS_DOWNLOAD, 0},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct params params;
        struct str complaint;

        EXPECT(rows[i].query, parse(arena, rows[i].query, rows[i].set, &params, &complaint) ==
                                  (rows[i].view != 0));
        EXPECT(rows[i].query, rows[i].view == 0 || params.view == rows[i].view);
    }
    arena_free(arena);
}

/* What the page of views is opened with says of which list it is. */
static void test_kind(void **state)
{
    struct arena *arena = arena_new();
    struct params params;
    struct str complaint;

    (void)state;
    assert_true(parse(arena, "", PARAMS_VIEWS, &params, &complaint));
    assert_int_equal(EVENT_KIND_ALL, params.filter.kind);
    assert_true(parse(arena, "user=a&kind=triggers&page=2", PARAMS_VIEWS, &params, &complaint));
    assert_int_equal(EVENT_KIND_TRIGGER, params.filter.kind);
    assert_true(str_equal(written(arena, &params, PARAMS_VIEW), STR("?user=a")));
    assert_false(parse(arena, "user=a", PARAMS_VIEWS, &params, &complaint));
    assert_false(parse(arena, "kind=all", PARAMS_VIEWS, &params, &complaint));
    arena_free(arena);
}

static void test_times(void **state)
{
    static const struct {
        const char *query;
        int64_t from_ms, to_ms; /* -1: not given */
    } rows[] = {
        {"from=2026-01-31&to=2026-01-31", INT64_C(1769817600000), INT64_C(1769904000000)},
        {"from=2026-01-31T12:00:00.123Z&tz=Asia%2FTokyo", NOW_MS, -1},
        {"from=2026-01-31T12:00&to=2026-01-31T12:01", INT64_C(1769860800000),
         INT64_C(1769860860000)},
        {"from=2026-01-31T13:00:00.123&tz=Europe%2FBerlin", NOW_MS, -1},
        {"to=2026-10-25&tz=Europe%2FBerlin", -1, INT64_C(1792969200000)},
        {"from=2026-10-25T02:30&tz=Europe%2FBerlin", INT64_C(1792888200000), -1},
        {"to=2026-12-31", -1, INT64_C(1798761600000)},
        {"from=1769860800123&to=5", NOW_MS, 5},
        {"from=-24h&to=-90s", NOW_MS - 86400000, NOW_MS - 90000},
        {"from=-2w&to=-3d", NOW_MS - 14 * 86400000LL, NOW_MS - 3 * 86400000LL},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct params params;
        struct str complaint;

        EXPECT(rows[i].query, parse(arena, rows[i].query, PARAMS_LIST, &params, &complaint));
        EXPECT(rows[i].query, params.filter.has_from == (rows[i].from_ms >= 0));
        EXPECT(rows[i].query, params.filter.has_to == (rows[i].to_ms >= 0));
        EXPECT(rows[i].query, rows[i].from_ms < 0 || params.filter.from_ms == rows[i].from_ms);
        EXPECT(rows[i].query, rows[i].to_ms < 0 || params.filter.to_ms == rows[i].to_ms);
    }
    arena_free(arena);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *query, *named;
        enum params_set set;
    } rows[] = {
        {"usr=a", "usr", PARAMS_LIST},
        {"User=a", "User", PARAMS_LIST},
        {"show=7", "show", PARAMS_LIST},
        {"show=10&show=25", "show", PARAMS_LIST},
        {"page=0", "page", PARAMS_LIST},
        {"page=1x", "page", PARAMS_LIST},
        {"page=-1", "page", PARAMS_LIST},
        {"sort=name", "sort", PARAMS_LIST},
        {"asof=12", "asof", PARAMS_LIST},
        {"asof=00000000000000FF", "asof", PARAMS_LIST},
        {"q=ab", "q", PARAMS_LIST},
        {"q=abc&in=body", "in", PARAMS_LIST},
        {"status=600", "status", PARAMS_LIST},
        {"status=6xx", "status", PARAMS_LIST},
        {"not_status=fail", "not_status", PARAMS_LIST},
        {"source=web", "source", PARAMS_LIST},
        {"method=get", "method", PARAMS_LIST},
        {"signature=bad", "signature", PARAMS_LIST},
        {"not_signature=Valid", "not_signature", PARAMS_DOWNLOAD},
        {"from=yesterday", "from", PARAMS_LIST},
        {"from=2026-02-30", "from", PARAMS_LIST},
        {"to=-24y", "to", PARAMS_LIST},
        {"to=2026-01-31T25:00", "to", PARAMS_LIST},
        {"tz=Mars/Base", "tz", PARAMS_LIST},
        {"tz=../../etc/passwd", "tz", PARAMS_LIST},
        {"tz=Europe//Berlin", "tz", PARAMS_LIST},
        {"user=%zz", "user", PARAMS_LIST},
        {"part=body", "part", PARAMS_LIST},
        {"raw=1", "raw", PARAMS_LIST},
        {"page=2", "page", PARAMS_DOWNLOAD},
        {"raw=2", "raw", PARAMS_DOWNLOAD},
        {"part=head", "part", PARAMS_DETAILS},
        {"menu=users", "menu", PARAMS_LIST},
        {"menu=user&menu=user", "menu", PARAMS_LIST},
        {"menu=user", "menu", PARAMS_DETAILS},
        {"menu=user", "menu", PARAMS_DOWNLOAD},
        {"histogram=lines", "histogram", PARAMS_LIST},
        {"histogram=table", "histogram", PARAMS_DOWNLOAD},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str named = arena_printf(arena, "\"%s\"", rows[i].named);
        struct params params;
        struct str complaint;

        EXPECT(rows[i].query, !parse(arena, rows[i].query, rows[i].set, &params, &complaint));
        EXPECT(rows[i].query, strstr(complaint.ptr, named.ptr) != NULL);
    }
    arena_free(arena);
}

static void test_empty_is_absent(void **state)
{
    struct arena *arena = arena_new();
    struct params params;
    struct str complaint;

    (void)state;
    assert_true(parse(arena, "user=&q=&from=&to=&tz=&show=&page=&asof=&sort=&entity_id=",
                      PARAMS_LIST, &params, &complaint));
    assert_false(params_filtered(&params));
    assert_int_equal(params.show, 10);
    assert_int_equal(params.page, 1);
    arena_free(arena);
}

/* A range reads back as the same moments, in words that people use. */
static void test_range(void **state)
{
    static const struct {
        const char *zone;
        int64_t from_ms, to_ms;
        const char *from, *to;
    } cases[] = {
        {"UTC", 1769817600000, 1769904000000, "2026-01-31", "2026-01-31"},
        {"UTC", 1769817600000, 1772323200000, "2026-01-31", "2026-02-28"},
        {"UTC", 1769860800000, 1769904000000, "2026-01-31T12:00", "2026-02-01T00:00"},
        {"UTC", 1769860805000, 1769860805001, "2026-01-31T12:00:05", "2026-01-31T12:00:05.001"},
        {"Asia/Tokyo", 1769785200000, 1769871600000, "2026-01-31", "2026-01-31"},
        {"Europe/Berlin", 1761429600000, 1761519600000, "2025-10-26", "2025-10-26"},
        {"Europe/Berlin", 1761436800000, 1761440400000, "2025-10-26T02:00", "2025-10-26T01:00Z"},
        {"Pacific/Apia", 1325152800000, 1325239200000, "2011-12-29", "2011-12-29"},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct params params = {.zone = cases[i].zone, .show = 10, .page = 1}, again;
        struct str complaint, query;

        params_set_range(arena, &params, cases[i].from_ms, cases[i].to_ms);
        EXPECT(cases[i].from, str_equal(params.from, str_from(cases[i].from)));
        EXPECT(cases[i].to, str_equal(params.to, str_from(cases[i].to)));
        query = written(arena, &params, PARAMS_VIEW);
        EXPECT(cases[i].from, params_parse(arena, str_slice(query, 1, query.len - 1), PARAMS_LIST,
                                           NOW_MS, &again, &complaint));
        EXPECT(cases[i].from, again.filter.from_ms == cases[i].from_ms && again.filter.has_from);
        EXPECT(cases[i].to, again.filter.to_ms == cases[i].to_ms && again.filter.has_to);
    }
    arena_free(arena);
}

/* Any moments, those at which clocks change among them. */
static void test_any_range(void **state)
{
    static const char *const zones[] = {"UTC",          "Europe/Berlin",     "Australia/Lord_Howe",
                                        "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca"};
    static const int64_t units[] = {1, 1000, 60000, 900000, 3600000, 86400000};
    struct arena *arena = arena_new();
    uint64_t seed = 7;

    (void)state;
    for (size_t i = 0; i < rounds(2000); i++) {
        struct params params = {.zone = zones[pick(&seed, COUNT(zones))], .show = 10, .page = 1},
                      again;
        int64_t unit = units[pick(&seed, COUNT(units))],
                from = (int64_t)pick(&seed, 1900000000) * 1000 / unit * unit + 2 * 86400000,
                to = from + unit;
        struct str complaint, query;

        params_set_range(arena, &params, from, to);
        query = written(arena, &params, PARAMS_VIEW);
        EXPECT(params.zone, params_parse(arena, str_slice(query, 1, query.len - 1), PARAMS_LIST,
                                         NOW_MS, &again, &complaint));
        EXPECT(params.zone, again.filter.from_ms == from && again.filter.to_ms == to);
        arena_reset(arena);
    }
    arena_free(arena);
}

/* What cannot be taken is left out and named, each by itself; the rest is a filter as ever. */
static void test_taken(void **state)
{
    static const struct {
        const char *query, *link; /* what is taken */
        const char *wrong;        /* names and values */
        const char *said;         /* of the last of them */
    } rows[] = {
        {"user=ann&q=ab&show=25", "?user=ann&show=25", "q=ab ", "\"q\" must be 3 to 200 bytes"},
        {"status=4xx&status=abc&status=404&x=1", "?status=4xx&status=404", "status=abc x=1 ",
         "Unknown parameter \"x\""},
        {"page=1&page=2&&=&user=", "", "page=2 = ", "Unknown parameter \"\""},
        {"tz=Mars&zone=Venus&from=2026-01-31", "?from=2026-01-31", "tz=Mars zone=Venus ",
         "\"zone\" must be the IANA name"},
        {"user=a%zz&us%65r=b%00&action=c%20d", "?action=c%20d", "user= user=b", "NUL byte"},
        {"query=usr:x&show=11&user=ann", "?user=ann", "query=usr:x show=11 ", "\"show\" must be"},
        {"query=user:x&user=ann&show=11", "?user=x", "user=ann show=11 ", "\"show\" must be"},
        {"view=7&user=ann", "", "user=ann ", "\"view\" does not go with \"user\""},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str query = exact_copy(str_from(rows[i].query));
        struct params params;
        struct params_wrong *wrong;
        struct strbuf names, link;
        size_t count;

        wrong = params_take(arena, query, PARAMS_LIST, NOW_MS, &params, &count);
        free_copy(query); /* nothing points into it */
        strbuf_init(&names);
        strbuf_init(&link);
        for (size_t k = 0; k < count; k++)
            strbuf_printf(&names, "%.*s=%.*s ", STR_ARG(wrong[k].name), STR_ARG(wrong[k].value));
        params_append(&link, &params, PARAMS_VIEW);
        EXPECT(rows[i].query, str_equal(strbuf_str(&link), str_from(rows[i].link)));
        EXPECT(rows[i].query, str_starts(strbuf_str(&names), str_from(rows[i].wrong)));
        EXPECT(rows[i].query, count && strstr(wrong[count - 1].sentence.ptr, rows[i].said) != NULL);
        strbuf_release(&names);
        strbuf_release(&link);
    }
    arena_free(arena);
}

/* Each is tried with those before it: no more than people have. */
static void test_taken_of_many(void **state)
{
    struct arena *arena = arena_new();
    struct params params;
    struct strbuf query;
    size_t count;

    (void)state;
    strbuf_init(&query);
    for (int i = 0; i < 99; i++)
        strbuf_printf(&query, "user=u%d&", i);
    strbuf_add_cstr(&query, "q=ab");
    params_take(arena, strbuf_str(&query), PARAMS_LIST, NOW_MS, &params, &count);
    assert_true(count == 1 && params.filter.include[FILTER_USER].count == 99);
    strbuf_add_cstr(&query, "&q=ab");
    params_take(arena, strbuf_str(&query), PARAMS_LIST, NOW_MS, &params, &count);
    assert_true(count == 1 && !params_filtered(&params));
    strbuf_release(&query);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_taken_of_many),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_empty_is_absent),
        cmocka_unit_test(test_menus),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_view),
        cmocka_unit_test(test_kind),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_any_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
