/* SPDX-License-Identifier: MIT */
/*
 * Counts by plain SQL over `event`: every event that the filter matches is read from its slim table.  This is what a log without an index
 * takes; never wrong, slower.
 */
#include "store/event_facets_private.h"

#include "store/filter_words.h"

/*
 * Where the numbers of a dimension stand, and what names them in the grouped counts `g`; NULL: the number itself says it.  A name that
 * reads like "has none" cannot be asked for, so it is not offered.
 */
static const struct {
    const char *column, *names;
} dimensions[FILTER_DIMENSION_COUNT] = {
#define NAMES(table) " LEFT JOIN " table " d ON d.id = g.value"
    [FILTER_ENTITY_TYPE] = {"e.entity_type_id", NAMES("entity_type")},
    [FILTER_ACTION] = {"e.action_id", NAMES("action")},
    [FILTER_USER] = {"e.user_id", NAMES("user")},
    [FILTER_STATUS] = {"e.status", NULL},
    [FILTER_SOURCE] = {"e.source", NULL},
    [FILTER_METHOD] = {"e.method", NULL},
    [FILTER_PROVIDER] = {"e.provider_id", NAMES("provider")},
    [FILTER_SIGNATURE] = {"e.signature", NULL},
#undef NAMES
};

/* The value as a filter parameter takes it; `number` is what the column holds. */
static struct str facet_value(struct arena *arena, const struct db_rows *rows,
                              enum filter_dimension dimension)
{
    uint64_t number = db_number(rows, 0);

    if (number == 0)
        return STR(FILTER_NONE);
    if (dimension == FILTER_STATUS)
        return arena_printf(arena, "%llu", (unsigned long long)number);
    if (dimension == FILTER_SOURCE)
        return event_source_name((enum event_source)number);
    if (dimension == FILTER_METHOD)
        return event_method_name((enum event_method)number);
    if (dimension == FILTER_SIGNATURE)
        return event_signature_name((enum event_signature)number);
    return filter_word(arena, arena_copy(arena, db_bytes(rows, 2)));
}

static struct str facets_statement(struct arena *arena, const struct filter_sql *sql,
                                   enum filter_dimension dimension)
{
    const char *column = dimensions[dimension].column, *names = dimensions[dimension].names;

    return arena_printf(arena,
                        "SELECT g.value, g.events%s FROM (SELECT %s AS value, COUNT(*) AS "
                        "events%s%.*s GROUP BY %s) g%s%s "
                        "ORDER BY g.events DESC, g.value LIMIT ?",
                        names ? ", d.name" : "", column, filter_sql_from(sql), STR_ARG(sql->where),
                        column, names ? names : "",
                        names ? " WHERE d.name IS NULL OR d.name <> '" FILTER_NONE "'" : "");
}

int event_facets_by_sql(struct db *db, struct arena *arena, const struct filter *filter,
                        enum filter_dimension dimension, size_t limit, struct event_facets *facets)
{
    struct filter_sql sql;
    struct db_value *values;
    struct db_rows *rows;
    int more = -1;

    if (filter_sql_build(db, arena, filter, filter->kind, &sql) < 0)
        return -1;
    if (sql.empty)
        return 0;
    values = arena_array(arena, sql.count + 1, sizeof(*values));
    memcpy(values, sql.values, sql.count * sizeof(*values));
    values[sql.count] = DB_NUMBER(limit + 1);
    facets->items = arena_array(arena, limit, sizeof(*facets->items));
    rows = db_select(db, facets_statement(arena, &sql, dimension), values, sql.count + 1);
    while (rows && (more = db_next(rows)) == 1) {
        if (facets->count == limit) {
            facets->more = true;
            break;
        }
        facets->items[facets->count++] =
            (struct event_facet){facet_value(arena, rows, dimension), db_number(rows, 1)};
    }
    db_finish(rows);
    event_facets_sort(facets);
    return more < 0 ? -1 : 0;
}
