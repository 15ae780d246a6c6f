/* SPDX-License-Identifier: MIT */
/*
 * FastCGI through libfcgi: one connection at a time, one request a connection.  The socket in front
 * must not be open to strangers: whoever can write to it can stop the process (a property of
 * libfcgi).
 */
#ifndef DAYBOOK_WEB_FASTCGI_H
#define DAYBOOK_WEB_FASTCGI_H

#include "web/transport.h"

#include <stdbool.h>

struct fastcgi;

/*
 * Was this process started on a listening socket (as file descriptor 0)?  The first call lets
 * libfcgi install its handlers for SIGPIPE, SIGUSR1 and SIGTERM; set your own afterwards.
 */
bool fastcgi_is_listening(void);

/* Makes ready to accept; the socket becomes non-blocking.  NULL when that fails. */
struct fastcgi *fastcgi_open(void);
void fastcgi_close(struct fastcgi *fastcgi);

enum fastcgi_accepted {
    FASTCGI_REQUEST, /* there is one; fastcgi_finish() is due */
    FASTCGI_NOTHING, /* another process was faster */
    FASTCGI_BROKEN,  /* the socket is of no use any more */
};

/* Takes the next request without waiting for a connection. */
enum fastcgi_accepted fastcgi_accept(struct fastcgi *fastcgi);

/* Of the accepted request. */
struct transport *fastcgi_transport(struct fastcgi *fastcgi);

/* Sends what is left of the answer and closes the connection. */
void fastcgi_finish(struct fastcgi *fastcgi);

#endif
