/* SPDX-License-Identifier: MIT */
/* Everything that matches a filter, with all texts, one event after the other: for downloads and for searches in texts. */
#ifndef DAYBOOK_STORE_EVENT_STREAM_H
#define DAYBOOK_STORE_EVENT_STREAM_H

#include "base/arena.h"
#include "base/event.h"
#include "store/filter.h"
#include "store/reader.h"

/*
 * Everything that matches, of one kind, with all texts, in the order of the list.  Run it inside one db_begin(DB_READ), so that all
 * comes from the same state, and run nothing else on `db` meanwhile.  Arena and filter must outlive it.  Its memory does not grow with
 * the number of events: some MB, and the texts of one.  NULL on failure.
 */
struct event_stream;
struct event_stream *event_stream_open(struct db *db, struct arena *arena,
                                       const struct filter *filter);

/*
 * The same, found by the index of the log where there is one and the filter says more than a range of time: what does not match, or
 * cannot hold filter->text, is not read then.
 */
struct event_stream *event_stream_open_indexed(struct reader *reader, struct arena *arena,
                                               const struct filter *filter);

/*
 * `is_over` is asked now and then, also between two events that do not hold the text: true ends the stream, since nobody waits for it any
 * more.
 */
void event_stream_set_watch(struct event_stream *stream, bool (*is_over)(void *context),
                            void *context);

/* 1 and the next event, borrowed until the next call; 0 at the end; -1; or EVENT_STREAM_OVER, as the watch has said. */
enum { EVENT_STREAM_OVER = 2 };
int event_stream_next(struct event_stream *stream, struct event *event);

/* NULL is allowed.  Before the end it drops the connection, which ends a query that runs. */
void event_stream_close(struct event_stream *stream);

#endif
