/* SPDX-License-Identifier: MIT */
/* Table left_account, and every table that has rows of an account: a new one has to be named here. */
#include "store/leaving_store.h"

#include <stdbool.h>

#include "base/clock.h"
#include "base/event.h"

enum { SMALL_ROWS = 5000, LARGE_ROWS = 500 /* of tables with texts */ };

static const struct str select_account =
    STR("SELECT slug, is_held FROM account WHERE id = ? FOR UPDATE");
static const struct str select_follower =
    STR("SELECT 1 FROM capture_source WHERE account_id = ? AND stopped_ms IS NULL AND seen_ms > ? "
        "LIMIT 1");
static const struct str insert_left =
    STR("INSERT INTO left_account (account_id, slug, began_ms) VALUES (?, ?, ?)");
#define LEFT_COLUMNS                                                                               \
    "SELECT account_id, slug, began_ms, ended_ms, events, triggers FROM left_account"
static const struct str select_left = STR(LEFT_COLUMNS " WHERE slug = ?");
static const struct str select_all = STR(LEFT_COLUMNS " ORDER BY account_id");
static const struct str update_counts[] = {
    [EVENT_KIND_EVENT] = STR("UPDATE left_account SET events = events + ? WHERE account_id = ?"),
    [EVENT_KIND_TRIGGER] =
        STR("UPDATE left_account SET triggers = triggers + ? WHERE account_id = ?"),
};
static const struct str update_end =
    STR("UPDATE left_account SET ended_ms = ? WHERE account_id = ?");

/*
 * What lets anyone in, with locks on it before the rows that hang on it: whoever notes a use of a token or a refusal of a hook holds its row
 * until then.  Also what was made meanwhile by somebody who had found the account before.
 */
static const struct str lock_tokens = STR("SELECT id FROM token WHERE account_id = ? FOR UPDATE");
static const struct str lock_hooks = STR("SELECT id FROM hook WHERE account_id = ? FOR UPDATE");
static const struct str delete_access[] = {
    STR("DELETE FROM member WHERE account_id = ?"),
    STR("DELETE FROM saved_view WHERE account_id = ?"),
    STR("DELETE u FROM token_use u JOIN token t ON t.id = u.token_id WHERE t.account_id = ?"),
    STR("DELETE FROM token WHERE account_id = ?"),
    STR("DELETE r FROM hook_refusal r JOIN hook h ON h.id = r.hook_id WHERE h.account_id = ?"),
    STR("DELETE s FROM hook_state s JOIN hook h ON h.id = s.hook_id WHERE h.account_id = ?"),
    STR("DELETE FROM hook WHERE account_id = ?"),
    STR("DELETE FROM log WHERE account_id = ?"),
};
static const struct str delete_account = STR("DELETE FROM account WHERE id = ?");

#define DELETE_SOME(table, key)                                                                    \
    STR("DELETE FROM " table " WHERE account_id = ? ORDER BY " key " LIMIT ?")
#define DELETE_OF_SOURCE(table)                                                                    \
    STR("DELETE x FROM " table " x JOIN capture_source s ON s.id = x.source_id "                   \
        "WHERE s.account_id = ?")

/* What there may be much of, each by the beginning of its key. */
static const struct {
    struct str sql;
    uint64_t rows;
} delete_many[] = {
    {DELETE_SOME("event_recent", "kind, id"), SMALL_ROWS},
    {DELETE_SOME("entity_recent", "entity_id"), SMALL_ROWS},
    {DELETE_SOME("arrival_recent", "kind, id"), SMALL_ROWS},
    {DELETE_SOME("arrival", "kind, first_number"), LARGE_ROWS},
    {DELETE_SOME("segment", "kind, segment_id"), LARGE_ROWS},
    {DELETE_SOME("entity_block", "block_id"), LARGE_ROWS},
    {DELETE_SOME("event_request", "kind, id"), LARGE_ROWS},
    {DELETE_SOME("event_link", "hour, value_hash, kind, id"), SMALL_ROWS},
    {DELETE_SOME("recent_key", "kind, key_hash"), SMALL_ROWS},
    {DELETE_SOME("held_event", "key_hash"), LARGE_ROWS},
    {DELETE_SOME("user", "name"), SMALL_ROWS},
    {DELETE_SOME("entity", "entity_type_id, external_id, name"), SMALL_ROWS},
    {DELETE_SOME("operation", "base_path, place"), SMALL_ROWS},
    {DELETE_SOME("purge_record", "before_ms, cause"), SMALL_ROWS},
};
static const struct str delete_events =
    STR("DELETE FROM event WHERE account_id = ? AND kind = ? ORDER BY id LIMIT ?");

