/* SPDX-License-Identifier: MIT */
/*
 * Portions of `event`.  A statement that gives them all would hold the connection, and names could not be read meanwhile; portions
 * of thousands cost as little.
 */
#include "store/event_walk.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "store/event_columns.h"
#include "store/marks.h"

enum {
    PORTION = 8192,      /* rows that one statement looks for by the filter */
    FIRST_PORTION = 512, /* the first is wanted soon; then twice as many each time */
    IDS = 1024,          /* ids that are asked for at a time */
    LIST = 256,          /* of MARKS_256 */
    RANGE_VALUES = 4,
};

#define BY_KEY                                                                                     \
    "SELECT " NUMBER_COLUMNS                                                                       \
    " FROM event e FORCE INDEX (PRIMARY) WHERE e.account_id = ? AND e.kind = ? AND e.id "

static const struct {
    struct str by_list, by_range;
} select_ids[] = {
    [false] = {STR(BY_KEY "IN " MARKS_256 " ORDER BY e.id DESC"),
               STR(BY_KEY "BETWEEN ? AND ? ORDER BY e.id DESC")},
    [true] = {STR(BY_KEY "IN " MARKS_256 " ORDER BY e.id"),
              STR(BY_KEY "BETWEEN ? AND ? ORDER BY e.id")},
};

/* How many stand in a range, but no further than it matters. */
static const struct str count_range =
    STR("SELECT COUNT(*) FROM (SELECT 1 FROM event e FORCE INDEX (PRIMARY) WHERE e.account_id = ? "
        "AND e.kind = ? AND e.id BETWEEN ? AND ? LIMIT ?) c");

struct event_walk {
    struct db *db;
    uint32_t account_id;
    enum event_kind kind;
    bool oldest_first;
    struct event_ids ids; /* no `next`: by the filter */

    struct str select;
    struct db_value *values; /* those of the filter, then where it goes on, and how many rows */
    size_t value_count, portion;
    bool takes_all; /* the filter leaves out nothing between its ends */

    struct event_numbers *numbers; /* the present portion */
    size_t count, at;
    bool dense, at_end;
};

bool event_walk_before(bool oldest_first, uint64_t a, uint64_t b)
{
    return oldest_first ? a < b : a > b;
}

static int prepare_filter(struct event_walk *walk, struct arena *arena, const struct filter *filter)
{
    struct filter_sql sql;

    if (filter_sql_build(walk->db, arena, filter, filter->kind, &sql) < 0)
        return -1;
    walk->at_end = sql.empty;
    walk->takes_all = filter_is_range(filter) && !filter->without_own;
    walk->portion = FIRST_PORTION;
    walk->select = arena_printf(
        arena,
        "SELECT STRAIGHT_JOIN " NUMBER_COLUMNS
        " FROM event e FORCE INDEX (PRIMARY)%.*s AND e.id %s ? ORDER BY e.id%s LIMIT ?",
        STR_ARG(sql.where), walk->oldest_first ? ">=" : "<=", walk->oldest_first ? "" : " DESC");
    walk->value_count = sql.count + 2;
    walk->values = arena_array(arena, walk->value_count, sizeof(*walk->values));
    memcpy(walk->values, sql.values, sql.count * sizeof(*walk->values));
    walk->values[sql.count] = DB_NUMBER(walk->oldest_first ? 0 : UINT64_MAX);
    return 0;
}

struct event_walk *event_walk_open(struct db *db, struct arena *arena, const struct filter *filter,
                                   const struct event_ids *ids)
{
    struct event_walk *walk = memory_new(sizeof(*walk));

    walk->db = db;
    walk->account_id = filter->account_id;
    walk->kind = filter->kind;
    walk->oldest_first = filter->oldest_first;
    if (ids) {
        walk->ids = *ids;
    } else if (prepare_filter(walk, arena, filter) < 0) {
        free(walk);
        return NULL;
    }
    walk->numbers = memory_new((ids ? IDS : PORTION) * sizeof(*walk->numbers));
    return walk;
}

/* Few others in the range: reading one and dropping it costs half of what naming one does. */
static int look_whether_dense(struct event_walk *walk, uint64_t one, uint64_t other, size_t count)
{
    uint64_t limit = count + count / 2 + 1, found = limit;
    bool ascending = one < other;
    struct db_rows *rows =
        db_select(walk->db, count_range,
                  DB_VALUES(DB_NUMBER(walk->account_id), DB_NUMBER(walk->kind),
                            DB_NUMBER(ascending ? one : other), DB_NUMBER(ascending ? other : one),
                            DB_NUMBER(limit)));
    int more = rows ? db_next(rows) : -1;

    if (more == 1)
        found = db_number(rows, 0);
    db_finish(rows);
    walk->dense = found < limit;
    return more < 0 ? -1 : 0;
}

