/* SPDX-License-Identifier: MIT */
/*
 * The only place where SQL is put together, and only from literals: which conditions there are depends on the filter, every value
 * is bound.
 */
#include "store/filter.h"

#include "base/clock.h"
#include "base/parse.h"
#include "base/strbuf.h"
#include "store/filter_names.h"
#include "store/filter_words.h"

/* Where a dimension stands in event, and where its names are; NULL: they are words of ours. */
static const struct {
    const char *column, *names;
} dimensions[FILTER_DIMENSION_COUNT] = {
    [FILTER_ENTITY_TYPE] = {"e.entity_type_id", "entity_type"},
    [FILTER_ACTION] = {"e.action_id", "action"},
    [FILTER_USER] = {"e.user_id", "user"},
    [FILTER_STATUS] = {"e.status", NULL},
    [FILTER_SOURCE] = {"e.source", NULL},
    [FILTER_METHOD] = {"e.method", NULL},
    [FILTER_PROVIDER] = {"e.provider_id", "provider"},
    [FILTER_SIGNATURE] = {"e.signature", NULL},
};

struct builder {
    struct db *db;
    struct arena *arena;
    const struct filter *filter;
    struct strbuf where;
    struct db_value *values;
    size_t count, capacity;
};

static void bind(struct builder *builder, struct db_value value)
{
    if (builder->count == builder->capacity) {
        size_t capacity = builder->capacity ? builder->capacity * 2 : 16;
        struct db_value *grown = arena_array(builder->arena, capacity, sizeof(*grown));

        if (builder->count)
            memcpy(grown, builder->values, builder->count * sizeof(*grown));
        builder->values = grown;
        builder->capacity = capacity;
    }
    builder->values[builder->count++] = value;
}

bool filter_has_dimension(enum event_kind kind, enum filter_dimension dimension)
{
    return kind != EVENT_KIND_EVENT ||
           (dimension != FILTER_PROVIDER && dimension != FILTER_SIGNATURE);
}

bool filter_values_have(const struct filter_values *values, struct str value)
{
    for (size_t i = 0; i < values->count; i++)
        if (str_equal(values->items[i], value))
            return true;
    return false;
}

bool filter_is_range(const struct filter *filter)
{
    for (unsigned i = 0; i < FILTER_DIMENSION_COUNT; i++)
        if (filter->include[i].count || filter->exclude[i].count)
            return false;
    return filter->entity_id.len == 0 && filter->entity_name.len == 0 &&
           filter->without_id.count == 0 && filter->without_name.count == 0;
}

/* "404-451" */
static bool parse_status_span(struct str word, uint64_t *first, uint64_t *last)
{
    return word.len == 7 && word.ptr[3] == '-' &&
           parse_u64(str_slice(word, 0, 3), EVENT_STATUS_MIN, EVENT_STATUS_MAX, first) &&
           parse_u64(str_slice(word, 4, 3), *first, EVENT_STATUS_MAX, last);
}

bool filter_status_range(struct str word, unsigned *first, unsigned *last)
{
    uint64_t status, end;

    if (str_equal(word, STR(FILTER_NONE))) {
        *first = *last = 0;
    } else if (str_equal(word, STR("ok"))) {
        *first = 100;
        *last = 399;
    } else if (str_equal(word, STR("failed"))) {
        *first = 400;
        *last = 599;
    } else if (word.len == 3 && word.ptr[0] >= '1' && word.ptr[0] <= '5' &&
               str_equal(str_slice(word, 1, 2), STR("xx"))) {
        *first = (unsigned)(word.ptr[0] - '0') * 100;
        *last = *first + 99;
    } else if (word.len == 3 && parse_u64(word, EVENT_STATUS_MIN, EVENT_STATUS_MAX, &status)) {
        *first = *last = (unsigned)status;
    } else if (parse_status_span(word, &status, &end)) {
        *first = (unsigned)status;
        *last = (unsigned)end;
    } else {
        return false;
    }
    return true;
}

static void add_status_condition(struct builder *builder, const struct filter_values *values,
                                 bool exclude)
{
    strbuf_add_cstr(&builder->where, exclude ? " AND NOT (" : " AND (");
    for (size_t i = 0; i < values->count; i++) {
        unsigned first = 1, last = 0; /* an unknown word matches nothing */

        filter_status_range(values->items[i], &first, &last);
        strbuf_add_cstr(&builder->where,
                        i ? " OR e.status BETWEEN ? AND ?" : "e.status BETWEEN ? AND ?");
        bind(builder, DB_NUMBER(first));
        bind(builder, DB_NUMBER(last));
    }
    strbuf_add_cstr(&builder->where, ")");
}

