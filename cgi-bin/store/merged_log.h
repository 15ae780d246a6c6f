/* SPDX-License-Identifier: MIT */
/*
 * The logs of several accounts as one, for who sees all of them: ordered by id, and of two calls with the same id that of the
 * account with the smaller number first.
 */
#ifndef DAYBOOK_STORE_MERGED_LOG_H
#define DAYBOOK_STORE_MERGED_LOG_H

#include "store/account_store.h"
#include "store/event_facets.h"
#include "store/event_store.h"

struct merged_log {
    const struct account *accounts; /* in any order */
    const struct filter
        *filters; /* of each; alike in kind (never EVENT_KIND_ALL), order and text */
    size_t count;
};

/* A search in texts goes through at most so many accounts. */
enum { MERGED_SEARCH_MAX = 250 };

/*
 * As event_list_read(), in the same kind of transaction; `account` of each row is the slug.  With a text there are at most MERGED_SEARCH_MAX
 * accounts.  0 or -1.
 */
int merged_list_read(struct reader *reader, struct arena *arena, const struct merged_log *log,
                     const struct event_page *page, struct event_list *list);

/* How many match in each of the accounts, whatever the text (`totals` may be NULL); and in all.  0 or -1. */
int merged_log_totals(struct reader *reader, struct arena *arena, const struct merged_log *log,
                      uint64_t *totals, uint64_t *total);

/*
 * As event_facets_read().  Where a single account has more than `limit` values of the dimension, the rarest of them are not counted, and
 * facets->more says that there are others.  0 or -1.
 */
int merged_facets_read(struct reader *reader, struct arena *arena, const struct merged_log *log,
                       enum filter_dimension dimension, size_t limit, struct event_facets *facets);

/*
 * Everything that matches, with all texts, in the order of the list.  Run it inside one db_begin(DB_READ); between two calls the connection
 * is free.  Arena and log must outlive it.  NULL on failure.
 */
struct merged_stream;
struct merged_stream *merged_stream_open(struct reader *reader, struct arena *arena,
                                         const struct merged_log *log);

/* As event_stream_set_watch() and event_stream_next(): the event is borrowed until the next call. */
void merged_stream_set_watch(struct merged_stream *stream, bool (*is_over)(void *context),
                             void *context);
int merged_stream_next(struct merged_stream *stream, struct event *event);

/* The id that is looked at, or in the watch the one that would be looked at next. */
uint64_t merged_stream_place(const struct merged_stream *stream);

/* NULL is allowed. */
void merged_stream_close(struct merged_stream *stream);

#endif
