/* SPDX-License-Identifier: MIT */
/* First what is given is chosen, so that the cursor and the number of rows stand in the head; then each event is read and written. */
#include "export/feed.h"

#include "access.h"
#include "base/clock.h"
#include "store/arrival_store.h"
#include "store/event_store.h"
#include "store/event_texts.h"
#include "web/fields.h"

/*
 * Events that are looked at for one answer, and at a time: what matches seldom is looked for in several answers.  Reading the texts of
 * one costs much more.
 */
enum { LOOKED_AT_MAX = 65536, AT_A_TIME = 4096, TEXTS_LOOKED_AT_MAX = AT_A_TIME };

struct chosen {
    uint64_t id;
    enum event_kind kind;
};

struct choosing {
    const struct feed *feed;
    struct arena *arena;
    struct arena *event; /* of one that is looked into */
    struct text_sought sought;
    struct chosen *items;
    size_t count;
    uint64_t after[EVENT_KIND_COUNT]; /* the cursor, moved on */
};

/* Has the event the text?  1; 0; -1. */
static int has_text(struct choosing *choosing, const struct filter *filter, uint64_t id)
{
    struct event event;
    int found;

    if (choosing->sought.folded.len == 0)
        return 1;
    arena_reset(choosing->event);
    found = event_read(choosing->feed->reader->db, choosing->event, filter->account_id,
                       filter->kind, id, &event);
    return found == 1 ? event_has_text(&event, &choosing->sought) : found;
}

/* Takes of what has arrived what matches, until there is enough.  0 or -1. */
static int take(struct choosing *choosing, const struct filter *filter, struct arrival *arrivals,
                size_t count)
{
    struct db *db = choosing->feed->reader->db;
    uint64_t last = arrivals[count - 1].number;
    int fits = 1;

    if (arrivals_match(db, choosing->arena, filter, arrivals, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (choosing->count == choosing->feed->params->limit) {
            last = arrivals[i].number - 1;
            break;
        }
        fits = has_text(choosing, filter, arrivals[i].id);
        if (fits < 0)
            return -1;
        if (fits)
            choosing->items[choosing->count++] = (struct chosen){arrivals[i].id, filter->kind};
    }
    choosing->after[filter->kind] = last;
    return 0;
}

static int choose_kind(struct choosing *choosing, enum event_kind kind)
{
    const struct feed *feed = choosing->feed;
    struct filter filter = feed->params->filter;
    size_t looked_at = 0, count = AT_A_TIME;
    size_t looked_at_max = choosing->sought.folded.len ? TEXTS_LOOKED_AT_MAX : LOOKED_AT_MAX;

    filter.kind = kind;
    while (choosing->count < feed->params->limit && looked_at < looked_at_max &&
           count == AT_A_TIME) {
        struct arrival *arrivals;

        if (arrivals_after(feed->reader->db, choosing->arena, filter.account_id, kind,
                           choosing->after[kind], AT_A_TIME, &arrivals, &count) < 0 ||
            (count && take(choosing, &filter, arrivals, count) < 0))
            return -1;
        looked_at += count;
    }
    return 0;
}

static bool of_kind(const struct feed *feed, enum event_kind kind)
{
    enum event_kind asked = feed->params->filter.kind;

    return asked == EVENT_KIND_ALL || asked == kind;
}

static int choose(struct choosing *choosing)
{
    for (int kind = EVENT_KIND_EVENT; kind <= EVENT_KIND_TRIGGER; kind++)
        if (of_kind(choosing->feed, (enum event_kind)kind) &&
            choose_kind(choosing, (enum event_kind)kind) < 0)
            return -1;
    return 0;
}

/* As params_parse() reads it. */
static struct str cursor_of(const struct choosing *choosing)
{
    const uint64_t *after = choosing->after;
    enum event_kind kind = choosing->feed->params->filter.kind;

    if (kind != EVENT_KIND_ALL)
        return arena_printf(choosing->arena, "%llu", (unsigned long long)after[kind]);
    return arena_printf(choosing->arena, "%llu-%llu", (unsigned long long)after[EVENT_KIND_EVENT],
                        (unsigned long long)after[EVENT_KIND_TRIGGER]);
}

/* RFC 8288: the same request from the cursor on. */
static struct str next_link(const struct choosing *choosing, const struct request *request,
                            struct str cursor)
{
    const struct params *params = choosing->feed->params;
    struct strbuf text;
    struct str link;

    strbuf_init(&text);
    strbuf_add_char(&text, '<');
    strbuf_add(&text, request->path);
    params_append(&text, params, PARAMS_FEED);
    fields_append(&text, "after", cursor);
    strbuf_add_cstr(&text, ">; rel=\"next\"");
    link = arena_copy(choosing->arena, strbuf_str(&text));
    strbuf_release(&text);
    return link;
}

static void send_head(const struct choosing *choosing, struct request *request,
                      struct response *response)
{
    struct str cursor = cursor_of(choosing);

    response_header(response, "Link", next_link(choosing, request, cursor));
    response_header(response, "Daybook-After", cursor);
    response_header(response, "Daybook-Rows",
                    arena_printf(choosing->arena, "%zu", choosing->count));
    response_begin(response, choosing->feed->format == EXPORT_CSV
                                 ? "text/csv; charset=utf-8; header=present"
                                 : "application/x-ndjson");
}

/* 0; -1: the client or the database is gone. */
static int write_rows(const struct choosing *choosing, struct strbuf *buffer,
                      struct response *response)
{
    const struct feed *feed = choosing->feed;

    export_header(buffer, feed->format);
    for (size_t i = 0; i < choosing->count; i++) {
        const struct chosen *chosen = &choosing->items[i];
        struct event event;

        arena_reset(choosing->event);
        if (event_read(feed->reader->db, choosing->event, feed->params->filter.account_id,
                       chosen->kind, chosen->id, &event) != 1)
            return -1;
        export_event(buffer, feed->format, feed->params->raw, &event);
        if (buffer->len >= RESPONSE_PIECE_BYTES) {
            if (response_write(response, strbuf_str(buffer)) < 0)
                return -1;
            strbuf_reset(buffer);
        }
    }
    return response_write(response, strbuf_str(buffer));
}

static void send(const struct choosing *choosing, struct request *request,
                 struct response *response)
{
    struct strbuf buffer;
    bool complete;

    strbuf_init(&buffer);
    send_head(choosing, request, response);
    complete = request->method == METHOD_HEAD || write_rows(choosing, &buffer, response) == 0;
    response_count_rows(response, choosing->count);
    if (complete)
        response_end(response);
    else
        response_abort(response);
    strbuf_release(&buffer);
}

void feed_serve(const struct feed *feed, struct request *request, struct response *response)
{
    struct choosing choosing = {.feed = feed, .arena = request->arena, .event = arena_new()};

    choosing.sought = text_sought(request->arena, &feed->params->filter);
    choosing.items = arena_array(request->arena, feed->params->limit, sizeof(*choosing.items));
    memcpy(choosing.after, feed->params->after, sizeof(choosing.after));
    if (choose(&choosing) < 0) {
        access_database_down(feed->reader->db, response);
    } else {
        send(&choosing, request, response);
        db_rollback(feed->reader->db);
    }
    arena_free(choosing.event);
}
