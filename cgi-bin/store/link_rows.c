/* SPDX-License-Identifier: MIT */
/* All links of a batch are made and sorted, then go out in arrays of bounded length. */
#include "store/link_rows.h"

#include <stdlib.h>

#include "base/event_link.h"
#include "base/memory.h"

enum { ARRAY_ROWS_MAX = 4000, LINK_COLUMNS = 5 };

static const struct str insert_link = STR("INSERT IGNORE INTO event_link (account_id, hour, "
                                          "value_hash, kind, id) VALUES (?, ?, ?, ?, ?)");

static const struct str delete_link = STR("DELETE FROM event_link WHERE account_id = ? AND "
                                          "hour = ? AND value_hash = ? AND kind = ? AND id = ?");

/* A row. */
struct link_row {
    struct event_link link;
    enum event_kind kind;
    uint64_t id;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int by_key(const void *a, const void *b)
{
    const struct link_row *x = a, *y = b;
    int order = compare_numbers(x->link.hour, y->link.hour);

    if (order == 0)
        order = compare_numbers(x->link.hash, y->link.hash);
    if (order == 0)
        order = compare_numbers(x->kind, y->kind);
    return order ? order : compare_numbers(x->id, y->id);
}

/* How many there are in `links`, which has room for all. */
static size_t make_links(struct event_row *const *rows, size_t count, struct link_row *links)
{
    size_t total = 0;

    for (size_t i = 0; i < count; i++) {
        struct event_link made[EVENT_LINK_MAX];
        size_t made_count = event_link_all(rows[i]->event, rows[i]->id, made);

        for (size_t k = 0; k < made_count; k++)
            links[total++] = (struct link_row){made[k], rows[i]->event->kind, rows[i]->id};
    }
    qsort(links, total, sizeof(*links), by_key);
    return total;
}

static int run_array(struct db *db, struct str sql, uint32_t account_id,
                     const struct link_row *links, size_t count, struct db_value *values)
{
    for (size_t i = 0; i < count; i++) {
        const struct db_value row[LINK_COLUMNS] = {
            DB_NUMBER(account_id),    DB_NUMBER(links[i].link.hour), DB_NUMBER(links[i].link.hash),
            DB_NUMBER(links[i].kind), DB_NUMBER(links[i].id),
        };

        memcpy(values + i * LINK_COLUMNS, row, sizeof(row));
    }
    return db_run_many(db, sql, values, count, LINK_COLUMNS);
}

static int run_all(struct db *db, struct str sql, uint32_t account_id,
                   struct event_row *const *rows, size_t count)
{
    struct link_row *links = memory_new(count * EVENT_LINK_MAX * sizeof(*links));
    size_t total = make_links(rows, count, links);
    size_t room = total < ARRAY_ROWS_MAX ? total : ARRAY_ROWS_MAX;
    struct db_value *values = memory_new(room * LINK_COLUMNS * sizeof(*values));
    int result = 0;

    for (size_t at = 0; at < total && result == 0; at += ARRAY_ROWS_MAX) {
        size_t left = total - at;

        result = run_array(db, sql, account_id, links + at,
                           left < ARRAY_ROWS_MAX ? left : ARRAY_ROWS_MAX, values);
    }
    free(values);
    free(links);
    return result;
}

int link_rows_insert(struct db *db, uint32_t account_id, struct event_row *const *rows,
                     size_t count)
{
    return run_all(db, insert_link, account_id, rows, count);
}

int link_rows_delete(struct db *db, uint32_t account_id, struct event_row *const *rows,
                     size_t count)
{
    return run_all(db, delete_link, account_id, rows, count);
}