/* Adds the rows to the portion; with `ids`, which are in the same order, only theirs.  0 or -1. */
static int add_rows(struct event_walk *walk, struct db_rows *rows, const uint64_t *ids,
                    size_t id_count)
{
    size_t id = 0;
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        struct event_numbers *numbers = &walk->numbers[walk->count];

        event_read_numbers(rows, numbers);
        while (ids && id < id_count && event_walk_before(walk->oldest_first, ids[id], numbers->id))
            id++;
        if (!ids || (id < id_count && ids[id] == numbers->id))
            walk->count++;
    }
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

/* The next portion of what the filter finds. */
static int read_filtered(struct event_walk *walk)
{
    struct db_value *from = &walk->values[walk->value_count - 2], *limit = from + 1;
    uint64_t last;

    *limit = DB_NUMBER(walk->portion);
    if (add_rows(walk, db_stream(walk->db, walk->select, walk->values, walk->value_count), NULL,
                 0) < 0)
        return -1;
    walk->at_end = walk->count < walk->portion;
    if (walk->count == 0)
        return 0;
    last = walk->numbers[walk->count - 1].id;
    if (last == (walk->oldest_first ? UINT64_MAX : 0))
        walk->at_end = true;
    *from = DB_NUMBER(walk->oldest_first ? last + 1 : last - 1);
    walk->portion = walk->portion * 2 > PORTION ? PORTION : walk->portion * 2;
    if (!walk->takes_all)
        return look_whether_dense(walk, walk->numbers[0].id, last, walk->count);
    walk->dense = true;
    return 0;
}

static int read_range(struct event_walk *walk, const uint64_t *ids, size_t count)
{
    uint64_t first = ids[walk->oldest_first ? 0 : count - 1];
    uint64_t last = ids[walk->oldest_first ? count - 1 : 0];

    return add_rows(walk,
                    db_stream(walk->db, select_ids[walk->oldest_first].by_range,
                              DB_VALUES(DB_NUMBER(walk->account_id), DB_NUMBER(walk->kind),
                                        DB_NUMBER(first), DB_NUMBER(last))),
                    ids, count);
}

/* The first id fills the marks that are left over. */
static int read_list(struct event_walk *walk, const uint64_t *ids, size_t count)
{
    struct db_value values[2 + LIST] = {DB_NUMBER(walk->account_id), DB_NUMBER(walk->kind)};

    for (size_t i = 0; i < LIST; i++)
        values[2 + i] = DB_NUMBER(ids[i < count ? i : 0]);
    return add_rows(walk,
                    db_stream(walk->db, select_ids[walk->oldest_first].by_list, values, 2 + LIST),
                    NULL, 0);
}

/* The next portion of the ids that are named. */
static int read_named(struct event_walk *walk)
{
    uint64_t ids[IDS];
    int named = walk->ids.next(walk->ids.context, ids, IDS);
    size_t count = named > 0 ? (size_t)named : 0;

    walk->at_end = named == 0;
    if (named <= 0)
        return named;
    if (look_whether_dense(walk, ids[0], ids[count - 1], count) < 0)
        return -1;
    if (walk->dense)
        return read_range(walk, ids, count);
    for (size_t at = 0; at < count; at += LIST)
        if (read_list(walk, &ids[at], count - at < LIST ? count - at : LIST) < 0)
            return -1;
    return 0;
}

int event_walk_next(struct event_walk *walk, struct event_numbers *numbers, size_t max)
{
    size_t given;

    while (walk->at == walk->count && !walk->at_end) {
        walk->at = walk->count = 0;
        if ((walk->ids.next ? read_named(walk) : read_filtered(walk)) < 0)
            return -1;
    }
    given = walk->count - walk->at < max ? walk->count - walk->at : max;
    if (given)
        memcpy(numbers, &walk->numbers[walk->at], given * sizeof(*numbers));
    walk->at += given;
    return (int)given;
}

bool event_walk_is_dense(const struct event_walk *walk)
{
    return walk->dense;
}

bool event_walk_ahead(const struct event_walk *walk, size_t skip, size_t max, uint64_t *first,
                      uint64_t *last)
{
    size_t at = walk->at + skip, left;

    if (at >= walk->count)
        return false;
    left = walk->count - at;
    *first = walk->numbers[at].id;
    *last = walk->numbers[at + (left < max ? left : max) - 1].id;
    return true;
}

void event_walk_close(struct event_walk *walk)
{
    if (!walk)
        return;
    free(walk->numbers);
    free(walk);
}
