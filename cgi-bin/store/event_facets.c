/* SPDX-License-Identifier: MIT */
/* Counts by the index, else by SQL.  Of values that occur equally often the one that was met first (with the lower number) is kept. */
#include "store/event_facets.h"

#include <stdlib.h>

#include "store/event_facets_private.h"
#include "store/filter_words.h"
#include "store/log_index.h"

static int by_count(const void *a, const void *b)
{
    const struct log_count *one = a, *other = b;

    if (one->count != other->count)
        return one->count > other->count ? -1 : 1;
    return (one->value > other->value) - (one->value < other->value);
}

static int compare_facets(const void *a, const void *b)
{
    const struct event_facet *one = a, *other = b;
    size_t shorter = one->value.len < other->value.len ? one->value.len : other->value.len;
    int order;

    if (one->count != other->count)
        return one->count > other->count ? -1 : 1;
    order = shorter ? memcmp(one->value.ptr, other->value.ptr, shorter) : 0;
    return order ? order
                 : (one->value.len > other->value.len) - (one->value.len < other->value.len);
}

void event_facets_sort(struct event_facets *facets)
{
    if (facets->count)
        qsort(facets->items, facets->count, sizeof(*facets->items), compare_facets);
}

bool event_facets_count(const struct event_facets *facets, enum filter_dimension dimension,
                        struct str value, uint64_t *count)
{
    unsigned first = 1, last = 0, low, high;
    struct str prefix;
    bool is_range = dimension == FILTER_STATUS && filter_status_range(value, &first, &last),
         is_prefix = filter_word_is_prefix(value, &prefix);

    *count = 0;
    if (is_prefix && str_starts(STR(FILTER_NONE), prefix))
        return false; /* a name that reads like "has none" is not among them */
    if (is_prefix && prefix.len && memchr(prefix.ptr, '\r', prefix.len))
        return false; /* names with LF alone are meant as well */
    for (size_t i = 0; i < facets->count; i++) {
        const struct event_facet *facet = &facets->items[i];

        if (str_equal(facet->value, value)) {
            *count = facet->count;
            return true;
        }
        if (is_range && filter_status_range(facet->value, &low, &high) && low >= first &&
            low <= last)
            *count += facet->count;
        if (is_prefix && filter_word_begins(facet->value, prefix))
            *count += facet->count;
    }
    return !facets->more;
}

/* The value of a dimension as a filter parameter takes it: its number, and an event that has its name. */
static struct str value_of(struct arena *arena, uint32_t number, const struct event *event,
                           enum filter_dimension dimension)
{
    switch (dimension) {
    case FILTER_ENTITY_TYPE:
        return filter_word(arena, event->entity_type);
    case FILTER_ACTION:
        return filter_word(arena, event->action);
    case FILTER_USER:
        return filter_word(arena, event->user);
    case FILTER_STATUS:
        return arena_printf(arena, "%u", number);
    case FILTER_SOURCE:
        return event_source_name((enum event_source)number);
    case FILTER_METHOD:
        return event_method_name((enum event_method)number);
    case FILTER_PROVIDER:
        return filter_word(arena, event->trigger_provider);
    default:
        return event_signature_name((enum event_signature)number);
    }
}

/* What leads to the name of a value, where it has one. */
static struct event_numbers numbers_of(uint32_t value, enum filter_dimension dimension)
{
    return (struct event_numbers){
        .kind = EVENT_KIND_TRIGGER, /* which can have any of them */
        .entity_type_id = dimension == FILTER_ENTITY_TYPE ? value : 0,
        .action_id = dimension == FILTER_ACTION ? value : 0,
        .user_id = dimension == FILTER_USER ? value : 0,
        .provider_id = dimension == FILTER_PROVIDER ? value : 0,
    };
}

/* Names the first `limit` of `counts`.  A name that reads like "has none" cannot be asked for, so it is not offered. */
static int name_counts(struct reader *reader, struct arena *arena, enum filter_dimension dimension,
                       const struct log_count *counts, size_t count, size_t limit,
                       struct event_facets *facets)
{
    size_t named =
        count < limit + 2 ? count : limit + 2; /* one may fall out, one says that there is more */
    struct event_numbers *numbers = arena_array(arena, named, sizeof(*numbers));
    struct event *events = arena_array(arena, named, sizeof(*events));

    for (size_t i = 0; i < named; i++)
        numbers[i] = numbers_of(counts[i].value, dimension);
    if (name_cache_fill(reader->names, reader->db, arena, numbers, named, events) < 0)
        return -1;
    facets->items = arena_array(arena, limit, sizeof(*facets->items));
    for (size_t i = 0; i < named; i++) {
        struct str value = counts[i].value ? value_of(arena, counts[i].value, &events[i], dimension)
                                           : STR(FILTER_NONE);

        if (counts[i].value && str_equal(value, STR(FILTER_NONE)))
            continue;
        if (facets->count == limit) {
            facets->more = true;
            break;
        }
        facets->items[facets->count++] = (struct event_facet){value, counts[i].count};
    }
    event_facets_sort(facets);
    return 0;
}

/* 1: answered; 0: not indexed; -1. */
static int facets_by_index(struct reader *reader, struct arena *arena, const struct filter *filter,
                           enum filter_dimension dimension, size_t limit,
                           struct event_facets *facets)
{
    struct log_count *counts;
    struct log_view *view;
    size_t count;
    int result =
        log_index_ask(reader->sets, reader->db, arena, filter, filter->kind, dimension, &view);

    if (result != 1)
        return result;
    if (log_view_facet(view, dimension, &counts, &count) < 0)
        return -1;
    if (count)
        qsort(counts, count, sizeof(*counts), by_count);
    return name_counts(reader, arena, dimension, counts, count, limit, facets) < 0 ? -1 : 1;
}

int event_facets_read(struct reader *reader, struct arena *arena, const struct filter *filter,
                      enum filter_dimension dimension, size_t limit, struct event_facets *facets)
{
    int result;

    *facets = (struct event_facets){0};
    result = facets_by_index(reader, arena, filter, dimension, limit, facets);
    if (result == 1)
        return 0;
    if (result < 0 && log_index_judge(reader->db) < 0)
        return -1;
    return event_facets_read_plain(reader->db, arena, filter, dimension, limit, facets);
}

int event_facets_read_plain(struct db *db, struct arena *arena, const struct filter *filter,
                            enum filter_dimension dimension, size_t limit,
                            struct event_facets *facets)
{
    struct filter others = *filter;

    others.include[dimension].count = others.exclude[dimension].count = 0;
    others.text.len = 0;
    others.without_own = others.without_own && dimension != FILTER_ENTITY_TYPE;
    *facets = (struct event_facets){0};
    return event_facets_by_sql(db, arena, &others, dimension, limit, facets);
}
