/* SPDX-License-Identifier: MIT */
/*
 * First how far the neighbours reach on each side; every statement behind that is a range of a primary key between these ids, and ends at
 * a LIMIT.
 */
#include "store/around_store.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/event_link.h"
#include "store/event_columns.h"

enum { BEFORE, AFTER, SIDES, ROWS_MAX = SIDES * (AROUND_MAX + 1) };

/* Neighbours with one request id in their hours that are compared with it: others may have it as trace id. */
enum { LINKS_MAX = 200, HOURS = 2 };
_Static_assert(2 * AROUND_SPAN_MS <= INT64_C(60) * 60 * 1000, "no more hours than HOURS");

#define RANGE " WHERE e.account_id = ? AND e.kind = ? AND e.id BETWEEN ? AND ?"

static const struct str select_edge[SIDES] = {
    [BEFORE] = STR("SELECT e.id FROM event e FORCE INDEX (PRIMARY)" RANGE
                   " ORDER BY e.id DESC LIMIT 1 OFFSET ?"),
    [AFTER] = STR("SELECT e.id FROM event e FORCE INDEX (PRIMARY)" RANGE
                  " ORDER BY e.id LIMIT 1 OFFSET ?"),
};

/* Names are joined to the few rows that are found. */
#define ROWS(found) "SELECT STRAIGHT_JOIN " ROW_COLUMNS " FROM (" found ") f " EVENT_OF ROW_NAMES
#define EVENT_OF                                                                                   \
    "STRAIGHT_JOIN event e ON e.account_id = f.account_id AND e.kind = f.kind AND e.id = f.id"
#define KEY "e.account_id, e.kind, e.id"

/* The number of the user is that of the call itself, 0 (none) is asked for by nobody. */
#define OF_USER                                                                                    \
    "SELECT " KEY " FROM event e FORCE INDEX (PRIMARY)" RANGE                                      \
    " AND e.user_id = (SELECT user_id FROM event WHERE account_id = ? AND kind = ? AND id = ?)"
static const struct str select_user[SIDES] = {
    [BEFORE] = STR(ROWS(OF_USER " ORDER BY e.id DESC LIMIT ?")),
    [AFTER] = STR(ROWS(OF_USER " ORDER BY e.id LIMIT ?")),
};

#define FROM_ADDRESS                                                                               \
    "SELECT " KEY " FROM event_request e FORCE INDEX (PRIMARY)" RANGE " AND e.client_address = ?"
static const struct str select_address[SIDES] = {
    [BEFORE] = STR(ROWS(FROM_ADDRESS " ORDER BY e.id DESC LIMIT ?")),
    [AFTER] = STR(ROWS(FROM_ADDRESS " ORDER BY e.id LIMIT ?")),
};

/* Later hours are later ids: nothing has to be sorted. */
#define WITH_HASH                                                                                  \
    "SELECT l.account_id, l.kind, l.id FROM event_link l WHERE l.account_id = ? AND l.hour IN "    \
    "(?, ?) AND l.value_hash = ? AND l.kind = ? AND l.id BETWEEN ? AND ? ORDER BY l.hour"
#define OF_REQUEST(order)                                                                          \
    STR(ROWS(WITH_HASH order) " JOIN event_request r ON r.account_id = e.account_id AND "          \
                              "r.kind = e.kind AND r.id = e.id WHERE r.request_id = ? LIMIT ?")
static const struct str select_request[SIDES] = {
    [BEFORE] = OF_REQUEST(" DESC, l.id DESC LIMIT ?"),
    [AFTER] = OF_REQUEST(", l.id LIMIT ?"),
};

/* The ids of one side within which is looked; empty when first is above last. */
struct range {
    uint64_t first, last;
};

struct reading {
    struct db *db;
    struct arena *arena;
    uint32_t account_id;
    const struct event *event;
    struct range sides[SIDES]; /* of the span of time, within the plan */
    struct range near[SIDES];  /* of them what the neighbours reach */
};

static void set_sides(struct reading *r, const struct link_scope *scope, struct around *around)
{
    uint64_t id = r->event->id, first, last;

    around->from_ms = r->event->occurred_ms - AROUND_SPAN_MS;
    around->to_ms = r->event->occurred_ms + AROUND_SPAN_MS;
    if (around->from_ms < 0)
        around->from_ms = 0;
    if (around->to_ms > CLOCK_MAX_MS)
        around->to_ms = CLOCK_MAX_MS;
    first = event_id_first(around->from_ms);
    last = around->to_ms == CLOCK_MAX_MS ? UINT64_MAX : event_id_first(around->to_ms + 1) - 1;
    if (first < scope->first_id)
        first = scope->first_id;
    r->sides[BEFORE] = id > first ? (struct range){first, id - 1} : (struct range){1, 0};
    r->sides[AFTER] = id < last ? (struct range){id + 1, last} : (struct range){1, 0};
}

static bool is_empty(const struct range *range)
{
    return range->first > range->last;
}

