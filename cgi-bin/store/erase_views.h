/* SPDX-License-Identifier: MIT */
/* Saved views with the names of a person in what they are called and in what they filter. */
#ifndef DAYBOOK_STORE_ERASE_VIEWS_H
#define DAYBOOK_STORE_ERASE_VIEWS_H

#include "store/erase_rows.h"

/*
 * Writes marks in the place of the values in names and filters of all saved views of the account, and in the place of who made one, in the caller's
 * transaction; then such a filter finds what it found before.  Whose a view is stays, as long as they are a member.  0 or -1.
 */
int erase_views(struct db *db, const struct erase_wanted *wanted);

#endif
