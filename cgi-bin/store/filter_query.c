/* SPDX-License-Identifier: MIT */
/* Names become numbers, numbers become ranges: sorted, and joined where they touch. */
#include "store/filter_query.h"

#include <stdlib.h>

#include "base/clock.h"
#include "store/entity_search.h"
#include "store/filter_names.h"

/* Those of each dimension, of an entity's id, of its name, and of what neither may be. */
enum { CONDITIONS_MAX = 2 * FILTER_DIMENSION_COUNT + 3 };

static const struct str entities_of_id =
    STR("SELECT id FROM entity WHERE account_id = ? AND external_id = ?");

/* Ranges that grow in the arena. */
struct ranges {
    struct arena *arena;
    struct segment_range *items;
    size_t count, capacity;
};

static void add_range(struct ranges *ranges, uint32_t first, uint32_t last)
{
    ranges->items = arena_grow(ranges->arena, ranges->items, ranges->count, &ranges->capacity,
                               sizeof(*ranges->items));
    ranges->items[ranges->count++] = (struct segment_range){first, last};
}

static int by_first(const void *a, const void *b)
{
    const struct segment_range *x = a, *y = b;

    return (x->first > y->first) - (x->first < y->first);
}

/* Sorts them, and joins what overlaps or touches.  Entities come sorted, and may be very many. */
static void join(struct ranges *ranges)
{
    size_t kept = 0;
    bool sorted = true;

    for (size_t i = 1; i < ranges->count && sorted; i++)
        sorted = ranges->items[i - 1].first <= ranges->items[i].first;
    if (!sorted)
        qsort(ranges->items, ranges->count, sizeof(*ranges->items), by_first);
    for (size_t i = 0; i < ranges->count; i++) {
        struct segment_range *last = kept ? &ranges->items[kept - 1] : NULL,
                             *next = &ranges->items[i];

        if (!last || (uint64_t)last->last + 1 < next->first)
            ranges->items[kept++] = *next;
        else if (next->last > last->last)
            last->last = next->last;
    }
    ranges->count = kept;
}

struct builder {
    struct db *db;
    struct index_sets *sets;
    struct arena *arena;
    const struct filter *filter;
    struct segment_query *query;
    struct segment_condition conditions[CONDITIONS_MAX];
};

static void add_condition(struct builder *builder, enum segment_dimension dimension, bool exclude,
                          struct ranges *ranges)
{
    struct segment_condition *condition = &builder->conditions[builder->query->count++];
    size_t bitmap_words;

    join(ranges);
    *condition = (struct segment_condition){.dimension = dimension,
                                            .exclude = exclude,
                                            .ranges = ranges->items,
                                            .count = ranges->count};
    /* With `names` it is one of many accounts, whose queries stay in memory together; their entities have numbers in common. */
    bitmap_words =
        segment_bitmap_words(condition->ranges, condition->count,
                             builder->filter->names ? SEGMENT_BITMAP_SMALL : SEGMENT_BITMAP_LARGE);
    if (bitmap_words) {
        uint64_t *bitmap = arena_array(builder->arena, bitmap_words, sizeof(*bitmap));

        segment_bitmap(condition->ranges, condition->count, bitmap);
        condition->bitmap = bitmap;
    }
}

static void add_statuses(const struct filter_values *values, struct ranges *ranges)
{
    for (size_t i = 0; i < values->count; i++) {
        unsigned first, last;

        if (filter_status_range(values->items[i], &first, &last))
            add_range(ranges, first, last);
    }
}

static int add_values(struct builder *builder, enum filter_dimension dimension, bool exclude)
{
    const struct filter_values *values =
        exclude ? &builder->filter->exclude[dimension] : &builder->filter->include[dimension];
    struct ranges ranges = {.arena = builder->arena};
    struct filter_numbers numbers = {0};

    if (values->count == 0)
        return 0;
    if (dimension == FILTER_STATUS) {
        add_statuses(values, &ranges);
    } else if (filter_names_numbers(builder->db, builder->arena, builder->filter, dimension, values,
                                    &numbers) < 0) {
        return -1;
    }
    for (size_t i = 0; i < numbers.count; i++)
        add_range(&ranges, numbers.items[i], numbers.items[i]);
    if (ranges.count || !exclude)
        add_condition(builder, (enum segment_dimension)dimension, exclude, &ranges);
    return 0;
}

