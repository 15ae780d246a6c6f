/* SPDX-License-Identifier: MIT */
/* Each event is read by its key: neighbours in the merged order are of different accounts, so there is no range to read. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/event_stream.h"
#include "store/event_texts.h"
#include "store/merged_ids.h"

enum { WATCH_EVERY_ROWS = 16 };

struct merged_stream {
    struct reader *reader;
    const struct merged_log *log;
    struct merged_ids *ids;
    struct text_sought sought;
    struct arena *event; /* what the present one consists of */
    bool (*is_over)(void *context);
    void *watch_context;
    uint64_t looked_at;
    uint64_t place;
};

struct merged_stream *merged_stream_open(struct reader *reader, struct arena *arena,
                                         const struct merged_log *log)
{
    struct merged_stream *stream = memory_new(sizeof(*stream));

    if (log->count)
        stream->sought = text_sought(arena, &log->filters[0]);
    stream->reader = reader;
    stream->log = log;
    stream->event = arena_new();
    stream->ids = merged_ids_open(reader, arena, log);
    if (stream->ids)
        return stream;
    merged_stream_close(stream);
    return NULL;
}

void merged_stream_set_watch(struct merged_stream *stream, bool (*is_over)(void *context),
                             void *context)
{
    stream->is_over = is_over;
    stream->watch_context = context;
}

uint64_t merged_stream_place(const struct merged_stream *stream)
{
    return stream->place;
}

void merged_stream_close(struct merged_stream *stream)
{
    if (!stream)
        return;
    merged_ids_close(stream->ids);
    arena_free(stream->event);
    free(stream);
}

int merged_stream_next(struct merged_stream *stream, struct event *event)
{
    struct merged_id next;
    int found;

    while ((found = merged_ids_next(stream->ids, &next)) == 1) {
        const struct filter *filter = &stream->log->filters[next.account];

        stream->place = next.id;
        if (stream->is_over && stream->looked_at++ % WATCH_EVERY_ROWS == 0 &&
            stream->is_over(stream->watch_context))
            return EVENT_STREAM_OVER;
        arena_reset(stream->event);
        found = event_read(stream->reader->db, stream->event, filter->account_id, filter->kind,
                           next.id, event);
        if (found < 0)
            return -1;
        if (found == 1 && event_has_text(event, &stream->sought))
            return 1;
    }
    return found;
}
