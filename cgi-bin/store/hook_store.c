/* SPDX-License-Identifier: MIT */
/* Tables hook, hook_version, hook_state and hook_refusal.  The name of an address is hashed before it meets SQL. */
#include "store/hook_store.h"

#include "base/clock.h"
#include "base/digest.h"

#define HOOKS                                                                                      \
    "SELECT h.id, h.account_id, a.slug, h.label, h.path, h.provider, h.trigger_id, h.secret, "     \
    "COALESCE(s.received, 0), COALESCE(s.last_received_ms, 0), COALESCE(s.refused, 0), "           \
    "COALESCE(s.last_refused_ms, 0) FROM hook h JOIN account a ON a.id = h.account_id "            \
    "LEFT JOIN hook_state s ON s.hook_id = h.id "

static const struct str select_version =
    STR("SELECT version FROM hook_version WHERE account_id = ?");
static const struct str select_of_account = STR(HOOKS "WHERE h.account_id = ? ORDER BY h.label");
static const struct str select_every = STR(HOOKS "ORDER BY a.slug, h.label");
static const struct str select_by_name = STR(HOOKS "WHERE h.name_hash = ? AND a.slug = ?");
static const struct str select_by_label = STR(HOOKS "WHERE h.account_id = ? AND h.label = ?");
static const struct str insert_hook =
    STR("INSERT INTO hook (account_id, label, name_hash, path, provider, trigger_id, secret, "
        "created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
static const struct str raise_version =
    STR("INSERT INTO hook_version (account_id, version) VALUES (?, 1) "
        "ON DUPLICATE KEY UPDATE version = version + 1");
static const struct str deletes[] = {
    STR("DELETE FROM hook_refusal WHERE hook_id = ?"),
    STR("DELETE FROM hook_state WHERE hook_id = ?"),
    STR("DELETE FROM hook WHERE id = ?"),
};
enum { DELETE_COUNT = sizeof(deletes) / sizeof(deletes[0]) };
static const struct str add_received =
    STR("INSERT INTO hook_state (hook_id, received, last_received_ms, refused, last_refused_ms) "
        "SELECT id, ?, ?, 0, 0 FROM hook WHERE id = ? "
        "ON DUPLICATE KEY UPDATE received = hook_state.received + VALUES(received), "
        "last_received_ms = GREATEST(last_received_ms, VALUES(last_received_ms))");
static const struct str add_refused =
    STR("INSERT INTO hook_state (hook_id, received, last_received_ms, refused, last_refused_ms) "
        "SELECT id, 0, 0, 1, ? FROM hook WHERE id = ? LOCK IN SHARE MODE "
        "ON DUPLICATE KEY UPDATE refused = hook_state.refused + 1, "
        "last_refused_ms = GREATEST(last_refused_ms, VALUES(last_refused_ms))");
static const struct str select_refused = STR("SELECT refused FROM hook_state WHERE hook_id = ?");
static const struct str put_refusal =
    STR("INSERT INTO hook_refusal (hook_id, slot, at_ms, reason, client_address, user_agent, "
        "provider, event, delivery_id, body_bytes, body_sha256) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE "
        "at_ms = VALUES(at_ms), reason = VALUES(reason), "
        "client_address = VALUES(client_address), user_agent = VALUES(user_agent), "
        "provider = VALUES(provider), event = VALUES(event), "
        "delivery_id = VALUES(delivery_id), body_bytes = VALUES(body_bytes), "
        "body_sha256 = VALUES(body_sha256)");
static const struct str select_refusals =
    STR("SELECT at_ms, reason, client_address, user_agent, provider, event, delivery_id, "
        "body_bytes, body_sha256 FROM hook_refusal WHERE hook_id = ? ORDER BY at_ms DESC, "
        "slot DESC");
static const struct str select_refusals_of_account =
    STR("SELECT h.label, r.at_ms, r.reason FROM hook h JOIN hook_refusal r ON r.hook_id = h.id "
        "WHERE h.account_id = ? ORDER BY r.at_ms DESC, h.label, r.slot DESC LIMIT ?");

/* ---- Reading ----------------------------------------------------------------------------------- */

int hook_version(struct db *db, uint32_t account_id, uint64_t *version)
{
    *version = 0;
    if (db_select_number(db, select_version, DB_VALUES(DB_NUMBER(account_id)), version) < 0)
        return -1;
    return 0;
}

static int64_t time_in(const struct db_rows *rows, unsigned column)
{
    uint64_t ms = db_number(rows, column);

    return ms > CLOCK_MAX_MS ? CLOCK_MAX_MS : (int64_t)ms;
}

static void read_hook(const struct db_rows *rows, struct arena *arena, struct hook *hook)
{
    *hook = (struct hook){
        .id = (uint32_t)db_number(rows, 0),
        .account_id = (uint32_t)db_number(rows, 1),
        .account = arena_copy(arena, db_bytes(rows, 2)),
        .label = arena_copy(arena, db_bytes(rows, 3)),
        .path = arena_copy(arena, db_bytes(rows, 4)),
        .provider = arena_copy(arena, db_bytes(rows, 5)),
        .trigger_id = arena_copy(arena, db_bytes(rows, 6)),
        .kept_secret = arena_copy(arena, db_bytes(rows, 7)),
        .received = db_number(rows, 8),
        .last_received_ms = time_in(rows, 9),
        .refused = db_number(rows, 10),
        .last_refused_ms = time_in(rows, 11),
    };
}

int hooks_all(struct db *db, struct arena *arena, uint32_t account_id, struct hook **hooks,
              size_t *count)
{
    struct db_rows *rows = account_id
                               ? db_select(db, select_of_account, DB_VALUES(DB_NUMBER(account_id)))
                               : db_select(db, select_every, DB_NO_VALUES);
    size_t capacity = 0;
    int more = rows ? 1 : -1;

    *hooks = NULL;
    *count = 0;
    while (more == 1 && (more = db_next(rows)) == 1) {
        *hooks = arena_grow(arena, *hooks, *count, &capacity, sizeof(**hooks));
        read_hook(rows, arena, &(*hooks)[(*count)++]);
    }
    db_finish(rows);
    return more;
}

static int find_hook(struct db *db, struct arena *arena, struct str sql,
                     const struct db_value *values, size_t count, struct hook *hook)
{
    struct db_rows *rows = db_select(db, sql, values, count);
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        read_hook(rows, arena, hook);
    db_finish(rows);
    return found;
}

int hook_by_name(struct db *db, struct arena *arena, struct str account, struct str name,
                 struct hook *hook)
{
    unsigned char hash[DIGEST_BYTES];

    digest_sha256(name, hash);
    return find_hook(
        db, arena, select_by_name,
        DB_VALUES(DB_BYTES(((struct str){(const char *)hash, sizeof(hash)})), DB_BYTES(account)),
        hook);
}

int hook_by_label(struct db *db, struct arena *arena, uint32_t account_id, struct str label,
                  struct hook *hook)
{
    return find_hook(db, arena, select_by_label, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(label)),
                     hook);
}

