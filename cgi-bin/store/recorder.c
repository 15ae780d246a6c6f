/* SPDX-License-Identifier: MIT */
/*
 * Decides the id of each event, then writes the batch.  What a batch is (struct draft) is fixed before the first write, so
 * writing may be repeated after a lost connection, a deadlock or a race: what was committed is recognised.
 */
#include "store/recorder.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "store/account_store.h"
#include "store/draft.h"
#include "store/link_rows.h"
#include "store/name_store.h"
#include "store/schema_version.h"

enum { ATTEMPTS_MAX = 20, RECENT_CHUNK = 64 };

#define EIGHT_MARKS "?, ?, ?, ?, ?, ?, ?, ?"

static const struct str select_hash =
    STR("SELECT key_hash FROM event_request WHERE account_id = ? AND kind = ? AND id = ?");
static const struct str select_any_recent =
    STR("SELECT 1 FROM recent_key WHERE account_id = ? LIMIT 1");
static const struct str select_recent =
    STR("SELECT key_hash, id FROM recent_key WHERE account_id = ? AND kind = ? AND key_hash IN "
        "(" EIGHT_MARKS ", " EIGHT_MARKS ", " EIGHT_MARKS ", " EIGHT_MARKS ", " EIGHT_MARKS
        ", " EIGHT_MARKS ", " EIGHT_MARKS ", " EIGHT_MARKS ")");

struct recorder {
    struct db *db;
    struct name_store *names;
};

struct batch {
    struct db *db;
    struct name_store *store;
    uint32_t account_id;
    struct event *events;
    struct event_names *names; /* of the events; the drafts look there */
    bool names_are_old;
    struct draft *drafts; /* as sent */
    size_t count;
    struct draft **order; /* room for a sorted selection of them */
    const struct recorder_also *also;
};

struct recorder *recorder_open(const struct config *config)
{
    struct db *db = schema_version_open(config, CONFIG_RECORDER);
    struct recorder *recorder;

    if (!db)
        return NULL;
    memory_keep_freed();
    recorder = memory_new(sizeof(*recorder));
    recorder->db = db;
    recorder->names = name_store_new();
    return recorder;
}

void recorder_close(struct recorder *recorder)
{
    if (!recorder)
        return;
    name_store_free(recorder->names);
    db_free(recorder->db);
    free(recorder);
}

struct db *recorder_db(struct recorder *recorder)
{
    return recorder->db;
}

/* Puts the drafts that have still to be written into batch->order, sorted; only the recent ones on wish. */
static size_t select_unstored(struct batch *batch, bool only_recent,
                              int (*compare)(const void *, const void *))
{
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++) {
        struct draft *draft = &batch->drafts[i];

        if (!draft->stored && !draft->twin && (draft->recent || !only_recent))
            batch->order[count++] = draft;
    }
    qsort(batch->order, count, sizeof(*batch->order), compare);
    return count;
}

/* Of `count` drafts with one key: which are the same event?  Those of one time; all, when one has no time of its own. */
static void mark_group(struct draft **group, size_t count)
{
    bool any_recent = false;

    for (size_t i = 0; i < count; i++)
        any_recent = any_recent || group[i]->recent;
    for (size_t i = 1; i < count; i++) {
        for (size_t k = 0; k < i && !group[i]->twin; k++)
            if (any_recent || group[k]->base_id == group[i]->base_id)
                group[i]->twin = group[k]->twin ? group[k]->twin : group[k];
    }
    group[0]->recent = any_recent;
}

static void mark_twins(struct batch *batch)
{
    size_t total = select_unstored(batch, false, draft_by_hash), count;

    for (size_t at = 0; at < total; at += count) {
        count = 1;
        while (at + count < total && draft_same_key(batch->order[at], batch->order[at + count]))
            count++;
        mark_group(&batch->order[at], count);
    }
}

/* Marks those of up to RECENT_CHUNK drafts of one kind that stand in recent_key. */
static int find_recent_chunk(struct batch *batch, struct draft **drafts, size_t count)
{
    struct db_value values[2 + RECENT_CHUNK];
    struct db_rows *rows;
    int more = -1;

    values[0] = DB_NUMBER(batch->account_id);
    values[1] = DB_NUMBER(drafts[0]->row.event->kind);
    for (size_t i = 0; i < RECENT_CHUNK; i++)
        values[2 + i] = DB_BYTES(draft_hash(drafts[i < count ? i : 0]));
    rows = db_select(batch->db, select_recent, values, 2 + RECENT_CHUNK);
    while (rows && (more = db_next(rows)) == 1) {
        for (size_t i = 0; i < count; i++) {
            if (str_equal(draft_hash(drafts[i]), db_bytes(rows, 0))) {
                drafts[i]->row.id = db_number(rows, 1);
                drafts[i]->stored = true;
            }
        }
    }
    db_finish(rows);
    return more;
}

