/* SPDX-License-Identifier: MIT */
/* One row for each account that was met; what is known of it is thrown away when its version has changed. */
#include "recording/recording.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "redaction/redact.h"
#include "recording/hook_secret.h"
#include "store/hook_store.h"
#include "store/operation_store.h"
#include "store/redaction_store.h"
#include "store/token_use.h"

enum { CHECK_MS = 1000 };

/* What is remembered, and when its version was last looked at. */
struct account_rules {
    uint32_t account_id;
    int64_t redaction_checked_ms, operations_checked_ms, hooks_checked_ms;
    uint64_t redaction_version, operations_version, hooks_version;
    struct redactor *redactor;
    struct operations *operations;
    struct arena *operations_arena; /* their texts; NULL before they were read */
    struct hook_routes *hooks;
    struct arena *hooks_arena; /* likewise */
};

struct recording {
    const struct config *config;
    struct recorder *recorder;
    struct token_uses *token_uses;
    uint32_t token_seen;    /* in the present request; 0: none */
    uint32_t token_refused; /* likewise of one that was refused */
    bool has_key;
    unsigned char key[CONFIG_KEY_BYTES];
    struct account_rules *accounts;
    size_t count, capacity;
};

struct recording *recording_open(const struct config *config)
{
    struct recording *recording = memory_new(sizeof(*recording));
    int key = config_redaction_key(config, recording->key);

    recording->config = config;
    recording->has_key = key == 1;
    if (key >= 0)
        recording->recorder = recorder_open(config);
    if (!recording->recorder) {
        free(recording);
        return NULL;
    }
    recording->token_uses = token_uses_new();
    return recording;
}

void recording_close(struct recording *recording)
{
    if (!recording)
        return;
    for (size_t i = 0; i < recording->count; i++) {
        redactor_free(recording->accounts[i].redactor);
        operations_free(recording->accounts[i].operations);
        arena_free(recording->accounts[i].operations_arena);
        hook_routes_free(recording->accounts[i].hooks);
        arena_free(recording->accounts[i].hooks_arena);
    }
    free(recording->accounts);
    token_uses_free(recording->token_uses);
    recorder_close(recording->recorder);
    free(recording);
}

struct recorder *recording_recorder(const struct recording *recording)
{
    return recording->recorder;
}

struct db *recording_db(const struct recording *recording)
{
    return recorder_db(recording->recorder);
}

void recording_saw_token(struct recording *recording, uint32_t token_id)
{
    recording->token_seen = token_id;
}

void recording_refused_token(struct recording *recording, uint32_t token_id)
{
    recording->token_refused = token_id;
}

void recording_after(struct recording *recording)
{
    struct db *db = recording_db(recording);

    if (recording->token_seen)
        token_uses_note(recording->token_uses, db, recording->token_seen);
    if (recording->token_refused)
        token_uses_note_refused(recording->token_uses, db, recording->token_refused);
    recording->token_seen = recording->token_refused = 0;
}

static struct account_rules *find_account(struct recording *recording, uint32_t account_id)
{
    for (size_t i = 0; i < recording->count; i++)
        if (recording->accounts[i].account_id == account_id)
            return &recording->accounts[i];
    if (recording->count == recording->capacity) {
        recording->capacity = recording->capacity ? recording->capacity * 2 : 8;
        recording->accounts =
            memory_resize(recording->accounts, recording->capacity, sizeof(*recording->accounts));
    }
    recording->accounts[recording->count] = (struct account_rules){.account_id = account_id};
    return &recording->accounts[recording->count++];
}

/* Makes the redactor anew when the version says so. */
static int read_redaction(struct recording *recording, struct account_rules *account)
{
    struct db *db = recording_db(recording);
    struct arena *arena;
    struct redaction_rule *rules;
    uint64_t version;
    size_t count;
    int result;

    if (redaction_version(db, account->account_id, &version) < 0)
        return -1;
    if (account->redactor && version == account->redaction_version)
        return 0;
    arena = arena_new();
    result = redaction_rules(db, arena, account->account_id, &rules, &count);
    if (result == 0) {
        redactor_free(account->redactor);
        account->redactor = redactor_new(recording->has_key ? recording->key : NULL,
                                         account->account_id, rules, count);
        account->redaction_version = version;
    }
    arena_free(arena);
    return result;
}

