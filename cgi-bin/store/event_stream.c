/* SPDX-License-Identifier: MIT */
/*
 * Everything that matches, with all texts.  A batch of rows of `event` is taken from the walk and named from memory; then one
 * statement gives the texts of the batch as they are asked for: a range of the key, which the server reads twice as fast as it
 * joins the tables, or a list where a range would hold much else.
 */
#include "store/event_stream.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/event_columns.h"
#include "store/event_texts.h"
#include "store/marks.h"
#include "store/read_ahead.h"
#include "store/text_candidates.h"

enum { WATCH_EVERY_ROWS = 64, BATCH = 512, LIST = 256 /* of MARKS_256 */ };

#define TEXTS                                                                                      \
    "SELECT r.id, " REQUEST_COLUMNS " FROM event_request r WHERE r.account_id = ? AND r.kind = ? " \
    "AND r.id "

static const struct {
    struct str by_list, by_range;
} select_texts[] = {
    [false] = {STR(TEXTS "IN " MARKS_256 " ORDER BY r.id DESC"),
               STR(TEXTS "BETWEEN ? AND ? ORDER BY r.id DESC")},
    [true] = {STR(TEXTS "IN " MARKS_256 " ORDER BY r.id"),
              STR(TEXTS "BETWEEN ? AND ? ORDER BY r.id")},
};
static const struct str select_slug = STR("SELECT slug FROM account WHERE id = ?");

struct event_stream {
    struct db *db;
    uint32_t account_id;
    enum event_kind kind;
    bool oldest_first;
    struct str account;
    struct text_sought sought;
    struct event_walk *walk;
    struct text_candidates *candidates; /* where the ids of the walk come from; may be NULL */
    struct name_cache *names;
    const struct config *config; /* NULL: neither of the next two is used */
    struct entity_names *entities;
    struct read_ahead *ahead;
    uint64_t ahead_to; /* the last event whose texts were named to it */

    struct event_numbers numbers[BATCH];
    struct event events[BATCH]; /* all but the texts */
    uint64_t batches;
    size_t count, at;      /* `at`: the next whose texts are awaited */
    struct db_rows *texts; /* NULL, or the texts of what stands before `end` */
    size_t end;

    bool (*is_over)(void *context); /* NULL: nobody is asked */
    void *watch_context;
    uint64_t looked_at;
};

void event_stream_set_watch(struct event_stream *stream, bool (*is_over)(void *context),
                            void *context)
{
    stream->is_over = is_over;
    stream->watch_context = context;
}