/* 1: some key of the account stands in recent_key; 0: none, as with senders that always give a time; -1. */
static int has_recent(struct batch *batch)
{
    struct db_rows *rows =
        db_select(batch->db, select_any_recent, DB_VALUES(DB_NUMBER(batch->account_id)));
    int found = rows ? db_next(rows) : -1;

    db_finish(rows);
    return found;
}

/* Any key may stand in recent_key: the sender may have left out the time at first, or its clock was ahead. */
static int find_recent(struct batch *batch)
{
    size_t total, keyed = 0, count;
    int found = has_recent(batch);

    if (found <= 0)
        return found;
    total = select_unstored(batch, false, draft_by_hash);
    for (size_t i = 0; i < total; i++)
        if (batch->order[i]->keyed)
            batch->order[keyed++] = batch->order[i];
    for (size_t at = 0; at < keyed; at += count) {
        struct draft **chunk = &batch->order[at];

        count = 1;
        while (at + count < keyed && count < RECENT_CHUNK &&
               chunk[count]->row.event->kind == chunk[0]->row.event->kind)
            count++;
        if (find_recent_chunk(batch, chunk, count) < 0)
            return -1;
    }
    return 0;
}

/* 1: the slot of row.id is taken, by this very event when `same`; 0: free; -1. */
static int look_at_slot(struct batch *batch, const struct draft *draft, bool *same)
{
    struct db_rows *rows =
        db_select(batch->db, select_hash,
                  DB_VALUES(DB_NUMBER(batch->account_id), DB_NUMBER(draft->row.event->kind),
                            DB_NUMBER(draft->row.id)));
    int found = rows ? db_next(rows) : -1;

    *same = found == 1 && str_equal(draft_hash(draft), db_bytes(rows, 0));
    db_finish(rows);
    return found;
}

/*
 * Looks up where a draft stands already, or which slot is free for it, from row.id on.  A draft without a key that finds
 * its own number taken has met another event that drew the same, unless a commit of its own may have got through.
 */
static int look_up_draft(struct batch *batch, struct draft *draft, bool reconnected)
{
    bool same = false;
    int taken;

    while ((taken = look_at_slot(batch, draft, &same)) == 1 &&
           !(same && (draft->keyed || reconnected)))
        draft_move_on(draft);
    draft->stored = taken == 1;
    draft->looked_up = true;
    return taken < 0 ? -1 : 0;
}

/* Moves a draft off the slots up to `last`, which are taken.  True when it stands behind them now, and not just anywhere. */
static bool move_behind(struct draft *draft, uint64_t last)
{
    if (draft->keyed)
        draft->row.id = last;
    draft_move_on(draft);
    return draft->keyed && draft->row.id > last;
}

/*
 * Gives each draft of the batch a slot of its own, in order of ids.  One that was drawn anew, or came round to the first slot of its
 * millisecond, may meet another: then all are sorted and looked at again.
 */
static void separate_slots(struct batch *batch)
{
    bool again = true;

    while (again) {
        size_t count = select_unstored(batch, false, draft_by_id);
        const struct event_row *placed = NULL;

        again = false;
        for (size_t i = 0; i < count; i++) {
            struct draft *draft = batch->order[i];
            bool taken = placed && draft->row.event->kind == placed->event->kind &&
                         draft->row.id <= placed->id;

            if (!taken || move_behind(draft, placed->id))
                placed = &draft->row;
            else
                again = true;
        }
    }
}

/*
 * After a duplicate or a lost connection: which drafts stand already, and where is room for the others?  A draft that gives way to
 * another of the batch is looked up again, since its next slot may be taken by what is stored.
 */
static int find_stored(struct batch *batch, bool reconnected)
{
    bool all_looked_up = false;

    for (size_t i = 0; i < batch->count; i++) {
        batch->drafts[i].row.id =
            batch->drafts[i].stored ? batch->drafts[i].row.id : batch->drafts[i].base_id;
        batch->drafts[i].looked_up = false;
    }
    while (!all_looked_up) {
        all_looked_up = true;
        for (size_t i = 0; i < batch->count; i++) {
            struct draft *draft = &batch->drafts[i];

            if (draft->stored || draft->twin || draft->looked_up)
                continue;
            all_looked_up = false;
            if (look_up_draft(batch, draft, reconnected) < 0)
                return -1;
        }
        separate_slots(batch);
    }
    return 0;
}

/* struct draft begins with its row, so a list of drafts is a list of rows. */
static struct event_row *const *as_rows(struct draft *const *order)
{
    return (struct event_row *const *)(const void *)order;
}