/* The names that begin like this can be very many: the database finds them where it needs them. */
static void add_beginning(struct builder *builder, enum filter_dimension dimension,
                          struct str prefix)
{
    struct str end = filter_prefix_end(builder->arena, prefix);

    strbuf_printf(&builder->where, "%s IN (SELECT d.id FROM %s d WHERE d.name >= ?",
                  dimensions[dimension].column, dimensions[dimension].names);
    bind(builder, DB_BYTES(prefix));
    if (end.len) {
        strbuf_add_cstr(&builder->where, " AND d.name < ?");
        bind(builder, DB_BYTES(end));
    }
    if (dimension == FILTER_USER) {
        strbuf_add_cstr(&builder->where, " AND d.account_id = ?");
        bind(builder, DB_NUMBER(builder->filter->account_id));
    }
    strbuf_add_cstr(&builder->where, ")");
}

static void add_numbers(struct builder *builder, enum filter_dimension dimension,
                        const struct filter_numbers *numbers)
{
    strbuf_printf(&builder->where, "%s IN (", dimensions[dimension].column);
    for (size_t i = 0; i < numbers->count; i++) {
        strbuf_add_cstr(&builder->where, i ? ", ?" : "?");
        bind(builder, DB_NUMBER(numbers->items[i]));
    }
    strbuf_add_cstr(&builder->where, ")");
}

/* 1: added, or nothing to add; 0: nothing can match; -1. */
static int add_condition(struct builder *builder, enum filter_dimension dimension,
                         const struct filter_values *values, bool exclude)
{
    struct filter_values whole = {arena_array(builder->arena, values->count, sizeof(struct str)),
                                  0};
    struct filter_numbers numbers;
    const char *before = exclude ? " AND NOT (" : " AND (";
    struct str prefix, other;

    if (values->count == 0)
        return 1;
    if (dimension == FILTER_STATUS) {
        add_status_condition(builder, values, exclude);
        return 1;
    }
    for (size_t i = 0; i < values->count; i++) {
        if (!dimensions[dimension].names || !filter_word_is_prefix(values->items[i], &prefix)) {
            whole.items[whole.count++] = values->items[i];
            continue;
        }
        strbuf_add_cstr(&builder->where, before);
        add_beginning(builder, dimension, prefix);
        before = " OR ";
        other = filter_with_line_feeds(builder->arena, prefix);
        if (other.len != prefix.len) {
            strbuf_add_cstr(&builder->where, before);
            add_beginning(builder, dimension, other);
        }
    }
    if (filter_names_numbers(builder->db, builder->arena, builder->filter, dimension, &whole,
                             &numbers) < 0)
        return -1;
    if (numbers.count) {
        strbuf_add_cstr(&builder->where, before);
        add_numbers(builder, dimension, &numbers);
    } else if (whole.count == values->count) {
        return exclude ? 1 : 0;
    }
    strbuf_add_cstr(&builder->where, ")");
    return 1;
}

/* The beginning of a condition on entities, which goes on and ends with a bracket. */
static void begin_entities(struct builder *builder, bool exclude)
{
    strbuf_printf(&builder->where,
                  " AND e.entity_id %sIN (SELECT n.id FROM entity n WHERE n.account_id = ?",
                  exclude ? "NOT " : "");
    bind(builder, DB_NUMBER(builder->filter->account_id));
}

static void add_entity_id(struct builder *builder, struct str entity_id, bool exclude)
{
    bool prefix = entity_id.ptr[entity_id.len - 1] == '*';
    struct str end;

    begin_entities(builder, exclude);
    if (!prefix) {
        strbuf_add_cstr(&builder->where, " AND n.external_id = ?)");
        bind(builder, DB_BYTES(entity_id));
        return;
    }
    entity_id.len--;
    end = filter_prefix_end(builder->arena, entity_id);
    strbuf_add_cstr(&builder->where, " AND n.external_id >= ? AND n.external_id <> ''");
    bind(builder, DB_BYTES(entity_id));
    if (end.len) {
        strbuf_add_cstr(&builder->where, " AND n.external_id < ?");
        bind(builder, DB_BYTES(end));
    }
    strbuf_add_cstr(&builder->where, ")");
}

