/* SPDX-License-Identifier: MIT */
/*
 * Tables event and event_request with their dictionaries, for reading.  Never reads a text for a list unless the filter looks
 * into texts.
 */
#include "store/event_store.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "store/event_columns.h"
#include "store/event_stream.h"

#define SLIM_COLUMNS                                                                               \
    "e.account_id, e.id, e.kind, e.status, e.source, e.entity_type_id, e.action_id, e.user_id, "   \
    "e.entity_id"

static const struct str select_newest =
    STR("SELECT COALESCE(MAX(id), 0) FROM event WHERE account_id = ? AND kind = ?");
static const struct str select_one = STR("SELECT STRAIGHT_JOIN " ROW_COLUMNS ", " TEXT_COLUMNS
                                         " FROM event e" REQUEST_JOIN ACCOUNT_JOIN ROW_NAMES
                                         " WHERE e.account_id = ? AND e.kind = ? AND e.id = ?");

/* The rows come in the order of the primary key, so the server is told to use it; a rare entity is found by its own index. */
static const char *from_event(const struct filter_sql *sql)
{
    return sql->by_entity ? " FROM event e" : " FROM event e FORCE INDEX (PRIMARY)";
}

static const char *order_of(const struct filter *filter)
{
    return filter->oldest_first ? " ORDER BY e.id" : " ORDER BY e.id DESC";
}

/* One number, the first column of the only row. */
static int select_number(struct db *db, struct str sql, const struct db_value *values, size_t count,
                         uint64_t *number)
{
    struct db_rows *rows = db_select(db, sql, values, count);
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        *number = db_number(rows, 0);
    db_finish(rows);
    return found == 1 ? 0 : -1;
}

int event_newest(struct db *db, uint32_t account_id, enum event_kind kind, uint64_t *id)
{
    return select_number(db, select_newest, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind)), id);
}

int event_read(struct db *db, struct arena *arena, uint32_t account_id, enum event_kind kind,
               uint64_t id, struct event *event)
{
    struct db_rows *rows =
        db_select(db, select_one, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind), DB_NUMBER(id)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1) {
        event_read_row(rows, event);
        event_read_texts(rows, event);
        event_keep_texts(arena, event);
    }
    db_finish(rows);
    return found;
}

/* The values of the clause with `extra` ones behind them. */
static struct db_value *values_with(struct arena *arena, const struct filter_sql *sql,
                                    const struct db_value *extra, size_t count)
{
    struct db_value *values = arena_array(arena, sql->count + count, sizeof(*values));

    memcpy(values, sql->values, sql->count * sizeof(*values));
    memcpy(values + sql->count, extra, count * sizeof(*values));
    return values;
}

static int count_rows(struct db *db, struct arena *arena, const struct filter_sql *sql,
                      uint64_t *count)
{
    *count = 0;
    if (sql->empty)
        return 0;
    return select_number(
        db, arena_printf(arena, "SELECT COUNT(*)%s%.*s", from_event(sql), STR_ARG(sql->where)),
        sql->values, sql->count, count);
}

/* Finds the page in the slim table first; names are joined to its few rows only. */
static int read_page(struct db *db, struct arena *arena, const struct filter *filter,
                     const struct filter_sql *sql, uint64_t offset, uint64_t limit,
                     struct event_list *list)
{
    const struct db_value page[] = {DB_NUMBER(limit), DB_NUMBER(offset)};
    bool triggers = filter->kind == EVENT_KIND_TRIGGER;
    struct str text = arena_printf(arena,
                                   "SELECT STRAIGHT_JOIN %s FROM (SELECT " SLIM_COLUMNS
                                   "%s%.*s%s LIMIT ? OFFSET ?) e%s%s",
                                   triggers ? ROW_COLUMNS ", " TRIGGER_COLUMNS : ROW_COLUMNS,
                                   from_event(sql), STR_ARG(sql->where), order_of(filter),
                                   triggers ? REQUEST_JOIN ROW_NAMES : ROW_NAMES, order_of(filter));
    struct db_rows *rows;
    int more = -1;

