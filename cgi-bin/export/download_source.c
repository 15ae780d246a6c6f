/* SPDX-License-Identifier: MIT */
/* One of two streams. */
#include "export/download_source.h"

void download_source_next(struct download_source *source)
{
    source->more = source->merged ? merged_stream_next(source->merged, &source->event)
                                  : event_stream_next(source->stream, &source->event);
}

static int begin(struct download_source *source)
{
    download_source_next(source);
    return source->more == 0 || source->more == 1 ? 0 : -1;
}

int download_source_open(struct download_source *source, struct reader *reader, struct arena *arena,
                         const struct filter *filter, const struct download_watch *watch,
                         uint64_t *rows)
{
    uint64_t counted = 0;

    if (filter->text.len == 0 && event_count(reader, arena, filter, &counted) < 0)
        return -1;
    *rows += counted;
    source->stream = event_stream_open_indexed(reader, arena, filter);
    if (!source->stream)
        return -1;
    event_stream_set_watch(source->stream, watch->is_over, watch->context);
    return begin(source);
}

int download_source_open_merged(struct download_source *source, struct reader *reader,
                                struct arena *arena, const struct merged_log *log,
                                const struct download_watch *watch, uint64_t *rows)
{
    bool has_text = log->count && log->filters[0].text.len;
    uint64_t counted = 0;

    if (!has_text && merged_log_totals(reader, arena, log, NULL, &counted) < 0)
        return -1;
    *rows += counted;
    source->merged = merged_stream_open(reader, arena, log);
    if (!source->merged)
        return -1;
    merged_stream_set_watch(source->merged, watch->is_over, watch->context);
    return begin(source);
}

void download_source_close(struct download_source *source)
{
    event_stream_close(source->stream);
    merged_stream_close(source->merged);
    *source = (struct download_source){.more = 0};
}
