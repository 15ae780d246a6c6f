/* SPDX-License-Identifier: MIT */
/* Lines of a capture file: what each member means, what is no line, and where the next one begins. */
#include "check.h"

#include "capture_line.h"
#include "base/strbuf.h"
#include "intake/capture.h"

struct fixture {
    struct intake intake;
    struct capture_call call;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    fixture->intake =
        (struct intake){.arena = arena_new(), .body_max_bytes = 1024, .body_head_max_bytes = 1024};
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

static enum capture_result read_line(struct fixture *fixture, struct str line)
{
    return capture_read_line(&fixture->intake, line, &fixture->call);
}

/* The call of a plain line with the changes, which must be one. */
static const struct capture_call *read_changed(struct fixture *fixture, const char *label,
                                               struct str changes)
{
    struct strbuf line;
    struct str copy;

    strbuf_init(&line);
    strbuf_add_cstr(&line, PLAIN);
    strbuf_add_cstr(&line, changes.len ? "," : "");
    strbuf_add(&line, changes);
    strbuf_add_cstr(&line, "}\n");
    copy = arena_copy(fixture->intake.arena, strbuf_str(&line));
    strbuf_release(&line);
    EXPECT(label, read_line(fixture, copy) == CAPTURE_READ);
    return &fixture->call;
}

static void expect_text(const char *label, struct str expected, struct str text)
{
    if (!str_equal(expected, text))
        fail_msg("%s: expected %.*s, not %.*s", label, STR_ARG(expected), STR_ARG(text));
}

/* ---- One text of the event for each row ---- */

struct row {
    const char *label;
    struct str changes;
    size_t at; /* of the struct str in the call */
    struct str expected;
};

#define EVENT(name) (offsetof(struct capture_call, event) + offsetof(struct event, name))
#define CALL(name) offsetof(struct capture_call, name)

static void check_rows(void **state, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct capture_call *call = read_changed(*state, rows[i].label, rows[i].changes);

        expect_text(rows[i].label, rows[i].expected,
                    *(const struct str *)(const void *)((const char *)call + rows[i].at));
    }
}