    list->rows = arena_array(arena, (size_t)limit, sizeof(*list->rows));
    rows = db_select(db, text, values_with(arena, sql, page, 2), sql->count + 2);
    while (rows && (more = db_next(rows)) == 1 && list->count < limit) {
        struct event *event = &list->rows[list->count++];

        event_read_row(rows, event);
        if (triggers)
            event_read_trigger(rows, event);
        event_keep_texts(arena, event);
    }
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

/* A filter on texts: every candidate is read, in the order of the list, and those on the page are kept. */
static int read_page_by_text(struct db *db, struct arena *arena, const struct filter *filter,
                             uint64_t offset, uint64_t limit, struct event_list *list)
{
    struct event_stream *stream = event_stream_open(db, arena, filter);
    struct event event;
    int more = -1;

    list->rows = arena_array(arena, (size_t)limit, sizeof(*list->rows));
    if (stream)
        event_stream_set_deadline(stream, clock_now_ms() + EVENT_SEARCH_MS);
    while (stream && (more = event_stream_next(stream, &event)) == 1) {
        if (list->total >= offset && list->count < limit) {
            event.url = event.params = event.query = event.headers = event.body =
                event.response_body_head = event.extra = (struct str){NULL, 0};
            event_keep_texts(arena, &event);
            list->rows[list->count++] = event;
        }
        list->total++;
    }
    list->out_of_time = more == EVENT_STREAM_OUT_OF_TIME;
    event_stream_close(stream);
    return more < 0 ? -1 : 0;
}

int event_list_read(struct db *db, struct arena *arena, const struct filter *filter,
                    uint64_t offset, uint64_t limit, struct event_list *list)
{
    struct filter_sql sql;

    *list = (struct event_list){0};
    if (filter->text.len)
        return read_page_by_text(db, arena, filter, offset, limit, list);
    if (filter_sql_build(db, arena, filter, filter->kind, &sql) < 0 ||
        count_rows(db, arena, &sql, &list->total) < 0)
        return -1;
    if (offset >= list->total)
        return 0;
    return read_page(db, arena, filter, &sql, offset, limit, list);
}

static int count_kind(struct db *db, struct arena *arena, const struct filter *filter,
                      enum event_kind kind, uint64_t *count)
{
    struct filter of_kind = *filter;
    struct event_list list;
    struct filter_sql sql;

    of_kind.kind = kind;
    if (filter->text.len) {
        if (event_list_read(db, arena, &of_kind, 0, 0, &list) < 0)
            return -1;
        *count = list.total;
        return 0;
    }
    if (filter_sql_build(db, arena, &of_kind, kind, &sql) < 0)
        return -1;
    return count_rows(db, arena, &sql, count);
}

int event_count(struct db *db, struct arena *arena, const struct filter *filter, uint64_t *count)
{
    uint64_t events = 0, triggers = 0;

    if (filter->kind != EVENT_KIND_TRIGGER &&
        count_kind(db, arena, filter, EVENT_KIND_EVENT, &events) < 0)
        return -1;
    if (filter->kind != EVENT_KIND_EVENT &&
        count_kind(db, arena, filter, EVENT_KIND_TRIGGER, &triggers) < 0)
        return -1;
    *count = events + triggers;
    return 0;
}

/* The values of the newest events, with their names. */
static const struct str select_values[FILTER_DIMENSION_COUNT] = {
#define VALUES(column, name, join)                                                                 \
    STR("SELECT v.value, " name " FROM (SELECT DISTINCT value FROM (SELECT " column " AS value "   \
        "FROM event FORCE INDEX (PRIMARY) WHERE account_id = ? AND kind = ? "                      \
        "ORDER BY id DESC LIMIT 20000) e) v " join " ORDER BY 2, v.value LIMIT ?")
#define NAMED_VALUES(column, table)                                                                \
    VALUES(column, "d.name", "LEFT JOIN " table " d ON d.id = v.value")
    [FILTER_ENTITY_TYPE] = NAMED_VALUES("entity_type_id", "entity_type"),
    [FILTER_ACTION] = NAMED_VALUES("action_id", "action"),
    [FILTER_USER] = NAMED_VALUES("user_id", "user"),
    [FILTER_STATUS] = VALUES("status", "NULL", ""),
    [FILTER_SOURCE] = VALUES("source", "NULL", ""),
    [FILTER_PROVIDER] = NAMED_VALUES("provider_id", "provider"),
#undef NAMED_VALUES
#undef VALUES
};

static void offer_signatures(struct arena *arena, struct event_values *values)
{
    values->items = arena_array(arena, EVENT_SIGNATURE_COUNT, sizeof(*values->items));
    for (unsigned i = EVENT_SIGNATURE_VALID; i < EVENT_SIGNATURE_COUNT; i++)
        values->items[values->count++] = event_signature_name((enum event_signature)i);
}

static struct str value_name(struct arena *arena, const struct db_rows *rows,
                             enum filter_dimension dimension)
{
    uint64_t number = db_number(rows, 0);

    if (number == 0)
        return STR(FILTER_NONE);
    if (dimension == FILTER_STATUS)
        return arena_printf(arena, "%llu", (unsigned long long)number);
    if (dimension == FILTER_SOURCE)
        return event_source_name((enum event_source)number);
    return arena_copy(arena, db_bytes(rows, 1));
}

int event_values_read(struct db *db, struct arena *arena, uint32_t account_id, enum event_kind kind,
                      enum filter_dimension dimension, size_t limit, struct event_values *values)
{
    struct db_rows *rows;
    size_t bytes = 0;
    int more = -1;

    *values = (struct event_values){0};
    if (dimension == FILTER_SIGNATURE) {
        offer_signatures(arena, values);
        return 0;
    }
    rows = db_select(db, select_values[dimension],
                     DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind), DB_NUMBER(limit)));
    values->items = arena_array(arena, limit, sizeof(*values->items));
    while (rows && (more = db_next(rows)) == 1 && values->count < limit &&
           bytes < EVENT_VALUES_BYTES) {
        struct str name = value_name(arena, rows, dimension);

        values->items[values->count++] = name;
        bytes += name.len;
    }
    db_finish(rows);
    return more < 0 ? -1 : 0;
}
