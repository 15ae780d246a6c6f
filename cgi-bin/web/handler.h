/* SPDX-License-Identifier: MIT */
/*
 * What a page is to the server around it.  Each program links web/main.c with exactly one file that
 * defines `page_handler`; the same binary answers as FastCGI (started on a listening socket) and as
 * plain CGI.
 */
#ifndef DAYBOOK_WEB_HANDLER_H
#define DAYBOOK_WEB_HANDLER_H

#include "base/config.h"
#include "web/request.h"
#include "web/response.h"

struct page_handler {
    const char *name; /* as in the log: "events" */
    unsigned methods; /* METHOD_GET | METHOD_POST …; GET brings HEAD with it; others get 405 */

    /* NULL, or instead of `methods`: those of the address that the request names. */
    unsigned (*methods_of)(const struct request *request);

    /* NULL, or what stands in the log in the place of a path that holds a secret. */
    struct str (*logged_path)(const struct request *request);

    /* NULL, or chooses before all else the form that the errors of this request have (response_speak_json() …). */
    void (*speak)(const struct request *request, struct response *response);

    bool speaks_json;  /* errors made by the server are JSON, not pages */
    bool accepts_body; /* without it a request body is left unread */

    /*
     * The templates that serve() renders or includes, ended by NULL: the program does not start
     * when one is missing.
     */
    const char *const *templates; /* NULL: none but the server's own error.tpl */

    /*
     * Once at start-up; what it returns is handed to the other two.  NULL ends the program with
     * status 78 (a configuration that cannot work) after the function itself has said why on
     * stderr.  An unreachable database is no reason: then the requests answer 503 until it is back.
     */
    void *(*start)(const struct config *config);

    /*
     * One request.  Must send exactly one answer through `response`; everything it needs meanwhile
     * comes from request->arena.
     */
    void (*serve)(void *context, struct request *request, struct response *response);

    /* NULL, or after each request, when its answer has gone and nobody waits: for what is only noted. */
    void (*after)(void *context);

    /* Once before a clean end, so that leak checks pass. */
    void (*stop)(void *context);
};

extern const struct page_handler page_handler;

#endif
