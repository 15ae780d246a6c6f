/* SPDX-License-Identifier: MIT */
/* Codefresh's query strings, and those of a page that mean the same. */
#include "check.h"

#include "query/audit_params.h"

static bool parse(struct arena *arena, const char *query, struct params *params,
                  struct str *complaint)
{
    return audit_params_parse(arena, str_from(query), params, complaint);
}

static void test_same_question(void **state)
{
    static const struct {
        const char *query;
        enum event_kind kind;
        const char *page;
    } rows[] = {
        {"", EVENT_KIND_EVENT, ""},
        {"userName=&search=&from=&rs_status=", EVENT_KIND_EVENT, ""},
        {"userName=Jane%20D%C3%B6e", EVENT_KIND_EVENT, "?user=Jane%20D%C3%B6e"},
        {"userId=ann", EVENT_KIND_EVENT, "?user=ann"},
        {"userId=ann&userName=ann", EVENT_KIND_EVENT, "?user=ann"},
        {"entity=account&action=---&entityId=5cc8%2A", EVENT_KIND_EVENT,
         "?entity=account&action=---&entity_id=5cc8%2A"},
        {"rs_status=404", EVENT_KIND_EVENT, "?status=404"},
        {"rs_status=0200", EVENT_KIND_EVENT, "?status=200"},
        {"showTriggers=true", EVENT_KIND_TRIGGER, ""},
        {"showTriggers=false", EVENT_KIND_EVENT, ""},
        {"search=a%26b+c", EVENT_KIND_EVENT, "?q=a%26b%20c"},
        {"from=1700000000000&to=1700086400000", EVENT_KIND_EVENT,
         "?from=1700000000000&to=1700086400000"},
        {"sortField=createdAt", EVENT_KIND_EVENT, ""},
        {"sortField=id&sortType=DESK", EVENT_KIND_EVENT, ""},
        {"sortType=DESC", EVENT_KIND_EVENT, ""},
        {"sortField=updatedAt&sortType=ASK", EVENT_KIND_EVENT, "?sort=time"},
        {"sortType=ASC&showTriggers=true", EVENT_KIND_TRIGGER, "?sort=time"},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct params params;
        struct str complaint;
        struct strbuf link;

        strbuf_init(&link);
        EXPECT(rows[i].query, parse(arena, rows[i].query, &params, &complaint));
        params_append(&link, &params, PARAMS_FILTER);
        EXPECT(rows[i].query, params.filter.kind == rows[i].kind);
        EXPECT(rows[i].query, str_equal(strbuf_str(&link), str_from(rows[i].page)));
        EXPECT(rows[i].query, !params.raw && !params.trailer);
        strbuf_release(&link);
    }
    arena_free(arena);
}

static void test_times(void **state)
{
    struct arena *arena = arena_new();
    struct params params;
    struct str complaint;

    (void)state;
    assert_true(parse(arena, "from=1700000000000&to=0", &params, &complaint));
    assert_true(params.filter.has_from && params.filter.from_ms == INT64_C(1700000000000));
    assert_true(params.filter.has_to && params.filter.to_ms == 0);
    assert_true(parse(arena, "to=9223372036854775807", &params, &complaint));
    assert_true(!params.filter.has_from && params.filter.to_ms == INT64_MAX);
    arena_free(arena);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *query, *name;
    } rows[] = {
        {"user=ann", "\"user\". Accepted: userName, userId, "},
        {"username=ann", "\"username\""},
        {"raw=1", "\"raw\""},
        {"trailer=1", "\"trailer\""},
        {"asof=00000000000000ff", "\"asof\""},
        {"userName=a&userName=b", "\"userName\" is given more than once"},
        {"entity=a&entity=b", "\"entity\" is given more than once"},
        {"userName=a&userId=b", "\"userName\" and \"userId\""},
        {"rs_status=99", "\"rs_status\" must be a number from 100 to 599"},
        {"rs_status=600", "\"rs_status\""},
        {"rs_status=4xx", "\"rs_status\""},
        {"rs_status=ok", "\"rs_status\""},
        {"rs_status=-200", "\"rs_status\""},
        {"showTriggers=1", "\"showTriggers\" must be one of false, true"},
        {"showTriggers=True", "\"showTriggers\""},
        {"search=ab", "\"search\" must be 3 to 200 bytes"},
        {"from=2026-01-31", "\"from\" must be a number"},
        {"from=-24h", "\"from\""},
        {"to=9223372036854775808", "\"to\""},
        {"to=1.5", "\"to\""},
        {"sortField=status", "\"sortField\" must be one of id, createdAt, updatedAt"},
        {"sortType=asc", "\"sortType\" must be one of DESK, DESC, ASK, ASC"},
        {"action=%zz", "\"action\" has a %"},
        {"action=a%00", "\"action\" holds a NUL"},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct params params;
        struct str complaint;

        EXPECT(rows[i].query, !parse(arena, rows[i].query, &params, &complaint));
        EXPECT(rows[i].query, strstr(complaint.ptr, rows[i].name) != NULL);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_question),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
