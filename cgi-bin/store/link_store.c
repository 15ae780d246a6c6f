/* SPDX-License-Identifier: MIT */
/*
 * Every statement reads ranges of the primary key of event_link and ends at a LIMIT, and names are joined to its few rows only.
 */
#include "store/link_store.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/event_link.h"
#include "store/event_columns.h"

#define HOUR_MS (INT64_C(60) * 60 * 1000)

/* The hours that a span before and after any time touches; the marks below are as many. */
enum { HOURS = 2 * EVENT_LINK_SPAN_MS / HOUR_MS + 1, NUMBERED_AT_ONCE = 25 };

#define SEVEN_MARKS "?, ?, ?, ?, ?, ?, ?"
#define HOUR_MARKS                                                                                 \
    SEVEN_MARKS ", " SEVEN_MARKS ", " SEVEN_MARKS ", " SEVEN_MARKS ", " SEVEN_MARKS                \
                ", " SEVEN_MARKS ", " SEVEN_MARKS
_Static_assert(HOURS == 7 * 7, "as many marks as hours");

#define EVENT_OF_LINK                                                                              \
    " l STRAIGHT_JOIN event e ON e.account_id = l.account_id AND e.kind = l.kind AND e.id = l.id"

/* Later hours are later ids, so this is the order of the key backwards and nothing has to be sorted. */
#define LINKS                                                                                      \
    " FROM (SELECT account_id, kind, id FROM event_link WHERE account_id = ? AND hour IN "         \
    "(" HOUR_MARKS ") AND value_hash = ? AND kind = ? AND id BETWEEN ? AND ? "                     \
    "ORDER BY hour DESC, id DESC LIMIT ?)" EVENT_OF_LINK
static const struct str select_events =
    STR("SELECT " ROW_COLUMNS LINKS ROW_NAMES " ORDER BY e.id DESC");
static const struct str select_triggers = STR(
    "SELECT " ROW_COLUMNS ", " TRIGGER_COLUMNS LINKS REQUEST_JOIN ROW_NAMES " ORDER BY e.id DESC");

static const struct str select_attempts =
    STR("SELECT " ROW_COLUMNS " FROM (SELECT account_id, kind, id FROM event_link "
        "WHERE account_id = ? AND hour = ? AND value_hash = ? AND kind = ? AND id >= ? "
        "ORDER BY id LIMIT ?)" EVENT_OF_LINK ROW_NAMES " ORDER BY e.id");

/* The attempts of so many deliveries, each part with a LIMIT of its own: one that was tried without end does not crowd out others. */
#define PART                                                                                       \
    "(SELECT value_hash, id FROM event_link WHERE account_id = ? AND hour = ? AND value_hash = ? " \
    "AND kind = ? AND id >= ? ORDER BY id LIMIT ?)"
#define FIVE_PARTS PART " UNION ALL " PART " UNION ALL " PART " UNION ALL " PART " UNION ALL " PART
static const struct str select_numbers =
    STR(FIVE_PARTS " UNION ALL " FIVE_PARTS " UNION ALL " FIVE_PARTS " UNION ALL " FIVE_PARTS
                   " UNION ALL " FIVE_PARTS);
enum { PART_VALUES = 6, NUMBER_VALUES = NUMBERED_AT_ONCE * PART_VALUES };

/* Reads the rows of a statement behind those that the list has already.  0 or -1. */
static int read_rows(struct db *db, struct arena *arena, struct str sql,
                     const struct db_value *values, size_t count, struct link_list *list)
{
    struct db_rows *rows = db_select(db, sql, values, count);
    bool are_triggers = sql.ptr == select_triggers.ptr;
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        struct event *event = &list->rows[list->count++];

        event_read_row(rows, event);
        if (are_triggers)
            event_read_trigger(rows, event);
        event_keep_texts(arena, event);
    }
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

/* Those with one id.  They are one more than are shown when there are others. */
static int read_with_hash(struct db *db, struct arena *arena, const struct link_scope *scope,
                          const struct event *event, uint64_t hash, struct link_list *list)
{
    enum event_kind other =
        event->kind == EVENT_KIND_TRIGGER ? EVENT_KIND_EVENT : EVENT_KIND_TRIGGER;
    int64_t from_ms = event->occurred_ms - EVENT_LINK_SPAN_MS;
    int64_t end_ms = event->occurred_ms + EVENT_LINK_SPAN_MS + 1;
    uint64_t first, last = end_ms > CLOCK_MAX_MS ? UINT64_MAX : event_id_first(end_ms) - 1;
    struct db_value values[HOURS + 6];
    size_t count = 0;

    if (from_ms < 0)
        from_ms = 0;
    first = event_id_first(from_ms);
    values[count++] = DB_NUMBER(scope->account_id);
    for (uint32_t i = 0; i < HOURS; i++)
        values[count++] = DB_NUMBER(event_link_hour(from_ms) + i);
    values[count++] = DB_NUMBER(hash);
    values[count++] = DB_NUMBER(other);
    values[count++] = DB_NUMBER(first > scope->first_id ? first : scope->first_id);
    values[count++] = DB_NUMBER(last);
    values[count++] = DB_NUMBER(LINK_EVENTS_MAX + 1);
    return read_rows(db, arena, other == EVENT_KIND_TRIGGER ? select_triggers : select_events,
                     values, count, list);
}

static int newest_first(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    return (x->id < y->id) - (x->id > y->id);
}

