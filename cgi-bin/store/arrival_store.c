/* SPDX-License-Identifier: MIT */
/* Blocks are read whole; the filter is asked of their events by SQL, by their keys. */
#include "store/arrival_store.h"

#include <stdlib.h>

#include "base/log.h"
#include "index/arrival_block.h"
#include "store/marks.h"

enum { ASKED = 256 /* of MARKS_256 */ };

#define COLUMNS                                                                                    \
    "SELECT first_number, events, ids FROM arrival WHERE account_id = ? AND kind = ? AND "

/* The row that holds a number, or the last one before it; and the one behind. */
static const struct str select_at =
    STR(COLUMNS "first_number <= ? ORDER BY first_number DESC LIMIT 1");
static const struct str select_behind =
    STR(COLUMNS "first_number > ? ORDER BY first_number LIMIT 1");

struct block {
    uint64_t first;
    uint64_t *ids;
    size_t count;
};

/* 1; 0: there is none; -1.  A damaged one has no ids. */
static int read_block(struct db *db, struct arena *arena, struct str sql, uint32_t account_id,
                      enum event_kind kind, uint64_t number, struct block *block)
{
    struct db_rows *rows =
        db_select(db, sql, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind), DB_NUMBER(number)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1) {
        block->first = db_number(rows, 0);
        block->count = (size_t)db_number(rows, 1);
        block->ids = arena_array(arena, block->count, sizeof(*block->ids));
        if (arrival_block_unpack(db_bytes(rows, 2), block->ids, block->count) < 0) {
            log_event(LOG_LEVEL_ERROR, "arrival_damaged", {"reason", STR("not unpacked")});
            block->count = 0;
        }
    }
    db_finish(rows);
    return found;
}

static void take(const struct block *block, uint64_t after, size_t limit, struct arrival *arrivals,
                 size_t *count)
{
    for (size_t i = 0; i < block->count && *count < limit; i++)
        if (block->first + i > after)
            arrivals[(*count)++] = (struct arrival){block->first + i, block->ids[i]};
}

int arrivals_after(struct db *db, struct arena *arena, uint32_t account_id, enum event_kind kind,
                   uint64_t after, size_t limit, struct arrival **arrivals, size_t *count)
{
    struct block block = {.first = after};
    int found = read_block(db, arena, select_at, account_id, kind, after, &block);

    *arrivals = arena_array(arena, limit, sizeof(**arrivals));
    *count = 0;
    if (found == 1)
        take(&block, after, limit, *arrivals, count);
    while (found >= 0 && *count < limit) {
        found = read_block(db, arena, select_behind, account_id, kind, block.first, &block);
        if (found != 1)
            break;
        take(&block, after, limit, *arrivals, count);
    }
    return found < 0 ? -1 : 0;
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Adds those of up to ASKED events that match; the first fills the marks that are left over. */
static int ask(struct db *db, struct arena *arena, const struct filter_sql *sql, struct str text,
               const struct arrival *arrivals, size_t asked, uint64_t *matching, size_t *count)
{
    struct db_value *values = arena_array(arena, sql->count + ASKED, sizeof(*values));
    struct db_rows *rows;
    int more = -1;

    memcpy(values, sql->values, sql->count * sizeof(*values));
    for (size_t i = 0; i < ASKED; i++)
        values[sql->count + i] = DB_NUMBER(arrivals[i < asked ? i : 0].id);
    rows = db_select(db, text, values, sql->count + ASKED);
    while (rows && (more = db_next(rows)) == 1)
        matching[(*count)++] = db_number(rows, 0);
    db_finish(rows);
    return more;
}

int arrivals_match(struct db *db, struct arena *arena, const struct filter *filter,
                   struct arrival *arrivals, size_t *count)
{
    uint64_t *matching = arena_array(arena, *count + 1, sizeof(*matching));
    struct filter_sql sql;
    size_t found = 0, kept = 0;
    struct str text;

    if (filter_sql_build(db, arena, filter, filter->kind, &sql) < 0)
        return -1;
    text = arena_printf(arena, "SELECT e.id FROM event e FORCE INDEX (PRIMARY)%.*s AND e.id IN %s",
                        STR_ARG(sql.where), MARKS_256);
    for (size_t at = 0; at < *count && !sql.empty; at += ASKED)
        if (ask(db, arena, &sql, text, arrivals + at, *count - at < ASKED ? *count - at : ASKED,
                matching, &found) < 0)
            return -1;
    if (found)
        qsort(matching, found, sizeof(*matching), by_id);
    for (size_t i = 0; i < *count && found; i++)
        if (bsearch(&arrivals[i].id, matching, found, sizeof(*matching), by_id))
            arrivals[kept++] = arrivals[i];
    *count = kept;
    return 0;
}
