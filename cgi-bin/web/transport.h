/* SPDX-License-Identifier: MIT */
/*
 * How the bytes of one request come in and go out: FastCGI (web/fastcgi.h) or plain CGI
 * (web/cgi.h). Only those two, request.c, response.c and serve.c know it; a handler never sees it.
 */
#ifndef DAYBOOK_WEB_TRANSPORT_H
#define DAYBOOK_WEB_TRANSPORT_H

#include "base/str.h"

#include <stdbool.h>
#include <sys/types.h>

/* The first member of what implements it, so that its functions find the rest. */
struct transport {
    /* A variable of the request, or NULL.  Lives until the request is over. */
    const char *(*env)(struct transport *transport, const char *name);

    /* All of them, as "NAME=value", ended by NULL. */
    char *const *(*all)(struct transport *transport);

    /* Reads at most `size` bytes of the body: how many, 0 at its end, -1 when it broke off. */
    ssize_t (*read)(struct transport *transport, char *out, size_t size);

    /* Writes all of `bytes`; with `last` they end the answer, nothing is written after them.  -1 when nobody reads them any more. */
    int (*write)(struct transport *transport, struct str bytes, bool last);

    /* Has whoever reads the answer hung up?  Costs one system call. */
    bool (*is_gone)(struct transport *transport);

    /* Ends the answer in a way that cannot be taken for a complete one. */
    void (*abort)(struct transport *transport);
};

#endif
