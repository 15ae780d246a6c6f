/* SPDX-License-Identifier: MIT */
/* Table held_event.  Never changes the log. */
#include "store/held_store.h"

#include "base/digest.h"
#include "base/event_link.h"

static const struct str insert_held =
    STR("INSERT INTO held_event (account_id, key_hash, stage, held_ms, body_bytes, event) "
        "VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE "
        "event = IF(VALUES(stage) > stage, VALUES(event), event), "
        "body_bytes = IF(VALUES(stage) > stage, VALUES(body_bytes), body_bytes), "
        "stage = GREATEST(stage, VALUES(stage))");
static const struct str select_any = STR("SELECT 1 FROM held_event WHERE account_id = ? LIMIT 1");
static const struct str delete_ended =
    STR("DELETE FROM held_event WHERE account_id = ? AND key_hash = ?");
#define DUE                                                                                        \
    " FROM held_event WHERE account_id = ? AND held_ms < ? ORDER BY held_ms, key_hash LIMIT ?"
static const struct str select_due_bytes = STR("SELECT LENGTH(event)" DUE);
static const struct str select_due = STR("SELECT key_hash, stage, body_bytes, event" DUE);
static const struct str delete_due =
    STR("DELETE FROM held_event WHERE account_id = ? AND key_hash = ? AND stage = ?");
static const struct str select_account =
    STR("SELECT h.account_id FROM held_event h JOIN account a ON a.id = h.account_id "
        "WHERE h.account_id > ? AND h.held_ms < ? ORDER BY h.account_id LIMIT 1");

enum { HOURS = 25 /* as many as the marks below */ };

#define FIVE_MARKS "?, ?, ?, ?, ?"
static const struct str select_recorded =
    STR("SELECT 1 FROM event_link l STRAIGHT_JOIN event_request r ON r.account_id = l.account_id "
        "AND r.kind = l.kind AND r.id = l.id WHERE l.account_id = ? AND l.value_hash = ? AND "
        "l.kind = ? AND r.key_hash = ? AND (l.id < ? OR l.id >= ?) AND l.hour IN (" FIVE_MARKS
        ", " FIVE_MARKS ", " FIVE_MARKS ", " FIVE_MARKS ", " FIVE_MARKS ") LIMIT 1");

static struct str as_text(const unsigned char hash[HELD_HASH_BYTES])
{
    return (struct str){(const char *)hash, HELD_HASH_BYTES};
}

void held_hash(struct str idempotency_key, unsigned char hash[HELD_HASH_BYTES])
{
    unsigned char sha256[DIGEST_BYTES];

    digest_sha256(idempotency_key, sha256);
    memcpy(hash, sha256, HELD_HASH_BYTES);
}

int held_store_keep(struct db *db, uint32_t account_id, const struct held_event *held,
                    int64_t now_ms)
{
    return db_run(db, insert_held,
                  DB_VALUES(DB_NUMBER(account_id), DB_BYTES(as_text(held->key_hash)),
                            DB_NUMBER(held->stage), DB_NUMBER((uint64_t)now_ms),
                            DB_NUMBER(held->body_bytes), DB_BYTES(held->text)),
                  NULL);
}

int held_store_any(struct db *db, uint32_t account_id, bool *any)
{
    uint64_t one;
    int found = db_select_number(db, select_any, DB_VALUES(DB_NUMBER(account_id)), &one);

    *any = found == 1;
    return found < 0 ? -1 : 0;
}

int held_store_end(struct db *db, uint32_t account_id,
                   const unsigned char key_hash[HELD_HASH_BYTES])
{
    return db_run(db, delete_ended, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(as_text(key_hash))),
                  NULL);
}

/* Sets `limit` to how many of the first texts make HELD_DUE_BYTES_MAX; one is always among them.  0 or -1. */
static int bound_due(struct db *db, uint32_t account_id, int64_t before_ms, size_t *limit)
{
    struct db_rows *rows = db_select(
        db, select_due_bytes,
        DB_VALUES(DB_NUMBER(account_id), DB_NUMBER((uint64_t)before_ms), DB_NUMBER(*limit)));
    uint64_t bytes = 0;
    size_t count = 0;
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        bytes += db_number(rows, 0);
        if (count && bytes > HELD_DUE_BYTES_MAX)
            break;
        count++;
    }
    db_finish(rows);
    *limit = count;
    return more < 0 ? -1 : 0;
}

int held_store_due(struct db *db, struct arena *arena, uint32_t account_id, int64_t before_ms,
                   size_t limit, struct held_event **list, size_t *count)
{
    struct db_rows *rows;
    size_t capacity = 0;
    int more;

    *list = NULL;
    *count = 0;
    if (bound_due(db, account_id, before_ms, &limit) < 0)
        return -1;
    rows = db_select(
        db, select_due,
        DB_VALUES(DB_NUMBER(account_id), DB_NUMBER((uint64_t)before_ms), DB_NUMBER(limit)));
    more = rows ? 1 : -1;
    while (more == 1 && (more = db_next(rows)) == 1) {
        struct held_event *held;

        *list = arena_grow(arena, *list, *count, &capacity, sizeof(**list));
        held = &(*list)[(*count)++];
        memcpy(held->key_hash, db_bytes(rows, 0).ptr, HELD_HASH_BYTES);
        held->stage = (unsigned)db_number(rows, 1);
        held->body_bytes = db_number(rows, 2);
        held->text = arena_copy(arena, db_bytes(rows, 3));
    }
    db_finish(rows);
    return more;
}

int held_store_is_recorded(struct db *db, uint32_t account_id, const struct event *event,
                           bool *recorded)
{
    uint32_t hour = event_link_hour(event->occurred_ms);
    unsigned char hash[HELD_HASH_BYTES];
    struct db_value values[6 + HOURS];
    uint64_t one;
    int found;

    held_hash(event->idempotency_key, hash);
    values[0] = DB_NUMBER(account_id);
    values[1] = DB_NUMBER(event_link_id(event->request_id));
    values[2] = DB_NUMBER(event->kind);
    values[3] = DB_BYTES(as_text(hash));
    values[4] = DB_NUMBER(event_id_first(event->occurred_ms));
    values[5] = DB_NUMBER(event_id_first(event->occurred_ms + 1));
    for (uint32_t i = 0; i < HOURS; i++)
        values[6 + i] = DB_NUMBER(hour - 1 + i);
    found = db_select_number(db, select_recorded, values, 6 + HOURS, &one);
    *recorded = found == 1;
    return found < 0 ? -1 : 0;
}

int held_store_remove(struct db *db, uint32_t account_id, const struct held_event *held)
{
    return db_run(
        db, delete_due,
        DB_VALUES(DB_NUMBER(account_id), DB_BYTES(as_text(held->key_hash)), DB_NUMBER(held->stage)),
        NULL);
}

int held_store_next_account(struct db *db, uint32_t after, int64_t before_ms, uint32_t *account_id)
{
    uint64_t number = 0;
    int found = db_select_number(
        db, select_account, DB_VALUES(DB_NUMBER(after), DB_NUMBER((uint64_t)before_ms)), &number);

    *account_id = (uint32_t)number;
    return found;
}
