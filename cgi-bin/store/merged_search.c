/* SPDX-License-Identifier: MIT */
/*
 * Candidates of all accounts are looked at in the order of the list until their end, or until time is up: then the list is of what lies
 * before the place that was reached, as in store/text_search.c.
 */
#include "store/merged_search.h"

#include "base/clock.h"
#include "base/event.h"
#include "store/event_columns.h"
#include "store/event_stream.h"

/* Of its time, a search whose page is full goes on for one in so many. */
enum { FULL_SHARE = 4 };

struct search {
    struct event_list *list;
    bool oldest_first, full;
    int64_t deadline_ms, full_ms;
    struct merged_stream *stream;
    bool began;
    uint64_t began_at;   /* the first place */
    uint64_t last_place; /* of the last hit */
    uint64_t same_place; /* how many hits there are at it */
};

/* Where whoever goes on would begin: newest first at an id, oldest first at a millisecond. */
static uint64_t place_of(const struct search *search, uint64_t id)
{
    return search->oldest_first ? event_id_first(event_id_ms(id)) : id;
}

/* Is it time to stop before the id that comes next?  Not before something lies behind. */
static bool is_time_up(void *context)
{
    struct search *search = context;
    uint64_t place = place_of(search, merged_stream_place(search->stream));
    int64_t deadline_ms =
        search->full && !search->oldest_first ? search->full_ms : search->deadline_ms;

    if (!search->began) {
        search->began = true;
        search->began_at = place;
    }
    return place != search->began_at && clock_now_ms() >= deadline_ms;
}

/* What a list shows of it; its texts stay behind. */
static struct event row_of(struct arena *arena, const struct event *event)
{
    struct event row = {
        .id = event->id,
        .kind = event->kind,
        .occurred_ms = event->occurred_ms,
        .status = event->status,
        .source = event->source,
        .trigger_signature = event->trigger_signature,
        .account = event->account,
        .entity_type = event->entity_type,
        .entity_id = event->entity_id,
        .entity_name = event->entity_name,
        .action = event->action,
        .user = event->user,
        .trigger_provider = event->trigger_provider,
        .trigger_event = event->trigger_event,
        .trigger_delivery_id = event->trigger_delivery_id,
    };

    event_keep_texts(arena, &row);
    return row;
}

/* Ends the list before the place; hits there are left for who goes on. */
static void give_up(struct search *search, uint64_t offset)
{
    struct event_list *list = search->list;

    list->at_least = true;
    list->rest = place_of(search, merged_stream_place(search->stream));
    if (list->total == 0 || search->last_place != list->rest)
        return;
    list->total -= search->same_place;
    if (list->total < offset + list->count)
        list->count = list->total > offset ? (size_t)(list->total - offset) : 0;
}

static int newest_of_all(struct reader *reader, const struct merged_log *log, uint64_t *newest)
{
    for (size_t i = 0; i < log->count; i++) {
        uint64_t id;

        if (event_newest(reader->db, log->accounts[i].id, log->filters[i].kind, &id) < 0)
            return -1;
        if (id > *newest)
            *newest = id;
    }
    return 0;
}

int merged_search(struct reader *reader, struct arena *arena, const struct merged_log *log,
                  uint64_t offset, uint64_t limit, struct event_list *list)
{
    const int64_t now_ms = clock_now_ms(), budget_ms = (int64_t)reader->config->search_ms;
    struct search search = {
        .list = list,
        .oldest_first = log->filters[0].oldest_first,
        .deadline_ms = now_ms + budget_ms,
        .full_ms = now_ms + budget_ms / FULL_SHARE,
    };
    struct event event;
    int found = -1;

    if (newest_of_all(reader, log, &list->newest) < 0)
        return -1;
    list->rows = arena_array(arena, (size_t)limit, sizeof(*list->rows));
    search.stream = merged_stream_open(reader, arena, log);
    if (search.stream)
        merged_stream_set_watch(search.stream, is_time_up, &search);
    while (search.stream && (found = merged_stream_next(search.stream, &event)) == 1) {
        uint64_t place = place_of(&search, event.id);

        search.same_place = list->total && place == search.last_place ? search.same_place + 1 : 1;
        search.last_place = place;
        if (list->total++ >= offset && list->count < limit)
            list->rows[list->count++] = row_of(arena, &event);
        search.full = list->count == limit;
    }
    if (found == EVENT_STREAM_OVER)
        give_up(&search, offset);
    merged_stream_close(search.stream);
    return found < 0 ? -1 : 0;
}