static void test_request(void **state)
{
    static const struct row rows[] = {
        {"method", TEXT(""), EVENT(method), TEXT("GET")},
        {"method behind an error page", TEXT("\"request\":\"POST /a HTTP/1.1\""), EVENT(method),
         TEXT("POST")},
        {"no request line", TEXT("\"request\":\"\""), EVENT(method), TEXT("GET")},
        {"action", TEXT(""), EVENT(action), TEXT("GET (unmatched)")},
        {"action of an odd method", TEXT("\"request\":\"FETCH /a HTTP/1.1\""), EVENT(action),
         TEXT("(unmatched)")},
        {"odd method", TEXT("\"request\":\"FETCH /a HTTP/1.1\""), EVENT(method), TEXT("FETCH")},
        {"URL", TEXT("\"uri\":\"/a%2Fb//c;d?e=%253A\""), EVENT(url), TEXT("/a%2Fb//c;d?e=%253A")},
        {"URL in UTF-8", TEXT("\"uri\":\"/\xc3\xbc\""), EVENT(url), TEXT("/\xc3\xbc")},
        {"URL in Latin-1", TEXT("\"uri\":\"/\xfc\""), EVENT(url), TEXT("/\xc3\xbc")},
        {"whole URL in the request line", TEXT("\"request\":\"GET http://x/a HTTP/1.1\""),
         EVENT(url), TEXT("/a")},
        {"URL that nginx refused",
         TEXT("\"method\":\"DELETE\",\"uri\":\"\",\"request\":\"DELETE /a%00?b=c HTTP/1.1\""),
         EVENT(url), TEXT("/a%00?b=c")},
        {"its method",
         TEXT("\"method\":\"DELETE\",\"uri\":\"\",\"request\":\"DELETE /a%00?b=c HTTP/1.1\""),
         EVENT(method), TEXT("DELETE")},
        {"its query",
         TEXT("\"method\":\"DELETE\",\"uri\":\"\",\"request\":\"DELETE /a%00?b=c HTTP/1.1\""),
         EVENT(query), TEXT("{\"b\": \"c\"}")},
        {"URL with a space", TEXT("\"uri\":\"\",\"request\":\"GET /a b HTTP/1.1\""), EVENT(url),
         TEXT("/a b")},
        {"URL without end", TEXT("\"uri\":\"\",\"request\":\"GET /aaa\""), EVENT(url),
         TEXT("/aaa")},
        {"no request at all",
         TEXT("\"uri\":\"\",\"method\":\"\",\"request\":\"\\u0016\\u0003\xff\""), EVENT(url),
         TEXT("\x16\x03\xc3\xbf")},
        {"nor a method", TEXT("\"uri\":\"\",\"method\":\"\",\"request\":\"\\u0016\\u0003\xff\""),
         EVENT(method), TEXT("")},
        {"nor one in lower case", TEXT("\"uri\":\"\",\"request\":\"get / HTTP/1.1\""),
         EVENT(method), TEXT("")},
        {"nor an action", TEXT("\"uri\":\"\",\"request\":\"get / HTTP/1.1\""), EVENT(action),
         TEXT("(unmatched)")},
        {"body", TEXT("\"body\":\"a\\\"\\\\\\u0000\\n\xff\xc3\xbc\""), EVENT(body),
         TEXT("a\"\\\0\n\xff\xc3\xbc")},
        {"request id", TEXT(""), EVENT(request_id), TEXT("4f2a")},
        {"request id of the client", TEXT("\"headers\":\"[" HEADER("x-ReQuest-id", "r-1") "]\""),
         EVENT(request_id), TEXT("r-1")},
        {"key beside it", TEXT("\"headers\":\"[" HEADER("X-Request-Id", "r-1") "]\""),
         EVENT(idempotency_key), TEXT("capture:4f2a")},
        {"correlation id", TEXT("\"headers\":\"[" HEADER("X-Correlation-Id", "c-1") "]\""),
         EVENT(request_id), TEXT("c-1")},
        {"both ids",
         TEXT("\"headers\":\"[" HEADER("X-Correlation-ID", "c-1") "," HEADER(
             "X-Request-ID", "r-1") "," HEADER("X-Request-ID", "r-2") "]\""),
         EVENT(request_id), TEXT("r-1")},
        {"empty request id",
         TEXT(
             "\"headers\":\"[" HEADER("X-Request-Id", "") "," HEADER("X-Correlation-Id", "") "]\""),
         EVENT(request_id), TEXT("4f2a")},
        {"request id in Latin-1", TEXT("\"headers\":\"[" HEADER("X-Request-Id", "\xfc") "]\""),
         EVENT(request_id), TEXT("\xc3\xbc")},
        {"key", TEXT(""), EVENT(idempotency_key), TEXT("capture:4f2a")},
        {"forwarded", TEXT("\"forwarded\":\"192.0.2.9, 192.0.2.8\""), EVENT(forwarded_for),
         TEXT("192.0.2.9, 192.0.2.8")},
        {"client", TEXT(""), EVENT(client_address), TEXT("192.0.2.1")},
        {"head", TEXT("\"head\":\"00ffC3bc7\""), EVENT(response_body_head),
         TEXT("\x00\xff\xc3\xbc")},
        {"no head", TEXT("\"head\":\"x\""), EVENT(response_body_head), TEXT("")},
        {"location", TEXT("\"location\":\"/a/7\""), CALL(location), TEXT("/a/7")},
        {"type", TEXT("\"type\":\"application/json\""), CALL(response_type),
         TEXT("application/json")},
        {"encoding", TEXT("\"encoding\":\"gzip\""), CALL(encoding), TEXT("gzip")},
    };

    check_rows(state, rows, COUNT(rows));
}

