/* SPDX-License-Identifier: MIT */
/* What the two tabs share: run the filter of a request and show a page of the log. */
#ifndef DAYBOOK_LIST_H
#define DAYBOOK_LIST_H

#include "base/config.h"
#include "base/event.h"
#include "pages/pages.h"
#include "store/reader.h"
#include "web/request.h"
#include "web/response.h"

/* What a process that serves lists keeps; NULL when the schema is another one (said on stderr).  `config` must outlive it. */
struct list;
struct list *list_open(const struct config *config);
void list_close(struct list *list);
struct reader *list_reader(struct list *list);

/*
 * Answers GET /{account}/events or /{account}/triggers, as `kind` says.  Parameters: those of a list in
 * man/daybook-urls.7.  404 when the account is not one of the person's, and past the last page.
 */
void list_serve(struct list *list, enum event_kind kind, struct request *request,
                struct response *response);

/* The rows that a list shows, and what it shows over time. */
struct event_page list_page(const struct params *params);

/* Values offered in one filter menu; a text box beside them takes any other. */
enum { LIST_MENU_VALUES_MAX = 500 };

/* Sends a page of which everything is read; 404 behind the last. */
void list_send(const struct pages_list *page, struct request *request, struct response *response);

#endif