/* The rest is a few rows; those of captured files hang on their source. */
static const struct str delete_few[] = {
    STR("DELETE FROM operation_version WHERE account_id = ?"),
    STR("DELETE FROM redaction_rule WHERE account_id = ?"),
    STR("DELETE FROM redaction_version WHERE account_id = ?"),
    STR("DELETE FROM hook_version WHERE account_id = ?"),
    STR("DELETE FROM erasure WHERE account_id = ?"),
    STR("DELETE FROM arrival_log WHERE account_id = ?"),
    STR("DELETE FROM capture_account WHERE account_id = ?"),
    DELETE_OF_SOURCE("capture_file"),
    DELETE_OF_SOURCE("capture_account"),
    DELETE_OF_SOURCE("capture_trouble"),
    STR("DELETE FROM capture_source WHERE account_id = ?"),
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Beginning --------------------------------------------------------------------------------- */

/* 1 when a row is there, 0, -1. */
static int is_there(struct db *db, struct str sql, const struct db_value *values, size_t count)
{
    struct db_rows *rows = db_select(db, sql, values, count);
    int found = rows ? db_next(rows) : -1;

    db_finish(rows);
    return found;
}

static int delete_all(struct db *db, const struct str *list, size_t count, uint32_t account_id)
{
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++)
        result = db_run(db, list[i], DB_VALUES(DB_NUMBER(account_id)), NULL);
    return result;
}

static int take_access(struct db *db, uint32_t account_id)
{
    if (is_there(db, lock_tokens, DB_VALUES(DB_NUMBER(account_id))) < 0 ||
        is_there(db, lock_hooks, DB_VALUES(DB_NUMBER(account_id))) < 0)
        return -1;
    return delete_all(db, delete_access, COUNT_OF(delete_access), account_id);
}

/* The slug as it stands, and whether the account may go. */
static enum leaving_begun look_at(struct db *db, struct arena *arena, uint32_t account_id,
                                  uint64_t now_ms, struct str *slug)
{
    struct db_rows *rows = db_select(db, select_account, DB_VALUES(DB_NUMBER(account_id)));
    int found = rows ? db_next(rows) : -1, followed;
    bool is_held = false;

    if (found == 1) {
        *slug = arena_copy(arena, db_bytes(rows, 0));
        is_held = db_number(rows, 1) != 0;
    }
    db_finish(rows);
    if (found != 1 || is_held)
        return found < 0 ? LEAVING_FAILED : found == 0 ? LEAVING_UNKNOWN : LEAVING_HELD;
    followed = is_there(db, select_follower,
                        DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(now_ms - LEAVING_FOLLOWER_MS)));
    return followed < 0 ? LEAVING_FAILED : followed ? LEAVING_FOLLOWED : LEAVING_BEGUN;
}

static enum leaving_begun begin(struct db *db, struct arena *arena, uint32_t account_id)
{
    uint64_t now_ms = (uint64_t)clock_now_ms();
    struct str slug;
    enum leaving_begun result = look_at(db, arena, account_id, now_ms, &slug);

    if (result != LEAVING_BEGUN)
        return result;
    if (db_run(db, insert_left, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(slug), DB_NUMBER(now_ms)),
               NULL) < 0 ||
        take_access(db, account_id) < 0 ||
        db_run(db, delete_account, DB_VALUES(DB_NUMBER(account_id)), NULL) < 0)
        return LEAVING_FAILED;
    return result;
}