static void test_query(void **state)
{
    static const struct row rows[] = {
        {"none", TEXT("\"uri\":\"/a\""), EVENT(query), TEXT("")},
        {"empty", TEXT("\"uri\":\"/a?\""), EVENT(query), TEXT("")},
        {"ampersands", TEXT("\"uri\":\"/a?&&\""), EVENT(query), TEXT("")},
        {"order", TEXT("\"uri\":\"/a?z=1&a=2&m=3\""), EVENT(query),
         TEXT("{\"z\": \"1\", \"a\": \"2\", \"m\": \"3\"}")},
        {"repeats", TEXT("\"uri\":\"/a?b=1&a=2&b=3&b=\""), EVENT(query),
         TEXT("{\"b\": [\"1\", \"3\", \"\"], \"a\": \"2\"}")},
        {"no value", TEXT("\"uri\":\"/a?b&=c&d==e\""), EVENT(query),
         TEXT("{\"b\": \"\", \"\": \"c\", \"d\": \"=e\"}")},
        {"escapes", TEXT("\"uri\":\"/a?%61%3d=%C3%BC+%2B%22&x=%zz%4\""), EVENT(query),
         TEXT("{\"a=\": \"\xc3\xbc +\\\"\", \"x\": \"%zz%4\"}")},
        {"NUL", TEXT("\"uri\":\"/a?a=%00\""), EVENT(query), TEXT("{\"a\": \"\\u0000\"}")},
        {"Latin-1", TEXT("\"uri\":\"/a?a=%FC\""), EVENT(query), TEXT("{\"a\": \"\xc3\xbc\"}")},
        {"fragment", TEXT("\"uri\":\"/a?b=1#c?d=2\""), EVENT(query), TEXT("{\"b\": \"1\"}")},
        {"only a fragment", TEXT("\"uri\":\"/a#c?d=2\""), EVENT(query), TEXT("")},
        {"question marks", TEXT("\"uri\":\"/a?b=?&?=c\""), EVENT(query),
         TEXT("{\"b\": \"?\", \"?\": \"c\"}")},
    };

    check_rows(state, rows, COUNT(rows));
}

static void test_headers(void **state)
{
    static const struct row rows[] = {
        {"none", TEXT(""), EVENT(headers), TEXT("")},
        {"order and repeats",
         TEXT("\"headers\":\"[" HEADER("B", "1") "," HEADER("a", "2") "," HEADER("B", "") "]\""),
         EVENT(headers), TEXT("[[\"B\",\"1\"],[\"a\",\"2\"],[\"B\",\"\"]]")},
        {"UTF-8", TEXT("\"headers\":\"[" HEADER("A", "\xc3\xbc") "]\""), EVENT(headers),
         TEXT("[[\"A\",\"\xc3\xbc\"]]")},
        {"each for itself",
         TEXT("\"headers\":\"[" HEADER("A", "\xc3\xbc") "," HEADER("B", "\xfc") "]\""),
         EVENT(headers), TEXT("[[\"A\",\"\xc3\xbc\"],[\"B\",\"\xc3\xbc\"]]")},
        {"control", TEXT("\"headers\":\"[" HEADER("A", "\\\\u0001\\\\t\x7f") "]\""), EVENT(headers),
         TEXT("[[\"A\",\"\\u0001\\t\x7f\"]]")},
        {"odd ones apart",
         TEXT("\"headers\":\"[" HEADER("A b", "1") "," HEADER("C", "2") "," HEADER("D",
                                                                                   "\\\\n") "]\""),
         EVENT(headers), TEXT("[[\"C\",\"2\"]]")},
        {"not given", TEXT("\"headers\":\"\""), EVENT(headers), TEXT("")},
        {"no pairs", TEXT("\"headers\":\"[[\\\"A\\\"]]\""), EVENT(headers), TEXT("")},
        {"hidden secret", TEXT("\"headers\":\"[[\\\"Authorization\\\",\\\"sha256:00\\\",1]]\""),
         EVENT(headers), TEXT("[[\"Authorization\",\"sha256:00\"]]")},
        {"hidden value that is no secret to us",
         TEXT("\"headers\":\"[[\\\"X-Token-Type\\\",\\\"sha256:00\\\",1],[\\\"X-Token-Type\\\","
              "\\\"\\\",1]]\""),
         EVENT(headers), TEXT("[[\"X-Token-Type\",\"redacted\"],[\"X-Token-Type\",\"\"]]")},
        {"what looks like a digest",
         TEXT("\"headers\":\"[[\\\"X-Token-Type\\\",\\\"sha256:00\\\"]]\""), EVENT(headers),
         TEXT("[[\"X-Token-Type\",\"sha256:00\"]]")},
        {"other third element", TEXT("\"headers\":\"[[\\\"A\\\",\\\"x\\\",2]]\""), EVENT(headers),
         TEXT("")},
        {"fourth element", TEXT("\"headers\":\"[[\\\"A\\\",\\\"x\\\",1,1]]\""), EVENT(headers),
         TEXT("")},
        {"user agent",
         TEXT("\"headers\":\"[" HEADER("user-AGENT", "x/1") "," HEADER("User-Agent", "y") "]\""),
         EVENT(user_agent), TEXT("x/1")},
        {"content type", TEXT("\"headers\":\"[" HEADER("Content-Type", "text/plain") "]\""),
         CALL(request_type), TEXT("text/plain")},
        {"traceparent",
         TEXT(
             "\"headers\":\"[" HEADER("X-Trace-Id", "t") "," HEADER("X-B3-TraceId", "b") "," HEADER(
                 "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") "]\""),
         EVENT(trace_id), TEXT("0af7651916cd43dd8448eb211c80319c")},
        {"B3",
         TEXT("\"headers\":\"[" HEADER("X-Trace-Id", "t") "," HEADER(
             "X-B3-TraceId", "b") "," HEADER("traceparent", "00-1") "]\""),
         EVENT(trace_id), TEXT("b")},
        {"trace id", TEXT("\"headers\":\"[" HEADER("X-Trace-Id", "t") "]\""), EVENT(trace_id),
         TEXT("t")},
    };

    check_rows(state, rows, COUNT(rows));
}