static int read_operations(struct recording *recording, struct account_rules *account)
{
    struct db *db = recording_db(recording);
    struct operation *list;
    struct arena *arena;
    uint64_t version;
    size_t count;

    if (operation_store_version(db, account->account_id, &version) < 0)
        return -1;
    if (account->operations_arena && version == account->operations_version)
        return 0;
    arena = arena_new();
    if (operation_store_all(db, arena, account->account_id, &list, &count) < 0) {
        arena_free(arena);
        return -1;
    }
    operations_free(account->operations);
    arena_free(account->operations_arena);
    account->operations = count ? operations_new(list, count) : NULL;
    account->operations_arena = arena;
    account->operations_version = version;
    return 0;
}

bool recording_hook_secret(const struct recording *recording, struct arena *arena,
                           struct hook *hook)
{
    if (hook_secret_read(recording->has_key ? recording->key : NULL, arena, hook))
        return true;
    log_event(LOG_LEVEL_ERROR, "hook_secret_unreadable", {"account", hook->account},
              {"hook", hook->label},
              {"reason", STR("encrypted with another key than that of redaction_key_file")});
    return false;
}

static int read_hooks(struct recording *recording, struct account_rules *account)
{
    struct db *db = recording_db(recording);
    struct arena *arena;
    struct hook *hooks;
    uint64_t version;
    size_t count;

    if (hook_version(db, account->account_id, &version) < 0)
        return -1;
    if (account->hooks_arena && version == account->hooks_version)
        return 0;
    arena = arena_new();
    if (hooks_all(db, arena, account->account_id, &hooks, &count) < 0) {
        arena_free(arena);
        return -1;
    }
    for (size_t i = 0; i < count; i++)
        if (hooks[i].path.len)
            recording_hook_secret(recording, arena, &hooks[i]);
    hook_routes_free(account->hooks);
    arena_free(account->hooks_arena);
    account->hooks = hook_routes_new(hooks, count);
    account->hooks_arena = arena;
    account->hooks_version = version;
    return 0;
}

/* Version and rows from one snapshot, so that no version is kept with older rows. */
static int read_anew(struct recording *recording, struct account_rules *account,
                     int (*read)(struct recording *recording, struct account_rules *account))
{
    struct db *db = recording_db(recording);

    if (db_begin(db, DB_READ) < 0)
        return -1;
    if (read(recording, account) < 0) {
        db_rollback(db);
        return -1;
    }
    return db_commit(db);
}

/* Reads anew what was last looked at too long ago, or never.  0 or -1. */
static int renew(struct recording *recording, struct account_rules *account, bool known,
                 int64_t *checked_ms,
                 int (*read)(struct recording *recording, struct account_rules *account))
{
    int64_t now_ms = clock_now_ms();

    if (known && now_ms >= *checked_ms && now_ms < *checked_ms + CHECK_MS)
        return 0;
    if (read_anew(recording, account, read) < 0)
        return -1;
    *checked_ms = now_ms;
    return 0;
}

int recording_rules(struct recording *recording, uint32_t account_id, struct recording_rules *rules)
{
    struct account_rules *account = find_account(recording, account_id);

    if (renew(recording, account, account->redactor != NULL, &account->redaction_checked_ms,
              read_redaction) < 0)
        return -1;
    *rules = (struct recording_rules){.redactor = account->redactor};
    return 0;
}

int recording_operations(struct recording *recording, uint32_t account_id,
                         const struct operations **operations)
{
    struct account_rules *account = find_account(recording, account_id);

    if (renew(recording, account, account->operations_arena != NULL,
              &account->operations_checked_ms, read_operations) < 0)
        return -1;
    *operations = account->operations;
    return 0;
}

int recording_hooks(struct recording *recording, uint32_t account_id,
                    const struct hook_routes **routes)
{
    struct account_rules *account = find_account(recording, account_id);

    if (renew(recording, account, account->hooks_arena != NULL, &account->hooks_checked_ms,
              read_hooks) < 0)
        return -1;
    *routes = account->hooks;
    return 0;
}

int recording_intake(struct recording *recording, struct arena *arena, uint32_t account_id,
                     struct intake *intake)
{
    struct recording_rules rules;

    if (recording_rules(recording, account_id, &rules) < 0)
        return -1;
    *intake = intake_start(arena, recording->config, rules.redactor);
    return recording_operations(recording, account_id, &intake->operations);
}
