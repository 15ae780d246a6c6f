/* SPDX-License-Identifier: MIT */
/*
 * What a form has done, told to the page that it leads to: by a cookie of a minute that this installation alone sets, so that no link can claim it.
 * It is one of a few words and whom or what it was about; a page says it only of what it finds in the database.
 */
#ifndef DAYBOOK_DONE_H
#define DAYBOOK_DONE_H

#include "store/account_store.h"
#include "web/request.h"
#include "web/response.h"

enum done {
    DONE_NOTHING,
    DONE_MEMBER, /* somebody was added, or has another role */
    DONE_MEMBER_GONE,
    DONE_TOKEN_REVOKED,
    DONE_VIEW_SAVED,
    DONE_COUNT
};

/* Adds it to an answer that leads on; `about`: the person, or the number of the token or view. */
void done_tell(struct response *response, struct arena *arena, const struct account *account,
               enum done done, struct str about);

/* Does the request tell of this?  Then `about` is in the arena. */
bool done_is_told(const struct request *request, struct arena *arena, enum done done,
                  struct str *about);

/* Takes it back, once it was said. */
void done_forget(struct response *response, struct arena *arena, const struct account *account);

#endif