enum leaving_begun leaving_begin(struct db *db, uint32_t account_id)
{
    struct arena *arena = arena_new();
    enum leaving_begun result =
        db_begin(db, DB_WRITE) < 0 ? LEAVING_FAILED : begin(db, arena, account_id);

    if (result != LEAVING_BEGUN)
        db_rollback(db);
    else if (db_commit(db) < 0)
        result = LEAVING_FAILED;
    arena_free(arena);
    return result;
}

/* ---- Going on ---------------------------------------------------------------------------------- */

/* Events of one kind, counted.  1, 0, -1. */
static int delete_kind(struct db *db, uint32_t account_id, unsigned kind, uint64_t *deleted)
{
    if (db_run(db, delete_events,
               DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind), DB_NUMBER(SMALL_ROWS)),
               deleted) < 0)
        return -1;
    if (*deleted && db_run(db, update_counts[kind],
                           DB_VALUES(DB_NUMBER(*deleted), DB_NUMBER(account_id)), NULL) < 0)
        return -1;
    return *deleted > 0;
}

/* From the first table that has any. */
static int delete_some(struct db *db, uint32_t account_id, uint64_t *deleted)
{
    for (size_t i = 0; i < COUNT_OF(delete_many); i++) {
        if (db_run(db, delete_many[i].sql,
                   DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(delete_many[i].rows)), deleted) < 0)
            return -1;
        if (*deleted)
            return 1;
    }
    for (unsigned kind = EVENT_KIND_EVENT; kind <= EVENT_KIND_TRIGGER; kind++) {
        int result = delete_kind(db, account_id, kind, deleted);

        if (result != 0)
            return result;
    }
    if (take_access(db, account_id) < 0)
        return -1;
    return delete_all(db, delete_few, COUNT_OF(delete_few), account_id);
}

int leaving_step(struct db *db, uint32_t account_id, uint64_t *deleted)
{
    uint64_t rows = 0;
    int result = db_begin(db, DB_WRITE) < 0 ? -1 : delete_some(db, account_id, &rows);

    if (result < 0)
        db_rollback(db);
    else if (db_commit(db) < 0)
        result = -1;
    if (result > 0)
        *deleted += rows;
    return result;
}

int leaving_end(struct db *db, uint32_t account_id)
{
    return db_run(db, update_end,
                  DB_VALUES(DB_NUMBER((uint64_t)clock_now_ms()), DB_NUMBER(account_id)), NULL);
}

/* ---- Reading ----------------------------------------------------------------------------------- */

static struct leaving read_left(const struct db_rows *rows, struct arena *arena)
{
    return (struct leaving){
        .account_id = (uint32_t)db_number(rows, 0),
        .slug = arena_copy(arena, db_bytes(rows, 1)),
        .began_ms = (int64_t)db_number(rows, 2),
        .ended_ms = (int64_t)db_number(rows, 3),
        .events = db_number(rows, 4),
        .triggers = db_number(rows, 5),
    };
}

int leaving_find(struct db *db, struct arena *arena, struct str slug, struct leaving *leaving)
{
    struct db_rows *rows = db_select(db, select_left, DB_VALUES(DB_BYTES(slug)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        *leaving = read_left(rows, arena);
    db_finish(rows);
    return found;
}

int leaving_all(struct db *db, struct arena *arena, struct leaving **list, size_t *count)
{
    struct db_rows *rows = db_select(db, select_all, DB_NO_VALUES);
    size_t capacity = 0;
    int more = -1;

    *list = NULL;
    *count = 0;
    while (rows && (more = db_next(rows)) == 1) {
        *list = arena_grow(arena, *list, *count, &capacity, sizeof(**list));
        (*list)[(*count)++] = read_left(rows, arena);
    }
    db_finish(rows);
    return more;
}