static void mark_new(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        batch->drafts[i].row.event->is_new = !batch->drafts[i].stored && !batch->drafts[i].twin;
}

/* Before anything else, so that neither the account nor the numbers of its names can go until the commit. */
static int keep_account(struct batch *batch)
{
    uint64_t version;

    if (account_stays(batch->db, batch->account_id, &version) != 1)
        return -1;
    batch->names_are_old = !name_store_agrees(batch->store, batch->db, batch->account_id, version);
    return batch->names_are_old ? -1 : 0;
}

/* 0 after the commit, -1, or 1 when the batch must not be stored. */
static int write_batch(struct batch *batch, size_t *stored)
{
    size_t recent, count;
    int also;

    if (db_begin(batch->db, DB_WRITE) < 0 || keep_account(batch) < 0)
        return -1;
    separate_slots(batch);
    recent = select_unstored(batch, true, draft_by_hash);
    if (event_rows_insert_keys(batch->db, batch->account_id, as_rows(batch->order), recent) < 0)
        return -1;
    count = select_unstored(batch, false, draft_by_id);
    if (event_rows_insert(batch->db, batch->account_id, as_rows(batch->order), count) < 0 ||
        link_rows_insert(batch->db, batch->account_id, as_rows(batch->order), count) < 0)
        return -1;
    mark_new(batch);
    also = batch->also ? batch->also->write(batch->db, count, batch->also->context) : 0;
    if (also == 1)
        db_rollback(batch->db);
    if (also != 0)
        return also;
    if (db_commit(batch->db) < 0)
        return -1;
    *stored = count;
    return 0;
}

/* May the batch be tried again after this error?  A broken connection gets one new one; see the header on what is then not known. */
static bool worth_another_try(struct batch *batch, bool *reconnected)
{
    if (batch->names_are_old) {
        batch->names_are_old = false;
        db_rollback(batch->db);
        return name_store_resolve(batch->store, batch->db, batch->account_id, batch->events,
                                  batch->count, batch->names) == 0;
    }
    switch (db_last_error(batch->db)) {
    case DB_ERROR_DUPLICATE:
    case DB_ERROR_RETRY:
        db_rollback(batch->db);
        return true;
    case DB_ERROR_GONE:
        if (*reconnected)
            return false;
        *reconnected = true;
        return db_connect(batch->db) == 0;
    default:
        db_rollback(batch->db);
        return false;
    }
}

static int store_batch(struct batch *batch, size_t *stored)
{
    bool reconnected = false;

    mark_twins(batch);
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        int result = -1;

        if (find_recent(batch) == 0 && (attempt == 0 || find_stored(batch, reconnected) == 0))
            result = write_batch(batch, stored);
        if (result >= 0)
            return result;
        if (!worth_another_try(batch, &reconnected))
            return -1;
    }
    log_event(LOG_LEVEL_ERROR, "record_gave_up", {"reason", STR("too many collisions")});
    return -1;
}

static int resolve_names(struct recorder *recorder, uint32_t account_id, struct event *events,
                         size_t count, struct event_names *names)
{
    if (name_store_resolve(recorder->names, recorder->db, account_id, events, count, names) == 0)
        return 0;
    if (db_last_error(recorder->db) != DB_ERROR_GONE)
        return -1;
    return name_store_resolve(recorder->names, recorder->db, account_id, events, count, names);
}

int recorder_store_also(struct recorder *recorder, uint32_t account_id, struct event *events,
                        size_t count, const struct recorder_also *also, size_t *stored)
{
    struct event_names *names = memory_new(count * sizeof(*names));
    struct batch batch = {.db = recorder->db,
                          .store = recorder->names,
                          .account_id = account_id,
                          .events = events,
                          .names = names,
                          .count = count,
                          .also = also};
    int64_t now_ms = clock_now_ms();
    size_t written = 0;
    int result;

    batch.drafts = memory_new(count * sizeof(*batch.drafts));
    batch.order = memory_new(count * sizeof(struct draft *));
    result = resolve_names(recorder, account_id, events, count, names);
    if (result == 0) {
        for (size_t i = 0; i < count; i++)
            draft_start(&batch.drafts[i], &events[i], &names[i], now_ms);
        result = store_batch(&batch, &written);
    }
    for (size_t i = 0; i < count && result == 0; i++) {
        const struct draft *draft = batch.drafts[i].twin ? batch.drafts[i].twin : &batch.drafts[i];

        events[i].id = draft->row.id;
    }
    if (stored)
        *stored = written;
    free(batch.order);
    free(batch.drafts);
    free(names);
    return result;
}

int recorder_store(struct recorder *recorder, uint32_t account_id, struct event *events,
                   size_t count, size_t *stored)
{
    return recorder_store_also(recorder, account_id, events, count, NULL, stored);
}
