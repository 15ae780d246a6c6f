/* SPDX-License-Identifier: MIT */
/* Reading the log: pages of a list, one event, and how much matches. */
#ifndef DAYBOOK_STORE_EVENT_STORE_H
#define DAYBOOK_STORE_EVENT_STORE_H

#include "base/arena.h"
#include "base/event.h"
#include "store/event_histogram.h"
#include "store/filter.h"
#include "store/reader.h"

/* What of a list is wanted. */
struct event_page {
    uint64_t offset, limit; /* rows */
    const char *zone;       /* of list->histogram; NULL: without one */
};

struct event_list {
    /* id, kind, times, names, status, source, and what makes a trigger one; no other texts.  In the arena */
    struct event *rows;
    size_t count;
    uint64_t total;  /* of all events that match */
    uint64_t newest; /* id of the newest event of the kind, whatever the filter; 0: none */
    struct event_histogram
        *histogram; /* of all that match; NULL: not wanted, nothing matches, or a search in texts */
    /*
     * A search in texts whose time was up (config->search_ms): `total` and `rows` are of what lies before `rest` in the order of the
     * list.  rest is the next id to look at; of a list that is oldest first it is the first one of a millisecond.
     */
    bool at_least;
    uint64_t rest;
};

/*
 * Rows page->offset and following, at most page->limit, of what matches, newest first unless filter->oldest_first; and the exact total,
 * but for list->at_least.  filter->kind must not be EVENT_KIND_ALL.  Run it inside one db_begin(DB_READ), so that both come from the same state.
 * 0 or -1.
 */
int event_list_read(struct reader *reader, struct arena *arena, const struct filter *filter,
                    const struct event_page *page, struct event_list *list);

/*
 * The same for events outside a transaction, for a log of this generation that has all of its events in segments (store/page_state.h).  1; 0: it
 * takes a transaction, and event_list_read(); -1.
 */
int event_list_peek(struct reader *reader, struct arena *arena, const struct filter *filter,
                    uint64_t generation, const struct event_page *page, struct event_list *list);

/*
 * The same by SQL over `event` alone: what a log without an index takes.  Not for filter->text.  0 or -1.
 */
int event_list_read_plain(struct db *db, struct arena *arena, const struct filter *filter,
                          const struct event_page *page, struct event_list *list);

/*
 * What a list of triggers shows besides: the webhook's event and the delivery's id of each of `count` triggers, which all are the account's.
 * 0 or -1.
 */
int event_read_deliveries(struct reader *reader, struct arena *arena, uint32_t account_id,
                          struct event *rows, size_t count);

/* The newest id of the account and kind, 0 when there is none.  0 or -1. */
int event_newest(struct db *db, uint32_t account_id, enum event_kind kind, uint64_t *id);

/* One event with all its texts, in the arena.  1 found, 0 not, -1. */
int event_read(struct db *db, struct arena *arena, uint32_t account_id, enum event_kind kind,
               uint64_t id, struct event *event);

/* How many events match, both kinds together for EVENT_KIND_ALL.  Not for filter->text.  0 or -1. */
int event_count(struct reader *reader, struct arena *arena, const struct filter *filter,
                uint64_t *count);

#endif