static void test_who(void **state)
{
    static const struct row rows[] = {
        {"nobody", TEXT(""), EVENT(user), TEXT("")},
        {"basic", TEXT("\"basic_user\":\"ann\""), EVENT(user), TEXT("ann")},
        {"set", TEXT("\"basic_user\":\"ann\",\"set_user\":\"bob\""), EVENT(user), TEXT("bob")},
        {"API", TEXT("\"basic_user\":\"ann\",\"set_user\":\"bob\",\"api_user\":\"eve\""),
         EVENT(user), TEXT("eve")},
        {"denied", TEXT("\"basic_user\":\"ann\",\"status\":\"401\""), EVENT(user), TEXT("")},
        {"denied, set", TEXT("\"set_user\":\"ann\",\"status\":\"401\""), EVENT(user), TEXT("")},
        {"denied, as the API says", TEXT("\"api_user\":\"eve\",\"status\":\"401\""), EVENT(user),
         TEXT("eve")},
        {"forbidden", TEXT("\"basic_user\":\"ann\",\"status\":\"403\""), EVENT(user), TEXT("ann")},
        {"Latin-1", TEXT("\"basic_user\":\"\xfc\\u0000\""), EVENT(user),
         TEXT("\xc3\xbc\xef\xbf\xbd")},
        {"UTF-8 with a NUL", TEXT("\"basic_user\":\"\xc3\xbc\\u0000\""), EVENT(user),
         TEXT("\xc3\xbc\xef\xbf\xbd")},
        {"no account", TEXT(""), CALL(account), TEXT("")},
        {"account set", TEXT("\"set_account\":\"acme\""), CALL(account), TEXT("acme")},
        {"account of the API", TEXT("\"set_account\":\"acme\",\"api_account\":\"other\""),
         CALL(account), TEXT("other")},
    };

    check_rows(state, rows, COUNT(rows));
}