int hook_refusals(struct db *db, struct arena *arena, uint32_t hook_id,
                  struct hook_refusal **refusals, size_t *count)
{
    struct db_rows *rows = db_select(db, select_refusals, DB_VALUES(DB_NUMBER(hook_id)));
    int more = rows ? 1 : -1;

    *refusals = arena_array(arena, HOOK_REFUSALS_KEPT, sizeof(**refusals));
    *count = 0;
    while (more == 1 && *count < HOOK_REFUSALS_KEPT && (more = db_next(rows)) == 1)
        (*refusals)[(*count)++] = (struct hook_refusal){
            .at_ms = time_in(rows, 0),
            .reason = (unsigned)db_number(rows, 1),
            .client_address = arena_copy(arena, db_bytes(rows, 2)),
            .user_agent = arena_copy(arena, db_bytes(rows, 3)),
            .provider = arena_copy(arena, db_bytes(rows, 4)),
            .event = arena_copy(arena, db_bytes(rows, 5)),
            .delivery_id = arena_copy(arena, db_bytes(rows, 6)),
            .body_bytes = db_number(rows, 7),
            .body_sha256 = arena_copy(arena, db_bytes(rows, 8)),
        };
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

int hook_refusals_of_account(struct db *db, struct arena *arena, uint32_t account_id, size_t max,
                             struct hook_refusal **refusals, size_t *count)
{
    struct db_rows *rows =
        db_select(db, select_refusals_of_account, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(max)));
    int more = rows ? 1 : -1;