/* Up to which neighbour is looked. */
static int read_edge(struct reading *r, int side, bool *is_bounded)
{
    struct range *near = &r->near[side];
    uint64_t edge;
    int found;

    *near = r->sides[side];
    if (is_empty(near))
        return 0;
    found = db_select_number(r->db, select_edge[side],
                             DB_VALUES(DB_NUMBER(r->account_id), DB_NUMBER(r->event->kind),
                                       DB_NUMBER(near->first), DB_NUMBER(near->last),
                                       DB_NUMBER(AROUND_NEIGHBOURS_MAX)),
                             &edge);
    if (found == 1) {
        *is_bounded = true;
        if (side == BEFORE)
            near->first = edge + 1;
        else
            near->last = edge - 1;
    }
    return found < 0 ? -1 : 0;
}

static int read_rows(struct reading *r, struct str sql, const struct db_value *values, size_t count,
                     struct link_list *list)
{
    struct db_rows *rows = db_select(r->db, sql, values, count);
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        struct event *event = &list->rows[list->count++];

        event_read_row(rows, event);
        event_keep_texts(r->arena, event);
    }
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

static int read_user(struct reading *r, int side, struct link_list *list)
{
    const struct range *range = &r->near[side];
    struct db_value account = DB_NUMBER(r->account_id), kind = DB_NUMBER(r->event->kind);

    return read_rows(r, select_user[side],
                     DB_VALUES(account, kind, DB_NUMBER(range->first), DB_NUMBER(range->last),
                               account, kind, DB_NUMBER(r->event->id), DB_NUMBER(AROUND_MAX + 1)),
                     list);
}

static int read_address(struct reading *r, int side, struct link_list *list)
{
    const struct range *range = &r->near[side];

    return read_rows(r, select_address[side],
                     DB_VALUES(DB_NUMBER(r->account_id), DB_NUMBER(r->event->kind),
                               DB_NUMBER(range->first), DB_NUMBER(range->last),
                               DB_BYTES(r->event->client_address), DB_NUMBER(AROUND_MAX + 1)),
                     list);
}

static int read_request(struct reading *r, int side, struct link_list *list)
{
    const struct range *range = &r->sides[side];

    return read_rows(
        r, select_request[side],
        DB_VALUES(DB_NUMBER(r->account_id), DB_NUMBER(event_link_hour(event_id_ms(range->first))),
                  DB_NUMBER(event_link_hour(event_id_ms(range->last))),
                  DB_NUMBER(event_link_id(r->event->request_id)), DB_NUMBER(r->event->kind),
                  DB_NUMBER(range->first), DB_NUMBER(range->last), DB_NUMBER(LINKS_MAX),
                  DB_BYTES(r->event->request_id), DB_NUMBER(AROUND_MAX + 1)),
        list);
}

static int by_id(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    return (x->id < y->id) - (x->id > y->id);
}

static uint64_t distance(const struct event *event, uint64_t id)
{
    return event->id > id ? event->id - id : id - event->id;
}

/* Rows that are newest first: drops from the ends those that are farthest, until AROUND_MAX are left. */
static void keep_nearest(struct link_list *list, uint64_t id)
{
    while (list->count > AROUND_MAX) {
        list->more = true;
        list->count--;
        if (distance(&list->rows[0], id) > distance(&list->rows[list->count], id))
            list->rows++;
    }
}

static int read_list(struct reading *r, int (*read_side)(struct reading *, int, struct link_list *),
                     bool is_wanted, const struct range *sides, struct link_list *list)
{
    *list = (struct link_list){0};
    if (!is_wanted)
        return 0;
    list->rows = arena_array(r->arena, ROWS_MAX, sizeof(*list->rows));
    for (int side = 0; side < SIDES; side++)
        if (!is_empty(&sides[side]) && read_side(r, side, list) < 0)
            return -1;
    qsort(list->rows, list->count, sizeof(*list->rows), by_id);
    keep_nearest(list, r->event->id);
    return 0;
}

int around_read(struct db *db, struct arena *arena, const struct link_scope *scope,
                const struct event *event, struct around *around)
{
    struct reading r = {.db = db, .arena = arena, .account_id = scope->account_id, .event = event};
    bool has_user = event->user.len > 0, has_address = event->client_address.len > 0;

    *around = (struct around){0};
    set_sides(&r, scope, around);
    if (has_user || has_address)
        for (int side = 0; side < SIDES; side++)
            if (read_edge(&r, side, &around->is_bounded) < 0)
                return -1;
    if (read_list(&r, read_request, event->request_id.len > 0, r.sides,
                  &around->lists[AROUND_REQUEST]) < 0 ||
        read_list(&r, read_user, has_user, r.near, &around->lists[AROUND_USER]) < 0 ||
        read_list(&r, read_address, has_address, r.near, &around->lists[AROUND_ADDRESS]) < 0)
        return -1;
    return 0;
}
