/* SPDX-License-Identifier: MIT */
/* Tables event_recent, entity_recent and log, as far as it is asked what is to be done. */
#include "upkeep/segment_waiting.h"

#include "upkeep/segment_log.h"

enum {
    SHARE = 16,            /* of the newest segment: so many times is each event written */
    LEAST = 256,           /* rows that are worth writing a segment, however small */
    MOST = 4096,           /* that readers have to read beside the segments */
    PATIENCE_MS = 10000,   /* that rows of a log with little in it wait */
    PATIENCE_EVENT_MS = 1, /* more of it for each event that is to be written again */
    USUAL_FILL = 60000,    /* the length of segments that the numbers above are for */
};

/* Each is one step down the key, however many rows a log has. */
static const struct str select_event =
    STR("SELECT account_id, kind FROM event_recent WHERE account_id > ? OR (account_id = ? AND "
        "kind > ?) ORDER BY account_id, kind LIMIT 1");
static const struct str select_entity =
    STR("SELECT account_id FROM entity_recent WHERE account_id > ? ORDER BY account_id LIMIT 1");
static const struct str count_events =
    STR("SELECT COUNT(*) FROM (SELECT 1 FROM event_recent WHERE account_id = ? AND kind = ? "
        "LIMIT ?) waiting");
static const struct str count_entities =
    STR("SELECT COUNT(*) FROM (SELECT 1 FROM entity_recent WHERE account_id = ? LIMIT ?) waiting");
static const struct str select_newest_segment =
    STR("SELECT events FROM segment WHERE account_id = ? AND kind = ? AND events > 0 "
        "ORDER BY last_id DESC LIMIT 1");
static const struct str select_newest_block =
    STR("SELECT entities FROM entity_block WHERE account_id = ? AND entities > 0 "
        "ORDER BY block_id DESC LIMIT 1");
#define FROM_EACH_LOG                                                                              \
    " FROM account a JOIN (SELECT 0 AS kind UNION ALL SELECT 1 UNION ALL SELECT 2) k "             \
    "LEFT JOIN log l ON l.account_id = a.id AND l.kind = k.kind WHERE "

/*
 * One row of each is looked for.  Not by EXISTS: a statement that MariaDB prepared while the tables were small may for ever after answer that by
 * reading all of them into a temporary table.
 */
#define HAS_SOMETHING                                                                              \
    "((k.kind > 0 AND (SELECT 1 FROM event e WHERE e.account_id = a.id AND e.kind = k.kind "       \
    "LIMIT 1) IS NOT NULL) OR "                                                                    \
    "(k.kind = 0 AND (SELECT 1 FROM entity n WHERE n.account_id = a.id LIMIT 1) IS NOT NULL))"

static const struct str select_unindexed =
    STR("SELECT a.id, k.kind" FROM_EACH_LOG "l.account_id IS NULL AND " HAS_SOMETHING
        " ORDER BY a.id, k.kind");
static const struct str select_states =
    STR("SELECT a.id, k.kind, a.slug, COALESCE(l.changed_ms, 0), l.account_id" FROM_EACH_LOG
        "(l.account_id IS NOT NULL OR " HAS_SOMETHING ") ORDER BY a.slug, k.kind");
static const struct str select_indexed =
    STR("SELECT account_id, kind FROM log ORDER BY account_id, kind");

