/* SPDX-License-Identifier: MIT */
/*
 * New entities go into the block that was made last, and into new ones when it is full; blocks are in no order among each other.  What makes a
 * rebuild right is said in segment_rebuild.c: it is the same here.
 */
#include "upkeep/entity_writer.h"

#include <stdlib.h>

#include "upkeep/entity_log.h"
#include "upkeep/segment_step.h"

enum { ROWS_MAX = 8192 };

/* Which of two lists in order of ids holds what is next. */
static const struct entity_entry *next_of(const struct entity_list *a, size_t *at_a,
                                          const struct entity_list *b, size_t *at_b)
{
    bool from_b =
        *at_a == a->count || (*at_b < b->count && b->items[*at_b].id < a->items[*at_a].id);

    return from_b ? &b->items[(*at_b)++] : &a->items[(*at_a)++];
}

/* Takes from `list` what `held` has; both are in order. */
static void take_out(struct entity_list *list, const struct entity_list *held)
{
    size_t left = 0, at = 0;

    for (size_t i = 0; i < list->count; i++) {
        while (at < held->count && held->items[at].id < list->items[i].id)
            at++;
        if (at == held->count || held->items[at].id != list->items[i].id)
            list->items[left++] = list->items[i];
    }
    list->count = left;
}

/* ---- Merging ----------------------------------------------------------------------------------- */

/* The block that was made last, and nothing twice: older blocks are looked into only for ids that may be in them.  0, 1, -1. */
static int load_present(struct segment_log *log, struct arena *arena, struct entity_list *added,
                        struct entity_list *present)
{
    const struct segment_entry *last = &log->live[log->live_count - 1];
    int result = entity_log_load(log, arena, last, present);

    if (result != 0)
        return result;
    take_out(added, present);
    if (added->count == 0 || added->items[0].id > present->items[present->count - 1].id)
        return 0;
    for (size_t i = 0; i + 1 < log->live_count && result == 0; i++) {
        struct entity_list older = {0};

        result = entity_log_load(log, arena, &log->live[i], &older);
        if (result == 0)
            take_out(added, &older);
    }
    return result;
}

/* Writes both lists as one, over the last block unless that is full.  0 or -1. */
static int write_blocks(struct segment_log *log, struct arena *arena,
                        const struct entity_list *present, const struct entity_list *added,
                        struct segment_work *work)
{
    bool is_full = present->count >= segment_log_fill(log->config);
    struct entity_list all = {0}, none = {0};
    const struct entity_list *kept = is_full ? &none : present;
    uint32_t number = kept->count ? log->live[log->live_count - 1].number : SEGMENT_NEW;
    size_t at_kept = 0, at_added = 0, written;

    while (at_kept < kept->count || at_added < added->count)
        entity_list_add(arena, &all, next_of(kept, &at_kept, added, &at_added));
    for (size_t at = 0; at < all.count; at += written) {
        if (entity_log_put(log, number, all.items + at, all.count - at, &written) < 0)
            return -1;
        number = SEGMENT_NEW;
        work->last_events = written;
    }
    return 0;
}

static enum segment_step merge(struct segment_log *log, struct arena *arena,
                               struct segment_ids *ids, struct segment_work *work)
{
    struct entity_list added = {0}, present = {0};
    int result = 0;

    if (log->has_left)
        return SEGMENT_STEP_DONE;
    if (!log->indexed)
        return SEGMENT_STEP_NOT_INDEXED;
    if (entity_log_read_recent(log, arena, ROWS_MAX, ids, &added) < 0)
        return SEGMENT_STEP_FAILED;
    if (added.count && log->live_count)
        result = load_present(log, arena, &added, &present);
    if (result == 1)
        return SEGMENT_STEP_DAMAGED;
    if (result == 0 && added.count) {
        result = write_blocks(log, arena, &present, &added, work);
        if (result == 0)
            result = segment_log_raise(log);
    }
    if (result < 0 || entity_log_delete_recent(log, ids) < 0)
        return SEGMENT_STEP_FAILED;
    work->events += added.count;
    return ids->count < ROWS_MAX ? SEGMENT_STEP_DONE : SEGMENT_STEP_MORE;
}

/* ---- Rebuilding -------------------------------------------------------------------------------- */

/* Behind what is in the blocks of a rebuild that was begun before.  0, 1, -1. */
static int find_start(struct segment_log *log, struct arena *arena, uint64_t *above)
{
    struct entity_list present = {0};
    int result;

    *above = 0;
    if (log->live_count == 0)
        return 0;
    result = entity_log_load(log, arena, &log->live[log->live_count - 1], &present);
    if (result == 0)
        *above = present.items[present.count - 1].id;
    return result;
}

/* Deletes from entity_recent what has entered the block, and nothing else. */
static int move_recent(struct segment_log *log, const struct entity_list *list, size_t written,
                       struct segment_ids *ids)
{
    struct segment_ids gone = {0};
    size_t at = 0;
    int result;

    for (size_t i = 0; i < ids->count; i++) {
        while (at < written && list->items[at].id < ids->items[i])
            at++;
        if (at < written && list->items[at].id == ids->items[i])
            segment_ids_add(&gone, ids->items[i]);
    }
    result = entity_log_delete_recent(log, &gone);
    segment_ids_release(&gone);
    return result;
}

static enum segment_step rebuild(struct segment_log *log, struct arena *arena,
                                 struct segment_ids *ids, struct segment_work *work)
{
    size_t fill = segment_log_fill(log->config), written = 0;
    struct entity_list list = {0};
    uint64_t above;
    int result;

    if (log->indexed || log->has_left)
        return SEGMENT_STEP_DONE;
    result = find_start(log, arena, &above);
    if (result != 0)
        return result < 0 ? SEGMENT_STEP_FAILED : SEGMENT_STEP_DAMAGED;
    if (entity_log_read_table(log, arena, above, fill, &list) < 0 ||
        entity_log_read_recent(log, arena, SIZE_MAX >> 1, ids, NULL) < 0 ||
        (list.count && entity_log_put(log, SEGMENT_NEW, list.items, list.count, &written) < 0) ||
        move_recent(log, &list, written, ids) < 0)
        return SEGMENT_STEP_FAILED;
    work->events += written;
    work->last_events = written;
    if (written == fill || written < list.count)
        return SEGMENT_STEP_MORE;
    return segment_log_note_indexed(log) < 0 ? SEGMENT_STEP_FAILED : SEGMENT_STEP_DONE;
}

/* ---- A step ------------------------------------------------------------------------------------ */

static enum segment_step
run_step(struct db *db, const struct config *config, uint32_t account_id,
         enum segment_step (*step)(struct segment_log *log, struct arena *arena,
                                   struct segment_ids *ids, struct segment_work *work),
         struct segment_work *work)
{
    struct segment_work done = *work;
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct arena *arena = arena_new();
    struct segment_ids ids = {0};
    struct segment_log log;

    if (segment_step_begin(&log, db, config, account_id, 0) == 0)
        result = step(&log, arena, &ids, &done);
    result = segment_step_end(&log, result, &done);
    if (result == SEGMENT_STEP_DONE || result == SEGMENT_STEP_MORE)
        *work = done;
    segment_ids_release(&ids);
    arena_free(arena);
    return result;
}

enum segment_step entity_merge_step(struct db *db, const struct config *config, uint32_t account_id,
                                    struct segment_work *work)
{
    return run_step(db, config, account_id, merge, work);
}

enum segment_step entity_rebuild_step(struct db *db, const struct config *config,
                                      uint32_t account_id, struct segment_work *work)
{
    return run_step(db, config, account_id, rebuild, work);
}
