/* SPDX-License-Identifier: MIT */
/*
 * Decides the id of each event, then writes the batch.  What a batch is (struct draft) is fixed before the first write, so
 * writing may be repeated after a lost connection, a deadlock or a race: what was committed is recognised.
 */
#include "store/recorder.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/parse.h"
#include "store/event_rows.h"
#include "store/name_store.h"
#include "store/schema_version.h"

enum { ATTEMPTS_MAX = 20, RECENT_CHUNK = 64, OWN_KEY_BYTES = 8 + 16 };

#define SLOT_MASK ((UINT64_C(1) << EVENT_ID_SLOT_BITS) - 1)
#define EIGHT_MARKS "?, ?, ?, ?, ?, ?, ?, ?"

static const struct str own_key_prefix = STR("daybook:");
static const struct str select_hash =
    STR("SELECT key_hash FROM event_request WHERE account_id = ? AND kind = ? AND id = ?");
static const struct str select_recent =
    STR("SELECT key_hash, id FROM recent_key WHERE account_id = ? AND kind = ? AND key_hash IN "
        "(" EIGHT_MARKS ", " EIGHT_MARKS ", " EIGHT_MARKS ", " EIGHT_MARKS ", " EIGHT_MARKS
        ", " EIGHT_MARKS ", " EIGHT_MARKS ", " EIGHT_MARKS ")");

struct recorder {
    struct db *db;
    struct name_store *names;
};

struct draft {
    struct event_row row;
    uint64_t base_id;         /* where the search for a free slot begins */
    bool keyed;               /* the sender gave a key */
    bool recent;              /* the key needs a row in recent_key */
    bool stored;              /* stands already, under row.id */
    const struct draft *twin; /* the same event earlier in the batch, or NULL */
};

struct batch {
    struct db *db;
    uint32_t account_id;
    struct draft *drafts; /* as sent */
    size_t count;
    struct draft **order; /* room for a sorted selection of them */
};

struct recorder *recorder_open(const struct config *config)
{
    struct db *db = schema_version_open(config, CONFIG_RECORDER);
    struct recorder *recorder;