int log_name_compare(const struct log_name *a, const struct log_name *b)
{
    if (a->account_id != b->account_id)
        return a->account_id < b->account_id ? -1 : 1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

int segment_waiting_event(struct db *db, const struct log_name *last, struct log_name *next)
{
    struct db_rows *rows = db_select(
        db, select_event,
        DB_VALUES(DB_NUMBER(last->account_id), DB_NUMBER(last->account_id), DB_NUMBER(last->kind)));
    int more = rows ? db_next(rows) : -1;

    if (more == 1)
        *next = (struct log_name){(uint32_t)db_number(rows, 0), (unsigned)db_number(rows, 1)};
    db_finish(rows);
    return more;
}

int segment_waiting_entity(struct db *db, const struct log_name *last, struct log_name *next)
{
    struct db_rows *rows = db_select(db, select_entity, DB_VALUES(DB_NUMBER(last->account_id)));
    int more = rows ? db_next(rows) : -1;

    if (more == 1)
        *next = (struct log_name){(uint32_t)db_number(rows, 0), 0};
    db_finish(rows);
    return more;
}

/* The one number of a statement; 0 when it has no row. */
static int select_number(struct db *db, struct str sql, const struct db_value *values, size_t count,
                         uint64_t *number)
{
    struct db_rows *rows = db_select(db, sql, values, count);
    int more = rows ? db_next(rows) : -1;

    *number = more == 1 ? db_number(rows, 0) : 0;
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

int segment_waiting_count(struct db *db, const struct log_name *name, uint64_t limit,
                          uint64_t *count)
{
    if (name->kind == 0)
        return select_number(db, count_entities,
                             DB_VALUES(DB_NUMBER(name->account_id), DB_NUMBER(limit)), count);
    return select_number(
        db, count_events,
        DB_VALUES(DB_NUMBER(name->account_id), DB_NUMBER(name->kind), DB_NUMBER(limit)), count);
}

int segment_waiting_newest(struct db *db, const struct log_name *name, uint64_t *count)
{
    if (name->kind == 0)
        return select_number(db, select_newest_block, DB_VALUES(DB_NUMBER(name->account_id)),
                             count);
    return select_number(db, select_newest_segment,
                         DB_VALUES(DB_NUMBER(name->account_id), DB_NUMBER(name->kind)), count);
}

static int select_names(struct db *db, struct str sql, struct arena *arena, struct log_name **names,
                        size_t *count)
{
    struct db_rows *rows = db_select(db, sql, DB_NO_VALUES);
    size_t room = 0;
    int more = -1;

    *names = NULL;
    *count = 0;
    while (rows && (more = db_next(rows)) == 1) {
        *names = arena_grow(arena, *names, *count, &room, sizeof(**names));
        (*names)[(*count)++] =
            (struct log_name){(uint32_t)db_number(rows, 0), (unsigned)db_number(rows, 1)};
    }
    db_finish(rows);
    return more;
}

int segment_waiting_unindexed(struct db *db, struct arena *arena, struct log_name **names,
                              size_t *count)
{
    return select_names(db, select_unindexed, arena, names, count);
}

int segment_waiting_indexed(struct db *db, struct arena *arena, struct log_name **names,
                            size_t *count)
{
    return select_names(db, select_indexed, arena, names, count);
}

int segment_waiting_states(struct db *db, struct arena *arena, struct log_standing **states,
                           size_t *count)
{
    struct db_rows *rows = db_select(db, select_states, DB_NO_VALUES);
    size_t room = 0;
    int more = -1;

    *states = NULL;
    *count = 0;
    while (rows && (more = db_next(rows)) == 1) {
        *states = arena_grow(arena, *states, *count, &room, sizeof(**states));
        (*states)[(*count)++] = (struct log_standing){
            .name = {(uint32_t)db_number(rows, 0), (unsigned)db_number(rows, 1)},
            .account = arena_copy(arena, db_bytes(rows, 2)),
            .changed_ms = (int64_t)db_number(rows, 3),
            .indexed = !db_is_null(rows, 4),
        };
    }
    db_finish(rows);
    return more;
}

/* For the length of segments that is set. */
static uint64_t in_proportion(const struct config *config, uint64_t number)
{
    uint64_t scaled = number * segment_log_fill(config) / USUAL_FILL;

    return scaled ? scaled : 1;
}

uint64_t segment_waiting_most(const struct config *config)
{
    return in_proportion(config, MOST);
}

bool segment_waiting_is_due(const struct config *config, uint64_t waiting, int64_t waited_ms,
                            uint64_t newest_count)
{
    uint64_t least = in_proportion(config, LEAST), most = in_proportion(config, MOST);
    uint64_t wanted = newest_count / SHARE;

    if (wanted < least)
        wanted = least;
    if (wanted > most)
        wanted = most;
    return waiting >= wanted ||
           (waiting > 0 && waited_ms >= (int64_t)(in_proportion(config, PATIENCE_MS) +
                                                  newest_count * PATIENCE_EVENT_MS));
}