static void add_entity_name(struct builder *builder, struct str entity_name, bool exclude)
{
    char *folded = arena_alloc(builder->arena, entity_name.len);

    str_fold(entity_name, folded);
    begin_entities(builder, exclude);
    strbuf_add_cstr(&builder->where, " AND LOCATE(?, n.name_folded) > 0)");
    bind(builder, DB_BYTES(((struct str){folded, entity_name.len})));
}

/* Times are the upper bits of ids, so a range of time is a range of keys.  False: it is empty. */
static bool add_range(struct builder *builder, const struct filter *filter)
{
    if (filter->has_from && filter->from_ms > CLOCK_MAX_MS)
        return false;
    if (filter->has_from && filter->from_ms > 0) {
        strbuf_add_cstr(&builder->where, " AND e.id >= ?");
        bind(builder, DB_NUMBER(event_id_first(filter->from_ms)));
    }
    if (filter->has_to && filter->to_ms <= 0)
        return false;
    if (filter->has_to && filter->to_ms <= CLOCK_MAX_MS) {
        strbuf_add_cstr(&builder->where, " AND e.id < ?");
        bind(builder, DB_NUMBER(event_id_first(filter->to_ms)));
    }
    if (filter->has_asof) {
        strbuf_add_cstr(&builder->where, " AND e.id <= ?");
        bind(builder, DB_NUMBER(filter->asof));
    }
    return true;
}

/* 1, 0: nothing can match, or -1. */
static int add_all(struct builder *builder)
{
    const struct filter *filter = builder->filter;

    if (!add_range(builder, filter))
        return 0;
    for (int i = 0; i < FILTER_DIMENSION_COUNT; i++) {
        enum filter_dimension dimension = (enum filter_dimension)i;
        int possible = add_condition(builder, dimension, &filter->include[i], false);

        if (possible == 1)
            possible = add_condition(builder, dimension, &filter->exclude[i], true);
        if (possible != 1)
            return possible;
    }
    if (filter->entity_id.len)
        add_entity_id(builder, filter->entity_id, false);
    if (filter->entity_name.len)
        add_entity_name(builder, filter->entity_name, false);
    for (size_t i = 0; i < filter->without_id.count; i++)
        add_entity_id(builder, filter->without_id.items[i], true);
    for (size_t i = 0; i < filter->without_name.count; i++)
        add_entity_name(builder, filter->without_name.items[i], true);
    return 1;
}

const struct filter *filter_spelled_out(struct arena *arena, const struct filter *filter)
{
    const struct filter_values *given = &filter->exclude[FILTER_ENTITY_TYPE];
    struct filter *spelled;
    struct str *items;

    if (!filter->without_own)
        return filter;
    spelled = arena_alloc(arena, sizeof(*spelled));
    items = arena_array(arena, given->count + 1, sizeof(*items));
    if (given->count)
        memcpy(items, given->items, given->count * sizeof(*items));
    items[given->count] = STR(EVENT_TYPE_OWN);
    *spelled = *filter;
    spelled->without_own = false;
    spelled->exclude[FILTER_ENTITY_TYPE] = (struct filter_values){items, given->count + 1};
    return spelled;
}

int filter_sql_build(struct db *db, struct arena *arena, const struct filter *filter,
                     enum event_kind kind, struct filter_sql *sql)
{
    struct builder builder = {
        .db = db, .arena = arena, .filter = filter_spelled_out(arena, filter)};
    int possible;

    strbuf_init(&builder.where);
    strbuf_add_cstr(&builder.where, " WHERE e.account_id = ? AND e.kind = ?");
    bind(&builder, DB_NUMBER(filter->account_id));
    bind(&builder, DB_NUMBER(kind));
    possible = add_all(&builder);
    *sql = (struct filter_sql){.where = arena_copy(arena, strbuf_str(&builder.where)),
                               .values = builder.values,
                               .count = builder.count,
                               .by_entity = filter->entity_id.len || filter->entity_name.len,
                               .empty = possible == 0};
    strbuf_release(&builder.where);
    return possible < 0 ? -1 : 0;
}

const char *filter_sql_from(const struct filter_sql *sql)
{
    return sql->by_entity ? " FROM event e" : " FROM event e FORCE INDEX (PRIMARY)";
}
