/* SPDX-License-Identifier: MIT */
/* Merging: rows are read, each goes into its segment, and exactly these rows are deleted. */
#include "upkeep/segment_writer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "upkeep/arrival.h"
#include "upkeep/segment_plan.h"
#include "upkeep/segment_step.h"
#include "upkeep/text_writer.h"

/* A step holds locks on what it changes, and its rows in memory: both are kept small. */
enum { ROWS_MAX = 8192, TARGETS_MAX = 16 };

/* ---- One segment ------------------------------------------------------------------------------- */

/*
 * Appends two runs as one to `merged`.  A row that stands in both is taken from `added`; how many there were: none, unless somebody has
 * changed the tables by hand.
 */
static size_t merge_rows(const struct segment_rows *present, const struct segment_row *added,
                         size_t count, struct segment_rows *merged)
{
    size_t at = 0, next = 0, twice = 0;

    while (at < present->count || next < count) {
        const struct segment_row *old = at < present->count ? &present->items[at] : NULL;
        const struct segment_row *new = next < count ? &added[next] : NULL;

        if (old && new && old->id == new->id) {
            twice++;
            at++;
            continue;
        }
        if (new && (!old || new->id < old->id)) {
            segment_rows_add(merged, new);
            next++;
        } else {
            segment_rows_add(merged, old);
            at++;
        }
    }
    return twice;
}

/* A segment that keeps its file of texts, once the new ones are in it.  1; 0: it has none, or not any more; -1. */
static int add_texts(struct segment_log *log, const struct segment_target *target,
                     const struct segment_rows *rows, size_t merged)
{
    struct text_index_name name = {.account_id = log->account_id, .kind = log->kind};
    int result;

    if (!target->entry || target->entry->text_check == 0 ||
        merged > segment_log_capacity(log->config))
        return 0;
    name.segment_id = target->entry->number;
    name.check = target->entry->text_check;
    result = text_writer_add_late(log->db, log->config, &name, rows->items + target->first,
                                  target->count);
    return result < 0 ? -1 : result == 0;
}

/* As one segment, or as several of about the same size when they are more than one may hold. */
static int put_rows(struct segment_log *log, uint32_t number, const struct segment_rows *rows)
{
    size_t fill = segment_log_fill(log->config), pieces = 1, at = 0;

    if (rows->count > segment_log_capacity(log->config)) {
        pieces = (rows->count + fill - 1) / fill;
        pieces = pieces < 2 ? 2 : pieces;
    }
    for (size_t i = 0; i < pieces; i++) {
        size_t end = rows->count * (i + 1) / pieces;

        if (segment_log_put(log, i == 0 ? number : SEGMENT_NEW, rows->items + at, end - at) < 0)
            return -1;
        at = end;
    }
    return 0;
}

static void complain_twice(const struct segment_log *log, size_t twice)
{
    char account[16], kind[16], count[24];

    snprintf(account, sizeof(account), "%u", log->account_id);
    snprintf(kind, sizeof(kind), "%u", log->kind);
    snprintf(count, sizeof(count), "%zu", twice);
    log_event(LOG_LEVEL_WARNING, "segment_rows_twice", {"account", str_from(account)},
              {"kind", str_from(kind)}, {"rows", str_from(count)});
}

/* 0; 1 when the segment is damaged; -1. */
static int write_target(struct segment_log *log, const struct segment_target *target,
                        const struct segment_rows *rows)
{
    struct segment_rows present = {0}, merged = {0};
    uint32_t number = target->entry ? target->entry->number : SEGMENT_NEW;
    int result = target->entry ? segment_log_load(log, target->entry, &present) : 0;
    int keeps_texts;
    size_t twice;

    if (result == 0) {
        twice = merge_rows(&present, rows->items + target->first, target->count, &merged);
        if (twice)
            complain_twice(log, twice);
        keeps_texts = add_texts(log, target, rows, merged.count);
        if (keeps_texts < 0)
            result = -1;
        else if (keeps_texts)
            result = segment_log_put_over(log, target->entry, merged.items, merged.count);
        else
            result = put_rows(log, number, &merged);
    }
    segment_rows_release(&present);
    segment_rows_release(&merged);
    return result;
}

/* ---- A step ------------------------------------------------------------------------------------ */

/* How many events the newest segment holds, once `rows` have been placed. */
static uint64_t newest_size(const struct segment_log *log, const struct segment_target *targets,
                            size_t count)
{
    const struct segment_entry *last = log->live_count ? &log->live[log->live_count - 1] : NULL;
    const struct segment_target *target = count ? &targets[count - 1] : NULL;

    if (!target || target->entry != last)
        return target && !target->entry ? target->count : (last ? last->events : 0);
    return (last ? last->events : 0) + target->count;
}

/* Puts the first rows where they belong; how many in `placed`. */
static enum segment_step place(struct segment_log *log, const struct segment_rows *rows,
                               size_t *placed, struct segment_work *work)
{
    struct segment_target targets[TARGETS_MAX];
    size_t count =
        segment_plan(log->config, log->live, log->live_count, rows, targets, TARGETS_MAX, placed);

    for (size_t i = 0; i < count; i++) {
        int result = write_target(log, &targets[i], rows);

        if (result != 0)
            return result < 0 ? SEGMENT_STEP_FAILED : SEGMENT_STEP_DAMAGED;
    }
    work->last_events = newest_size(log, targets, count);
    return SEGMENT_STEP_MORE;
}

static int delete_placed(struct segment_log *log, const struct segment_rows *rows, size_t placed)
{
    struct segment_ids ids = {0};
    int result;

    for (size_t i = 0; i < placed; i++)
        segment_ids_add(&ids, rows->items[i].id);
    result = arrival_leave(log->db, log->account_id, log->kind, &ids, false);
    if (result == 0)
        result = segment_source_delete_recent(log->db, log->account_id, log->kind, &ids);
    segment_ids_release(&ids);
    return result;
}

static enum segment_step merge(struct segment_log *log, struct segment_work *work)
{
    const struct segment_span all = {log->account_id, log->kind, 0, UINT64_MAX};
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct segment_rows rows = {0};
    size_t placed = 0;

    if (log->has_left)
        return SEGMENT_STEP_DONE;
    if (!log->indexed)
        return SEGMENT_STEP_NOT_INDEXED;
    if (segment_source_read(log->db, SEGMENT_SOURCE_RECENT, &all, ROWS_MAX, &rows) == 0)
        result = place(log, &rows, &placed, work);
    if (result == SEGMENT_STEP_MORE && placed > 0 &&
        (delete_placed(log, &rows, placed) < 0 || segment_log_raise(log) < 0))
        result = SEGMENT_STEP_FAILED;
    if (result == SEGMENT_STEP_MORE && placed == rows.count && rows.count < ROWS_MAX)
        result = SEGMENT_STEP_DONE;
    work->events += placed;
    segment_rows_release(&rows);
    return result;
}

enum segment_step segment_merge_step(struct db *db, const struct config *config,
                                     uint32_t account_id, unsigned kind, struct segment_work *work)
{
    struct segment_work done = *work;
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct segment_log log;

    if (segment_step_begin(&log, db, config, account_id, kind) == 0)
        result = merge(&log, &done);
    result = segment_step_end(&log, result, &done);
    if (result == SEGMENT_STEP_DONE || result == SEGMENT_STEP_MORE)
        *work = done;
    return result;
}