/* The entities whose id is `entity_id`, by the index of its table. */
static int find_entities(struct builder *builder, struct str entity_id, struct ranges *ranges)
{
    struct db_rows *rows =
        db_select(builder->db, entities_of_id,
                  DB_VALUES(DB_NUMBER(builder->filter->account_id), DB_BYTES(entity_id)));
    int more = -1;

    while (rows && (more = db_next(rows)) == 1)
        add_range(ranges, (uint32_t)db_number(rows, 0), (uint32_t)db_number(rows, 0));
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

/* Adds those that a search has found, and releases them. */
static void add_found(struct entity_ids *ids, struct ranges *ranges)
{
    for (size_t i = 0; i < ids->count; i++)
        add_range(ranges, ids->ids[i], ids->ids[i]);
    entity_ids_release(ids);
}

static int add_entities_of_id(struct builder *builder, struct str entity_id, struct ranges *ranges)
{
    struct entity_ids ids = {0};
    int result;

    if (entity_id.ptr[entity_id.len - 1] != '*')
        return find_entities(builder, entity_id, ranges);
    result = entity_search_ids(builder->sets, builder->db, builder->filter->account_id,
                               str_slice(entity_id, 0, entity_id.len - 1), &ids);
    add_found(&ids, ranges);
    return result;
}

static int add_entities_of_name(struct builder *builder, struct str name, struct ranges *ranges)
{
    struct entity_ids ids = {0};
    int result =
        entity_search_names(builder->sets, builder->db, builder->filter->account_id, name, &ids);

    add_found(&ids, ranges);
    return result;
}

/* Conditions on the entity: its id, its name, and what neither may be. */
static int add_entities(struct builder *builder)
{
    const struct filter *filter = builder->filter;
    struct ranges of_id = {.arena = builder->arena}, of_name = of_id, without = of_id;

    if (filter->entity_id.len) {
        if (add_entities_of_id(builder, filter->entity_id, &of_id) < 0)
            return -1;
        add_condition(builder, SEGMENT_ENTITY, false, &of_id);
    }
    if (filter->entity_name.len) {
        if (add_entities_of_name(builder, filter->entity_name, &of_name) < 0)
            return -1;
        add_condition(builder, SEGMENT_ENTITY, false, &of_name);
    }
    for (size_t i = 0; i < filter->without_id.count; i++)
        if (add_entities_of_id(builder, filter->without_id.items[i], &without) < 0)
            return -1;
    for (size_t i = 0; i < filter->without_name.count; i++)
        if (add_entities_of_name(builder, filter->without_name.items[i], &without) < 0)
            return -1;
    if (without.count)
        add_condition(builder, SEGMENT_ENTITY, true, &without);
    return 0;
}

static void match_nothing(struct segment_query *query)
{
    query->first_id = 1;
    query->last_id = 0;
}

/* Times are the upper bits of ids. */
static void set_range(struct segment_query *query, const struct filter *filter)
{
    *query = (struct segment_query){.first_id = 0, .last_id = UINT64_MAX};
    if ((filter->has_from && filter->from_ms > CLOCK_MAX_MS) ||
        (filter->has_to && filter->to_ms <= 0)) {
        match_nothing(query);
        return;
    }
    if (filter->has_from && filter->from_ms > 0)
        query->first_id = event_id_first(filter->from_ms);
    if (filter->has_to && filter->to_ms <= CLOCK_MAX_MS)
        query->last_id = event_id_first(filter->to_ms) - 1;
    if (filter->has_asof && filter->asof < query->last_id)
        query->last_id = filter->asof;
}

int filter_query_build(struct db *db, struct index_sets *sets, struct arena *arena,
                       const struct filter *filter, enum filter_dimension without,
                       struct segment_query *query)
{
    struct builder builder = {.db = db,
                              .sets = sets,
                              .arena = arena,
                              .filter = filter_spelled_out(arena, filter),
                              .query = query};

    set_range(query, filter);
    if (query->first_id > query->last_id)
        return 0;
    for (int i = 0; i < FILTER_DIMENSION_COUNT; i++) {
        enum filter_dimension dimension = (enum filter_dimension)i;

        if (dimension != without && (add_values(&builder, dimension, false) < 0 ||
                                     add_values(&builder, dimension, true) < 0))
            return -1;
    }
    if (add_entities(&builder) < 0)
        return -1;
    if (query->count) {
        struct segment_condition *conditions =
            arena_array(arena, query->count, sizeof(*conditions));

        memcpy(conditions, builder.conditions, query->count * sizeof(*conditions));
        query->conditions = conditions;
    }
    for (size_t i = 0; i < query->count; i++)
        if (!query->conditions[i].exclude && query->conditions[i].count == 0)
            match_nothing(query);
    return 0;
}
