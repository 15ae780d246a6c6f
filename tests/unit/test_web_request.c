/* SPDX-License-Identifier: MIT */
/*
 * Variables, path and body of a request: as plain CGI with a pipe for standard input, and as
 * FastCGI may bring it.
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "base/arena.h"
#include "web/cgi.h"
#include "web/request.h"
#include "web/transport.h"

#include "check.h"

enum { MAX_BYTES = 100000 };

static int make_arena(void **state)
{
    clearenv();
    *state = arena_new();
    return 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static void test_variables(void **state)
{
    struct request request;
    struct cgi cgi;

    setenv("REQUEST_METHOD", "POST", 1);
    setenv("PATH_INFO", "/acme/events", 1);
    setenv("QUERY_STRING", "a=%41", 1);
    setenv("REMOTE_USER", "ann", 1);
    setenv("HTTP_AUTHORIZATION", "Bearer x", 1);
    setenv("CONTENT_TYPE", "text/plain", 1);
    setenv("CONTENT_LENGTH", "12", 1);
    setenv("REQUEST_ID", "0a-Z", 1);
    cgi_init(&cgi, -1, -1);
    request_start(&request, *state, &cgi.transport, true);
    assert_int_equal(request.method, METHOD_POST);
    assert_true(str_equal(request.path, STR("/acme/events")));
    assert_true(str_equal(request.query, STR("a=%41")));
    assert_true(str_equal(request.remote_user, STR("ann")));
    assert_true(str_equal(request.authorization, STR("Bearer x")));
    assert_true(str_equal(request.content_type, STR("text/plain")));
    assert_true(str_equal(request.id, STR("0a-Z")));
    assert_true(request.has_content_length);
    assert_int_equal(request.content_length, 12);
}

/* A link leads there: nothing that runs, and no other place that looks like a path. */
static void test_sign_out(void **state)
{
    static const struct {
        const char *given;
        bool used;
    } cases[] = {
        {"/", true},
        {"/oauth2/sign_out?rd=/oauth2/sign_in", true},
        {"https://auth.example.com/logout", true},
        {"", false},
        {"https://", false},
        {"//other.example/", false},
        {"/\\other.example/", false},
        {"http://auth.example.com/logout", false},
        {"javascript:alert(1)", false},
        {"HTTPS://auth.example.com/", false},
        {" /oauth2/sign_out", false},
        {"/sign out", false},
        {"/a\tb", false},
        {"/\xc3\xa9", false},
        {"sign_out", false},
    };
    struct request request;
    struct cgi cgi;

    cgi_init(&cgi, -1, -1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        setenv("SIGN_OUT", cases[i].given, 1);
        request_start(&request, *state, &cgi.transport, true);
        EXPECT(cases[i].given,
               str_equal(request.sign_out, str_from(cases[i].used ? cases[i].given : "")));
    }
    unsetenv("SIGN_OUT");
    request_start(&request, *state, &cgi.transport, true);
    EXPECT("unset", request.sign_out.len == 0);
}

static void test_missing_variables(void **state)
{
    static const char *const bad_ids[] = {
        "", "not an id", "a\"b", "a\r\nb",
        "0123456789012345678901234567890123456789012345678901234567890123"};
    struct request request;
    struct cgi cgi;

    cgi_init(&cgi, -1, -1);
    request_start(&request, *state, &cgi.transport, true);
    assert_int_equal(request.method, METHOD_OTHER);
    assert_int_equal(request.path.len + request.query.len + request.remote_user.len, 0);
    assert_false(request.has_content_length);
    setenv("REQUEST_METHOD", "get", 1);
    for (size_t i = 0; i < COUNT(bad_ids); i++) {
        setenv("REQUEST_ID", bad_ids[i], 1);
        request_start(&request, *state, &cgi.transport, true);
        EXPECT(bad_ids[i], request.id.len == 32);
        EXPECT(bad_ids[i], request.method == METHOD_OTHER);
    }
}

static void test_from_here(void **state)
{
    static const struct {
        const char *fetch_site, *origin;
        bool here;
    } cases[] = {
        {"same-origin", NULL, true},
        {"same-origin", "https://elsewhere.example",
         true}, /* set by the browser, for pages cannot */
        {"same-site", "https://log.example:8443", false},
        {"cross-site", NULL, false},
        {"none", NULL, false},
        {NULL, "https://log.example:8443", true},
        {NULL, "http://log.example:8443", true}, /* a server in front may speak TLS */
        {NULL, "https://log.example", false},
        {NULL, "https://log.example:84433", false},
        {NULL, "https://elsewhere.example?log.example:8443", false},
        {NULL, "null", false},
        {NULL, "log.example:8443", false},
        {NULL, NULL, true},
    };
    struct request request;
    struct cgi cgi;

    cgi_init(&cgi, -1, -1);
    setenv("HTTP_HOST", "log.example:8443", 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        setenv("HTTP_SEC_FETCH_SITE", cases[i].fetch_site ? cases[i].fetch_site : "", 1);
        setenv("HTTP_ORIGIN", cases[i].origin ? cases[i].origin : "", 1);
        request_start(&request, *state, &cgi.transport, true);
        EXPECT(cases[i].origin ? cases[i].origin : "no origin",
               request_is_from_here(&request) == cases[i].here);
        EXPECT(cases[i].origin ? cases[i].origin : "no origin",
               request_says_from_here(&request) ==
                   (cases[i].here && (cases[i].fetch_site || cases[i].origin)));
    }
}

