/* SPDX-License-Identifier: MIT */
/*
 * The one place that writes an answer.  Headers and body wait in one buffer, so that nothing has
 * left before either the body is whole or there is much of it.
 */
#define _GNU_SOURCE
#include "web/response.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "web/error.h"
#include "web/request.h"
#include "web/transport.h"

enum {
    FLUSH_BYTES = RESPONSE_PIECE_BYTES,
    JOINED_BYTES = 128 * 1024, /* a larger body is not copied to join its headers */
};

enum state {
    STATE_OPEN,      /* status and headers may be set */
    STATE_STREAMING, /* between response_begin() and response_end() */
    STATE_DONE,
};

struct response {
    struct transport *transport;
    const struct request *request;
    bool speaks_json, has_message;
    enum state state;
    bool has_cache_control;
    bool handed_over; /* some of the answer has left */
    struct strbuf headers;
    struct strbuf pending; /* made, but not yet written */
    struct response_result result;
};

static const struct {
    unsigned status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

static const char *reason_of(unsigned status)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Status";
}

struct response *response_new(void)
{
    struct response *response = memory_new(sizeof(*response));

    strbuf_init(&response->headers);
    strbuf_init(&response->pending);
    return response;
}

void response_free(struct response *response)
{
    if (!response)
        return;
    strbuf_release(&response->headers);
    strbuf_release(&response->pending);
    free(response);
}

/* Forgets what the handler has set. */
static void reopen(struct response *response)
{
    response->state = STATE_OPEN;
    response->has_cache_control = false;
    response->result = (struct response_result){.end = RESPONSE_COMPLETE, .status = 200};
    strbuf_reset(&response->headers);
    strbuf_reset(&response->pending);
}

void response_start(struct response *response, const struct request *request,
                    struct transport *transport, bool speaks_json)
{
    response->request = request;
    response->transport = transport;
    response->speaks_json = speaks_json;
    response->has_message = false;
    response->handed_over = false;
    reopen(response);
}

void response_status(struct response *response, unsigned status)
{
    assert(response->state == STATE_OPEN && status >= 100 && status <= 599);
    response->result.status = status;
}

void response_speak_json(struct response *response)
{
    response->speaks_json = true;
}

void response_speak_json_message(struct response *response)
{
    response->speaks_json = response->has_message = true;
}

static bool is_header_text(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n' || text.ptr[i] == '\0')
            return false;
    return true;
}

void response_header(struct response *response, const char *name, struct str value)
{
    assert(response->state == STATE_OPEN);
    assert(is_header_text(str_from(name)) && is_header_text(value));
    if (str_equal_folded(str_from(name), STR("Cache-Control")))
        response->has_cache_control = true;
    strbuf_add_cstr(&response->headers, name);
    strbuf_add_cstr(&response->headers, ": ");
    strbuf_add(&response->headers, value);
    strbuf_add_cstr(&response->headers, "\r\n");
}

/* RFC 9110: these end with their headers. */
static bool has_body(unsigned status)
{
    return status >= 200 && status != 204 && status != 304;
}

static bool sends_body(const struct response *response)
{
    return has_body(response->result.status) && response->request->method != METHOD_HEAD;
}

static void hand_over(struct response *response, struct str bytes, bool last)
{
    response->handed_over = true;
    if (response->result.end == RESPONSE_COMPLETE &&
        response->transport->write(response->transport, bytes, last) < 0)
        response->result.end = RESPONSE_CLIENT_GONE;
}

static void flush(struct response *response, bool last)
{
    hand_over(response, strbuf_str(&response->pending), last);
    strbuf_reset(&response->pending);
}

/* Status and headers into the buffer, all but Content-Length and the empty line. */
static void add_head(struct response *response, const char *content_type)
{
    unsigned status = response->result.status;

    if (has_body(status))
        response_header(response, "Content-Type", str_from(content_type));
    if (!response->has_cache_control)
        response_header(response, "Cache-Control", STR("no-store"));
    response_header(response, "X-Request-ID", response->request->id);
    strbuf_printf(&response->pending, "Status: %u %s\r\n", status, reason_of(status));
    strbuf_add(&response->pending, strbuf_str(&response->headers));
}

void response_send(struct response *response, const char *content_type, struct str body)
{
    assert(response->state == STATE_OPEN);
    add_head(response, content_type);
    if (has_body(response->result.status))
        strbuf_printf(&response->pending, "Content-Length: %zu\r\n", body.len);
    strbuf_add_cstr(&response->pending, "\r\n");
    response->state = STATE_DONE;
    if (!sends_body(response))
        body = STR("");
    response->result.bytes = body.len;
    if (body.len <= JOINED_BYTES) {
        strbuf_add(&response->pending, body);
        flush(response, true);
    } else {
        flush(response, false);
        hand_over(response, body, true);
    }
}

