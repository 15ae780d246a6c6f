/* SPDX-License-Identifier: MIT */
/* Names of the entity, ids of its calls, then the few rows and one body. */
#include "store/history_store.h"

#include <stdlib.h>

#include "base/json_diff.h"
#include "store/event_columns.h"
#include "store/marks.h"

/* Numbers of table entity grow as names come: the nearest numbers are the names of about that time. */
#define NAMES_OF(order)                                                                            \
    STR("SELECT n.id FROM (SELECT id, entity_type_id FROM entity FORCE INDEX (external_id) "       \
        "WHERE account_id = ? AND external_id = ? AND id " order " LIMIT ?) n "                    \
        "WHERE n.entity_type_id = ?")
static const struct str select_names_before = NAMES_OF("< ? ORDER BY id DESC");
static const struct str select_names_after = NAMES_OF("> ? ORDER BY id");

static const struct str select_entity = STR("SELECT entity_id, entity_type_id, action_id FROM "
                                            "event WHERE account_id = ? AND kind = ? AND id = ?");

#define IDS_OF                                                                                     \
    "SELECT id FROM event FORCE INDEX (entity) WHERE account_id = ? AND kind = ? AND entity_id = " \
    "? AND id "
static const struct str select_before = STR(IDS_OF "BETWEEN ? AND ? ORDER BY id DESC LIMIT ?");
static const struct str select_after = STR(IDS_OF "BETWEEN ? AND ? ORDER BY id LIMIT ?");

#define TEN_MARKS "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
static const struct str select_rows =
    STR("SELECT STRAIGHT_JOIN " ROW_COLUMNS " FROM event e FORCE INDEX (PRIMARY)" ROW_NAMES
        " WHERE e.account_id = ? AND e.kind = ? AND e.id IN (" TEN_MARKS ", ?) ORDER BY e.id DESC");
enum { ROWS_AT_ONCE = 2 * HISTORY_SIDE_MAX + 1 };
_Static_assert(ROWS_AT_ONCE == 11, "as many marks as rows");

/* What webhooks of another event hold is another thing, whatever their bodies have in common. */
static const struct str select_bodies =
    STR("SELECT STRAIGHT_JOIN e.id, e.action_id, r.body_bytes FROM event e FORCE INDEX (PRIMARY) "
        "JOIN event_request r FORCE INDEX (PRIMARY) ON r.account_id = e.account_id AND "
        "r.kind = e.kind AND r.id = e.id "
        "WHERE e.account_id = ? AND e.kind = ? AND r.trigger_provider = ? AND r.trigger_event = ? "
        "AND e.status < ? AND r.body_bytes > 0 AND e.id IN " MARKS_64 " ORDER BY e.id DESC");
enum { BODIES_AT_ONCE = 64, STATUS_FAILED_FIRST = 400 };
static const struct str select_body =
    STR("SELECT STRAIGHT_JOIN r.body, a.name, u.name, e.status FROM event e" REQUEST_JOIN
        " LEFT JOIN action a ON a.id = e.action_id LEFT JOIN user u ON u.id = e.user_id "
        "WHERE e.account_id = ? AND e.kind = ? AND e.id = ?");

enum {
    NAMES_LOOKED_AT = 64, /* with the id, of any type */
    NAMES_ALL = 2 * HISTORY_NAMES_MAX + 1,
};

/* What the functions below read for. */
struct reading {
    struct db *db;
    struct arena *arena;
    const struct link_scope *scope;
    const struct event *event;
    uint64_t entities[NAMES_ALL]; /* numbers in table entity */
    size_t entity_count;
    uint64_t action; /* number in table action */
};

/* An earlier call with a body. */
struct candidate {
    uint64_t id, action, bytes;
};

