/* SPDX-License-Identifier: MIT */
/* Gathers the records of a message, gives keys to those without one, and keeps the latest stage of each call. */
#include "intake/format_message.h"

#include <stdlib.h>

#include "base/percent.h"
#include "base/utf8.h"

enum { SHOWN_NAME_MAX = 60 };

struct entry {
    struct format_item item;
    size_t at;        /* its place in the message */
    size_t same;      /* how many with its key stand before it */
    bool has_own_key; /* from its record's id */
    bool is_passed;   /* a later stage of it is there, or it is there already */
};

struct gathering {
    const struct format *format;
    const struct intake *intake;
    struct intake_complaint *complaint;
    struct entry *entries;
    size_t count, capacity;
};

static bool gather(void *context, const struct format_record *record)
{
    struct gathering *all = context;
    struct arena *arena = all->intake->arena;
    struct entry *entry;

    all->complaint->has_index = true;
    all->complaint->index = all->count;
    if (all->count == INTAKE_EVENTS_MAX) {
        all->complaint->sentence =
            arena_printf(arena, "At most %d events at once.", INTAKE_EVENTS_MAX);
        return false;
    }
    all->entries =
        arena_grow(arena, all->entries, all->count, &all->capacity, sizeof(*all->entries));
    entry = &all->entries[all->count];
    *entry = (struct entry){.at = all->count};
    if (!all->format->read(all->intake, record, &entry->item, all->complaint))
        return false;
    entry->has_own_key = entry->item.event.idempotency_key.len > 0;
    all->count++;
    return true;
}

/* ---- Keys ---- */

/* By key, then the latest stage first, then in the order of the message. */
static int by_key(const void *a, const void *b)
{
    const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
    int order = str_compare(x->item.event.idempotency_key, y->item.event.idempotency_key);

    if (order == 0)
        order = (x->item.stage < y->item.stage) - (x->item.stage > y->item.stage);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static bool same_key(const struct entry *a, const struct entry *b)
{
    return a->item.event.idempotency_key.len &&
           str_equal(a->item.event.idempotency_key, b->item.event.idempotency_key);
}

static void make_keys(struct gathering *all)
{
    struct arena *arena = all->intake->arena;

    for (size_t i = 0; i < all->count; i++) {
        struct event *event = &all->entries[i].item.event;

        if (!all->entries[i].has_own_key)
            event->idempotency_key =
                arena_printf(arena, "%s:%s", all->format->name,
                             format_digest(arena, format_holds(arena, event)).ptr);
    }
}

static void number_keys(const struct gathering *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct entry *entry = &all->entries[i];
        struct event *event = &all->entries[i].item.event;

        if (!entry->has_own_key && entry->same)
            event->idempotency_key = arena_printf(all->intake->arena, "%.*s:%zu",
                                                  STR_ARG(event->idempotency_key), entry->same);
    }
}

/* Counts those of one key; of the stages of a call all but the latest are passed. */
static void compare(struct gathering *all)
{
    struct entry **order = arena_array(all->intake->arena, all->count, sizeof(struct entry *));

    for (size_t i = 0; i < all->count; i++)
        order[i] = &all->entries[i];
    if (all->count)
        qsort(order, all->count, sizeof(struct entry *), by_key);
    for (size_t i = 1; i < all->count; i++) {
        if (!same_key(order[i], order[i - 1]))
            continue;
        order[i]->same = order[i - 1]->same + 1;
        order[i]->is_passed = all->format->has_stages && order[i]->has_own_key;
    }
    number_keys(all);
}

/* ---- The whole message ---- */

static void hand_over(const struct gathering *all, struct sender_events *events)
{
    struct arena *arena = all->intake->arena;

    events->events = arena_array(arena, all->count, sizeof(*events->events));
    events->early = arena_array(arena, all->count, sizeof(*events->early));
    events->has_stages = all->format->has_stages;
    for (size_t i = 0; i < all->count; i++) {
        const struct entry *entry = &all->entries[i];

        if (entry->is_passed || entry->item.is_left_out)
            continue;
        if (entry->item.is_early && entry->has_own_key)
            events->early[events->early_count++] =
                (struct sender_early){entry->item.event, entry->item.stage};
        else
            events->events[events->count++] = entry->item.event;
    }
}

static bool is_blank(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\0' || !strchr(" \t\r\n", text.ptr[i]))
            return false;
    return true;
}

bool format_message_read(const struct format *format, const struct intake *intake,
                         struct str message, struct sender_events *events,
                         struct intake_complaint *complaint)
{
    struct gathering all = {.format = format, .intake = intake, .complaint = complaint};

    *complaint = (struct intake_complaint){0};
    if (is_blank(message)) {
        complaint->sentence = STR("The message holds no record.");
        return false;
    }
    if (!format_walk(format, intake->arena, message, gather, &all, complaint))
        return false;
    make_keys(&all);
    compare(&all);
    hand_over(&all, events);
    return true;
}

/* ---- The query ---- */

static struct str decoded(struct arena *arena, struct str raw)
{
    struct strbuf text;
    struct str copy;

    strbuf_init(&text);
    percent_decode(&text, raw, true);
    copy = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return copy;
}

static void complain_format(struct arena *arena, struct str name,
                            struct intake_complaint *complaint)
{
    struct str names = format_names(arena), shown = utf8_cut(name, SHOWN_NAME_MAX);

    complaint->field = STR("format");
    complaint->sentence = arena_printf(arena, "There is no format \"%.*s\"; there are %.*s.",
                                       STR_ARG(shown), STR_ARG(names));
}

const struct format *format_of_query(struct arena *arena, struct str query,
                                     struct intake_complaint *complaint)
{
    static const struct str name = STR("format=");
    const struct format *format = NULL;
    struct str pair;

    *complaint = (struct intake_complaint){0};
    while (str_next(&query, '&', &pair)) {
        struct str value;

        if (!str_starts(pair, name))
            continue;
        value = decoded(arena, str_slice(pair, name.len, pair.len));
        if (format) {
            complaint->field = STR("format");
            complaint->sentence = STR("format is given twice.");
            return NULL;
        }
        format = format_find(value);
        if (!format) {
            complain_format(arena, value, complaint);
            return NULL;
        }
    }
    return format ? format : format_at(0);
}