static int read_account(struct event_stream *stream, struct arena *arena)
{
    struct db_rows *rows =
        db_select(stream->db, select_slug, DB_VALUES(DB_NUMBER(stream->account_id)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        stream->account = arena_copy(arena, db_bytes(rows, 0));
    db_finish(rows);
    return found < 0 ? -1 : 0;
}

/* With `ids` of the events that they name; of the filter only account, kind, order and text count then. */
static struct event_stream *open_stream(struct db *db, const struct config *config,
                                        struct arena *arena, const struct filter *filter,
                                        const struct event_ids *ids)
{
    struct event_stream *stream = memory_new(sizeof(*stream));

    stream->sought = text_sought(arena, filter);
    stream->db = db;
    stream->config = config;
    stream->account_id = filter->account_id;
    stream->kind = filter->kind;
    stream->oldest_first = filter->oldest_first;
    stream->names = name_cache_new(NAME_CACHE_STREAM_BYTES);
    stream->walk = event_walk_open(db, arena, filter, ids);
    if (!stream->walk || read_account(stream, arena) < 0) {
        event_stream_close(stream);
        return NULL;
    }
    return stream;
}

struct event_stream *event_stream_open(struct db *db, struct arena *arena,
                                       const struct filter *filter)
{
    return open_stream(db, NULL, arena, filter, NULL);
}

struct event_stream *event_stream_open_indexed(struct reader *reader, struct arena *arena,
                                               const struct filter *filter)
{
    struct text_candidates *candidates;
    struct event_stream *stream = NULL;
    struct event_ids ids;

    if (filter->text.len == 0 && filter_is_range(filter))
        return open_stream(reader->db, reader->config, arena, filter, NULL);
    candidates = text_candidates_open(reader, arena, filter);
    if (!candidates)
        return NULL;
    if (!text_candidates_are_indexed(candidates)) {
        text_candidates_close(candidates);
        return open_stream(reader->db, reader->config, arena, filter, NULL);
    }
    ids = text_candidates_ids(candidates);
    stream = open_stream(reader->db, reader->config, arena, filter, &ids);
    if (stream)
        stream->candidates = candidates;
    else
        text_candidates_close(candidates);
    return stream;
}

/* Asks for the texts of all that is left of the batch. */
static struct db_rows *ask_range(struct event_stream *stream)
{
    uint64_t one = stream->events[stream->at].id, other = stream->events[stream->count - 1].id;

    stream->end = stream->count;
    return db_stream(stream->db, select_texts[stream->oldest_first].by_range,
                     DB_VALUES(DB_NUMBER(stream->account_id), DB_NUMBER(stream->kind),
                               DB_NUMBER(one < other ? one : other),
                               DB_NUMBER(one < other ? other : one)));
}

/* The same for the next few; the first of them fills the marks that are left over. */
static struct db_rows *ask_list(struct event_stream *stream)
{
    struct db_value values[2 + LIST] = {DB_NUMBER(stream->account_id), DB_NUMBER(stream->kind)};
    size_t left = stream->count - stream->at, count = left < LIST ? left : LIST;

    for (size_t i = 0; i < LIST; i++)
        values[2 + i] = DB_NUMBER(stream->events[stream->at + (i < count ? i : 0)].id);
    stream->end = stream->at + count;
    return db_stream(stream->db, select_texts[stream->oldest_first].by_list, values, 2 + LIST);
}

/*
 * Names the batch.  Who reads more than one finds entities in the index from then on; to open it is not worth while for fewer.
 * 0 or -1.
 */
static int name_batch(struct event_stream *stream)
{
    if (stream->config && stream->batches++ == 1) {
        stream->entities = entity_names_open(stream->config, stream->db, stream->account_id);
        if (!stream->entities)
            return -1;
        name_cache_set_entities(stream->names, stream->entities);
    }
    return name_cache_fill(stream->names, stream->db, NULL, stream->numbers, stream->count,
                           stream->events);
}

/* Lets the texts of the next batches be brought into memory while those of this one are read. */
static void name_ahead(struct event_stream *stream)
{
    uint64_t first, last;

    if (!stream->entities || !event_walk_is_dense(stream->walk))
        return;
    if (!stream->ahead)
        stream->ahead = read_ahead_new(stream->config, stream->account_id, stream->kind);
    for (size_t i = 0; i < READ_AHEAD_HELPERS; i++) {
        if (!event_walk_ahead(stream->walk, i * BATCH, BATCH, &first, &last))
            return;
        if (stream->ahead_to && !event_walk_before(stream->oldest_first, stream->ahead_to, first))
            continue;
        if (!read_ahead_name(stream->ahead, first < last ? first : last,
                             first < last ? last : first))
            return;
        stream->ahead_to = last;
    }
}

/* Begins to read texts, of the next batch where this one is done.  1, 0 at the end of all, or -1. */
static int ask(struct event_stream *stream)
{
    if (stream->at == stream->count) {
        int found = event_walk_next(stream->walk, stream->numbers, BATCH);

        stream->at = stream->count = 0;
        if (found <= 0)
            return found;
        stream->count = (size_t)found;
        if (name_batch(stream) < 0)
            return -1;
        name_ahead(stream);
    }
    stream->texts = event_walk_is_dense(stream->walk) ? ask_range(stream) : ask_list(stream);
    return stream->texts ? 1 : -1;
}

/* The event of the present row of texts; NULL when it is none of the batch. */
static const struct event *event_of_row(struct event_stream *stream)
{
    uint64_t id = db_number(stream->texts, 0);

    while (stream->at < stream->end &&
           event_walk_before(stream->oldest_first, stream->events[stream->at].id, id))
        stream->at++;
    if (stream->at == stream->end || stream->events[stream->at].id != id)
        return NULL;
    return &stream->events[stream->at++];
}

/* The next row of texts and its event, whether it matches or not.  1, 0 when no more are running, or -1. */
static int next_texts(struct event_stream *stream, struct event *event)
{
    int more;

    while ((more = db_next(stream->texts)) == 1) {
        const struct event *found = event_of_row(stream);

        if (!found)
            continue;
        *event = *found;
        event->account = stream->account;
        event_read_request(stream->texts, 1, event);
        return 1;
    }
    if (more < 0)
        return -1;
    db_finish(stream->texts);
    stream->texts = NULL;
    stream->at = stream->end;
    return 0;
}

int event_stream_next(struct event_stream *stream, struct event *event)
{
    for (;;) {
        int more = stream->texts ? next_texts(stream, event) : 0;

        if (more == 0 && (more = ask(stream)) == 1)
            continue;
        if (more != 1)
            return more;
        if (stream->is_over && stream->looked_at++ % WATCH_EVERY_ROWS == 0 &&
            stream->is_over(stream->watch_context))
            return EVENT_STREAM_OVER;
        if (event_has_text(event, &stream->sought))
            return 1;
    }
}

void event_stream_close(struct event_stream *stream)
{
    if (!stream)
        return;
    db_finish(stream->texts);
    read_ahead_free(stream->ahead);
    event_walk_close(stream->walk);
    text_candidates_close(stream->candidates);
    name_cache_free(stream->names);
    entity_names_close(stream->entities);
    free(stream);
}
