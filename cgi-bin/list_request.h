/* SPDX-License-Identifier: MIT */
/* What a list is asked for, and the two answers to the text of a search: the list's own address, or what is wrong in it. */
#ifndef DAYBOOK_LIST_REQUEST_H
#define DAYBOOK_LIST_REQUEST_H

#include "pages.h"
#include "web/request.h"
#include "web/response.h"

#include <stdbool.h>

/* Reads the parameters of a list of this kind into list->params.  False: the answer has been sent. */
bool list_request_read(struct request *request, enum params_set set, enum event_kind kind,
                       struct pages_list *list, struct response *response);

/* Is there the text of a search among them, which only list_request_search() can answer? */
bool list_request_is_search(const struct pages_list *list);

/*
 * Answers for somebody who may see list->account: 303 to the same list by the parameters that the text stands for, so that every address of
 * a list is one that the form could have made; or 400 and a page that shows the mistake.  Nothing is read for it, and what asks for the
 * text is in the log about the log.
 */
void list_request_search(const struct pages_list *list, struct request *request,
                         struct response *response);

#endif
