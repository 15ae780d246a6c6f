/* SPDX-License-Identifier: MIT */
/*
 * The answer: status, then headers, then body, in that order by assertion.  Two ways: whole
 * (response_send) or streamed (response_begin, response_write …, response_end).  HEAD sends no body
 * whichever way is used.  Every answer gets X-Request-ID and, unless the handler has set one,
 * Cache-Control: no-store.
 */
#ifndef DAYBOOK_WEB_RESPONSE_H
#define DAYBOOK_WEB_RESPONSE_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct response;
struct request;
struct transport;

/* 100 to 599.  200 without it. */
void response_status(struct response *response, unsigned status);

/* Adds a header.  A name or value with CR, LF or NUL is our bug and fails an assertion. */
void response_header(struct response *response, const char *name, struct str value);

/* Sends headers and `body` with its Content-Length. */
void response_send(struct response *response, const char *content_type, struct str body);

/* 303 to `location`: a percent-encoded path on this server, so it begins with one slash. */
void response_redirect(struct response *response, struct str location);

/*
 * An error for a person or a program, as the handler speaks (page or JSON {"error": sentence}).
 * `sentence` is plain text that says what was wrong and what is accepted.
 */
void response_error(struct response *response, unsigned status, struct str sentence);

/*
 * The same with a link that leads on: shown on the page, left out in JSON; empty: no link.  `href` is a
 * percent-encoded path or URL.
 */
void response_error_link(struct response *response, unsigned status, struct str sentence,
                         struct str href, struct str label);

/* 400 for parameters that cannot be taken, with a link to the same page without any. */
void response_error_parameters(struct response *response, struct str sentence);

/* The same as response_error_link() with a command that helps, in a line of its own behind the sentence; what is not ours in it is quoted (base/shell.h). */
void response_error_command(struct response *response, unsigned status, struct str sentence,
                            struct str command, struct str href, struct str label);

/* From now on errors of this answer are JSON: for a handler that serves people and programs. */
void response_speak_json(struct response *response);

/* The same with the sentence under "message" too, which is what the clients of other products show. */
void response_speak_json_message(struct response *response);

/* Begins a streamed body of unknown length: status and headers go out with the first bytes. */
void response_begin(struct response *response, const char *content_type);

/*
 * Bytes of a streamed body.  -1 when the client is gone (and from then on): stop the work, then
 * call response_end() or response_abort().  For HEAD they are dropped: look at the method before
 * making many.
 */
int response_write(struct response *response, struct str bytes);

/* What is written in pieces of about so much goes out without being copied; a few KB more still fit one record of FastCGI. */
enum { RESPONSE_PIECE_BYTES = 60 * 1024 };

/*
 * Has the client gone, as far as can be told without writing?  For work that goes on for long before there is something to write: stop
 * it then, and call response_end() or response_abort() (or, before response_begin(), send anything).
 */
bool response_is_client_gone(struct response *response);

/* The body is complete. */
void response_end(struct response *response);

/*
 * The body cannot be completed.  When nothing of it has left yet, the answer is a 503 instead.
 * Otherwise makes the transfer fail visibly for the client instead of ending it like a complete one
 * (FastCGI: a malformed record, so that the server in front cuts the connection; CGI: a non-zero
 * exit status).
 */
void response_abort(struct response *response);

/* How many rows the answer holds, for the log. */
void response_count_rows(struct response *response, uint64_t rows);

/* The rest is for web/serve.c.  One struct response serves one request after the other. */
struct response *response_new(void);
void response_free(struct response *response);

/* `request` and `transport` must live until response_finish(). */
void response_start(struct response *response, const struct request *request,
                    struct transport *transport, bool speaks_json);

enum response_end {
    RESPONSE_COMPLETE,
    RESPONSE_CLIENT_GONE, /* nobody read it to its end */
    RESPONSE_ABORTED,
    RESPONSE_END_COUNT,
};

struct response_result {
    enum response_end end;
    unsigned status;
    uint64_t rows;
    uint64_t bytes; /* of the body, as handed to the server in front */
};

/*
 * Makes sure that there is exactly one answer: 500 where the handler has sent none, abort where it
 * did not finish.
 */
struct response_result response_finish(struct response *response);

/* "complete", "client_gone" or "aborted", for the log. */
const char *response_end_name(enum response_end end);

#endif
