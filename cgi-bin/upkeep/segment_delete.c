/* SPDX-License-Identifier: MIT */
/*
 * Deleting old events: from every table that has rows of them, and out of their segments, in one transaction.  All rows are named by
 * their whole keys, those of a range that were read: what is committed there meanwhile stays, and so does its index.
 */
#include "upkeep/segment_writer.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/memory.h"
#include "store/link_rows.h"
#include "upkeep/arrival.h"
#include "upkeep/segment_step.h"

static const struct str select_links =
    STR("SELECT id, idempotency_key, request_id, trace_id, trigger_provider, trigger_delivery_id, "
        "trigger_signature FROM event_request WHERE account_id = ? AND kind = ? AND "
        "id BETWEEN ? AND ? ORDER BY id");
static const struct str delete_event =
    STR("DELETE FROM event WHERE account_id = ? AND kind = ? AND id = ?");
static const struct str delete_request =
    STR("DELETE FROM event_request WHERE account_id = ? AND kind = ? AND id = ?");

/* Is `id` among the ids from `at` on?  Asked for ascending ids. */
static bool is_among(const struct segment_ids *ids, size_t *at, uint64_t id)
{
    while (*at < ids->count && ids->items[*at] < id)
        ++*at;
    return *at < ids->count && ids->items[*at] == id;
}

/* ---- Links ------------------------------------------------------------------------------------- */

/* What the links of an event were made of. */
static void read_event(const struct db_rows *rows, struct arena *arena, unsigned kind,
                       struct event_row *row)
{
    struct event *event = row->event;

    row->id = db_number(rows, 0);
    event->kind = (enum event_kind)kind;
    event->idempotency_key = arena_copy(arena, db_bytes(rows, 1));
    event->request_id = arena_copy(arena, db_bytes(rows, 2));
    event->trace_id = arena_copy(arena, db_bytes(rows, 3));
    event->trigger_provider = arena_copy(arena, db_bytes(rows, 4));
    event->trigger_delivery_id = arena_copy(arena, db_bytes(rows, 5));
    event->trigger_signature = (enum event_signature)db_number(rows, 6);
}

/* The rows of event_request of the ids; `rows` has room for all.  0 or -1. */
static int read_requests(struct segment_log *log, struct arena *arena,
                         const struct segment_ids *ids, struct event_row **rows, size_t *count)
{
    struct db_rows *found =
        db_stream(log->db, select_links,
                  DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(log->kind),
                            DB_NUMBER(ids->items[0]), DB_NUMBER(ids->items[ids->count - 1])));
    size_t at = 0;
    int more = -1;

    *count = 0;
    while (found && (more = db_next(found)) == 1) {
        if (!is_among(ids, &at, db_number(found, 0)))
            continue;
        rows[*count] = arena_array(arena, 1, sizeof(**rows));
        rows[*count]->event = arena_array(arena, 1, sizeof(*rows[*count]->event));
        read_event(found, arena, log->kind, rows[(*count)++]);
    }
    db_finish(found);
    return more;
}

static int delete_links(struct segment_log *log, const struct segment_ids *ids)
{
    struct arena *arena = arena_new();
    struct event_row **rows = memory_new(ids->count * sizeof(*rows));
    size_t count = 0;
    int result = read_requests(log, arena, ids, rows, &count);

    if (result == 0)
        result = link_rows_delete(log->db, log->account_id, rows, count);
    free(rows);
    arena_free(arena);
    return result;
}

/* ---- Rows -------------------------------------------------------------------------------------- */

/* Those that no segment holds yet. */
static int delete_recent(struct segment_log *log, const struct segment_ids *ids)
{
    const struct segment_span span = {log->account_id, log->kind, ids->items[0],
                                      ids->items[ids->count - 1]};
    struct segment_ids recent = {0}, gone = {0};
    size_t at = 0;
    int result = segment_source_ids(log->db, SEGMENT_SOURCE_RECENT, &span, SIZE_MAX >> 1, &recent);

    for (size_t i = 0; i < recent.count && result == 0; i++)
        if (is_among(ids, &at, recent.items[i]))
            segment_ids_add(&gone, recent.items[i]);
    if (result == 0)
        result = arrival_leave(log->db, log->account_id, log->kind, &gone, true);
    if (result == 0)
        result = segment_source_delete_recent(log->db, log->account_id, log->kind, &gone);
    segment_ids_release(&recent);
    segment_ids_release(&gone);
    return result;
}

