/* SPDX-License-Identifier: MIT */
/*
 * The part of `daybook maintain` that removes old events: in small steps, with a rest after each that is as long as the step, so that
 * half of the time the database is there for others alone.
 */
#define _GNU_SOURCE
#include "tools/maintain.h"

#include <poll.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/strbuf.h"
#include "store/account_store.h"
#include "tools/own_event.h"
#include "upkeep/segment_amount.h"

enum { STEP_EVENTS = 5000, REST_MAX_MS = 5000 };

void maintain_rest(int64_t ms)
{
    poll(NULL, 0, ms < 0 ? 0 : ms > REST_MAX_MS ? REST_MAX_MS : (int)ms);
}

/* A step with the lock, which others may take before the next one. */
static enum segment_step step_once(struct db *db, const struct config *config,
                                   const struct purge *purge, unsigned kind,
                                   struct segment_work *work)
{
    enum segment_step step;

    if (maintain_lock(db) < 0)
        return SEGMENT_STEP_FAILED;
    step = segment_delete_step(db, config, purge, kind, STEP_EVENTS, work);
    segment_lock_release(db);
    return step;
}

/* Counts what is still to be removed, of both kinds, where it turns out to be much.  0 or -1. */
static int expect_rest(struct db *db, const struct purge *purge, struct progress *progress)
{
    uint64_t left;

    if (!progress_wants_total(progress))
        return 0;
    if (segment_amount_before(db, purge->account_id, purge->before_ms, &left) < 0)
        return -1;
    progress_expect(progress, progress->done + left);
    return 0;
}

/* One kind, until nothing is left or it is to stop. */
static enum segment_step run_kind(struct db *db, const struct config *config,
                                  const struct purge *purge, unsigned kind,
                                  const struct maintain_retention *retention, uint64_t *removed)
{
    struct segment_work work = {0};
    enum segment_step step;

    for (;;) {
        int64_t start_ms = clock_now_ms();

        step = step_once(db, config, purge, kind, &work);
        progress_add(retention->progress, work.events - *removed);
        *removed = work.events;
        if (expect_rest(db, purge, retention->progress) < 0)
            return SEGMENT_STEP_FAILED;
        if (step != SEGMENT_STEP_MORE && step != SEGMENT_STEP_DAMAGED)
            return step;
        maintain_rest(clock_now_ms() - start_ms);
        if (retention->stop && retention->stop(retention->context))
            return SEGMENT_STEP_MORE;
    }
}

enum segment_step maintain_purge_run(struct db *db, const struct config *config,
                                     const struct maintain_retention *retention,
                                     struct purge *purge)
{
    enum segment_step step = SEGMENT_STEP_DONE;

    if (purge->before_ms <= 0)
        return step;
    if (purge_begin(db, purge) < 0)
        return SEGMENT_STEP_FAILED;
    step = run_kind(db, config, purge, EVENT_KIND_EVENT, retention, &purge->events);
    if (step == SEGMENT_STEP_DONE)
        step = run_kind(db, config, purge, EVENT_KIND_TRIGGER, retention, &purge->triggers);
    if (step == SEGMENT_STEP_DONE && purge_end(db, purge) < 0)
        step = SEGMENT_STEP_FAILED;
    return step;
}

/* It is an event of the account that these were removed. */
static void record_purge(const struct config *config, const struct account *account,
                         const struct purge *purge)
{
    struct own_event event = {.account = account->slug, .action = "purge"};
    char time[CLOCK_TEXT_BYTES];
    struct strbuf extra;

    clock_format(purge->before_ms, time);
    event.entity_id = str_from(time);
    event.line = STR("daybook maintain purge");
    strbuf_init(&extra);
    strbuf_printf(&extra, "{\"events\": %llu, \"triggers\": %llu}",
                  (unsigned long long)purge->events, (unsigned long long)purge->triggers);
    event.extra = strbuf_str(&extra);
    own_event_record(config, &event);
    strbuf_release(&extra);
}

/* What was removed until its end, if it is more than there was at an end `before`. */
static int record_end(const struct config *config, struct db *db, const struct account *account,
                      const struct purge *before)
{
    struct purge now = *before;
    uint64_t ended = before->ended_ms ? before->events + before->triggers : 0;
    int found = purge_read(db, &now);

    if (found == 1 && now.events + now.triggers != ended)
        record_purge(config, account, &now);
    return found < 0 ? -1 : 0;
}

/* Those before it that never came to their end, such as one of a program that was killed on another day: nothing of theirs is left now. */
static int end_older(const struct config *config, struct db *db, const struct account *account,
                     const struct purge *purge)
{
    struct purge older;
    int found;

    while ((found = purge_unfinished(db, purge, &older)) == 1) {
        if (purge_end(db, &older) < 0)
            return -1;
        if (older.events + older.triggers)
            record_purge(config, account, &older);
    }
    return found;
}

/* What the plan of the account does not keep. */
static enum segment_step run_account(struct db *db, const struct config *config,
                                     const struct maintain_retention *retention,
                                     const struct account *account)
{
    struct purge purge = {
        .account_id = account->id, .before_ms = account->kept_from_ms, .cause = PURGE_BY_PLAN};
    struct purge before = purge;
    enum segment_step step;

    if (purge_read(db, &before) < 0)
        return SEGMENT_STEP_FAILED;
    progress_start(retention->progress, "events", 0, "deleting from %.*s", STR_ARG(account->slug));
    step = maintain_purge_run(db, config, retention, &purge);
    if (step != SEGMENT_STEP_MORE)
        progress_finish(retention->progress);
    if (step == SEGMENT_STEP_DONE && (record_end(config, db, account, &before) < 0 ||
                                      end_older(config, db, account, &purge) < 0))
        step = SEGMENT_STEP_FAILED;
    if (purge.events + purge.triggers && retention->tell)
        retention->tell(retention->context, account, &purge);
    return step;
}

int maintain_retention_run(struct db *db, const struct config *config,
                           const struct maintain_retention *retention)
{
    struct arena *arena = arena_new();
    enum segment_step step = SEGMENT_STEP_DONE;
    struct account *accounts;
    size_t count = 0;
    int result = accounts_all(db, arena, &accounts, &count);

    for (size_t i = 0; i < count && step != SEGMENT_STEP_MORE; i++) {
        if (accounts[i].plan_days == 0 || accounts[i].is_held)
            continue;
        step = run_account(db, config, retention, &accounts[i]);
        if (step == SEGMENT_STEP_FAILED)
            result = -1;
    }
    arena_free(arena);
    return result < 0 ? -1 : step == SEGMENT_STEP_MORE;
}
