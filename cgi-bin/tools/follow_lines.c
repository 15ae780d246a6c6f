/* SPDX-License-Identifier: MIT */
/*
 * From one step to the next: while a step is stored by a second thread, the next is read.  The connection belongs to whoever
 * works: reading asks the database only for what it has not met in this run, and waits for the other before.
 */
#include "tools/follow_lines.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/worker.h"
#include "intake/own_calls.h"
#include "store/token_use.h"
#include "tools/follow_step.h"

enum { KNOWN_MAX = 10000, ASK_MS = 200 };

/* An account that a line has named. */
struct known {
    char slug[64];
    uint32_t id;
};

/* What an account says about its calls, and when that was asked. */
struct met {
    struct follow_rules rules;
    int64_t asked_ms;
};

struct follow_lines {
    struct recording *recording;
    const struct account *account;
    struct arena *arena;
    struct known *known;
    size_t known_count;
    struct follow_totals totals;
    struct follow_step *steps[2]; /* one is read while the other is stored */
    struct worker *worker;
    struct operations *own; /* calls are to Daybook itself; else NULL */

    /* Of the present run: */
    struct met *met;
    size_t met_count, met_capacity;
    struct follow_step *storing; /* by the worker, or NULL */
    int stored;                  /* its result, when the worker is done */
};

struct follow_lines *follow_lines_new(const struct config *config, struct recording *recording,
                                      const struct account *account, uint32_t source_id, bool own)
{
    struct follow_lines *lines = memory_new(sizeof(*lines));

    lines->recording = recording;
    lines->account = account;
    lines->arena = arena_new();
    for (int i = 0; i < 2; i++)
        lines->steps[i] = follow_step_new(config, source_id);
    lines->worker = worker_new();
    lines->own = own ? own_calls_new() : NULL;
    return lines;
}

void follow_lines_free(struct follow_lines *lines)
{
    if (!lines)
        return;
    worker_free(lines->worker);
    operations_free(lines->own);
    for (int i = 0; i < 2; i++)
        follow_step_free(lines->steps[i]);
    arena_free(lines->arena);
    free(lines->known);
    free(lines->met);
    free(lines);
}

struct follow_totals follow_lines_totals(const struct follow_lines *lines)
{
    return lines->totals;
}

/* ---- Accounts ---------------------------------------------------------------------------------- */

/* 1 and its number; 0 there is no such account; -1. */
static int find_account(struct follow_lines *lines, struct str slug, uint32_t *id)
{
    struct account account;
    int found;

    if (slug.len == 0 || str_equal(slug, lines->account->slug)) {
        *id = lines->account->id;
        return 1;
    }
    if (slug.len >= sizeof(lines->known->slug))
        return 0;
    for (size_t i = 0; i < lines->known_count; i++) {
        if (str_equal(slug, str_from(lines->known[i].slug))) {
            *id = lines->known[i].id;
            return 1;
        }
    }
    worker_wait(lines->worker);
    found = account_by_slug(recording_db(lines->recording), lines->arena, slug, &account);
    if (found != 1)
        return found;
    *id = account.id;
    if (lines->known_count < KNOWN_MAX) {
        struct known *known;

        lines->known = memory_resize(lines->known, lines->known_count + 1, sizeof(*lines->known));
        known = &lines->known[lines->known_count++];
        *known = (struct known){.id = account.id};
        memcpy(known->slug, slug.ptr, slug.len);
    }
    return 1;
}

/* The place of an account among those that the run has met. */
static struct met *find_met(struct follow_lines *lines, uint32_t account_id)
{
    for (size_t i = 0; i < lines->met_count; i++)
        if (lines->met[i].rules.account_id == account_id)
            return &lines->met[i];
    if (lines->met_count == lines->met_capacity) {
        lines->met_capacity = lines->met_capacity ? lines->met_capacity * 2 : 8;
        lines->met = memory_resize(lines->met, lines->met_capacity, sizeof(*lines->met));
    }
    lines->met[lines->met_count] = (struct met){.rules = {.account_id = account_id}};
    return &lines->met[lines->met_count++];
}

