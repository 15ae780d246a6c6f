/* SPDX-License-Identifier: MIT */
/* Everything that matches, with all texts, as it comes from the server. */
#include "store/event_stream.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/event_columns.h"

enum { CLOCK_EVERY_ROWS = 64 };

static const char *order_of(const struct filter *filter)
{
    return filter->oldest_first ? " ORDER BY e.id" : " ORDER BY e.id DESC";
}

struct event_stream {
    struct db_rows *rows; /* NULL: nothing can match */
    struct str folded;    /* the text looked for; owned */
    int64_t deadline_ms;  /* 0: none */
    uint64_t looked_at;
};

void event_stream_set_deadline(struct event_stream *stream, int64_t ms)
{
    stream->deadline_ms = ms;
}

static void set_text(struct event_stream *stream, struct str text)
{
    char *folded = memory_new(text.len + 1);

    str_fold(text, folded);
    stream->folded = (struct str){folded, text.len};
}

struct event_stream *event_stream_open(struct db *db, struct arena *arena,
                                       const struct filter *filter)
{
    struct event_stream *stream;
    struct filter_sql sql;
    struct db_rows *rows = NULL;

    if (filter_sql_build(db, arena, filter, filter->kind, &sql) < 0)
        return NULL;
    if (!sql.empty) {
        struct str text = arena_printf(
            arena,
            "SELECT STRAIGHT_JOIN " ROW_COLUMNS ", " TEXT_COLUMNS
            " FROM event e FORCE INDEX (PRIMARY)" REQUEST_JOIN ACCOUNT_JOIN ROW_NAMES "%.*s%s",
            STR_ARG(sql.where), order_of(filter));

        rows = db_stream(db, text, sql.values, sql.count);
        if (!rows)
            return NULL;
    }
    stream = memory_new(sizeof(*stream));
    stream->rows = rows;
    set_text(stream, filter->text);
    return stream;
}

static bool has_text(const struct event *event, struct str folded)
{
    const struct str texts[] = {
        event->url,     event->params,     event->query,
        event->headers, event->body,       event->response_body_head,
        event->extra,   event->user_agent, event->forwarded_for,
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (str_contains_folded(texts[i], folded))
            return true;
    return false;
}

int event_stream_next(struct event_stream *stream, struct event *event)
{
    int more = 0;

    while (stream->rows && (more = db_next(stream->rows)) == 1) {
        if (stream->deadline_ms && stream->looked_at++ % CLOCK_EVERY_ROWS == 0 &&
            clock_now_ms() >= stream->deadline_ms)
            return EVENT_STREAM_OUT_OF_TIME;
        event_read_row(stream->rows, event);
        event_read_texts(stream->rows, event);
        if (has_text(event, stream->folded))
            break;
    }
    return more;
}

void event_stream_close(struct event_stream *stream)
{
    if (!stream)
        return;
    db_finish(stream->rows);
    free((char *)(uintptr_t)stream->folded.ptr);
    free(stream);
}
