/* SPDX-License-Identifier: MIT */
/* The texts of an event that a search (filter->text) looks into: which they are is said here, once. */
#ifndef DAYBOOK_STORE_EVENT_TEXTS_H
#define DAYBOOK_STORE_EVENT_TEXTS_H

#include "base/event.h"
#include "store/db.h"

enum { EVENT_TEXTS = 14 };

/* Of `event_request r`, in the order that event_texts_read() knows. */
#define EVENT_TEXTS_COLUMNS                                                                        \
    "r.url, r.params, r.query, r.headers, r.body, r.response_body_head, r.extra, r.user_agent, "   \
    "r.forwarded_for, r.client_address, r.request_id, r.trace_id, r.trigger_delivery_id, "         \
    "r.idempotency_key"

/* The texts of the present row, the first of which is column number `column`; borrowed as those of db_bytes(). */
void event_texts_read(const struct db_rows *rows, unsigned column, struct str texts[EVENT_TEXTS]);

/* Is `folded` (from str_fold()) in any of the texts? */
bool event_texts_hold(const struct str texts[EVENT_TEXTS], struct str folded);

/* The same of an event that has all of them. */
bool event_has_text(const struct event *event, struct str folded);

#endif
