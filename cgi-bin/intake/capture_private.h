/* SPDX-License-Identifier: MIT */
/* The parts of the capture's reader: members of a line, its headers, its query, and the event made of them. */
#ifndef DAYBOOK_INTAKE_CAPTURE_PRIVATE_H
#define DAYBOOK_INTAKE_CAPTURE_PRIVATE_H

#include "base/json.h"
#include "intake/capture.h"
#include "intake/webhook.h"
#include "intake/capture_parts.h"

/* The members of a line as bytes; empty where nginx had nothing.  Named as in log_format daybook_capture. */
struct capture_line {
    struct str id, msec, time;
    struct str status, upstream_status;
    struct str completion, sent;
    struct str client, peer, forwarded;
    struct str set_account, set_user, set_source;
    struct str basic_user;
    struct str api_account, api_user, api_source;
    struct str api_token, api_done, api_refused, agent; /* of calls to Daybook itself */
    struct str method, uri, request;
    struct str location, type, encoding, head;
    struct str headers;
    struct str content_length, body_file, body;
};

/* What the headers of a request say.  Texts are UTF-8, in the arena. */
struct capture_headers {
    bool known;      /* false: the front could not give them */
    struct str json; /* [["Host","x"],…] in order, in a form that redact_headers() accepts */
    struct str
        latin1; /* JSON array: names of those whose value was no UTF-8 and stands as Latin-1; empty: none */
    struct str odd; /* JSON array of [name, value] that are no headers; empty: none */
    struct str user_agent, content_type, agent_type;
    struct str request_id,
        trace_id; /* by which the client joins this call to others; empty: none */
    bool is_chunked;
};

/* `bytes` is the member `headers`. */
void capture_read_headers(struct arena *arena, struct str bytes, struct capture_headers *headers);

/* The same headers as bytes, for who has to know them as they came; none when they are not what njs writes.  How many. */
size_t capture_raw_headers(struct arena *arena, struct str bytes,
                           const struct webhook_header **headers);

/*
 * The bytes for which a JSON string stands, in a text that is Latin-1 of what nginx wrote.  False for anything that nginx or njs never
 * writes.
 */
bool capture_decode(struct arena *arena, struct json_value value, struct str *bytes);

/* Who the call came from: as API or front say, else by what the client calls itself. */
enum event_source capture_source(const struct capture_line *line,
                                 const struct capture_headers *headers);

/* Makes the event.  False when id, msec or time is not what nginx writes. */
bool capture_make_call(const struct intake *intake, const struct capture_line *line,
                       struct capture_call *call);

#endif