    if (!db)
        return NULL;
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

static struct str hash_of(const struct draft *draft)
{
    return (struct str){(const char *)draft->row.key_hash, EVENT_KEY_HASH_BYTES};
}

static void set_hash(struct draft *draft, struct str key)
{
    unsigned char digest[DIGEST_BYTES];

    digest_sha256(key, digest);
    memcpy(draft->row.key_hash, digest, EVENT_KEY_HASH_BYTES);
}

/* Without a key: any slot, and as key the id itself, which is also what an export writes. */
static void draw_slot(struct draft *draft)
{
    char key[OWN_KEY_BYTES + 1];
    uint64_t random;

    digest_random(&random, sizeof(random));
    draft->base_id = event_id_first(draft->row.event->occurred_ms) | (random & SLOT_MASK);
    snprintf(key, sizeof(key), "daybook:%016llx", (unsigned long long)draft->base_id);
    set_hash(draft, str_from(key));
}

/* The slot that a key asks for: its own for a key made from an id of that millisecond, else 22 bits of its hash. */
static uint64_t slot_of_key(const struct draft *draft)
{
    struct str key = draft->row.event->idempotency_key;
    const unsigned char *hash = draft->row.key_hash;
    uint64_t id;

    if (key.len == OWN_KEY_BYTES && str_starts(key, own_key_prefix) &&
        parse_hex16(str_slice(key, own_key_prefix.len, key.len), &id) &&
        event_id_ms(id) == draft->row.event->occurred_ms)
        return id & SLOT_MASK;
    return ((uint64_t)hash[0] << 16 | (uint64_t)hash[1] << 8 | hash[2]) & SLOT_MASK;
}

static void start_draft(struct draft *draft, struct event *event, const struct event_names *names,
                        int64_t now_ms)
{
    event->received_ms = now_ms;
    if (!event->has_time)
        event->occurred_ms = now_ms;
    draft->row.event = event;
    draft->row.names = names;
    draft->keyed = event->idempotency_key.len > 0;
    draft->recent = draft->keyed && !event->has_time;
    if (draft->keyed) {
        set_hash(draft, event->idempotency_key);
        draft->base_id = event_id_first(event->occurred_ms) | slot_of_key(draft);
    } else {
        draw_slot(draft);
    }
    draft->row.id = draft->base_id;
}

/* The slot is taken by another event.  A key made from an id must stay true, so an event without a key draws again. */
static void move_on(struct draft *draft)
{
    uint64_t id = draft->row.id;

    if (draft->keyed) {
        draft->row.id = (id & ~SLOT_MASK) | ((id + 1) & SLOT_MASK);
    } else {
        draw_slot(draft);
        draft->row.id = draft->base_id;
    }
}

static int by_hash(const void *a, const void *b)
{
    const struct draft *x = *(struct draft *const *)a, *y = *(struct draft *const *)b;
    int order;

    if (x->row.event->kind != y->row.event->kind)
        return x->row.event->kind < y->row.event->kind ? -1 : 1;
    order = memcmp(x->row.key_hash, y->row.key_hash, EVENT_KEY_HASH_BYTES);
    if (order)
        return order;
    return (x > y) - (x < y); /* the earlier in the batch first */
}

static int by_id(const void *a, const void *b)
{
    const struct draft *x = *(struct draft *const *)a, *y = *(struct draft *const *)b;

    if (x->row.event->kind != y->row.event->kind)
        return x->row.event->kind < y->row.event->kind ? -1 : 1;
    if (x->row.id != y->row.id)
        return x->row.id < y->row.id ? -1 : 1;
    return by_hash(a, b);
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

static bool same_key(const struct draft *a, const struct draft *b)
{
    return a->keyed && b->keyed && a->row.event->kind == b->row.event->kind &&
           str_equal(hash_of(a), hash_of(b));
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
    size_t total = select_unstored(batch, false, by_hash), count;

    for (size_t at = 0; at < total; at += count) {
        count = 1;
        while (at + count < total && same_key(batch->order[at], batch->order[at + count]))
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
        values[2 + i] = DB_BYTES(hash_of(drafts[i < count ? i : 0]));
    rows = db_select(batch->db, select_recent, values, 2 + RECENT_CHUNK);
    while (rows && (more = db_next(rows)) == 1) {
        for (size_t i = 0; i < count; i++) {
            if (str_equal(hash_of(drafts[i]), db_bytes(rows, 0))) {
                drafts[i]->row.id = db_number(rows, 1);
                drafts[i]->stored = true;
            }
        }
    }
    db_finish(rows);
    return more;
}

/* Any key may stand in recent_key: the sender may have left out the time at first, or its clock was ahead. */
static int find_recent(struct batch *batch)
{
    size_t total = select_unstored(batch, false, by_hash), keyed = 0, count;

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

    *same = found == 1 && str_equal(hash_of(draft), db_bytes(rows, 0));
    db_finish(rows);
    return found;
}

/*
 * After a duplicate or a lost connection: which drafts stand already, and where is room for the others?  A draft without a key that
 * finds its own number taken has met another event that drew the same, unless a commit of its own may have got through.
 */
static int find_stored(struct batch *batch, bool reconnected)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct draft *draft = &batch->drafts[i];
        bool same = false;
        int taken;

        if (draft->stored || draft->twin)
            continue;
        draft->row.id = draft->base_id;
        while ((taken = look_at_slot(batch, draft, &same)) == 1 &&
               !(same && (draft->keyed || reconnected)))
            move_on(draft);
        if (taken < 0)
            return -1;
        draft->stored = taken == 1;
    }
    return 0;
}

/* Moves a draft off the slots up to `last`, which are taken.  True when it stands behind them now, and not just anywhere. */
static bool move_behind(struct draft *draft, uint64_t last)
{
    if (draft->keyed)
        draft->row.id = last;
    move_on(draft);
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
        size_t count = select_unstored(batch, false, by_id);
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

/* struct draft begins with its row, so a list of drafts is a list of rows. */
static struct event_row *const *as_rows(struct draft *const *order)
{
    return (struct event_row *const *)(const void *)order;
}

static int write_batch(struct batch *batch, size_t *stored)
{
    size_t recent, count;

    if (db_begin(batch->db, DB_WRITE) < 0)
        return -1;
    separate_slots(batch);
    recent = select_unstored(batch, true, by_hash);
    if (event_rows_insert_recent(batch->db, batch->account_id, as_rows(batch->order), recent) < 0)
        return -1;
    count = select_unstored(batch, false, by_id);
    if (event_rows_insert(batch->db, batch->account_id, as_rows(batch->order), count) < 0)
        return -1;
    if (db_commit(batch->db) < 0)
        return -1;
    *stored = count;
    return 0;
}

/* May the batch be tried again after this error?  A broken connection gets one new one; see the header on what is then not known. */
static bool worth_another_try(struct batch *batch, bool *reconnected)
{
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
        if (find_recent(batch) == 0 && (attempt == 0 || find_stored(batch, reconnected) == 0) &&
            write_batch(batch, stored) == 0)
            return 0;
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

int recorder_store(struct recorder *recorder, uint32_t account_id, struct event *events,
                   size_t count, size_t *stored)
{
    struct event_names *names = memory_new(count * sizeof(*names));
    struct batch batch = {.db = recorder->db, .account_id = account_id, .count = count};
    int64_t now_ms = clock_now_ms();
    size_t written = 0;
    int result;

    batch.drafts = memory_new(count * sizeof(*batch.drafts));
    batch.order = memory_new(count * sizeof(struct draft *));
    result = resolve_names(recorder, account_id, events, count, names);
    if (result == 0) {
        for (size_t i = 0; i < count; i++)
            start_draft(&batch.drafts[i], &events[i], &names[i], now_ms);
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
