/* SPDX-License-Identifier: MIT */
/* Plain CGI/1.1 (RFC 3875): environment, standard input, standard output, one request a process. */
#ifndef DAYBOOK_WEB_CGI_H
#define DAYBOOK_WEB_CGI_H

#include "web/transport.h"

#include <stdbool.h>
#include <stdint.h>

struct cgi {
    struct transport transport;
    int in, out;        /* file descriptors, not owned */
    uint64_t body_left; /* RFC 3875, 4.2: never read past CONTENT_LENGTH */
    bool aborted;       /* the process has to end with a status other than 0 */
};

/* Reads CONTENT_LENGTH from the environment; without it there is no body. */
void cgi_init(struct cgi *cgi, int in, int out);

#endif
