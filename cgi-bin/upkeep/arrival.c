/* SPDX-License-Identifier: MIT */
/*
 * Statements see what is committed while the transaction runs, so a row of event_recent counts as numbered only if its event was among those that were
 * read before.
 */
#include "upkeep/arrival.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "index/arrival_block.h"
#include "upkeep/segment_step.h"

/* A row of arrival is added to until it is full; a step is a short transaction. */
enum { ROW_EVENTS = 4096, STEP_EVENTS = 8192, KEY_COLUMNS = 3 };

#define OF_LOG " WHERE account_id = ? AND kind = ?"

static const struct str select_log =
    STR("SELECT next_number, filled_to FROM arrival_log" OF_LOG " FOR UPDATE");
static const struct str insert_log =
    STR("INSERT INTO arrival_log (account_id, kind, next_number, filled_to) VALUES (?, ?, 1, 0)");
static const struct str update_log =
    STR("UPDATE arrival_log SET next_number = ?, filled_to = ?" OF_LOG);
static const struct str select_last =
    STR("SELECT first_number, events, last_id, ids FROM arrival" OF_LOG
        " ORDER BY first_number DESC LIMIT 1");
static const struct str insert_row =
    STR("INSERT INTO arrival (account_id, kind, first_number, events, last_id, ids) "
        "VALUES (?, ?, ?, ?, ?, ?)");
static const struct str update_row =
    STR("UPDATE arrival SET events = ?, last_id = ?, ids = ?" OF_LOG " AND first_number = ?");
static const struct str select_unnumbered = STR(
    "SELECT r.id FROM event_recent r LEFT JOIN arrival_recent n ON n.account_id = r.account_id "
    "AND n.kind = r.kind AND n.id = r.id WHERE r.account_id = ? AND r.kind = ? AND n.id IS NULL "
    "ORDER BY r.id LIMIT ?");
static const struct str select_marks = STR("SELECT id FROM arrival_recent" OF_LOG " ORDER BY id");
static const struct str insert_mark =
    STR("INSERT INTO arrival_recent (account_id, kind, id) VALUES (?, ?, ?)");
static const struct str delete_mark = STR("DELETE FROM arrival_recent" OF_LOG " AND id = ?");
static const struct str delete_rows = STR("DELETE FROM arrival" OF_LOG " AND last_id < ?");

struct numbering {
    struct db *db;
    uint32_t account_id;
    unsigned kind;
    uint64_t next, filled_to;
    uint64_t given; /* by the step */
};

/* Adds the ids that a statement gives.  0 or -1. */
static int read_ids(struct db_rows *rows, struct segment_ids *ids)
{
    int more = -1;

    while (rows && (more = db_next(rows)) == 1)
        segment_ids_add(ids, db_number(rows, 0));
    db_finish(rows);
    return more;
}