/* An event with two common ids was found twice. */
static void drop_repeats(struct link_list *list)
{
    size_t kept = 0;

    qsort(list->rows, list->count, sizeof(*list->rows), newest_first);
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || list->rows[kept - 1].id != list->rows[i].id)
            list->rows[kept++] = list->rows[i];
    list->count = kept;
}

static void cut(struct link_list *list, size_t max)
{
    list->more = list->count > max;
    if (list->more)
        list->count = max;
}

int link_read_events(struct db *db, struct arena *arena, const struct link_scope *scope,
                     const struct event *event, struct link_list *list)
{
    uint64_t hashes[EVENT_LINK_SHARED_MAX];
    size_t count = event_link_shared(event, hashes);

    *list = (struct link_list){0};
    list->rows = arena_array(arena, count * (LINK_EVENTS_MAX + 1), sizeof(*list->rows));
    for (size_t i = 0; i < count; i++)
        if (read_with_hash(db, arena, scope, event, hashes[i], list) < 0)
            return -1;
    drop_repeats(list);
    cut(list, LINK_EVENTS_MAX);
    return 0;
}

int link_read_attempts(struct db *db, struct arena *arena, const struct link_scope *scope,
                       const struct event *trigger, struct link_list *list)
{
    *list = (struct link_list){0};
    if (trigger->trigger_delivery_id.len == 0)
        return 0;
    list->rows = arena_array(arena, LINK_ATTEMPTS_MAX + 1, sizeof(*list->rows));
    if (read_rows(db, arena, select_attempts,
                  DB_VALUES(DB_NUMBER(scope->account_id), DB_NUMBER(EVENT_LINK_ALWAYS),
                            DB_NUMBER(event_link_delivery(trigger->trigger_provider,
                                                          trigger->trigger_delivery_id)),
                            DB_NUMBER(EVENT_KIND_TRIGGER), DB_NUMBER(scope->first_id),
                            DB_NUMBER(LINK_ATTEMPTS_MAX + 1)),
                  list) < 0)
        return -1;
    cut(list, LINK_ATTEMPTS_MAX);
    return 0;
}

/* The triggers of a list, the hashes of their deliveries, and what is found out about them. */
struct numbering {
    const struct event *triggers;
    uint64_t *hashes;
    struct link_attempt *attempts;
    size_t count;
};

static void count_row(struct numbering *numbering, uint64_t hash, uint64_t id)
{
    for (size_t i = 0; i < numbering->count; i++) {
        if (numbering->hashes[i] == hash && numbering->triggers[i].trigger_delivery_id.len) {
            numbering->attempts[i].of++;
            numbering->attempts[i].number += id <= numbering->triggers[i].id;
        }
    }
}

/* Counts the attempts of up to NUMBERED_AT_ONCE deliveries for each trigger in the list that is one of them. */
static int count_some(struct db *db, const struct link_scope *scope, const uint64_t *hashes,
                      size_t count, struct numbering *numbering)
{
    struct db_value values[NUMBER_VALUES];
    struct db_rows *rows;
    int more = -1;

    for (size_t i = 0; i < NUMBERED_AT_ONCE; i++) {
        const struct db_value part[PART_VALUES] = {
            DB_NUMBER(scope->account_id),         DB_NUMBER(EVENT_LINK_ALWAYS),
            DB_NUMBER(hashes[i < count ? i : 0]), DB_NUMBER(EVENT_KIND_TRIGGER),
            DB_NUMBER(scope->first_id),           DB_NUMBER(i < count ? LINK_ATTEMPTS_MAX + 1 : 0)};

        memcpy(values + i * PART_VALUES, part, sizeof(part));
    }
    rows = db_select(db, select_numbers, values, NUMBER_VALUES);
    while (rows && (more = db_next(rows)) == 1)
        count_row(numbering, db_number(rows, 0), db_number(rows, 1));
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

static bool contains(const uint64_t *hashes, size_t count, uint64_t hash)
{
    for (size_t i = 0; i < count; i++)
        if (hashes[i] == hash)
            return true;
    return false;
}

/* All deliveries of the list, each once. */
static int count_all(struct db *db, const struct link_scope *scope, struct numbering *numbering)
{
    uint64_t some[NUMBERED_AT_ONCE];
    size_t count = 0;

    for (size_t i = 0; i < numbering->count; i++) {
        if (numbering->triggers[i].trigger_delivery_id.len &&
            !contains(numbering->hashes, i, numbering->hashes[i]))
            some[count++] = numbering->hashes[i];
        if (count == NUMBERED_AT_ONCE || (count && i + 1 == numbering->count)) {
            if (count_some(db, scope, some, count, numbering) < 0)
                return -1;
            count = 0;
        }
    }
    return 0;
}

int link_number_attempts(struct db *db, struct arena *arena, const struct link_scope *scope,
                         const struct event *triggers, size_t count, struct link_attempt **attempts)
{
    struct numbering numbering = {triggers, arena_array(arena, count, sizeof(uint64_t)),
                                  arena_array(arena, count, sizeof(struct link_attempt)), count};

    for (size_t i = 0; i < count; i++)
        numbering.hashes[i] =
            event_link_delivery(triggers[i].trigger_provider, triggers[i].trigger_delivery_id);
    *attempts = numbering.attempts;
    if (count_all(db, scope, &numbering) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (numbering.attempts[i].number > LINK_ATTEMPTS_MAX)
            numbering.attempts[i].number = 0;
    return 0;
}