    *refusals = arena_array(arena, max, sizeof(**refusals));
    *count = 0;
    while (more == 1 && *count < max && (more = db_next(rows)) == 1)
        (*refusals)[(*count)++] = (struct hook_refusal){
            .hook = arena_copy(arena, db_bytes(rows, 0)),
            .at_ms = time_in(rows, 1),
            .reason = (unsigned)db_number(rows, 2),
        };
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

/* ---- Changing ---------------------------------------------------------------------------------- */

/* Ends a transaction by its result, which it gives back: 0 is kept, all else is undone. */
static int finish(struct db *db, int result)
{
    if (result == 0)
        return db_commit(db);
    db_rollback(db);
    return result;
}

static int insert(struct db *db, const struct hook *hook, struct str name)
{
    unsigned char hash[DIGEST_BYTES];

    digest_sha256(name, hash);
    if (db_run(db, insert_hook,
               DB_VALUES(DB_NUMBER(hook->account_id), DB_BYTES(hook->label),
                         name.len ? DB_BYTES(((struct str){(const char *)hash, sizeof(hash)}))
                                  : DB_NULL,
                         DB_BYTES(hook->path), DB_BYTES(hook->provider), DB_BYTES(hook->trigger_id),
                         DB_BYTES(hook->kept_secret), DB_NUMBER((uint64_t)clock_now_ms())),
               NULL) < 0)
        return db_last_error(db) == DB_ERROR_DUPLICATE ? 1 : -1;
    return db_run(db, raise_version, DB_VALUES(DB_NUMBER(hook->account_id)), NULL);
}

int hook_add(struct db *db, const struct hook *hook, struct str name)
{
    return db_begin(db, DB_WRITE) < 0 ? -1 : finish(db, insert(db, hook, name));
}

static int remove_hook(struct db *db, uint32_t account_id, struct str label)
{
    struct arena *arena = arena_new();
    struct hook hook;
    int found = hook_by_label(db, arena, account_id, label, &hook);
    int result = found == 1 ? 0 : found == 0 ? 1 : -1;

    for (int i = 0; i < DELETE_COUNT && result == 0; i++)
        result = db_run(db, deletes[i], DB_VALUES(DB_NUMBER(hook.id)), NULL);
    if (result == 0)
        result = db_run(db, raise_version, DB_VALUES(DB_NUMBER(account_id)), NULL);
    arena_free(arena);
    return result;
}

int hook_remove(struct db *db, uint32_t account_id, struct str label)
{
    return db_begin(db, DB_WRITE) < 0 ? -1 : finish(db, remove_hook(db, account_id, label));
}

int hook_note_received(struct db *db, uint32_t hook_id, uint64_t count, int64_t at_ms)
{
    return db_run(db, add_received,
                  DB_VALUES(DB_NUMBER(count), DB_NUMBER((uint64_t)at_ms), DB_NUMBER(hook_id)),
                  NULL);
}

/* The number of this refusal decides its slot; the row is ours until the commit.  1; 0 the hook was removed; -1. */
static int count_refused(struct db *db, uint32_t hook_id, int64_t at_ms, uint64_t *refused)
{
    if (db_run(db, add_refused, DB_VALUES(DB_NUMBER((uint64_t)at_ms), DB_NUMBER(hook_id)), NULL) <
        0)
        return -1;
    return db_select_number(db, select_refused, DB_VALUES(DB_NUMBER(hook_id)), refused);
}

static int write_refusal(struct db *db, uint32_t hook_id, const struct hook_refusal *refusal)
{
    uint64_t refused;
    int found = count_refused(db, hook_id, refusal->at_ms, &refused);

    if (found != 1)
        return found;
    return db_run(db, put_refusal,
                  DB_VALUES(DB_NUMBER(hook_id), DB_NUMBER(refused % HOOK_REFUSALS_KEPT),
                            DB_NUMBER((uint64_t)refusal->at_ms), DB_NUMBER(refusal->reason),
                            DB_BYTES(refusal->client_address), DB_BYTES(refusal->user_agent),
                            DB_BYTES(refusal->provider), DB_BYTES(refusal->event),
                            DB_BYTES(refusal->delivery_id), DB_NUMBER(refusal->body_bytes),
                            DB_BYTES(refusal->body_sha256)),
                  NULL);
}

int hook_note_refused(struct db *db, uint32_t hook_id, const struct hook_refusal *refusal)
{
    return db_begin(db, DB_WRITE) < 0 ? -1 : finish(db, write_refusal(db, hook_id, refusal));
}