/* 1; 0: the log has no numbers yet; -1. */
static int find(struct numbering *numbering)
{
    struct db_rows *rows =
        db_select(numbering->db, select_log,
                  DB_VALUES(DB_NUMBER(numbering->account_id), DB_NUMBER(numbering->kind)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1) {
        numbering->next = db_number(rows, 0);
        numbering->filled_to = db_number(rows, 1);
    }
    db_finish(rows);
    return found;
}

static int save(const struct numbering *numbering)
{
    return db_run(numbering->db, update_log,
                  DB_VALUES(DB_NUMBER(numbering->next), DB_NUMBER(numbering->filled_to),
                            DB_NUMBER(numbering->account_id), DB_NUMBER(numbering->kind)),
                  NULL);
}

/* ---- Rows ---------------------------------------------------------------------------------------- */

/* The row that is not full yet, with its ids. */
struct open_row {
    uint64_t first, last_id;
    struct segment_ids ids; /* in order of arrival; none: there is no such row */
};

static int unpack(const struct db_rows *rows, struct open_row *row)
{
    size_t count = (size_t)db_number(rows, 1);

    row->first = db_number(rows, 0);
    row->last_id = db_number(rows, 2);
    row->ids.items = memory_new((count + 1) * sizeof(*row->ids.items));
    row->ids.count = count;
    row->ids.room = count + 1;
    return arrival_block_unpack(db_bytes(rows, 3), row->ids.items, count);
}

/* 0 or -1; a damaged one is left as it is, and the next begins a new row. */
static int read_open_row(const struct numbering *numbering, struct open_row *row)
{
    struct db_rows *rows =
        db_select(numbering->db, select_last,
                  DB_VALUES(DB_NUMBER(numbering->account_id), DB_NUMBER(numbering->kind)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1 && db_number(rows, 1) < ROW_EVENTS && unpack(rows, row) < 0) {
        log_event(LOG_LEVEL_ERROR, "arrival_damaged", {"reason", STR("not unpacked")});
        segment_ids_release(&row->ids);
    }
    db_finish(rows);
    return found < 0 ? -1 : 0;
}

static int write_row(const struct numbering *numbering, const struct open_row *row, bool is_new)
{
    struct strbuf block;
    struct str bytes;
    int result;

    strbuf_init(&block);
    arrival_block_pack(row->ids.items, row->ids.count, &block);
    bytes = strbuf_str(&block);
    if (is_new)
        result = db_run(numbering->db, insert_row,
                        DB_VALUES(DB_NUMBER(numbering->account_id), DB_NUMBER(numbering->kind),
                                  DB_NUMBER(row->first), DB_NUMBER(row->ids.count),
                                  DB_NUMBER(row->last_id), DB_BYTES(bytes)),
                        NULL);
    else
        result = db_run(numbering->db, update_row,
                        DB_VALUES(DB_NUMBER(row->ids.count), DB_NUMBER(row->last_id),
                                  DB_BYTES(bytes), DB_NUMBER(numbering->account_id),
                                  DB_NUMBER(numbering->kind), DB_NUMBER(row->first)),
                        NULL);
    strbuf_release(&block);
    return result;
}

/* Gives the next numbers to the ids, as they stand. */
static int number(struct numbering *numbering, const struct segment_ids *ids)
{
    struct open_row row = {.first = 0};
    size_t at = 0;
    int result = ids->count ? read_open_row(numbering, &row) : 0;

    while (at < ids->count && result == 0) {
        bool is_new = row.ids.count == 0;

        if (is_new)
            row.first = numbering->next;
        for (; at < ids->count && row.ids.count < ROW_EVENTS; at++) {
            segment_ids_add(&row.ids, ids->items[at]);
            if (ids->items[at] > row.last_id)
                row.last_id = ids->items[at];
            numbering->next++;
        }
        result = write_row(numbering, &row, is_new);
        row.ids.count = 0;
        row.last_id = 0;
    }
    segment_ids_release(&row.ids);
    return result;
}

/* ---- What has come --------------------------------------------------------------------------------- */

/* Those of the first that are in the second; both ascending. */
static void meet(const struct segment_ids *ids, const struct segment_ids *others, bool among,
                 struct segment_ids *found)
{
    size_t at = 0;

    for (size_t i = 0; i < ids->count; i++) {
        while (at < others->count && others->items[at] < ids->items[i])
            at++;
        if ((at < others->count && others->items[at] == ids->items[i]) == among)
            segment_ids_add(found, ids->items[i]);
    }
}

static int mark(const struct numbering *numbering, const struct segment_ids *ids)
{
    return segment_source_each(numbering->db, insert_mark, numbering->account_id, numbering->kind,
                               ids);
}

/* The next of the events that stood there before there were numbers. */
static enum segment_step fill(struct numbering *numbering)
{
    struct segment_span span = {numbering->account_id, numbering->kind, numbering->filled_to,
                                UINT64_MAX};
    struct segment_ids ids = {0}, recent = {0}, marked = {0};
    enum segment_step result = SEGMENT_STEP_FAILED;
    bool at_end;

    if (segment_source_ids(numbering->db, SEGMENT_SOURCE_EVENT, &span, STEP_EVENTS, &ids) < 0)
        goto out;
    at_end = ids.count < STEP_EVENTS;
    if (!at_end)
        span.last_id = ids.items[ids.count - 1];
    if (segment_source_ids(numbering->db, SEGMENT_SOURCE_RECENT, &span, SIZE_MAX >> 1, &recent) < 0)
        goto out;
    meet(&recent, &ids, true, &marked);
    if (number(numbering, &ids) < 0 || mark(numbering, &marked) < 0)
        goto out;
    numbering->given = ids.count;
    numbering->filled_to = at_end ? UINT64_MAX : span.last_id + 1;
    if (save(numbering) == 0)
        result = at_end ? SEGMENT_STEP_DONE : SEGMENT_STEP_MORE;
out:
    segment_ids_release(&ids);
    segment_ids_release(&recent);
    segment_ids_release(&marked);
    return result;
}

static enum segment_step number_recent(struct numbering *numbering)
{
    struct segment_ids ids = {0};
    enum segment_step result = SEGMENT_STEP_FAILED;
    int read = read_ids(db_select(numbering->db, select_unnumbered,
                                  DB_VALUES(DB_NUMBER(numbering->account_id),
                                            DB_NUMBER(numbering->kind), DB_NUMBER(STEP_EVENTS))),
                        &ids);

    if (read == 0 && ids.count == 0)
        result = SEGMENT_STEP_DONE;
    else if (read == 0 && number(numbering, &ids) == 0 && mark(numbering, &ids) == 0 &&
             save(numbering) == 0)
        result = ids.count < STEP_EVENTS ? SEGMENT_STEP_DONE : SEGMENT_STEP_MORE;
    numbering->given = ids.count;
    segment_ids_release(&ids);
    return result;
}

static enum segment_step step(struct numbering *numbering)
{
    int found = find(numbering);

    if (found == 0) {
        *numbering =
            (struct numbering){numbering->db, numbering->account_id, numbering->kind, 1, 0, 0};
        found = db_run(numbering->db, insert_log,
                       DB_VALUES(DB_NUMBER(numbering->account_id), DB_NUMBER(numbering->kind)),
                       NULL) == 0
                    ? 1
                    : -1;
    }
    if (found < 0)
        return SEGMENT_STEP_FAILED;
    return numbering->filled_to == UINT64_MAX ? number_recent(numbering) : fill(numbering);
}

enum segment_step arrival_step(struct db *db, uint32_t account_id, unsigned kind,
                               uint64_t *numbered)
{
    struct numbering numbering = {db, account_id, kind, 1, 0, 0};
    enum segment_step result = SEGMENT_STEP_FAILED;

    if (segment_step_lock(db) == 0)
        result = step(&numbering);
    if (result != SEGMENT_STEP_FAILED && db_commit(db) < 0)
        result = SEGMENT_STEP_FAILED;
    if (result == SEGMENT_STEP_FAILED)
        db_rollback(db);
    else
        *numbered += numbering.given;
    return result;
}

/* ---- What leaves ------------------------------------------------------------------------------------ */

static int number_leaving(struct numbering *numbering, const struct segment_ids *unmarked)
{
    struct segment_ids ids = {0};
    int result;

    for (size_t i = 0; i < unmarked->count && unmarked->items[i] < numbering->filled_to; i++)
        segment_ids_add(&ids, unmarked->items[i]); /* later ones are met among all events */
    result = number(numbering, &ids);
    if (result == 0 && ids.count)
        result = save(numbering);
    segment_ids_release(&ids);
    return result;
}

int arrival_leave(struct db *db, uint32_t account_id, unsigned kind, const struct segment_ids *ids,
                  bool deleted)
{
    struct numbering numbering = {db, account_id, kind, 1, 0, 0};
    struct segment_ids marks = {0}, marked = {0}, unmarked = {0};
    int found = find(&numbering), result = -1;

    if (found != 1)
        return found;
    if (read_ids(db_select(db, select_marks, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind))),
                 &marks) == 0) {
        meet(ids, &marks, true, &marked);
        meet(ids, &marks, false, &unmarked);
        result = segment_source_each(db, delete_mark, account_id, kind, &marked);
        if (result == 0 && !deleted)
            result = number_leaving(&numbering, &unmarked);
    }
    segment_ids_release(&marks);
    segment_ids_release(&marked);
    segment_ids_release(&unmarked);
    return result;
}

int arrival_trim(struct db *db, uint32_t account_id, unsigned kind, uint64_t id)
{
    return db_run(db, delete_rows, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind), DB_NUMBER(id)),
                  NULL);
}
