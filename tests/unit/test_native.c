/* SPDX-License-Identifier: MIT */
/* The wire format: what is read from it, what is refused and in which words. */
#include "check.h"

#include "base/clock.h"
#include "intake/native.h"

#define NOW_MS INT64_C(1769860800123) /* 2026-01-31T12:00:00.123Z */

struct fixture {
    struct intake intake;
    struct event *events;
    size_t count;
    struct intake_complaint complaint;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    fixture->intake = (struct intake){
        .arena = arena_new(), .body_max_bytes = 8, .body_head_max_bytes = 4, .now_ms = NOW_MS};
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    arena_free(fixture->intake.arena);
    free(fixture);
    return 0;
}

static bool read_text(struct fixture *fixture, const char *text)
{
    struct str message = arena_copy(fixture->intake.arena, str_from(text));

    return native_read(&fixture->intake, message, &fixture->events, &fixture->count,
                       &fixture->complaint);
}

static void test_forms(void **state)
{
    static const struct {
        const char *label, *text;
        size_t count;
    } rows[] = {
        {"object", "{\"action\":\"a\"}", 1},
        {"array", " [ {\"action\":\"a\"}, {\"action\":\"b\"} ] ", 2},
        {"lines", "{\"action\":\"a\"}\r\n{\"action\":\"b\"}\n\n{\"action\":\"c\"}", 3},
        {"empty array", "[]", 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture *fixture = *state;

        EXPECT(rows[i].label, read_text(fixture, rows[i].text));
        EXPECT(rows[i].label, fixture->count == rows[i].count);
    }
}

static void test_members(void **state)
{
    struct fixture *fixture = *state;
    const struct event *event;

    assert_true(read_text(
        fixture,
        "{\"idempotency_key\":\"k\",\"kind\":\"trigger\",\"occurred_at\":\"2026-01-31T13:00:00.5+"
        "01:00\","
        "\"entity_type\":\"pipeline\",\"entity_id\":\"5\",\"entity_name\":\"d\\u00e9\",\"action\":"
        "\"run\","
        "\"status\":200,\"user\":\"ann\",\"source\":\"cli\",\"request\":{\"method\":\"PUT\","
        "\"url\":\"/a%2Fb\","
        "\"params\":{\"b\": "
        "1e3,\"b\":2},\"query\":\"text\",\"headers\":[[\"A\",\"b\"]],\"body\":\"x\"},"
        "\"response\":{\"time_ms\":12,\"bytes\":345,\"body_head\":\"123456\"},\"request_id\":\"r\","
        "\"trigger\":{\"provider\":\"github\",\"signature\":\"valid\"},\"extra\":[1, "
        "2],\"trace_id\":null}"));
    event = &fixture->events[0];
    assert_int_equal(event->kind, EVENT_KIND_TRIGGER);
    assert_int_equal(event->source, EVENT_SOURCE_CLI);
    assert_true(event->has_time);
    assert_int_equal(event->occurred_ms, NOW_MS - 123 + 500);
    assert_true(str_equal(event->entity_name, STR("d\xc3\xa9")));
    assert_true(str_equal(event->params, STR("{\"b\": 1e3,\"b\":2}")));
    assert_true(str_equal(event->query, STR("text")));
    assert_true(str_equal(event->headers, STR("[[\"A\",\"b\"]]")));
    assert_true(str_equal(event->extra, STR("[1, 2]")));
    assert_true(str_equal(event->response_body_head, STR("1234")));
    assert_int_equal(event->response_time_ms, 12);
    assert_int_equal(event->trigger_signature, EVENT_SIGNATURE_VALID);
    assert_int_equal(event->trace_id.len, 0);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *text, *sentence, *field;
        size_t index;
    } rows[] = {
        {"{}", "action is required.", "action", 0},
        {"{\"action\":\"\"}", "action is required.", "action", 0},
        {"[{\"action\":\"a\"},{\"action\":\"b\",\"x\":1}]", "x is not a member that is known here.",
         "x", 1},
        {"{\"action\":\"a\",\"action\":\"b\"}", "action is given twice.", "action", 0},
        {"{\"action\":\"a\",\"status\":\"200\"}", "status must be a whole number from 100 to 599.",
         "status", 0},
        {"{\"action\":\"a\",\"status\":600}", "status must be a whole number from 100 to 599.",
         "status", 0},
        {"{\"action\":\"a\",\"status\":2e2}", "status must be a whole number from 100 to 599.",
         "status", 0},
        {"{\"action\":\"a\\u0000\"}", "action must not hold a NUL character.", "action", 0},
        {"{\"action\":\"\\ud800\"}",
         "action holds half of a surrogate pair, which stands for no character.", "action", 0},
        {"{\"action\":\"a\",\"request\":{\"body\":\"a\",\"body_base64\":\"YQ==\"}}",
         "request.body_base64 and the same as text cannot both be given.", "request.body_base64",
         0},
        {"{\"action\":\"a\",\"request\":{\"body_base64\":\"YQ\"}}",
         "request.body_base64 must be base64 with its padding.", "request.body_base64", 0},
        {"{\"action\":\"a\",\"request\":{\"params\":3}}",
         "request.params must be an object, an array, or a text.", "request.params", 0},
        {"{\"action\":\"a\",\"id\":\"1\"}", "id is not a member that is known here.", "id", 0},
        {"{\"action\":\"a\",\"kind\":\"Event\"}", "kind must be \"event\" or \"trigger\".", "kind",
         0},
        {"[3]", "Each event must be a JSON object.", "", 0},
        {"{\"action\":\"a\"} []", "Each event must be a JSON object.", "", 1},
        {" \n ", "The message holds no event.", "", 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture *fixture = *state;

        EXPECT(rows[i].text, !read_text(fixture, rows[i].text));
        EXPECT(rows[i].text, str_equal(fixture->complaint.sentence, str_from(rows[i].sentence)));
        EXPECT(rows[i].text, str_equal(fixture->complaint.field, str_from(rows[i].field)));
        EXPECT(rows[i].text, fixture->complaint.index == rows[i].index);
    }
}

static void test_broken_json_names_the_byte(void **state)
{
    struct fixture *fixture = *state;

    assert_false(read_text(fixture, "{\"action\":\"a\"}\n{\"action\":}"));
    assert_true(str_starts(fixture->complaint.sentence, STR("Not JSON at byte 25: ")));
    assert_int_equal(fixture->complaint.index, 1);
}

/* Cut at the limit, but not inside a character; the length as sent stays known. */
static void test_long_body(void **state)
{
    struct fixture *fixture = *state;

    assert_true(
        read_text(fixture, "{\"action\":\"a\",\"request\":{\"body\":\"1234567\\u00e9 9\"}}"));
    assert_true(str_equal(fixture->events[0].body, STR("1234567")));
    assert_int_equal(fixture->events[0].body_bytes, 11);
}

static void test_time_ahead(void **state)
{
    static const struct {
        const char *extra, *kept;
    } rows[] = {
        {"null", "{\"claimed_occurred_at\": \"2026-01-31T12:05:00.124Z\"}"},
        {"{}", "{\"claimed_occurred_at\": \"2026-01-31T12:05:00.124Z\"}"},
        {"{\"a\":1}", "{\"claimed_occurred_at\": \"2026-01-31T12:05:00.124Z\", \"a\":1}"},
        {"[1]", "{\"claimed_occurred_at\": \"2026-01-31T12:05:00.124Z\", \"extra\": [1]}"},
        {"\"t\"", "{\"claimed_occurred_at\": \"2026-01-31T12:05:00.124Z\", \"extra\": \"t\"}"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str text = arena_printf(fixture->intake.arena,
                                       "{\"action\":\"a\",\"occurred_at\":%lld,\"extra\":%s}",
                                       (long long)(NOW_MS + EVENT_AHEAD_MS + 1), rows[i].extra);

        EXPECT(rows[i].extra, read_text(fixture, text.ptr));
        EXPECT(rows[i].extra, !fixture->events[0].has_time);
        EXPECT(rows[i].extra, str_equal(fixture->events[0].extra, str_from(rows[i].kept)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_forms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_members, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_broken_json_names_the_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_time_ahead, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
