/* SPDX-License-Identifier: MIT */
/* Everything that matches a filter, with all texts, one event after the other: for downloads and for searches in texts. */
#ifndef DAYBOOK_STORE_EVENT_STREAM_H
#define DAYBOOK_STORE_EVENT_STREAM_H

#include "base/arena.h"
#include "base/event.h"
#include "store/filter.h"

/*
 * Everything that matches, of one kind, with all texts, in the order of the list.  Nothing else may run on `db` meanwhile.
 * NULL on failure.
 */
struct event_stream;
struct event_stream *event_stream_open(struct db *db, struct arena *arena,
                                       const struct filter *filter);

/* From `ms` on event_stream_next() gives up, also between two events that do not match.  Without it there is no limit. */
void event_stream_set_deadline(struct event_stream *stream, int64_t ms);

/* 1 and the next event, borrowed until the next call; 0 at the end; -1; or EVENT_STREAM_OUT_OF_TIME. */
enum { EVENT_STREAM_OUT_OF_TIME = 2 };
int event_stream_next(struct event_stream *stream, struct event *event);
void event_stream_close(struct event_stream *stream);

#endif
