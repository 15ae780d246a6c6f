/* SPDX-License-Identifier: MIT */
/* What a SELECT names to read events, and how its rows become struct event.  Only the files of store/ that read events use it. */
#ifndef DAYBOOK_STORE_EVENT_COLUMNS_H
#define DAYBOOK_STORE_EVENT_COLUMNS_H

#include "base/arena.h"
#include "base/event.h"
#include "store/db.h"
#include "store/name_cache.h"

/* The columns that a list shows, of `event e` and the tables that name its numbers.  event_read_row() knows their order. */
#define ROW_COLUMNS                                                                                \
    "e.id, e.kind, e.status, e.source, t.name, a.name, u.name, n.external_id, n.name"
#define ROW_NAMES                                                                                  \
    " LEFT JOIN entity_type t ON t.id = e.entity_type_id"                                          \
    " LEFT JOIN action a ON a.id = e.action_id"                                                    \
    " LEFT JOIN user u ON u.id = e.user_id"                                                        \
    " LEFT JOIN entity n ON n.id = e.entity_id"
#define REQUEST_JOIN                                                                               \
    " JOIN event_request r ON r.account_id = e.account_id AND r.kind = e.kind AND r.id = e.id"

/* The same of `event e` alone, with numbers instead of names, in the order that event_read_numbers() knows. */
#define NUMBER_COLUMNS                                                                             \
    "e.id, e.kind, e.status, e.source, e.entity_type_id, e.action_id, e.user_id, e.entity_id, "    \
    "e.provider_id, e.signature"

/* What event_request and account add, in the order that event_read_texts() knows. */
#define TEXT_COLUMNS "c.slug, " REQUEST_COLUMNS
#define REQUEST_COLUMNS                                                                            \
    "r.idempotency_key, r.received_ms, r.method, r.url, r.params, r.query, r.headers, "            \
    "r.body, r.body_bytes, r.body_sha256, r.response_time_ms, r.response_bytes, "                  \
    "r.response_body_head, r.request_id, r.trace_id, r.client_address, r.forwarded_for, "          \
    "r.user_agent, r.trigger_provider, r.trigger_event, r.trigger_delivery_id, "                   \
    "r.trigger_signature, r.extra"
#define ACCOUNT_JOIN " JOIN account c ON c.id = e.account_id"

/* What a list of triggers shows besides, of event_request; behind the columns of a row. */
#define TRIGGER_COLUMNS                                                                            \
    "r.trigger_provider, r.trigger_event, r.trigger_delivery_id, r.trigger_signature"

/* Fill an event from the present row; texts are borrowed as those of db_bytes().  The first sets all of it. */
void event_read_row(const struct db_rows *rows, struct event *event);
void event_read_texts(const struct db_rows *rows, struct event *event);
void event_read_numbers(const struct db_rows *rows, struct event_numbers *numbers);
void event_read_trigger(const struct db_rows *rows, struct event *event);

/* The REQUEST_COLUMNS, the first of which is number `column`. */
void event_read_request(const struct db_rows *rows, unsigned column, struct event *event);

/* Copies every text of the event into the arena. */
void event_keep_texts(struct arena *arena, struct event *event);

#endif
