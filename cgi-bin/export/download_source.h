/* SPDX-License-Identifier: MIT */
/* Where a download takes events of one kind from: the log of an account, or those of several as one. */
#ifndef DAYBOOK_DOWNLOAD_SOURCE_H
#define DAYBOOK_DOWNLOAD_SOURCE_H

#include "store/event_stream.h"
#include "store/merged_log.h"

struct download_source {
    struct event_stream *stream; /* of an account */
    struct merged_stream *merged;
    struct event event; /* the next, while more is 1 */
    int more;           /* as from event_stream_next() */
};

/* Whom the streams ask now and then (event_stream_set_watch()). */
struct download_watch {
    bool (*is_over)(void *context);
    void *context;
};

/*
 * Opens what matches the filter, of one kind, and goes to its first event; adds how many there are to `rows`, but for a filter with a text.  Within
 * a snapshot; nothing else may run on the reader's connection until the source is closed.  0 or -1; to be closed in any case.
 */
int download_source_open(struct download_source *source, struct reader *reader, struct arena *arena,
                         const struct filter *filter, const struct download_watch *watch,
                         uint64_t *rows);

/* The same of a merged log; others may use the connection between two calls. */
int download_source_open_merged(struct download_source *source, struct reader *reader,
                                struct arena *arena, const struct merged_log *log,
                                const struct download_watch *watch, uint64_t *rows);

/* Goes to the next event: source->more as above. */
void download_source_next(struct download_source *source);

void download_source_close(struct download_source *source);

#endif
