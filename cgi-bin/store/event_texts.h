/* SPDX-License-Identifier: MIT */
/* The texts of an event that a search (filter->text) looks into: which they are is said here, once. */
#ifndef DAYBOOK_STORE_EVENT_TEXTS_H
#define DAYBOOK_STORE_EVENT_TEXTS_H

#include "base/arena.h"
#include "base/event.h"
#include "store/db.h"
#include "store/filter.h"

enum { EVENT_TEXTS = 14 };

/* Of `event_request r`, in the order that event_texts_read() knows. */
#define EVENT_TEXTS_COLUMNS                                                                        \
    "r.url, r.params, r.query, r.headers, r.body, r.response_body_head, r.extra, r.user_agent, "   \
    "r.forwarded_for, r.client_address, r.request_id, r.trace_id, r.trigger_delivery_id, "         \
    "r.idempotency_key"

/* The texts of the present row, the first of which is column number `column`; borrowed as those of db_bytes(). */
void event_texts_read(const struct db_rows *rows, unsigned column, struct str texts[EVENT_TEXTS]);

/* What is looked for. */
struct text_sought {
    struct str folded; /* by str_fold(), without the final `*`; empty: nothing is looked for */
    enum filter_in in;
    bool is_beginning; /* of the value, where `in` names one */
};

/* What the filter's text asks for; in the arena. */
struct text_sought text_sought(struct arena *arena, const struct filter *filter);

/* Is it in these texts? */
bool event_texts_hold(const struct str texts[EVENT_TEXTS], const struct text_sought *sought);

/* The same of an event that has all of them. */
bool event_has_text(const struct event *event, const struct text_sought *sought);

#endif
