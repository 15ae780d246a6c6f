/* SPDX-License-Identifier: MIT */
/* The two forms of an error answer's body; response_error() chooses and sends. */
#ifndef DAYBOOK_WEB_ERROR_H
#define DAYBOOK_WEB_ERROR_H

#include "base/arena.h"
#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>

struct error {
    unsigned status;
    struct str title;
    struct str sentence;    /* any bytes: it may quote what a client has sent */
    struct str command;     /* what to type, behind the sentence; none when empty */
    struct str href, label; /* a link that leads on; none when href is empty */
    struct str request_id;
    bool has_message; /* JSON: the sentence stands under "message" too */
};

/* Appends the page error.tpl, made in `arena`.  -1 (and `out` as before) when it cannot be rendered. */
int error_page(struct arena *arena, const struct error *error, struct strbuf *out);

/*
 * Appends {"error": sentence}, with has_message {"error": sentence, "message": sentence}, and a line feed; a command
 * stands behind the sentence.
 */
void error_json(const struct error *error, struct strbuf *out);

#endif
