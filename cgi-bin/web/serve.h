/* SPDX-License-Identifier: MIT */
/* The loop around a handler: requests in, answers out, one log line each. */
#ifndef DAYBOOK_WEB_SERVE_H
#define DAYBOOK_WEB_SERVE_H

#include "web/handler.h"

/*
 * Serves until SIGTERM, SIGINT or SIGUSR1 when started on a FastCGI socket, else one request as
 * plain CGI. A request that is being served when the signal comes is finished.  Returns the exit
 * status of the program.
 */
int serve(const struct page_handler *handler, void *context);

#endif
