/* SPDX-License-Identifier: MIT */
/*
 * A segment whose events change is written anew without its file of texts, since that would lead past the marks and still tell of the names;
 * `daybook maintain` makes another.
 */
#include "upkeep/erase_step.h"

#include "store/erase_views.h"
#include "upkeep/entity_writer.h"
#include "upkeep/segment_step.h"

enum {
    FIRST_EVENTS = 64,
    MOST_EVENTS = 2000,
    STEP_BYTES = 16 * 1024 * 1024,
    KINDS = 2,
};

/* ---- The index --------------------------------------------------------------------------------- */

static const struct erased_event *find(const struct erased_events *events, uint64_t id)
{
    size_t low = 0, high = events->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (events->items[middle].id == id)
            return &events->items[middle];
        if (events->items[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* 0; 1 when it is damaged; -1. */
static int change_segment(struct segment_log *log, const struct segment_entry *entry,
                          const struct erased_events *events)
{
    struct segment_rows rows = {0};
    int result = segment_log_load(log, entry, &rows);
    size_t changed = 0;

    for (size_t i = 0; i < rows.count && result == 0; i++) {
        const struct erased_event *event = find(events, rows.items[i].id);

        if (!event)
            continue;
        rows.items[i].value[SEGMENT_USER] = event->user_id;
        rows.items[i].value[SEGMENT_ENTITY] = event->entity_id;
        changed++;
    }
    if (result == 0 && changed)
        result = segment_log_put(log, entry->number, rows.items, rows.count);
    segment_rows_release(&rows);
    return result;
}

/* Has it any of the events, as far as its row tells? */
static bool may_have(const struct segment_entry *entry, const struct erased_events *events)
{
    size_t low = 0, high = events->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (events->items[middle].id < entry->first_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < events->count && events->items[low].id <= entry->last_id;
}

static int change_segments(struct segment_log *log, const struct erased_events *events)
{
    int result = 0;

    for (size_t i = 0; i < log->live_count && result == 0; i++)
        if (may_have(&log->live[i], events))
            result = change_segment(log, &log->live[i], events);
    return result;
}

/* Into tables and index.  0; 1 when a segment is damaged; -1. */
static int write(struct segment_log *log, struct erase *erase, const struct erased_events *events)
{
    bool triggers = log->kind == EVENT_KIND_TRIGGER;
    int result;

    if (events->count == 0)
        return 0;
    result = change_segments(log, events);
    if (result != 0)
        return result;
    if (erase_rows_write(log->db, &erase->wanted, log->kind, events) < 0 ||
        segment_log_raise(log) < 0)
        return -1;
    erase->erasure.triggers += triggers ? events->count : 0;
    erase->erasure.events += triggers ? 0 : events->count;
    return 0;
}

/* ---- Looking through everything ---------------------------------------------------------------- */

/* So that a step holds neither too many texts nor too few events. */
static void choose_size(struct erase *erase, const struct erased_events *found)
{
    if (found->bytes > STEP_BYTES)
        erase->step_events = erase->step_events / 4 + 1;
    else if (found->bytes < STEP_BYTES / 4 && erase->step_events < MOST_EVENTS)
        erase->step_events *= 2;
}

/* Up to what there is when it begins: whoever records may be quicker. */
static enum segment_step look_on(struct segment_log *log, struct arena *arena, struct erase *erase)
{
    struct erasure *erasure = &erase->erasure;
    struct erased_events found = {0};
    int result;

    if (erase->step_events == 0)
        erase->step_events = FIRST_EVENTS;
    if ((erasure->end_id == 0 &&
         erase_rows_newest(log->db, erasure->account_id, log->kind, &erasure->end_id) < 0) ||
        erase_rows_look(log->db, arena, &erase->wanted, log->kind, erasure->last_id,
                        erasure->end_id, erase->step_events, &found) < 0)
        return SEGMENT_STEP_FAILED;
    result = write(log, erase, &found);
    if (result != 0)
        return result < 0 ? SEGMENT_STEP_FAILED : SEGMENT_STEP_DAMAGED;
    erasure->last_id = found.last_id;
    erase->looked_at += found.looked_at;
    if (found.looked_at < erase->step_events) {
        erasure->stage++;
        erasure->last_id = erasure->end_id = 0;
    }
    choose_size(erase, &found);
    return erasure_note(log->db, erasure) < 0 ? SEGMENT_STEP_FAILED : SEGMENT_STEP_MORE;
}

/* ---- Taking names away ------------------------------------------------------------------------- */

/* Changes some of those that have an old name still.  How many, -1, or -2 when a segment is damaged. */
static int change_left(struct segment_log *log, struct arena *arena, struct erase *erase,
                       bool recent, size_t limit)
{
    struct erased_events found = {0};
    uint64_t *ids, last = 0;
    size_t count;
    int result =
        erase_rows_left(log->db, arena, &erase->wanted, log->kind, recent, limit, &ids, &count);

    for (size_t i = 0; i < count && result == 0; i++) {
        if (ids[i] <= last || (!recent && found.bytes > STEP_BYTES))
            break; /* those of the next name, and what would be too much at a time: their turn comes */
        last = ids[i];
        result = erase_rows_look_at(log->db, arena, &erase->wanted, log->kind, ids[i], &found);
    }
    if (result == 0)
        result = write(log, erase, &found);
    return result < 0 ? -1 : result == 1 ? -2 : (int)count;
}

static enum segment_step step_of(int changed)
{
    return changed == -1   ? SEGMENT_STEP_FAILED
           : changed == -2 ? SEGMENT_STEP_DAMAGED
           : changed > 0   ? SEGMENT_STEP_MORE
                           : SEGMENT_STEP_DONE;
}

/* Some of what was recorded behind the look with an old name, and merged. */
static enum segment_step drain(struct segment_log *log, struct arena *arena, struct erase *erase)
{
    enum segment_step step = step_of(change_left(log, arena, erase, false, MOST_EVENTS));

    if (step == SEGMENT_STEP_MORE && erasure_note(log->db, &erase->erasure) < 0)
        step = SEGMENT_STEP_FAILED;
    return step;
}

/* And not merged yet: so that little is left for the moment in which recorders wait. */
static enum segment_step drain_recent(struct segment_log *log, struct arena *arena,
                                      struct erase *erase)
{
    enum segment_step step = step_of(change_left(log, arena, erase, true, SIZE_MAX >> 1));

    if (step == SEGMENT_STEP_MORE && erasure_note(log->db, &erase->erasure) < 0)
        step = SEGMENT_STEP_FAILED;
    return step == SEGMENT_STEP_MORE ? SEGMENT_STEP_DONE : step;
}

/*
 * With no recorder at work on the account, and nothing merged since drain() found nothing: what is left stands in event_recent.
 */
static enum segment_step take_names(struct segment_log *log, struct arena *arena,
                                    struct erase *erase)
{
    int allowed = erasure_raise_names(log->db, erase->wanted.account_id);

    if (allowed != 1)
        return allowed < 0 ? SEGMENT_STEP_FAILED : SEGMENT_STEP_KEPT;
    for (unsigned kind = EVENT_KIND_EVENT; kind <= KINDS; kind++) {
        struct segment_log other;
        int changed = -1;

        if (segment_log_open(&other, log->db, erase->config, erase->wanted.account_id, kind) == 0)
            changed = change_left(&other, arena, erase, true, SIZE_MAX >> 1);
        segment_log_close(&other);
        if (changed < 0)
            return step_of(changed);
    }
    if (erase_views(log->db, &erase->wanted) < 0 ||
        erase_names_delete(log->db, erase->wanted.account_id, &erase->wanted.users,
                           &erase->wanted.entities) < 0 ||
        (erase->wanted.entities.count && segment_forget_within(log) < 0))
        return SEGMENT_STEP_FAILED;
    erase->erasure.stage = ERASURE_CACHE;
    return erasure_note(log->db, &erase->erasure) < 0 ? SEGMENT_STEP_FAILED : SEGMENT_STEP_MORE;
}

/* ---- A step ------------------------------------------------------------------------------------ */

/* Runs `work` on a log.  What could not be committed is not counted. */
static enum segment_step run(struct db *db, struct erase *erase, unsigned kind,
                             enum segment_step (*work)(struct segment_log *log, struct arena *arena,
                                                       struct erase *erase))
{
    const struct erasure before = erase->erasure;
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct arena *arena = arena_new();
    struct segment_log log;
    int allowed = -1;

    if (segment_step_begin(&log, db, erase->config, erase->wanted.account_id, kind) == 0)
        allowed = work == take_names /* asks itself, for a stronger lock */
                      ? 1
                      : erasure_is_allowed(db, erase->wanted.account_id);
    if (allowed == 0)
        result = SEGMENT_STEP_KEPT;
    else if (allowed == 1)
        result = work(&log, arena, erase);
    result = segment_step_end(&log, result, NULL);
    if (result != SEGMENT_STEP_MORE && result != SEGMENT_STEP_DONE)
        erase->erasure = before;
    arena_free(arena);
    return result;
}

/* With the lock held from the first to the last, nothing is merged meanwhile: what is not in event_recent comes to an end. */
static enum segment_step end_names(struct db *db, struct erase *erase)
{
    for (unsigned kind = EVENT_KIND_EVENT; kind <= KINDS; kind++) {
        enum segment_step step;

        do
            step = run(db, erase, kind, drain);
        while (step == SEGMENT_STEP_MORE);
        if (step == SEGMENT_STEP_DONE)
            step = run(db, erase, kind, drain_recent);
        if (step != SEGMENT_STEP_DONE)
            return step;
    }
    return run(db, erase, 0, take_names);
}

/* Files that hold names, or tell of them; the blocks of entities are made anew. */
static enum segment_step clear_cache(struct db *db, struct erase *erase)
{
    struct segment_work work = {0};
    enum segment_step step;

    do
        step = entity_rebuild_step(db, erase->config, erase->wanted.account_id, &work);
    while (step == SEGMENT_STEP_MORE || step == SEGMENT_STEP_DAMAGED);
    for (unsigned kind = 0; kind <= KINDS && step == SEGMENT_STEP_DONE; kind++)
        if (segment_sweep(db, erase->config, erase->wanted.account_id, kind, 0) < 0)
            step = SEGMENT_STEP_FAILED;
    return step;
}

enum segment_step erase_step(struct db *db, struct erase *erase)
{
    switch (erase->erasure.stage) {
    case ERASURE_EVENTS:
        return run(db, erase, EVENT_KIND_EVENT, look_on);
    case ERASURE_TRIGGERS:
        return run(db, erase, EVENT_KIND_TRIGGER, look_on);
    case ERASURE_NAMES:
        return end_names(db, erase);
    case ERASURE_CACHE:
        break;
    }
    return clear_cache(db, erase);
}
