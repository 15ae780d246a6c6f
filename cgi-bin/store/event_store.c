/* SPDX-License-Identifier: MIT */
/*
 * Tables event and event_request with their dictionaries, for reading.  Never reads a text for a list unless the filter looks
 * into texts.
 */
#include "store/event_store.h"

#include "store/event_columns.h"
#include "store/event_walk.h"
#include "store/log_index.h"
#include "store/text_search.h"

#define SLIM_COLUMNS                                                                               \
    "e.account_id, e.id, e.kind, e.status, e.source, e.entity_type_id, e.action_id, e.user_id, "   \
    "e.entity_id"

enum { DELIVERIES_AT_ONCE = 50 };

#define TEN_MARKS "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

static const struct str select_deliveries =
    STR("SELECT id, trigger_event, trigger_delivery_id FROM event_request "
        "WHERE account_id = ? AND kind = ? AND id IN (" TEN_MARKS ", " TEN_MARKS ", " TEN_MARKS
        ", " TEN_MARKS ", " TEN_MARKS ")");
static const struct str select_newest =
    STR("SELECT COALESCE(MAX(id), 0) FROM event WHERE account_id = ? AND kind = ?");
static const struct str select_one = STR("SELECT STRAIGHT_JOIN " ROW_COLUMNS ", " TEXT_COLUMNS
                                         " FROM event e" REQUEST_JOIN ACCOUNT_JOIN ROW_NAMES
                                         " WHERE e.account_id = ? AND e.kind = ? AND e.id = ?");

static const char *order_of(const struct filter *filter)
{
    return filter->oldest_first ? " ORDER BY e.id" : " ORDER BY e.id DESC";
}

int event_newest(struct db *db, uint32_t account_id, enum event_kind kind, uint64_t *id)
{
    int found =
        db_select_number(db, select_newest, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind)), id);

    return found == 1 ? 0 : -1;
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
    struct str select;

    *count = 0;
    if (sql->empty)
        return 0;
    select =
        arena_printf(arena, "SELECT COUNT(*)%s%.*s", filter_sql_from(sql), STR_ARG(sql->where));
    return db_select_number(db, select, sql->values, sql->count, count) == 1 ? 0 : -1;
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
                                   filter_sql_from(sql), STR_ARG(sql->where), order_of(filter),
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

/* What a list of triggers shows besides: of the triggers on a page, by their keys. */
int event_read_deliveries(struct reader *reader, struct arena *arena, uint32_t account_id,
                          struct event *rows, size_t count)
{
    for (size_t at = 0; at < count; at += DELIVERIES_AT_ONCE) {
        size_t here = count - at < DELIVERIES_AT_ONCE ? count - at : DELIVERIES_AT_ONCE;
        struct db_value values[2 + DELIVERIES_AT_ONCE];
        struct db_rows *found;
        int more = -1;

        values[0] = DB_NUMBER(account_id);
        values[1] = DB_NUMBER(EVENT_KIND_TRIGGER);
        for (size_t i = 0; i < DELIVERIES_AT_ONCE; i++)
            values[2 + i] = DB_NUMBER(rows[at + (i < here ? i : 0)].id);
        found = db_select(reader->db, select_deliveries, values, 2 + DELIVERIES_AT_ONCE);
        while (found && (more = db_next(found)) == 1)
            for (size_t i = at; i < at + here; i++)
                if (rows[i].id == db_number(found, 0)) {
                    rows[i].trigger_event = arena_copy(arena, db_bytes(found, 1));
                    rows[i].trigger_delivery_id = arena_copy(arena, db_bytes(found, 2));
                }
        db_finish(found);
        if (more < 0)
            return -1;
    }
    return 0;
}

/* The hits of a page, to be read by their keys. */
struct page_ids {
    const uint64_t *ids;
    size_t left;
};

static int next_of_page(void *context, uint64_t *ids, size_t max)
{
    struct page_ids *page = context;
    size_t count = page->left < max ? page->left : max;

    memcpy(ids, page->ids, count * sizeof(*ids));
    page->ids += count;
    page->left -= count;
    return (int)count;
}

static int read_by_ids(struct reader *reader, struct arena *arena, const struct filter *filter,
                       const struct text_hits *hits, struct event_list *list)
{
    struct page_ids page = {hits->ids, hits->count};
    const struct event_ids ids = {next_of_page, &page};
    struct event_numbers *numbers = arena_array(arena, hits->count, sizeof(*numbers));
    struct event_walk *walk = event_walk_open(reader->db, arena, filter, &ids);
    int more = -1;

    while (walk &&
           (more = event_walk_next(walk, numbers + list->count, hits->count - list->count)) > 0)
        list->count += (size_t)more;
    event_walk_close(walk);
    list->rows = arena_array(arena, list->count, sizeof(*list->rows));
    return more < 0 ? -1
                    : name_cache_fill(reader->names, reader->db, arena, numbers, list->count,
                                      list->rows);
}

/* A filter on texts: candidates are looked at in the order of the list as long as there is time. */
static int read_page_by_text(struct reader *reader, struct arena *arena,
                             const struct filter *filter, const struct event_page *page,
                             struct event_list *list)
{
    struct text_hits hits;

    if (event_newest(reader->db, filter->account_id, filter->kind, &list->newest) < 0 ||
        text_search_page(reader, arena, filter, page->offset, page->limit, &hits) < 0 ||
        read_by_ids(reader, arena, filter, &hits, list) < 0)
        return -1;
    list->total = hits.total;
    list->at_least = hits.at_least;
    list->rest = hits.rest;
    return filter->kind == EVENT_KIND_TRIGGER
               ? event_read_deliveries(reader, arena, filter->account_id, list->rows, list->count)
               : 0;
}

