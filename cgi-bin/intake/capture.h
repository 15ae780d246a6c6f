/* SPDX-License-Identifier: MIT */
/*
 * The lines that nginx writes in front of an API (log_format daybook_capture in deploy/capture/http.conf): one line, one call.
 * A line is a flat JSON object whose strings are bytes: nginx leaves those from 0x80 on as they are, so it is read as Latin-1.
 */
#ifndef DAYBOOK_INTAKE_CAPTURE_H
#define DAYBOOK_INTAKE_CAPTURE_H

#include "intake/intake.h"

/* With this each line begins, and nowhere inside one can it stand, since nginx escapes quotes. */
#define CAPTURE_BEGINNING "{\"daybook\":"

enum capture_result {
    CAPTURE_READ,
    CAPTURE_CUT,     /* it begins as one and is not whole */
    CAPTURE_NO_LINE, /* anything else */
};

struct capture_call {
    struct event
        event; /* as intake_complete() wants it; its action is that of a call without an operation */

    struct str account; /* slug, as API or front name it; empty: the one of the source */
    int64_t written_ms; /* when nginx wrote the line: the end of the call */

    uint64_t
        token_id; /* of a call to Daybook itself: number of the token that let it in; 0: none did */
    uint64_t refused_id; /* number of the one that was refused as revoked or expired; 0: none was */
    struct str done;     /* and what it has changed, as own_done_apply() reads it; empty: nothing */

    /* For the operation's rules, beside method, url, body and response_body_head of the event: */
    struct str request_type;  /* Content-Type of the request */
    struct str response_type; /* and of the answer */
    struct str encoding;      /* Content-Encoding of the answer: its head may be compressed */
    struct str location;      /* Location of the answer */

    /* For what webhooks say of themselves: */
    struct str raw_headers; /* of the request, as in the line */
    bool has_whole_body;    /* event.body is all that was sent */

    uint32_t
        hook_id; /* set by capture_complete(): of the hook whose webhook it is; 0: it is none */
};

/*
 * Reads one line, with or without the line break at its end.  The call lives in the intake's arena and borrows from `line`.
 * Nothing is refused for being long: names are cut and named in extra.cut.
 */
enum capture_result capture_read_line(const struct intake *intake, struct str line,
                                      struct capture_call *call);

/*
 * Where in `line` a capture line begins, at `from` or behind it; line.len when nowhere.  After a line that was not read, look from 1
 * on: what is found is a line of its own, whose forerunner was cut short (a full disk, a killed nginx).
 */
size_t capture_find_beginning(struct str line, size_t from);

#endif
