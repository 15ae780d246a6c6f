/* SPDX-License-Identifier: MIT */
/*
 * What the pages share on which the account is changed: who may open those of admins, which forms are believed, and a change as one
 * transaction.  They read as `reader`, like every page, and change as `manager`, whom no other program knows.
 */
#ifndef DAYBOOK_MANAGE_H
#define DAYBOOK_MANAGE_H

#include "access.h"
#include "store/member_store.h"
#include "web/fields.h"
#include "web/handler.h"

/* The connections of such a program. */
struct manage {
    struct db *reader, *manager;
};

/*
 * start() and stop() of its page_handler.  Where `manager` cannot connect, the pages show what there is all the same, and a change is answered
 * with 503.
 */
void *manage_start(const struct config *config);
void manage_stop(void *manage);

/*
 * Begins a read transaction as `reader` for the page /{account}/-/`name` and finds the account for an admin; `only` says what only an
 * admin may do there.  `query` is the query string, of `count` parameters that place the list and are repeated by its forms.  False: the answer has been sent, 404 to
 * those who are no members, 403 to those who are no admins.
 */
bool manage_begin(struct manage *manage, const char *name, const char *only,
                  const struct field_spec *specs, size_t count, struct request *request,
                  struct response *response, struct fields *query, struct account *account);

/*
 * Reads the form that was posted, and ends the read transaction.  False: the answer has been sent; the form was sent by a page of
 * another site or by something that does not say whence (403), is none (415), too large (413) or not as in the table (400).
 */
bool manage_read_form(struct manage *manage, const struct field_spec *specs, size_t count,
                      struct request *request, struct response *response, struct fields *form);

/* Why a change was not made; a page adds its own reasons from MANAGE_REFUSED on. */
enum manage_result {
    MANAGE_FAILED = -1,
    MANAGE_DONE,
    MANAGE_NO_ADMIN,
    MANAGE_NO_MEMBER,
    MANAGE_REFUSED
};

/*
 * Makes one change as `manager` for somebody with at least this role: locks the admins of the account (MEMBER_ADMIN) or REMOTE_USER's own
 * row (MEMBER_AUDITOR: what is theirs alone; `admins` is NULL then), sees that they still are one, calls `apply`, and commits when that gives
 * MANAGE_DONE; anything else is undone.  When the database asks for it, all of it is done again, so `apply` may be called several times.
 * MANAGE_FAILED: it is not certain that nothing has changed.
 */
int manage_change(struct manage *manage, const struct account *account, enum member_role least,
                  const struct request *request,
                  int (*apply)(struct db *db, const struct account *account,
                               const struct member_admins *admins, void *change),
                  void *change);

/* Answers MANAGE_FAILED, MANAGE_NO_ADMIN and MANAGE_NO_MEMBER. */
void manage_refuse(const struct manage *manage, int result, struct request *request,
                   struct response *response);

/* What is wrong with a form, with the way back to its page. */
void manage_complain(struct request *request, struct response *response, unsigned status,
                     struct str sentence);

#endif