static int spread_indexed(struct arena *arena, struct log_view *view, const struct filter *filter,
                          const char *zone, struct event_list *list)
{
    struct event_extent extent;

    if (log_view_extent(view, filter, &extent) < 0)
        return -1;
    list->histogram = event_histogram_new(arena, &extent, zone);
    return list->histogram ? log_view_spread(view, list->histogram) : 0;
}

static int spread_plain(struct db *db, struct arena *arena, const struct filter *filter,
                        const char *zone, struct event_list *list)
{
    struct event_extent extent;
    uint64_t oldest;

    if (event_oldest(db, filter->account_id, filter->kind, &oldest) < 0)
        return -1;
    extent = event_extent_of(filter, oldest, list->newest);
    list->histogram = event_histogram_new(arena, &extent, zone);
    return list->histogram ? event_histogram_read_plain(db, arena, filter, list->histogram) : 0;
}

/* A page by the index: nothing is read of the events themselves. */
static int read_indexed(struct reader *reader, struct arena *arena, struct log_view *view,
                        const struct filter *filter, const struct event_page *page,
                        struct event_list *list)
{
    struct segment_row *rows = arena_array(arena, (size_t)page->limit, sizeof(*rows));
    struct event_numbers *numbers;

    list->newest = log_view_newest(view);
    if ((page->zone && spread_indexed(arena, view, filter, page->zone, list) < 0) ||
        log_view_total(view, &list->total) < 0 ||
        log_view_rows(view, page->offset, page->limit, rows, &list->count) < 0)
        return -1;
    list->rows = arena_array(arena, list->count, sizeof(*list->rows));
    numbers = arena_array(arena, list->count, sizeof(*numbers));
    for (size_t i = 0; i < list->count; i++)
        numbers[i] = log_row_numbers(&rows[i], filter->kind);
    if (name_cache_fill(reader->names, reader->db, arena, numbers, list->count, list->rows) < 0)
        return -1;
    return filter->kind == EVENT_KIND_TRIGGER
               ? event_read_deliveries(reader, arena, filter->account_id, list->rows, list->count)
               : 0;
}

int event_list_read_plain(struct db *db, struct arena *arena, const struct filter *filter,
                          const struct event_page *page, struct event_list *list)
{
    struct filter_sql sql;

    *list = (struct event_list){0};
    if (event_newest(db, filter->account_id, filter->kind, &list->newest) < 0 ||
        filter_sql_build(db, arena, filter, filter->kind, &sql) < 0 ||
        count_rows(db, arena, &sql, &list->total) < 0 ||
        (page->zone && spread_plain(db, arena, filter, page->zone, list) < 0))
        return -1;
    if (page->offset >= list->total)
        return 0;
    return read_page(db, arena, filter, &sql, page->offset, page->limit, list);
}

int event_list_read(struct reader *reader, struct arena *arena, const struct filter *filter,
                    const struct event_page *page, struct event_list *list)
{
    struct log_view *view;
    int result;

    *list = (struct event_list){0};
    if (filter->text.len)
        return read_page_by_text(reader, arena, filter, page, list);
    result = log_index_ask(reader->sets, reader->db, arena, filter, filter->kind,
                           FILTER_DIMENSION_COUNT, &view);
    if (result == 1 && read_indexed(reader, arena, view, filter, page, list) == 0)
        return 0;
    if (result != 0 && log_index_judge(reader->db) < 0)
        return -1;
    return event_list_read_plain(reader->db, arena, filter, page, list);
}

int event_list_peek(struct reader *reader, struct arena *arena, const struct filter *filter,
                    uint64_t generation, const struct event_page *page, struct event_list *list)
{
    struct log_view *view;
    int result;

    *list = (struct event_list){0};
    if (filter->text.len || filter->kind != EVENT_KIND_EVENT)
        return 0;
    result =
        log_index_peek(reader->sets, reader->db, arena, filter, filter->kind, generation, &view);
    if (result == 1 && read_indexed(reader, arena, view, filter, page, list) == 0)
        return 1;
    return result == 0 ? 0 : log_index_judge(reader->db);
}

static int count_kind(struct reader *reader, struct arena *arena, const struct filter *filter,
                      enum event_kind kind, uint64_t *count)
{
    struct filter of_kind = *filter;
    struct filter_sql sql;
    struct log_view *view;
    int result;

    of_kind.kind = kind;
    result = log_index_ask(reader->sets, reader->db, arena, &of_kind, kind, FILTER_DIMENSION_COUNT,
                           &view);
    if (result == 1 && log_view_total(view, count) == 0)
        return 0;
    if ((result != 0 && log_index_judge(reader->db) < 0) ||
        filter_sql_build(reader->db, arena, &of_kind, kind, &sql) < 0)
        return -1;
    return count_rows(reader->db, arena, &sql, count);
}

int event_count(struct reader *reader, struct arena *arena, const struct filter *filter,
                uint64_t *count)
{
    uint64_t events = 0, triggers = 0;

    if (filter->kind != EVENT_KIND_TRIGGER &&
        count_kind(reader, arena, filter, EVENT_KIND_EVENT, &events) < 0)
        return -1;
    if (filter->kind != EVENT_KIND_EVENT &&
        count_kind(reader, arena, filter, EVENT_KIND_TRIGGER, &triggers) < 0)
        return -1;
    *count = events + triggers;
    return 0;
}
