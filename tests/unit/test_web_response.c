/* SPDX-License-Identifier: MIT */
/*
 * Answers as plain CGI, with a file in memory for standard output, and to a client that goes away.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "web/cgi.h"
#include "web/page.h"
#include "web/request.h"
#include "web/response.h"

#include "capture.h"
#include "check.h"

struct exchange {
    struct arena *arena;
    struct response *response;
    struct request request;
    struct response_result result;
    struct cgi cgi;
    char output[256 * 1024]; /* what was sent, the NUL behind it not counted */
    size_t output_len;
};

typedef void (*handler)(struct request *request, struct response *response);

static int make_exchange(void **state)
{
    struct exchange *exchange = calloc(1, sizeof(*exchange));

    assert_non_null(exchange);
    assert_int_equal(pages_load("templates"), 0);
    exchange->arena = arena_new();
    exchange->response = response_new();
    *state = exchange;
    clearenv();
    setenv("REQUEST_METHOD", "GET", 1);
    setenv("REQUEST_ID", "id-1", 1);
    return 0;
}

static int free_exchange(void **state)
{
    struct exchange *exchange = *state;

    response_free(exchange->response);
    arena_free(exchange->arena);
    free(exchange);
    pages_free();
    return 0;
}

static void run(struct exchange *exchange, bool json, handler serve)
{
    int out = memfd_create("stdout", MFD_CLOEXEC);
    ssize_t len;

    arena_reset(exchange->arena);
    cgi_init(&exchange->cgi, -1, out);
    request_start(&exchange->request, exchange->arena, &exchange->cgi.transport, false);
    response_start(exchange->response, &exchange->request, &exchange->cgi.transport, json);
    serve(&exchange->request, exchange->response);
    exchange->result = response_finish(exchange->response);
    len = pread(out, exchange->output, sizeof(exchange->output) - 1, 0);
    assert_true(len >= 0);
    exchange->output_len = (size_t)len;
    exchange->output[len] = '\0';
    close(out);
}

static void serve_hello(struct request *request, struct response *response)
{
    (void)request;
    response_status(response, 201);
    response_header(response, "X-Rows", STR("2"));
    response_send(response, "text/plain", STR("hello\n"));
}

static void test_send(void **state)
{
    struct exchange *exchange = *state;

    run(exchange, false, serve_hello);
    assert_string_equal(exchange->output, "Status: 201 Created\r\n"
                                          "X-Rows: 2\r\n"
                                          "Content-Type: text/plain\r\n"
                                          "Cache-Control: no-store\r\n"
                                          "X-Request-ID: id-1\r\n"
                                          "Content-Length: 6\r\n"
                                          "\r\n"
                                          "hello\n");
    assert_int_equal(exchange->result.status, 201);
    assert_int_equal(exchange->result.bytes, 6);
    assert_int_equal(exchange->result.end, RESPONSE_COMPLETE);
}

static void test_head(void **state)
{
    struct exchange *exchange = *state;

    setenv("REQUEST_METHOD", "HEAD", 1);
    run(exchange, false, serve_hello);
    assert_non_null(strstr(exchange->output, "\r\nContent-Length: 6\r\n\r\n"));
    assert_null(strstr(exchange->output, "hello"));
    assert_int_equal(exchange->result.bytes, 0);
}

static void serve_not_modified(struct request *request, struct response *response)
{
    (void)request;
    response_status(response, 304);
    response_header(response, "cache-control", STR("private"));
    response_send(response, "text/plain", STR("hello\n"));
}

static void test_without_body(void **state)
{
    struct exchange *exchange = *state;

    run(exchange, false, serve_not_modified);
    assert_string_equal(exchange->output, "Status: 304 Not Modified\r\n"
                                          "cache-control: private\r\n"
                                          "X-Request-ID: id-1\r\n"
                                          "\r\n");
}

static void serve_redirect(struct request *request, struct response *response)
{
    (void)request;
    response_redirect(response, STR("/acme/events?a=1"));
}

static void test_redirect(void **state)
{
    struct exchange *exchange = *state;

    run(exchange, false, serve_redirect);
    assert_non_null(strstr(exchange->output, "Status: 303 See Other\r\n"));
    assert_non_null(strstr(exchange->output, "\r\nLocation: /acme/events?a=1\r\n"));
}

static void serve_refusal(struct request *request, struct response *response)
{
    (void)request;
    response_error_link(response, 401, STR("No \"<token>\"\x01\xff."), STR("/x?a=1&b=2"),
                        STR("Go & see"));
}