static void test_segments(void **state)
{
    static const struct {
        const char *path;
        size_t count; /* 4: none, or too many */
        const char *segments[3];
    } cases[] = {
        {"", 4, {NULL}},
        {"acme", 4, {NULL}},
        {"/", 1, {""}},
        {"/acme", 1, {"acme"}},
        {"/acme/", 2, {"acme", ""}},
        {"//", 2, {"", ""}},
        {"/acme/events/00ff", 3, {"acme", "events", "00ff"}},
        {"/acme/events/00ff/", 4, {NULL}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct request request = {.path = exact_copy(str_from(cases[i].path))};
        struct str segments[3];

        EXPECT(cases[i].path, request_segments(&request, segments, 3) == cases[i].count);
        for (size_t k = 0; k < cases[i].count && cases[i].segments[0]; k++)
            EXPECT(cases[i].path, str_equal(segments[k], str_from(cases[i].segments[k])));
        free_copy(request.path);
    }
}

static enum request_body read_piped(struct arena *arena, const char *sent, struct str *body)
{
    enum request_body result;
    struct request request;
    struct cgi cgi;
    int in[2];

    assert_int_equal(pipe(in), 0);
    assert_int_equal(write(in[1], sent, strlen(sent)), strlen(sent));
    close(in[1]);
    cgi_init(&cgi, in[0], -1);
    request_start(&request, arena, &cgi.transport, true);
    result = request_read_body(&request, MAX_BYTES, body);
    close(in[0]);
    return result;
}

static void test_body(void **state)
{
    static const struct {
        const char *label, *length, *sent;
        enum request_body result;
        const char *body;
    } cases[] = {
        {"as declared", "5", "hello", REQUEST_BODY_READ, "hello"},
        {"more than declared stays unread", "4", "hello", REQUEST_BODY_READ, "hell"},
        {"less than declared", "6", "hello", REQUEST_BODY_BROKEN, NULL},
        {"nothing declared", NULL, "hello", REQUEST_BODY_READ, ""},
        {"empty", "0", "", REQUEST_BODY_READ, ""},
        {"too large by its own word", "100001", "hello", REQUEST_BODY_TOO_LARGE, NULL},
        {"beyond 64 bits", "99999999999999999999", "", REQUEST_BODY_TOO_LARGE, NULL},
        {"no number", "-1", "hello", REQUEST_BODY_TOO_LARGE, NULL},
    };
    struct str body;

    for (size_t i = 0; i < COUNT(cases); i++) {
        unsetenv("CONTENT_LENGTH");
        if (cases[i].length)
            setenv("CONTENT_LENGTH", cases[i].length, 1);
        EXPECT(cases[i].label, read_piped(*state, cases[i].sent, &body) == cases[i].result);
        if (cases[i].body)
            EXPECT(cases[i].label, str_equal(body, str_from(cases[i].body)));
    }
}

/* A body that comes without a limit of its own. */
static size_t stream_left;
static bool stream_breaks;

static const char *stream_env(struct transport *transport, const char *name)
{
    (void)transport;
    return getenv(name);
}

static ssize_t stream_read(struct transport *transport, char *out, size_t size)
{
    (void)transport;
    if (stream_left == 0)
        return stream_breaks ? -1 : 0;
    if (size > stream_left)
        size = stream_left;
    if (size > 1000)
        size = 1000;
    memset(out, 'x', size);
    stream_left -= size;
    return (ssize_t)size;
}

static void test_stream(void **state)
{
    static const struct {
        const char *label, *length;
        size_t sent;
        bool breaks;
        enum request_body result;
    } cases[] = {
        {"no length, nothing", NULL, 0, false, REQUEST_BODY_READ},
        {"no length", NULL, 16 * 1024, false, REQUEST_BODY_READ},
        {"no length, just not too large", NULL, MAX_BYTES, false, REQUEST_BODY_READ},
        {"no length, too large", NULL, MAX_BYTES + 1, false, REQUEST_BODY_TOO_LARGE},
        {"no length, endless", NULL, SIZE_MAX, false, REQUEST_BODY_TOO_LARGE},
        {"no length, broken off", NULL, 50000, true, REQUEST_BODY_BROKEN},
        {"as declared", "5000", 5000, false, REQUEST_BODY_READ},
        {"less than declared", "5000", 4999, false, REQUEST_BODY_BROKEN},
        {"more than declared", "5000", 5001, false, REQUEST_BODY_BROKEN},
        {"broken off", "5000", 4999, true, REQUEST_BODY_BROKEN},
    };
    struct transport stream = {.env = stream_env, .read = stream_read};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct request request;
        struct str body;

        unsetenv("CONTENT_LENGTH");
        if (cases[i].length)
            setenv("CONTENT_LENGTH", cases[i].length, 1);
        stream_left = cases[i].sent;
        stream_breaks = cases[i].breaks;
        request_start(&request, *state, &stream, true);
        EXPECT(cases[i].label, request_read_body(&request, MAX_BYTES, &body) == cases[i].result);
        if (cases[i].result == REQUEST_BODY_READ)
            EXPECT(cases[i].label, body.len == cases[i].sent);
        for (size_t k = 0; cases[i].result == REQUEST_BODY_READ && k < body.len; k++)
            EXPECT(cases[i].label, body.ptr[k] == 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_variables, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(test_sign_out, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(test_missing_variables, make_arena, free_arena),
        cmocka_unit_test(test_segments),
        cmocka_unit_test_setup_teardown(test_from_here, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(test_body, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(test_stream, make_arena, free_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
