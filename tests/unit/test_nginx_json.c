/* SPDX-License-Identifier: MIT */
/* A line of nginx's own JSON: what of it becomes URL and headers, where secrets are known by their place. */
#include "check.h"

#include "intake/format_message.h"

static const struct row {
    const char *label, *line, *url, *query, *headers, *extra;
} rows[] = {
    {"cookies",
     "{\"msec\":\"1700000000.5\",\"status\":\"200\",\"request\":\"GET /a HTTP/1.1\","
     "\"cookie_sid\":\"s\",\"cookie_none\":\"-\",\"COOKIE_b_c\":\"t u\"}",
     "/a", "", "[[\"Cookie\", \"sid=redacted\"], [\"Cookie\", \"b_c=redacted\"]]", ""},
    {"a cookie of the answer",
     "{\"msec\":\"1700000000.5\",\"status\":\"200\",\"request\":\"GET /a HTTP/1.1\","
     "\"upstream_http_set_cookie\":\"sid=s; Path=/\"}",
     "/a", "", "", "{\"upstream_http_set_cookie\": \"sid=redacted; Path=/\"}"},
    {"arguments of their own",
     "{\"msec\":\"1700000000.5\",\"status\":\"200\",\"request_method\":\"GET\",\"uri\":\"/a\","
     "\"args\":\"sid=s&b=c\",\"x\":\"y\"}",
     "/a?sid=redacted&b=c", "{\"sid\": \"redacted\", \"b\": \"c\"}", "", "{\"x\": \"y\"}"},
    {"arguments that stand in the URL",
     "{\"msec\":\"1700000000.5\",\"status\":\"200\",\"request\":\"GET /a?sig=s&b=c HTTP/1.1\","
     "\"uri\":\"/a\",\"query_string\":\"sig=s&b=c\"}",
     "/a?sig=redacted&b=c", "{\"sig\": \"redacted\", \"b\": \"c\"}", "", ""},
    {"other arguments than those in the URL",
     "{\"msec\":\"1700000000.5\",\"status\":\"200\",\"request\":\"GET /a?b=c HTTP/1.1\","
     "\"args\":\"rewritten=1\"}",
     "/a?b=c", "{\"b\": \"c\"}", "", "{\"args\": \"rewritten=1\"}"},
    {"no arguments",
     "{\"msec\":\"1700000000.5\",\"status\":\"200\",\"request_method\":\"GET\",\"uri\":\"/a\","
     "\"args\":\"-\"}",
     "/a", "", "", ""},
};

static void check_text(const char *label, struct str text, const char *expected)
{
    if (!str_equal(text, str_from(expected)))
        fail_msg("%s: %.*s", label, STR_ARG(text));
}

static void test_rows(void **state)
{
    const struct format *format = format_find(STR("nginx-json"));
    struct arena *arena = arena_new();
    struct intake intake = {
        .arena = arena, .body_max_bytes = INTAKE_BODY_MAX, .now_ms = INT64_C(1700000000000)};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sender_events events = {0};
        struct intake_complaint complaint;

        EXPECT(rows[i].label,
               format_message_read(format, &intake, str_from(rows[i].line), &events, &complaint));
        assert_int_equal(events.count, 1);
        check_text(rows[i].label, events.events[0].url, rows[i].url);
        check_text(rows[i].label, events.events[0].query, rows[i].query);
        check_text(rows[i].label, events.events[0].headers, rows[i].headers);
        check_text(rows[i].label, events.events[0].extra, rows[i].extra);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