static void test_error(void **state)
{
    struct exchange *exchange = *state;

    run(exchange, true, serve_refusal);
    assert_non_null(strstr(exchange->output, "Status: 401 Unauthorized\r\n"));
    assert_non_null(strstr(exchange->output, "\r\nWWW-Authenticate: Bearer\r\n"));
    assert_non_null(strstr(exchange->output, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(
        strstr(exchange->output, "\r\n\r\n{\"error\":\"No \\\"<token>\\\"\u2401\ufffd.\"}\n"));

    run(exchange, false, serve_refusal);
    assert_null(strstr(exchange->output, "WWW-Authenticate"));
    assert_non_null(strstr(exchange->output, "No &quot;&lt;token&gt;&quot;\u2401\ufffd."));
    assert_non_null(strstr(exchange->output, " href=\"/x?a=1&amp;b=2\">Go &amp; see</a>"));
    assert_non_null(strstr(exchange->output, "id-1"));
}

static void serve_refusal_with_message(struct request *request, struct response *response)
{
    response_speak_json_message(response);
    serve_refusal(request, response);
}

/* The choice is of one request: the next one of the same worker has its own. */
static void test_error_with_message(void **state)
{
    struct exchange *exchange = *state;

    run(exchange, false, serve_refusal_with_message);
    assert_non_null(strstr(exchange->output, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(exchange->output,
                           "\r\n\r\n{\"error\":\"No \\\"<token>\\\"\u2401\ufffd.\","
                           "\"message\":\"No \\\"<token>\\\"\u2401\ufffd.\"}\n"));

    run(exchange, true, serve_refusal);
    assert_null(strstr(exchange->output, "\"message\""));
}

enum { PIECE = 1000 };
static int pieces;

static void write_pieces(struct response *response)
{
    char piece[PIECE];

    memset(piece, 'x', sizeof(piece));
    response_header(response, "Content-Disposition", STR("attachment"));
    response_begin(response, "text/csv");
    for (int i = 0; i < pieces; i++)
        if (response_write(response, (struct str){piece, sizeof(piece)}) < 0)
            break;
    response_count_rows(response, (uint64_t)pieces);
}

static void serve_stream(struct request *request, struct response *response)
{
    (void)request;
    write_pieces(response);
    response_end(response);
}

static void serve_aborted(struct request *request, struct response *response)
{
    (void)request;
    write_pieces(response);
    response_abort(response);
}

static void test_stream(void **state)
{
    struct exchange *exchange = *state;
    const char *body;

    pieces = 200;
    run(exchange, false, serve_stream);
    body = strstr(exchange->output, "\r\n\r\n");
    assert_non_null(body);
    assert_int_equal(exchange->output + exchange->output_len - (body + 4), 200 * PIECE);
    assert_null(strstr(exchange->output, "Content-Length"));
    assert_int_equal(exchange->result.bytes, 200 * PIECE);
    assert_int_equal(exchange->result.rows, 200);
    assert_false(exchange->cgi.aborted);

    setenv("REQUEST_METHOD", "HEAD", 1);
    run(exchange, false, serve_stream);
    body = strstr(exchange->output, "\r\n\r\n");
    assert_string_equal(body, "\r\n\r\n");
}

static void test_abort(void **state)
{
    struct exchange *exchange = *state;

    pieces = 200;
    run(exchange, false, serve_aborted);
    assert_true(exchange->cgi.aborted);
    assert_int_equal(exchange->result.end, RESPONSE_ABORTED);

    pieces = 2; /* nothing has left yet */
    run(exchange, true, serve_aborted);
    assert_false(exchange->cgi.aborted);
    assert_int_equal(exchange->result.status, 503);
    assert_int_equal(exchange->result.end, RESPONSE_COMPLETE);
    assert_non_null(strstr(exchange->output, "\r\nContent-Type: application/json\r\n"));
    assert_null(strstr(exchange->output, "Content-Disposition"));
    assert_null(strstr(exchange->output, "xxx"));
}

static void serve_nothing(struct request *request, struct response *response)
{
    (void)request;
    response_header(response, "X-Half", STR("done"));
}

static void serve_half(struct request *request, struct response *response)
{
    (void)request;
    write_pieces(response);
}

/* A handler that forgets to answer does not leave the client without one. */
static void test_no_answer(void **state)
{
    static const struct {
        const char *label;
        handler serve;
        int pieces;
        bool aborted;
    } cases[] = {
        {"nothing", serve_nothing, 0, false},
        {"begun", serve_half, 2, false},
        {"partly sent", serve_half, 200, true},
    };
    struct exchange *exchange = *state;
    struct capture capture;

    for (size_t i = 0; i < COUNT(cases); i++) {
        pieces = cases[i].pieces;
        capture_begin(&capture);
        run(exchange, false, cases[i].serve);
        capture_end(&capture);
        EXPECT(cases[i].label, strstr(capture.text, "level=error"));
        EXPECT(cases[i].label, strstr(capture.text, "event=answer_missing"));
        EXPECT(cases[i].label, exchange->cgi.aborted == cases[i].aborted);
        EXPECT(cases[i].label, exchange->result.status == (cases[i].aborted ? 200u : 500u));
        EXPECT(cases[i].label, !strstr(exchange->output, "X-Half"));
    }
}

static int writes_left;

static const char *gone_env(struct transport *transport, const char *name)
{
    (void)transport;
    return getenv(name);
}

static int gone_write(struct transport *transport, struct str bytes, bool last)
{
    (void)transport;
    (void)bytes;
    (void)last;
    return writes_left-- > 0 ? 0 : -1;
}

static void test_client_gone(void **state)
{
    struct transport gone = {.env = gone_env, .write = gone_write};
    struct exchange *exchange = *state;
    struct str piece = {exchange->output, 64 * 1024};

    writes_left = 2; /* the headers, and the first piece */
    request_start(&exchange->request, exchange->arena, &gone, false);
    response_start(exchange->response, &exchange->request, &gone, false);
    response_begin(exchange->response, "text/csv");
    assert_int_equal(response_write(exchange->response, piece), 0);
    assert_int_equal(response_write(exchange->response, piece), -1);
    writes_left = 1; /* it stays gone */
    assert_int_equal(response_write(exchange->response, STR("x")), -1);
    response_end(exchange->response);
    assert_int_equal(response_finish(exchange->response).end, RESPONSE_CLIENT_GONE);
    assert_int_equal(writes_left, 1);
}

/* Nothing has to be written to learn it. */
static void test_client_gone_unseen(void **state)
{
    struct exchange *exchange = *state;
    int ends[2];

    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    cgi_init(&exchange->cgi, -1, ends[1]);
    request_start(&exchange->request, exchange->arena, &exchange->cgi.transport, false);
    response_start(exchange->response, &exchange->request, &exchange->cgi.transport, false);
    assert_false(response_is_client_gone(exchange->response));
    close(ends[0]);
    assert_true(response_is_client_gone(exchange->response));
    response_error(exchange->response, 503, STR("For nobody."));
    assert_true(response_is_client_gone(exchange->response));
    assert_int_equal(response_finish(exchange->response).end, RESPONSE_CLIENT_GONE);
    close(ends[1]);
}

static struct {
    int writes, lasts;
    size_t bytes;
} counted;

static int counting_write(struct transport *transport, struct str bytes, bool last)
{
    (void)transport;
    counted.writes++;
    counted.lasts += last;
    counted.bytes += bytes.len;
    return counted.lasts > 1 ? -1 : 0;
}

/* A page leaves in one piece, so that a worker that dies leaves a whole one or none; the end is said once, with the last bytes. */
static void test_pieces(void **state)
{
    static const struct {
        size_t bytes;
        int writes;
    } cases[] = {{0, 1}, {1, 1}, {60000, 1}, {128 * 1024, 1}, {128 * 1024 + 1, 2}};
    struct transport counting = {.env = gone_env, .write = counting_write};
    struct exchange *exchange = *state;
    char *body = calloc(1, 256 * 1024);

    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        bool streamed = i >= COUNT(cases);
        size_t bytes = cases[i % COUNT(cases)].bytes;

        memset(&counted, 0, sizeof(counted));
        request_start(&exchange->request, exchange->arena, &counting, false);
        response_start(exchange->response, &exchange->request, &counting, false);
        if (streamed) {
            response_begin(exchange->response, "text/csv");
            assert_int_equal(response_write(exchange->response, (struct str){body, bytes}), 0);
            response_end(exchange->response);
        } else {
            response_send(exchange->response, "text/html", (struct str){body, bytes});
            assert_int_equal(counted.writes, cases[i].writes);
        }
        assert_int_equal(response_finish(exchange->response).end, RESPONSE_COMPLETE);
        assert_int_equal(counted.lasts, 1);
        assert_true(counted.bytes > bytes && counted.bytes < bytes + 1024);
    }
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_send, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_head, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_without_body, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_redirect, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_error, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_error_with_message, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_stream, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_abort, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_no_answer, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_pieces, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_client_gone, make_exchange, free_exchange),
        cmocka_unit_test_setup_teardown(test_client_gone_unseen, make_exchange, free_exchange),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
