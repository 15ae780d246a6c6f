/* SPDX-License-Identifier: MIT */
/* Writing rows of event, event_recent, event_request and recent_key inside the caller's transaction.  What goes in is decided in recorder.c. */
#ifndef DAYBOOK_STORE_EVENT_ROWS_H
#define DAYBOOK_STORE_EVENT_ROWS_H

#include "base/event.h"
#include "store/db.h"
#include "store/name_store.h"

enum { EVENT_KEY_HASH_BYTES = 16 };

struct event_row {
    struct event *event;
    const struct event_names *names;
    uint64_t id;
    unsigned char key_hash[EVENT_KEY_HASH_BYTES];
};

/*
 * Each inserts all of `rows` (in the order given: sort them, so that two writers cannot deadlock) for `account_id`: what an event
 * is, or its key for recent_key.  0 or -1 (db_last_error).
 */
int event_rows_insert(struct db *db, uint32_t account_id, struct event_row *const *rows,
                      size_t count);
int event_rows_insert_keys(struct db *db, uint32_t account_id, struct event_row *const *rows,
                           size_t count);

#endif