static void test_extra(void **state)
{
    static const struct row rows[] = {
        {"nothing", TEXT(""), EVENT(extra), TEXT("")},
        {"peer", TEXT("\"peer\":\"10.0.0.1\""), EVENT(extra),
         TEXT("{\"peer_address\": \"10.0.0.1\"}")},
        {"tries", TEXT("\"upstream_status\":\"502, 200\""), EVENT(extra),
         TEXT("{\"upstream_status\": \"502, 200\"}")},
        {"front", TEXT("\"upstream_status\":\"\",\"status\":\"400\""), EVENT(extra),
         TEXT("{\"answered_by\": \"front\"}")},
        {"client left", TEXT("\"completion\":\"\",\"status\":\"499\",\"upstream_status\":\"\""),
         EVENT(extra), TEXT("{\"answered_by\": \"front\", \"aborted\": true}")},
        {"answer cut off", TEXT("\"completion\":\"\""), EVENT(extra),
         TEXT("{\"incomplete_response\": true}")},
        {"too large",
         TEXT("\"status\":\"413\",\"upstream_status\":\"\",\"content_length\":\"9999\""),
         EVENT(extra),
         TEXT("{\"answered_by\": \"front\", \"body\": \"The front refused the body as too large, "
              "so it was not kept.\"}")},
        {"too large for the API",
         TEXT("\"status\":\"413\",\"upstream_status\":\"413\",\"content_length\":\"1\",\"body\":"
              "\"x\""),
         EVENT(extra), TEXT("")},
        {"in a file", TEXT("\"body_file\":\"/tmp/1\",\"content_length\":\"9\""), EVENT(extra),
         TEXT("{\"body\": \"The body did not fit into the front's buffer, so it was not kept.\"}")},
        {"not read", TEXT("\"status\":\"401\",\"upstream_status\":\"\",\"content_length\":\"9\""),
         EVENT(extra),
         TEXT("{\"answered_by\": \"front\", \"body\": \"The front answered or went on without "
              "reading the body, so it was not kept.\"}")},
        {"chunks not read",
         TEXT("\"upstream_status\":\"\",\"headers\":\"[" HEADER("Transfer-Encoding",
                                                                "chunked") "]\""),
         EVENT(extra),
         TEXT("{\"answered_by\": \"front\", \"body\": \"The front answered or went on without "
              "reading the body, so it was not kept.\"}")},
        {"cut off",
         TEXT("\"status\":\"400\",\"upstream_status\":\"\",\"content_length\":\"9\",\"body\":\"x\","
              "\"completion\":\"\""),
         EVENT(extra),
         TEXT("{\"answered_by\": \"front\", \"aborted\": true, \"body\": \"The client left before "
              "all of the body had arrived.\"}")},
        {"location", TEXT("\"location\":\"/a/7\",\"encoding\":\"gzip\""), EVENT(extra),
         TEXT("{\"location\": \"/a/7\", \"response_encoding\": \"gzip\"}")},
        {"claim", TEXT("\"status\":\"401\",\"upstream_status\":\"401\",\"basic_user\":\"ann\""),
         EVENT(extra), TEXT("{\"claimed_user\": \"ann\"}")},
        {"Latin-1 headers",
         TEXT("\"headers\":\"[" HEADER("A", "\xfc") "," HEADER("B", "x") "," HEADER("C",
                                                                                    "\xff") "]\""),
         EVENT(extra), TEXT("{\"latin1_headers\": [\"A\",\"C\"]}")},
        {"odd headers",
         TEXT("\"headers\":\"[" HEADER("A b", "1") "," HEADER("C", "\\\\u0000") "]\""),
         EVENT(extra), TEXT("{\"odd_headers\": [[\"A b\",\"1\"],[\"C\",\"\xef\xbf\xbd\"]]}")},
        {"no headers", TEXT("\"headers\":\"\""), EVENT(extra),
         TEXT("{\"headers\": \"The front could not give the headers.\"}")},
        {"Latin-1", TEXT("\"uri\":\"/\xff?a=%ff\",\"basic_user\":\"\xfc\""), EVENT(extra),
         TEXT("{\"latin1\": [\"url\",\"query\",\"user\"]}")},
    };

    check_rows(state, rows, COUNT(rows));
}

/* ---- Numbers and words ---- */