void response_redirect(struct response *response, struct str location)
{
    assert(str_starts(location, STR("/")) && !str_starts(location, STR("//")));
    response_status(response, 303);
    response_header(response, "Location", location);
    response_send(response, "text/plain; charset=utf-8", STR(""));
}

void response_begin(struct response *response, const char *content_type)
{
    assert(response->state == STATE_OPEN);
    add_head(response, content_type);
    strbuf_add_cstr(&response->pending, "\r\n");
    response->state = STATE_STREAMING;
}

int response_write(struct response *response, struct str bytes)
{
    assert(response->state == STATE_STREAMING);
    if (sends_body(response)) {
        response->result.bytes += bytes.len;
        if (bytes.len >= FLUSH_BYTES) { /* not copied: it may be megabytes */
            if (response->pending.len)
                flush(response, false);
            hand_over(response, bytes, false);
        } else {
            strbuf_add(&response->pending, bytes);
            if (response->pending.len >= FLUSH_BYTES)
                flush(response, false);
        }
    }
    return response->result.end == RESPONSE_COMPLETE ? 0 : -1;
}

bool response_is_client_gone(struct response *response)
{
    if (response->result.end == RESPONSE_COMPLETE &&
        response->transport->is_gone(response->transport))
        response->result.end = RESPONSE_CLIENT_GONE;
    return response->result.end == RESPONSE_CLIENT_GONE;
}

void response_end(struct response *response)
{
    assert(response->state == STATE_STREAMING);
    flush(response, true);
    response->state = STATE_DONE;
}

void response_abort(struct response *response)
{
    assert(response->state == STATE_STREAMING);
    if (!response->handed_over) {
        reopen(response);
        response_error(response, 503, STR("The answer could not be completed. Try again."));
        return;
    }
    response->state = STATE_DONE;
    if (response->result.end == RESPONSE_COMPLETE)
        response->result.end = RESPONSE_ABORTED;
    response->transport->abort(response->transport);
}

/* Whether error.tpl could be rendered. */
static bool send_error_page(struct response *response, const struct error *error)
{
    struct strbuf html;
    bool rendered;

    strbuf_init(&html);
    rendered = error_page(response->request->arena, error, &html) == 0;
    if (rendered)
        response_send(response, "text/html; charset=utf-8", strbuf_str(&html));
    strbuf_release(&html);
    return rendered;
}

static void send_error_json(struct response *response, const struct error *error)
{
    struct strbuf json;

    strbuf_init(&json);
    error_json(error, &json);
    response_send(response, "application/json", strbuf_str(&json));
    strbuf_release(&json);
}

void response_error_command(struct response *response, unsigned status, struct str sentence,
                            struct str command, struct str href, struct str label)
{
    const struct error error = {
        .status = status,
        .title = str_from(reason_of(status)),
        .sentence = sentence,
        .command = command,
        .href = href,
        .label = label,
        .request_id = response->request->id,
        .has_message = response->has_message,
    };

    response_status(response, status);
    if (status == 401 && response->speaks_json)
        response_header(response, "WWW-Authenticate", STR("Bearer"));
    if (status == 503)
        response_header(response, "Retry-After", STR("2"));
    if (response->speaks_json) {
        send_error_json(response, &error);
    } else if (!send_error_page(response, &error)) {
        response_status(response, 500);
        response_send(response, "text/plain; charset=utf-8", STR("Internal Server Error\n"));
    }
}

void response_error_link(struct response *response, unsigned status, struct str sentence,
                         struct str href, struct str label)
{
    response_error_command(response, status, sentence, STR(""), href, label);
}

void response_error_parameters(struct response *response, struct str sentence)
{
    response_error_link(response, 400, sentence, STR("?"), STR("Open the page without parameters"));
}

void response_error(struct response *response, unsigned status, struct str sentence)
{
    response_error_link(response, status, sentence, STR(""), STR(""));
}

void response_count_rows(struct response *response, uint64_t rows)
{
    response->result.rows = rows;
}

struct response_result response_finish(struct response *response)
{
    if (response->state == STATE_DONE)
        return response->result;
    log_event(LOG_LEVEL_ERROR, "answer_missing", {"path", response->request->path});
    if (response->handed_over) {
        response_abort(response);
    } else {
        reopen(response);
        response_error(response, 500,
                       STR("Something went wrong here. Please report the request id."));
    }
    return response->result;
}

const char *response_end_name(enum response_end end)
{
    static const char *const names[RESPONSE_END_COUNT] = {
        [RESPONSE_COMPLETE] = "complete",
        [RESPONSE_CLIENT_GONE] = "client_gone",
        [RESPONSE_ABORTED] = "aborted",
    };

    return names[end];
}
