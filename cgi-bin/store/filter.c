/* SPDX-License-Identifier: MIT */
/*
 * The only place where SQL is put together, and only from literals: which conditions there are depends on the filter, every value
 * is bound.
 */
#include "store/filter.h"

#include "base/clock.h"
#include "base/parse.h"
#include "base/strbuf.h"

enum { BYTE_MAX = 0xff };

/* Where a dimension stands in event, and how its names become numbers.  No `lookup`: the value needs none. */
static const struct {
    const char *column;
    struct str lookup;
    bool of_account;
} dimensions[FILTER_DIMENSION_COUNT] = {
    [FILTER_ENTITY_TYPE] = {"e.entity_type_id", STR("SELECT id FROM entity_type WHERE name = ?"),
                            false},
    [FILTER_ACTION] = {"e.action_id", STR("SELECT id FROM action WHERE name = ?"), false},
    [FILTER_USER] = {"e.user_id", STR("SELECT id FROM user WHERE name = ? AND account_id = ?"),
                     true},
    [FILTER_STATUS] = {"e.status", {NULL, 0}, false},
    [FILTER_SOURCE] = {"e.source", {NULL, 0}, false},
    [FILTER_PROVIDER] = {"e.provider_id", STR("SELECT id FROM provider WHERE name = ?"), false},
    [FILTER_SIGNATURE] = {"e.signature", {NULL, 0}, false},
};

struct builder {
    struct db *db;
    struct arena *arena;
    uint32_t account_id;
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

/* 1 and the number that a dictionary gives to `name`; 0: it has none; -1. */
static int look_up(struct db *db, uint32_t account_id, enum filter_dimension dimension,
                   struct str name, uint64_t *number)
{
    return db_select_number(db, dimensions[dimension].lookup,
                            (const struct db_value[]){DB_BYTES(name), DB_NUMBER(account_id)},
                            dimensions[dimension].of_account ? 2 : 1, number);
}

/* Browsers' forms turn every line break of a value into CR LF (HTML, form submission); this turns it back. */
static struct str with_line_feeds(struct arena *arena, struct str value)
{
    char *out = arena_alloc(arena, value.len);
    size_t len = 0;

    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] != '\r' || i + 1 == value.len || value.ptr[i + 1] != '\n')
            out[len++] = value.ptr[i];
    return (struct str){out, len};
}

/* The number of a word whose column holds the number of an enumeration; 0: there is no such word. */
static uint64_t number_of_word(enum filter_dimension dimension, struct str word)
{
    enum event_source source;
    enum event_signature signature;

    if (dimension == FILTER_SOURCE)
        return event_source_parse(word, &source) ? (uint64_t)source : 0;
    return event_signature_parse(word, &signature) ? (uint64_t)signature : 0;
}

int filter_numbers(struct db *db, struct arena *arena, uint32_t account_id,
                   enum filter_dimension dimension, struct str value,
                   uint64_t numbers[FILTER_NUMBERS_MAX])
{
    struct str other = with_line_feeds(arena, value);
    int found, count;

    numbers[0] = numbers[1] = 0;
    if (str_equal(value, STR(FILTER_NONE)))
        return 1;
    if (!dimensions[dimension].lookup.len) {
        numbers[0] = number_of_word(dimension, value);
        return numbers[0] != 0;
    }
    found = look_up(db, account_id, dimension, value, &numbers[0]);
    count = found == 1;
    if (found >= 0 && other.len != value.len) {
        found = look_up(db, account_id, dimension, other, &numbers[count]);
        count += found == 1;
    }
    return found < 0 ? -1 : count;
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

static void add_number(struct builder *builder, bool is_first, uint64_t number)
{
    strbuf_add_cstr(&builder->where, is_first ? "?" : ", ?");
    bind(builder, DB_NUMBER(number));
}

/* 1: added, or nothing to add; 0: nothing can match; -1. */
static int add_condition(struct builder *builder, enum filter_dimension dimension,
                         const struct filter_values *values, bool exclude)
{
    size_t known = 0;

    if (values->count == 0)
        return 1;
    if (dimension == FILTER_STATUS) {
        add_status_condition(builder, values, exclude);
        return 1;
    }
    for (size_t i = 0; i < values->count; i++) {
        uint64_t numbers[FILTER_NUMBERS_MAX];
        int found = filter_numbers(builder->db, builder->arena, builder->account_id, dimension,
                                   values->items[i], numbers);

        if (found < 0)
            return -1;
        if (found && !known)
            strbuf_printf(&builder->where, " AND %s %s (", dimensions[dimension].column,
                          exclude ? "NOT IN" : "IN");
        for (int k = 0; k < found; k++)
            add_number(builder, known++ == 0, numbers[k]);
    }
    if (known)
        strbuf_add_cstr(&builder->where, ")");
    return known || exclude ? 1 : 0;
}

/* The first text above every text that begins with `prefix`; empty when there is none. */
static struct str prefix_end(struct arena *arena, struct str prefix)
{
    struct str copy = arena_copy(arena, prefix);

    while (copy.len && (unsigned char)copy.ptr[copy.len - 1] == BYTE_MAX)
        copy.len--;
    if (copy.len) {
        char *last = arena_alloc(arena, copy.len);

        memcpy(last, copy.ptr, copy.len);
        last[copy.len - 1]++;
        copy.ptr = last;
    }
    return copy;
}

/* The beginning of a condition on entities, which goes on and ends with a bracket. */
static void begin_entities(struct builder *builder, bool exclude)
{
    strbuf_printf(&builder->where,
                  " AND e.entity_id %sIN (SELECT n.id FROM entity n WHERE n.account_id = ?",
                  exclude ? "NOT " : "");
    bind(builder, DB_NUMBER(builder->account_id));
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
    end = prefix_end(builder->arena, entity_id);
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
static int add_all(struct builder *builder, const struct filter *filter)
{
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
    struct builder builder = {.db = db, .arena = arena, .account_id = filter->account_id};
    int possible;

    strbuf_init(&builder.where);
    strbuf_add_cstr(&builder.where, " WHERE e.account_id = ? AND e.kind = ?");
    bind(&builder, DB_NUMBER(filter->account_id));
    bind(&builder, DB_NUMBER(kind));
    possible = add_all(&builder, filter_spelled_out(arena, filter));
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
