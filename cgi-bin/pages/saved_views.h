/* SPDX-License-Identifier: MIT */
/* Saved views where they are used: lists and downloads take their filter, and a tab may open with one. */
#ifndef DAYBOOK_SAVED_VIEWS_H
#define DAYBOOK_SAVED_VIEWS_H

#include "query/params.h"
#include "store/account_store.h"
#include "store/db.h"
#include "store/view_store.h"
#include "web/request.h"
#include "web/response.h"

#include <stdbool.h>

/* What is stored of a list: what params_append() writes as PARAMS_VIEW, without `?`.  In the arena. */
struct str saved_view_query(struct arena *arena, const struct params *params);

/* Reads it again.  False: this version does not know such a filter any more, and `complaint` says what of it. */
bool saved_view_params(struct arena *arena, const struct view *view, struct params *params,
                       struct str *complaint);

/* Does the tab open with a view for the person that the account was found for?  Then params.says_none is to be set. */
bool saved_views_has_default(const struct account *account, enum event_kind kind);

/*
 * Where the tab opens with a view: does the list show just that?  Then *view is it, in the arena; else its id is 0.  How many rows a page has
 * and the order make no difference.  0 or -1.
 */
int saved_views_shown(struct db *db, const struct account *account, const struct params *params,
                      const struct request *request, struct view *view);

/* Is a list asked for in a way that may lead to a view: by its number, or without any parameter where there is a default? */
bool saved_views_is_meant(const struct account *account, const struct params *params,
                          const struct request *request);

/*
 * Goes on to the list with the filter of the view that is meant, if one is.  Within a transaction.  False: the answer has been sent, and the transaction
 * ended: 303, or why not.
 */
bool saved_views_pass(struct db *db, const struct account *account, const struct params *params,
                      struct request *request, struct response *response);

/*
 * For a download: puts the filter of the view params->view, if one is asked for, into `params`; goes on to an address with that filter where it
 * searches in texts.  A program, which is no person, may use the shared ones.  False: as above.
 */
bool saved_views_fill(struct db *db, const struct account *account, struct request *request,
                      struct response *response, struct params *params);

#endif