static void test_source(void **state)
{
    static const struct {
        const char *label;
        struct str changes;
        enum event_source source;
    } rows[] = {
        {"nothing", TEXT(""), EVENT_SOURCE_INTEGRATION},
        {"browser", TEXT("\"headers\":\"[" HEADER("User-Agent", "Mozilla/5.0 (X11)") "]\""),
         EVENT_SOURCE_UI},
        {"PowerShell",
         TEXT("\"headers\":\"[" HEADER("User-Agent", "Mozilla/5.0 (Windows) PowerShell/7.2") "]\""),
         EVENT_SOURCE_CLI},
        {"curl", TEXT("\"headers\":\"[" HEADER("User-Agent", "curl/8.0") "]\""), EVENT_SOURCE_CLI},
        {"program", TEXT("\"headers\":\"[" HEADER("User-Agent", "libcurl/8.0") "]\""),
         EVENT_SOURCE_INTEGRATION},
        {"agent type",
         TEXT("\"headers\":\"[" HEADER("codefresh-user-agent-type",
                                       "cli") "," HEADER("User-Agent", "Mozilla/5") "]\""),
         EVENT_SOURCE_CLI},
        {"set", TEXT("\"set_source\":\"webhook\""), EVENT_SOURCE_WEBHOOK},
        {"API", TEXT("\"set_source\":\"webhook\",\"api_source\":\"ui\""), EVENT_SOURCE_UI},
        {"no word", TEXT("\"set_source\":\"cli\",\"api_source\":\"UI\""), EVENT_SOURCE_CLI},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        EXPECT(rows[i].label, read_changed(*state, rows[i].label, rows[i].changes)->event.source ==
                                  rows[i].source);
}

static void test_numbers(void **state)
{
    const struct event *event = &read_changed(*state, "plain", STR(""))->event;
    const struct capture_call *call;

    assert_int_equal(EVENT_KIND_EVENT, event->kind);
    assert_true(event->has_time && event->has_response_time && event->has_response_bytes);
    assert_int_equal(INT64_C(1769860800120), event->occurred_ms);
    assert_int_equal(3, event->response_time_ms);
    assert_int_equal(2, event->response_bytes);
    assert_int_equal(200, event->status);
    assert_int_equal(0, event->body_bytes);
    call = read_changed(*state, "odd numbers",
                        STR("\"status\":\"000\",\"sent\":\"\",\"time\":\"4398046000.000\","
                            "\"content_length\":\"-1\""));
    assert_int_equal(INT64_C(1769860800123), call->written_ms);
    assert_int_equal(0, call->event.occurred_ms);
    assert_int_equal(UINT32_MAX, call->event.response_time_ms);
    assert_int_equal(0, call->event.status);
    assert_false(call->event.has_response_bytes);
    call = read_changed(*state, "body that is not there", STR("\"content_length\":\"123\""));
    assert_int_equal(123, call->event.body_bytes);
    call = read_changed(*state, "body without length", STR("\"body\":\"1234\""));
    assert_int_equal(4, call->event.body_bytes);
}

/* What is too long for the store is cut at a character and named. */
static void test_cut(void **state)
{
    enum { LONG = 100000 };
    struct fixture *fixture = *state;
    const struct event *event;
    struct strbuf changes;

    strbuf_init(&changes);
    for (size_t i = 0; i < 2; i++) {
        strbuf_add_cstr(&changes, i ? "\",\"set_user\":\"x" : "\"uri\":\"/");
        for (size_t j = 0; j < LONG; j++)
            strbuf_add_cstr(&changes, "\xc3\xbc");
    }
    strbuf_add_char(&changes, '"');
    event = &read_changed(fixture, "long", arena_copy(fixture->intake.arena, strbuf_str(&changes)))
                 ->event;
    strbuf_release(&changes);
    assert_int_equal(65535, event->url.len);
    assert_int_equal(EVENT_NAME_MAX - 1, event->user.len);
    expect_text("extra", STR("{\"cut\": [\"url\",\"user\"]}"), event->extra);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_query, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_headers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_extra, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_source, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
