/* SPDX-License-Identifier: MIT */
/* What the two forms of access logs share: from a request line and its neighbours to an event, by the operations of the account. */
#ifndef DAYBOOK_INTAKE_ACCESS_LOG_H
#define DAYBOOK_INTAKE_ACCESS_LOG_H

#include "intake/format.h"

/* One request as a log tells it: bytes of any kind, empty where it says nothing. */
struct access_line {
    const char *format;
    struct str id; /* of the request, when the log has one */
    struct str time;
    struct str request;     /* "GET /path HTTP/1.1" */
    struct str method, url; /* when they stand alone; the request line goes before them */
    struct str status;
    struct str user, client_address, forwarded_for, user_agent, trace_id;
    struct str response_bytes, seconds; /* "0.012" */
    struct str headers;                 /* JSON, as the event takes it */
    struct str request_body;
    struct str extra; /* members without the braces around them, or empty */
};

/* True, or false with the complaint: it has no time, or neither a status nor a request. */
bool access_log_read(const struct intake *intake, const struct access_line *line,
                     struct format_item *item, struct intake_complaint *complaint);

/* Appends to members of an object what a log says, as text; nothing for "-". */
void access_log_write(const struct intake *intake, struct strbuf *object, const char *name,
                      struct str bytes);

/*
 * Appends a header to `headers`, empty to begin with; nothing for "-".  False when `name` can be none.  access_log_headers_end() gives all of them as the
 * event takes them.
 */
bool access_log_header(const struct intake *intake, struct strbuf *headers, struct str name,
                       struct str bytes);
struct str access_log_headers_end(const struct intake *intake, struct strbuf *headers);

#endif
