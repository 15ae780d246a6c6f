/* SPDX-License-Identifier: MIT */
/* One row for each account that was met; what is known of it is thrown away when its version has changed. */
#include "recording/recording.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "intake/redact.h"
#include "store/redaction_store.h"

enum { CHECK_MS = 1000 };

struct account_rules {
    uint32_t account_id;
    int64_t checked_ms; /* when the version was last looked at */
    uint64_t redaction_version;
    struct redactor *redactor;
};

struct recording {
    const struct config *config;
    struct recorder *recorder;
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
    return recording;
}

void recording_close(struct recording *recording)
{
    if (!recording)
        return;
    for (size_t i = 0; i < recording->count; i++)
        redactor_free(recording->accounts[i].redactor);
    free(recording->accounts);
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

/* All of it from one snapshot, so that no version is kept with older rules. */
static int read_rules(struct recording *recording, struct account_rules *account)
{
    struct db *db = recording_db(recording);

    if (db_begin(db, DB_READ) < 0)
        return -1;
    if (read_redaction(recording, account) < 0) {
        db_rollback(db);
        return -1;
    }
    return db_commit(db);
}

int recording_rules(struct recording *recording, uint32_t account_id, struct recording_rules *rules)
{
    struct account_rules *account = find_account(recording, account_id);
    int64_t now_ms = clock_now_ms();

    if (!account->redactor || now_ms >= account->checked_ms + CHECK_MS ||
        now_ms < account->checked_ms) {
        if (read_rules(recording, account) < 0)
            return -1;
        account->checked_ms = now_ms;
    }
    *rules = (struct recording_rules){.redactor = account->redactor};
    return 0;
}

int recording_intake(struct recording *recording, struct arena *arena, uint32_t account_id,
                     struct intake *intake)
{
    struct recording_rules rules;

    if (recording_rules(recording, account_id, &rules) < 0)
        return -1;
    *intake = intake_start(arena, recording->config, rules.redactor);
    return 0;
}
