/* SPDX-License-Identifier: MIT */
/* Writing the rows of event_link (base/event_link.h) of events that are being stored, and deleting those of old ones. */
#ifndef DAYBOOK_STORE_LINK_ROWS_H
#define DAYBOOK_STORE_LINK_ROWS_H

#include "store/event_rows.h"

/*
 * Inserts the links of `rows` inside the caller's transaction, in the order of their key, so that two writers cannot deadlock; one that
 * stands already is left as it is.  0 or -1 (db_last_error).
 */
int link_rows_insert(struct db *db, uint32_t account_id, struct event_row *const *rows,
                     size_t count);

/* Deletes the links of `rows`, of whose events what event_link_all() looks at has to be there.  0 or -1. */
int link_rows_delete(struct db *db, uint32_t account_id, struct event_row *const *rows,
                     size_t count);

#endif