static int delete_rows(struct segment_log *log, const struct segment_ids *ids)
{
    if (delete_links(log, ids) < 0 ||
        segment_source_each(log->db, delete_event, log->account_id, log->kind, ids) < 0 ||
        segment_source_each(log->db, delete_request, log->account_id, log->kind, ids) < 0)
        return -1;
    return delete_recent(log, ids);
}

/* ---- Segments ---------------------------------------------------------------------------------- */

/* Writes what is left of a segment.  0; 1 when it is damaged; -1. */
static int take_out(struct segment_log *log, const struct segment_entry *entry,
                    const struct segment_ids *ids)
{
    struct segment_rows rows = {0};
    int result = segment_log_load(log, entry, &rows);
    size_t left = 0, at = 0;

    for (size_t i = 0; i < rows.count && result == 0; i++)
        if (!is_among(ids, &at, rows.items[i].id))
            rows.items[left++] = rows.items[i];
    if (result == 0 && left == 0)
        result = segment_log_drop(log, entry->number);
    else if (result == 0 && left < rows.count)
        result = segment_log_put_over(log, entry, rows.items, left);
    segment_rows_release(&rows);
    return result;
}

/* A segment that lies within the range holds nothing but events of the ids, which are all of this range. */
static int change_segments(struct segment_log *log, const struct segment_ids *ids)
{
    uint64_t first = ids->items[0], last = ids->items[ids->count - 1];
    int result = 0;

    for (size_t i = 0; i < log->live_count && result == 0; i++) {
        const struct segment_entry *entry = &log->live[i];

        if (entry->last_id < first || entry->first_id > last)
            continue;
        result = entry->first_id >= first && entry->last_id <= last
                     ? segment_log_drop(log, entry->number)
                     : take_out(log, entry, ids);
    }
    return result;
}

/* ---- A step ------------------------------------------------------------------------------------ */

static int note(struct segment_log *log, const struct purge *purge, uint64_t count)
{
    bool triggers = log->kind == EVENT_KIND_TRIGGER;

    return purge_add(log->db, purge, triggers ? 0 : count, triggers ? count : 0);
}

static enum segment_step delete_some(struct segment_log *log, const struct purge *purge,
                                     size_t limit, struct segment_work *work)
{
    const struct segment_span span = {log->account_id, log->kind, 0,
                                      event_id_first(purge->before_ms) - 1};
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct segment_ids ids = {0};
    int changed, allowed = purge_is_allowed(log->db, purge);

    if (allowed == 0)
        result = SEGMENT_STEP_KEPT;
    if (allowed != 1)
        return result;
    if (segment_source_ids(log->db, SEGMENT_SOURCE_EVENT, &span, limit, &ids) < 0)
        goto out;
    if (ids.count < limit && /* also when the step before was a full one, and nothing was left */
        arrival_trim(log->db, log->account_id, log->kind, span.last_id + 1) < 0)
        goto out;
    result = SEGMENT_STEP_DONE;
    if (ids.count == 0)
        goto out;
    changed = change_segments(log, &ids);
    if (changed == 1)
        result = SEGMENT_STEP_DAMAGED;
    else if (changed < 0 || delete_rows(log, &ids) < 0 || note(log, purge, ids.count) < 0 ||
             segment_log_raise(log) < 0)
        result = SEGMENT_STEP_FAILED;
    else if (ids.count == limit)
        result = SEGMENT_STEP_MORE;
    work->events += ids.count;
    work->last_id = ids.items[ids.count - 1];
out:
    segment_ids_release(&ids);
    return result;
}

enum segment_step segment_delete_step(struct db *db, const struct config *config,
                                      const struct purge *purge, unsigned kind, size_t limit,
                                      struct segment_work *work)
{
    struct segment_work done = *work;
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct segment_log log;

    if (segment_step_begin(&log, db, config, purge->account_id, kind) == 0)
        result = delete_some(&log, purge, limit, &done);
    result = segment_step_end(&log, result, &done);
    if (result == SEGMENT_STEP_DONE || result == SEGMENT_STEP_MORE)
        *work = done;
    return result;
}
