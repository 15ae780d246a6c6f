/* SPDX-License-Identifier: MIT */
/* The operator's view: the lists of all accounts as one. */
#ifndef DAYBOOK_LIST_ALL_H
#define DAYBOOK_LIST_ALL_H

#include "pages/list.h"
#include "store/merged_log.h"

/*
 * Answers GET /-/events or /-/triggers, as `kind` says.  Parameters: those of a list over all accounts in man/daybook-urls.7.  404 for everybody
 * but operators, and past the last page.
 */
void list_all_serve(struct list *list, enum event_kind kind, struct request *request,
                    struct response *response);

/*
 * The accounts that `params` asks for, each with its own filter of this kind, bounded by its plan; in the arena.  With `but_accounts` all
 * accounts.  Within a transaction.  0 or -1.
 */
int list_all_choose(struct db *db, struct arena *arena, const struct params *params,
                    enum event_kind kind, bool but_accounts, struct merged_log *log);

/* Why a search in texts over so many accounts is refused; NULL: it is not. */
const char *list_all_complaint(const struct params *params, const struct merged_log *log);

#endif
