/* SPDX-License-Identifier: MIT */
/*
 * One HTTP request as CGI/1.1 (RFC 3875) hands it over.  All strings are borrowed from the
 * request's arena or the server's environment and live until the answer is complete.
 */
#ifndef DAYBOOK_WEB_REQUEST_H
#define DAYBOOK_WEB_REQUEST_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum request_method {
    METHOD_OTHER = 0,
    METHOD_GET = 1,
    METHOD_HEAD = 2,
    METHOD_POST = 4,
    METHOD_OPTIONS = 8,
};

struct transport; /* private: where the body comes from */

struct request {
    struct arena *arena;
    enum request_method method;
    struct str path;        /* PATH_INFO, decoded once by the server in front: "/acme/events" */
    struct str query;       /* QUERY_STRING, raw */
    struct str remote_user; /* set by the server in front alone; empty where tokens decide */
    struct str
        sign_out; /* SIGN_OUT: what ends the login in front, a path or an https URL; empty where it has nothing */
    struct str authorization; /* HTTP_AUTHORIZATION; a secret: never logged, never shown */
    struct str cookie;        /* HTTP_COOKIE; as secret: it may be that of the login in front */
    struct str content_type;
    struct str remote_address;           /* of the peer of the server in front */
    struct str host, origin, fetch_site; /* headers Host, Origin, Sec-Fetch-Site: see below */
    struct str id;                       /* REQUEST_ID, or 32 random hex digits */
    bool has_content_length;
    uint64_t content_length; /* as declared; UINT64_MAX when that was no number */
    struct transport *transport;
    struct transport *variables; /* private: where request_headers() reads */
};

/* One header: its name in lower case, its value as the server in front hands it on (several of one name joined by commas). */
struct request_header {
    struct str name, value;
};

/*
 * All headers of the request in their order, in the arena.  CGI loses how their names were written, and one with an underscore
 * is one with a hyphen here; Authorization is there only when the server in front hands it on.
 */
struct request_header *request_headers(const struct request *request, size_t *count);

/* The value of a cookie (RFC 6265, 4.2.1), borrowed; empty when there is none of that name. */
struct str request_cookie(const struct request *request, struct str name);

/*
 * The path's segments between slashes: "/acme/events" has two.  A path that does not begin with a
 * slash, or with more than `max` segments, gives `max` + 1.  A trailing slash makes a last, empty
 * segment.
 */
size_t request_segments(const struct request *request, struct str *segments, size_t max);

/*
 * False when a browser says that a page of another site has sent this: by Sec-Fetch-Site, else by an Origin that is not Host.
 * A program that says neither can be made to do nothing by a page.
 */
bool request_is_from_here(const struct request *request);

/*
 * The same for a form that changes something, where silence is not enough: true only when Sec-Fetch-Site or Origin says so.  Every
 * browser sends Origin with a form by POST; what sends neither is old enough that a page of another site might be behind it.
 */
bool request_says_from_here(const struct request *request);

enum request_body {
    REQUEST_BODY_READ,
    REQUEST_BODY_TOO_LARGE, /* above `max` bytes, by declaration or by count */
    REQUEST_BODY_BROKEN,    /* shorter or longer than declared, or the connection failed */
};

/*
 * Reads the whole body into the arena.  Call it at most once, and only in a handler that accepts
 * bodies.
 */
enum request_body request_read_body(struct request *request, size_t max, struct str *body);

/* "GET"; "other" for METHOD_OTHER. */
const char *request_method_name(enum request_method method);

/* For web/serve.c: fills `request` from the transport's variables, without touching the body. */
void request_start(struct request *request, struct arena *arena, struct transport *transport,
                   bool accepts_body);

#endif