/* The first column of each row, at most `max` of them behind the `count` that are there. */
static int read_numbers(struct reading *r, struct str sql, const struct db_value *values,
                        size_t value_count, uint64_t *numbers, size_t *count, size_t max)
{
    struct db_rows *rows = db_select(r->db, sql, values, value_count);
    int more = -1;

    while (rows && (more = db_next(rows)) == 1)
        if (max-- > 0)
            numbers[(*count)++] = db_number(rows, 0);
        else
            break;
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

/* 1: the event has an entity; 0; -1. */
static int read_entity(struct reading *r, uint64_t *number, uint64_t *type)
{
    struct db_rows *rows = db_select(r->db, select_entity,
                                     DB_VALUES(DB_NUMBER(r->scope->account_id),
                                               DB_NUMBER(r->event->kind), DB_NUMBER(r->event->id)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1) {
        *number = db_number(rows, 0);
        *type = db_number(rows, 1);
        r->action = db_number(rows, 2);
        found = *number != 0;
    }
    db_finish(rows);
    return found;
}

static int read_entities(struct reading *r)
{
    static const struct str *const sides[] = {&select_names_before, &select_names_after};
    uint64_t number = 0, type = 0;
    int found = read_entity(r, &number, &type);

    if (found != 1)
        return found;
    r->entities[r->entity_count++] = number;
    for (size_t i = 0; i < 2 && r->event->entity_id.len; i++)
        if (read_numbers(r, *sides[i],
                         DB_VALUES(DB_NUMBER(r->scope->account_id), DB_BYTES(r->event->entity_id),
                                   DB_NUMBER(number), DB_NUMBER(NAMES_LOOKED_AT), DB_NUMBER(type)),
                         r->entities, &r->entity_count, HISTORY_NAMES_MAX) < 0)
            return -1;
    return 1;
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static int descending(const void *a, const void *b)
{
    return ascending(b, a);
}

/* The nearest `max` calls on one side of this one, the nearest first; in the arena. */
static int read_ids(struct reading *r, bool before, size_t max, uint64_t **ids, size_t *count)
{
    uint64_t id = r->event->id, first = before ? r->scope->first_id : id + 1;
    uint64_t last = before ? id - 1 : UINT64_MAX;

    *ids = arena_array(r->arena, r->entity_count * max, sizeof(**ids));
    *count = 0;
    if ((before && id <= first) || (!before && id == UINT64_MAX))
        return 0;
    for (size_t i = 0; i < r->entity_count; i++)
        if (read_numbers(r, before ? select_before : select_after,
                         DB_VALUES(DB_NUMBER(r->scope->account_id), DB_NUMBER(r->event->kind),
                                   DB_NUMBER(r->entities[i]), DB_NUMBER(first), DB_NUMBER(last),
                                   DB_NUMBER(max)),
                         *ids, count, max) < 0)
            return -1;
    qsort(*ids, *count, sizeof(**ids), before ? descending : ascending);
    if (*count > max)
        *count = max;
    return 0;
}

/* The rows of up to ROWS_AT_ONCE calls, the newest first. */
static int read_rows(struct reading *r, const uint64_t *ids, size_t id_count, struct event **found,
                     size_t *count)
{
    struct db_value values[2 + ROWS_AT_ONCE];
    struct db_rows *rows;
    int more = -1;

    values[0] = DB_NUMBER(r->scope->account_id);
    values[1] = DB_NUMBER(r->event->kind);
    for (size_t i = 0; i < ROWS_AT_ONCE; i++)
        values[2 + i] = DB_NUMBER(ids[i < id_count ? i : 0]);
    *found = arena_array(r->arena, ROWS_AT_ONCE, sizeof(**found));
    *count = 0;
    rows = db_select(r->db, select_rows, values, 2 + ROWS_AT_ONCE);
    while (rows && (more = db_next(rows)) == 1) {
        struct event *event = &(*found)[(*count)++];

        event_read_row(rows, event);
        event_keep_texts(r->arena, event);
    }
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

/* This call, the older ones and the newer ones. */
static int read_around(struct reading *r, const uint64_t *before, size_t before_count,
                       const uint64_t *after, size_t after_count, struct history *history)
{
    uint64_t ids[ROWS_AT_ONCE] = {r->event->id};
    size_t count = 1;

    history->more_older = before_count > HISTORY_SIDE_MAX;
    history->more_newer = after_count > HISTORY_SIDE_MAX;
    for (size_t i = 0; i < before_count && i < HISTORY_SIDE_MAX; i++)
        ids[count++] = before[i];
    for (size_t i = 0; i < after_count && i < HISTORY_SIDE_MAX; i++)
        ids[count++] = after[i];
    return read_rows(r, ids, count, &history->rows, &history->count);
}

static void keep_previous(struct reading *r, uint64_t id, const struct db_rows *rows,
                          struct history *history)
{
    history->previous_body = arena_copy(r->arena, db_bytes(rows, 0));
    history->previous = (struct event){
        .id = id,
        .kind = r->event->kind,
        .occurred_ms = event_id_ms(id),
        .action = arena_copy(r->arena, db_bytes(rows, 1)),
        .user = arena_copy(r->arena, db_bytes(rows, 2)),
        .status = (unsigned)db_number(rows, 3),
    };
}

/* Is the body of that call JSON?  1 and it is the previous one; 0; -1. */
static int read_body(struct reading *r, uint64_t id, struct history *history)
{
    struct db_rows *rows = db_select(
        r->db, select_body,
        DB_VALUES(DB_NUMBER(r->scope->account_id), DB_NUMBER(r->event->kind), DB_NUMBER(id)));
    int found = rows ? db_next(rows) : -1;
    struct json_value value;
    struct json_error error;

    if (found == 1) {
        found = json_read(db_bytes(rows, 0), &value, &error);
        if (found)
            keep_previous(r, id, rows, history);
    }
    db_finish(rows);
    return found;
}

/* What of up to BODIES_AT_ONCE calls can be compared with, the newest first, behind the `count` that are there. */
static int read_candidates(struct reading *r, const uint64_t *ids, size_t id_count,
                           struct candidate *found, size_t *count)
{
    enum { ID_FIRST = 5 };
    struct db_value values[ID_FIRST + BODIES_AT_ONCE] = {
        DB_NUMBER(r->scope->account_id),      DB_NUMBER(r->event->kind),
        DB_BYTES(r->event->trigger_provider), DB_BYTES(r->event->trigger_event),
        DB_NUMBER(STATUS_FAILED_FIRST),
    };
    struct db_rows *rows;
    int more = -1;

    for (size_t i = 0; i < BODIES_AT_ONCE; i++)
        values[ID_FIRST + i] = DB_NUMBER(ids[i < id_count ? i : 0]);
    rows = db_select(r->db, select_bodies, values, ID_FIRST + BODIES_AT_ONCE);
    while (rows && (more = db_next(rows)) == 1)
        found[(*count)++] =
            (struct candidate){db_number(rows, 0), db_number(rows, 1), db_number(rows, 2)};
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

/* Without one of the same action: an action whose latest body is another thing is left at that. */
static int read_related(struct reading *r, const struct candidate *others, size_t count,
                        uint64_t bytes, struct history *history)
{
    uint64_t unlike[HISTORY_OTHERS_MAX]; /* actions */
    size_t unlike_count = 0, read = 0;
    struct json_value now, before;
    struct json_error error;

    if (!json_read(r->event->body, &now, &error) || now.type != JSON_OBJECT)
        return 0;
    for (size_t i = 0; i < count && read < HISTORY_OTHERS_MAX && bytes <= HISTORY_BACK_BYTES_MAX;
         i++) {
        size_t at = 0;
        int is_json;

        while (at < unlike_count && unlike[at] != others[i].action)
            at++;
        if (at < unlike_count)
            continue;
        is_json = read_body(r, others[i].id, history);
        if (is_json < 0 || (is_json && json_read(history->previous_body, &before, &error) &&
                            json_diff_is_related(r->arena, before, now)))
            return is_json;
        if (is_json)
            unlike[unlike_count++] = others[i].action;
        bytes += others[i].bytes;
        read++;
    }
    history->previous = (struct event){0};
    return 0;
}

/* Bodies are read one after the other: most often the first is the one. */
static int read_previous(struct reading *r, const uint64_t *ids, size_t count,
                         struct history *history)
{
    struct candidate others[HISTORY_BACK_MAX];
    size_t other_count = 0;
    uint64_t bytes = 0;

    for (size_t at = 0; at < count; at += BODIES_AT_ONCE) {
        struct candidate found[BODIES_AT_ONCE];
        size_t found_count = 0;

        if (read_candidates(r, ids + at, count - at, found, &found_count) < 0)
            return -1;
        for (size_t i = 0; i < found_count && bytes <= HISTORY_BACK_BYTES_MAX; i++) {
            int is_json;

            if (found[i].action != r->action) {
                others[other_count++] = found[i];
                continue;
            }
            is_json = read_body(r, found[i].id, history);
            if (is_json != 0)
                return is_json;
            bytes += found[i].bytes;
        }
    }
    return read_related(r, others, other_count, bytes, history);
}

/* The latest call that has a body, which is not read. */
static int read_last(struct reading *r, const uint64_t *ids, size_t count, struct history *history)
{
    size_t found_count = 0, row_count = 0;
    struct event *rows;

    for (size_t at = 0; at < count && found_count == 0; at += BODIES_AT_ONCE) {
        struct candidate found[BODIES_AT_ONCE];

        if (read_candidates(r, ids + at, count - at, found, &found_count) < 0 ||
            (found_count && read_rows(r, &found[0].id, 1, &rows, &row_count) < 0))
            return -1;
    }
    if (row_count)
        history->previous = rows[0];
    return 0;
}

bool history_took_effect(unsigned status)
{
    return status < STATUS_FAILED_FIRST;
}

int history_read(struct db *db, struct arena *arena, const struct link_scope *scope,
                 const struct event *event, enum history_body body, struct history *history)
{
    struct reading r = {.db = db, .arena = arena, .scope = scope, .event = event};
    size_t back = body != HISTORY_BODY_NONE ? HISTORY_BACK_MAX : HISTORY_SIDE_MAX + 1;
    size_t before_count, after_count;
    uint64_t *before, *after;
    int found = read_entities(&r);

    *history = (struct history){0};
    if (found != 1)
        return found;
    if (read_ids(&r, true, back, &before, &before_count) < 0 ||
        read_ids(&r, false, HISTORY_SIDE_MAX + 1, &after, &after_count) < 0 ||
        read_around(&r, before, before_count, after, after_count, history) < 0)
        return -1;
    if (body == HISTORY_BODY_NONE || before_count == 0)
        return 0;
    if (body == HISTORY_BODY_LAST)
        return read_last(&r, before, before_count, history);
    return read_previous(&r, before, before_count, history) < 0 ? -1 : 0;
}
