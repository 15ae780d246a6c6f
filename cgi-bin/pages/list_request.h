/* SPDX-License-Identifier: MIT */
/* What a list is asked for, and the answers to what is not of its own address: the text of a search, another zone. */
#ifndef DAYBOOK_LIST_REQUEST_H
#define DAYBOOK_LIST_REQUEST_H

#include "pages/pages.h"
#include "web/request.h"
#include "web/response.h"

#include <stdbool.h>

/* Reads the parameters of a list of this kind into list->params, what cannot be taken into list->wrong, the time into list->now_ms. */
void list_request_read(struct request *request, enum params_set set, enum event_kind kind,
                       struct pages_list *list);

/* Is there something among them that only list_request_lead_on() can answer: what is wrong, a search, a zone that was chosen? */
bool list_request_leads_on(const struct pages_list *list);

/*
 * Answers for somebody who may see list->account: 303 to the same list by the parameters that a text stands for, so that every address of
 * a list is one that the form could have made; or 400 and a page that shows the mistake in it, or what is wrong among the parameters; or 303 to the
 * same list in another zone, which is remembered.  Nothing is read for it, and what asks for a text is in the log about the log.
 */
void list_request_lead_on(const struct pages_list *list, struct request *request,
                          struct response *response);

#endif