/* Whatever the API of the account is, and its webhooks: these are other calls. */
static void use_own(const struct follow_lines *lines, struct follow_rules *rules)
{
    rules->operations = lines->own;
    rules->hooks = NULL;
    rules->own = true;
}

/* Asked now and then for each account, so that reading seldom waits: rules count that much later at worst. */
static int find_rules(void *context, struct str slug, struct follow_rules *rules)
{
    struct follow_lines *lines = context;
    int64_t now_ms = clock_now_ms();
    struct recording_rules redaction;
    uint32_t account_id;
    struct met *met;
    int found = find_account(lines, slug, &account_id);

    if (found != 1)
        return found;
    met = find_met(lines, account_id);
    if (now_ms < met->asked_ms || now_ms >= met->asked_ms + ASK_MS) {
        worker_wait(lines->worker);
        if (recording_operations(lines->recording, account_id, &met->rules.operations) < 0 ||
            recording_hooks(lines->recording, account_id, &met->rules.hooks) < 0 ||
            recording_rules(lines->recording, account_id, &redaction) < 0)
            return -1;
        met->rules.redactor = redaction.redactor;
        met->asked_ms = now_ms;
        if (lines->own)
            use_own(lines, &met->rules);
    }
    *rules = met->rules;
    return 1;
}

/* ---- Steps ------------------------------------------------------------------------------------- */

static void add_sums(struct follow_lines *lines, struct capture_file *file,
                     const struct capture_step *sums)
{
    lines->totals.lines += sums->lines;
    lines->totals.stored += sums->stored;
    lines->totals.duplicates += sums->duplicates;
    lines->totals.dropped += sums->dropped;
    lines->totals.refused += sums->refused;
    file->read_bytes = sums->to_bytes;
    file->refused += sums->refused;
}

static void store(void *context)
{
    struct follow_lines *lines = context;

    lines->stored =
        follow_step_store(lines->storing, recording_recorder(lines->recording), lines->account->id);
}

/* Of tokens that only read nobody else writes down the use. */
static void note_uses(struct follow_lines *lines, const struct follow_step *step)
{
    size_t count;
    const struct follow_use *uses = follow_step_uses(step, &count);
    struct db *db = recording_db(lines->recording);

    for (size_t i = 0; i < count && lines->own; i++) {
        if (uses[i].used_ms)
            token_use_set(db, uses[i].token_id, uses[i].used_ms);
        if (uses[i].refused)
            token_refused_set(db, uses[i].token_id, uses[i].refused_ms, uses[i].refused);
    }
}

/* The end of the step that is being stored, if any. */
static enum follow_stored finish(struct follow_lines *lines, struct capture_file *file)
{
    struct follow_step *step = lines->storing;

    worker_wait(lines->worker);
    lines->storing = NULL;
    if (!step)
        return FOLLOW_STORED;
    if (lines->stored == 0) {
        add_sums(lines, file, follow_step_sums(step));
        note_uses(lines, step);
    } else {
        lines->known_count = 0; /* an account may have been deleted */
    }
    return lines->stored == 0   ? FOLLOW_STORED
           : lines->stored == 1 ? FOLLOW_ELSEWHERE
                                : FOLLOW_LATER;
}

enum follow_stored follow_lines_store(struct follow_lines *lines, struct capture_file *file,
                                      struct str bytes, bool cut)
{
    const struct follow_finder finder = {find_rules, lines};
    uint64_t first_byte = file->read_bytes, at = 0;
    enum follow_stored stored;
    int turn = 0, read;

    arena_reset(lines->arena);
    lines->met_count = 0;
    do {
        struct follow_step *step = lines->steps[turn];

        read = follow_step_read(step, &finder, file, first_byte + at,
                                str_slice(bytes, at, bytes.len), cut);
        stored = finish(lines, file);
        if (stored != FOLLOW_STORED || read < 0)
            return stored != FOLLOW_STORED ? stored : FOLLOW_LATER;
        if (follow_step_sums(step)->lines == 0)
            break;
        at = follow_step_sums(step)->to_bytes - first_byte;
        lines->storing = step;
        if (at < bytes.len)
            worker_start(lines->worker, store, lines);
        else
            store(lines);
        turn = 1 - turn;
    } while (at < bytes.len);
    return finish(lines, file);
}
