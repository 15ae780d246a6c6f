/* SPDX-License-Identifier: MIT */
/* Who may see what: the account in the path, held against the person that the server in front has let in. */
#ifndef DAYBOOK_ACCESS_H
#define DAYBOOK_ACCESS_H

#include "store/account_store.h"
#include "store/db.h"
#include "store/filter.h"
#include "web/request.h"
#include "web/response.h"

#include <stdbool.h>

/*
 * Begins a read transaction and finds the account that the first segment of the path names, if REMOTE_USER is a member of it or an operator;
 * account->role says which.  True: go on, and end the transaction.  False: the answer has been sent, 404 (the same whether it does not
 * exist or is not theirs) or 503.
 */
bool access_begin(struct db *db, struct request *request, struct response *response,
                  struct account *account);

/* What access_begin() looks for, within a transaction and without an answer: 1; 0: it is not theirs, or there is none; -1. */
int access_find(struct db *db, struct request *request, struct account *account);

/*
 * Begins a read transaction for somebody who may read the logs of all accounts.  False: the answer has been sent, the same 404 for everybody else,
 * or 503.
 */
bool access_begin_operator(struct db *db, struct request *request, struct response *response);

/* The same for the page /{account}/-/`name` about the account; any other path is a 404. */
bool access_begin_about(struct db *db, const char *name, struct request *request,
                        struct response *response, struct account *account);

/*
 * The secret of the token in Authorization: `Bearer SECRET`, the password of `Basic`, what follows `token=` (as Retraced's clients send it), or all of
 * it;
 * empty without one.
 */
struct str access_secret(const struct request *request);

/*
 * The account of the token with this secret and scope: 1 found, 0 there is none, -1 the database does not answer.  Sends no
 * answer; begins a read transaction only when `begin` is true, and ends it again unless the result is 1.  With 0 account->token_id is as
 * account_by_token() says.
 */
int access_by_secret(struct db *db, enum token_scope scope, bool begin, struct str secret,
                     struct arena *arena, struct account *account);

/*
 * The same as access_begin() for a program: by the token in Authorization with this scope.  401 when there
 * is none that is good; which one is revoked or expired the server in front is told, for its log about the log alone.  Begins no transaction
 * when `begin` is false.
 */
bool access_token(struct db *db, enum token_scope scope, bool begin, struct request *request,
                  struct response *response, struct account *account);

/* Tells the server in front, for its log about the log, whose log was let in to; the client never sees it. */
void access_tell(struct response *response, const struct account *account);

/* What a program has done to what; what is empty is left out. */
struct access_done {
    const char *action;  /* "addMember", as the events of the command say it */
    struct str id, name; /* any bytes */
    struct {
        const char *name; /* as intake/own_done.c knows it */
        struct str value;
    } facts[3];
};

/*
 * Tells the server in front likewise what was done, once it is, in one header of percent-encoded pairs.  No secret may stand in it.
 */
void access_tell_done(struct response *response, struct arena *arena,
                      const struct access_done *done);

/* Makes the filter one of this account, and of nothing that its plan does not keep. */
void access_bound(const struct account *account, struct filter *filter);

/* Ends what was begun and answers 503. */
void access_database_down(struct db *db, struct response *response);

#endif
