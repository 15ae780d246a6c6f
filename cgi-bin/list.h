/* SPDX-License-Identifier: MIT */
/* What the two tabs share: run the filter of a request and show a page of the log. */
#ifndef DAYBOOK_LIST_H
#define DAYBOOK_LIST_H

#include "base/event.h"
#include "store/reader.h"
#include "web/request.h"
#include "web/response.h"

/*
 * Answers GET /{account}/events or /{account}/triggers, as `kind` says.  Parameters: those of a list in
 * man/daybook-urls.7.  404 when the account is not one of the person's, and past the last page.
 */
void list_serve(struct reader *reader, enum event_kind kind, struct request *request,
                struct response *response);

#endif
