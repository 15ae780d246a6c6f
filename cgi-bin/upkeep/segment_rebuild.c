/* SPDX-License-Identifier: MIT */
/*
 * Making an index: table event is walked in order of ids, a segment's worth in one transaction.
 *
 * Events of a range are read before its rows of event_recent: what is committed in between is in the second only, and stays there.
 * What was read from both goes from event_recent as it enters a segment.  The ranges leave no gap and end with infinity, so an event that is
 * recorded meanwhile, wherever it belongs, is in event_recent when the log becomes an indexed one.
 */
#include "upkeep/segment_writer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "upkeep/arrival.h"
#include "upkeep/segment_step.h"

static const struct str select_event =
    STR("SELECT 1 FROM event WHERE account_id = ? AND kind = ? AND id = ?");

/* Behind what has been indexed already. */
static uint64_t next_id(const struct segment_log *log)
{
    return log->live_count ? log->live[log->live_count - 1].last_id + 1 : 0;
}

/* 1: there is such an event; 0; -1.  Asked after event_recent was read, so it is there if its row was. */
static int has_event(struct segment_log *log, uint64_t id)
{
    struct db_rows *rows =
        db_select(log->db, select_event,
                  DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(log->kind), DB_NUMBER(id)));
    int more = rows ? db_next(rows) : -1;

    db_finish(rows);
    return more;
}

static bool is_among(const struct segment_rows *events, uint64_t id, size_t *at)
{
    while (*at < events->count && events->items[*at].id < id)
        ++*at;
    return *at < events->count && events->items[*at].id == id;
}

/*
 * Chooses what goes from event_recent: rows of the events that were read; and those of no event, which only somebody's hand can have
 * left.  0 or -1.
 */
static int choose(struct segment_log *log, const struct segment_rows *events,
                  const struct segment_ids *recent, struct segment_ids *gone)
{
    size_t at = 0;

    for (size_t i = 0; i < recent->count; i++) {
        uint64_t id = recent->items[i];
        int found = is_among(events, id, &at) ? 0 : has_event(log, id);

        if (found < 0)
            return -1;
        if (found == 0)
            segment_ids_add(gone, id);
    }
    return 0;
}

static int move_recent(struct segment_log *log, const struct segment_span *span,
                       const struct segment_rows *events)
{
    struct segment_ids recent = {0}, gone = {0};
    int result = segment_source_ids(log->db, SEGMENT_SOURCE_RECENT, span, SIZE_MAX >> 1, &recent);

    if (result == 0)
        result = choose(log, events, &recent, &gone);
    if (result == 0)
        result = arrival_leave(log->db, log->account_id, log->kind, &gone, false);
    if (result == 0)
        result = segment_source_delete_recent(log->db, log->account_id, log->kind, &gone);
    segment_ids_release(&recent);
    segment_ids_release(&gone);
    return result;
}

static enum segment_step rebuild(struct segment_log *log, struct segment_work *work)
{
    size_t fill = segment_log_fill(log->config);
    struct segment_span span = {log->account_id, log->kind, next_id(log), UINT64_MAX};
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct segment_rows events = {0};
    bool at_end;

    if (log->indexed || log->has_left)
        return SEGMENT_STEP_DONE;
    if (segment_source_read(log->db, SEGMENT_SOURCE_EVENT, &span, fill, &events) < 0)
        goto out;
    at_end = events.count < fill;
    if (!at_end)
        span.last_id = events.items[events.count - 1].id;
    if (move_recent(log, &span, &events) < 0)
        goto out;
    if (events.count && segment_log_put(log, SEGMENT_NEW, events.items, events.count) < 0)
        goto out;
    if (at_end && segment_log_note_indexed(log) < 0)
        goto out;
    work->events += events.count;
    if (events.count) {
        work->last_events = events.count;
        work->last_id = events.items[events.count - 1].id;
    }
    result = at_end ? SEGMENT_STEP_DONE : SEGMENT_STEP_MORE;
out:
    segment_rows_release(&events);
    return result;
}

enum segment_step segment_rebuild_step(struct db *db, const struct config *config,
                                       uint32_t account_id, unsigned kind,
                                       struct segment_work *work)
{
    struct segment_work done = *work;
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct segment_log log;

    if (segment_step_begin(&log, db, config, account_id, kind) == 0)
        result = rebuild(&log, &done);
    result = segment_step_end(&log, result, &done);
    if (result == SEGMENT_STEP_DONE || result == SEGMENT_STEP_MORE)
        *work = done;
    return result;
}
