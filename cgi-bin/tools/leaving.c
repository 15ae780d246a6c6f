/* SPDX-License-Identifier: MIT */
/* daybook account delete: says what goes, asks, takes the account away, and then all that belongs to it. */
#define _GNU_SOURCE
#include "tools/leaving.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/strbuf.h"
#include "index/segment_file.h"
#include "index/text_file.h"
#include "tools/accounts.h"
#include "tools/ask.h"
#include "tools/maintain.h"
#include "tools/own_event.h"

enum { WHAT_BYTES = 256, TRIES = 10 };

static const struct str count_events =
    STR("SELECT COUNT(*) FROM event FORCE INDEX (PRIMARY) WHERE account_id = ?");

/* ---- Going on ---------------------------------------------------------------------------------- */

/* Whoever has read the account's rows before may write such files again: they go with the next round of `daybook maintain`. */
static void clear_cache(const struct config *config, uint32_t account_id)
{
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        text_file_sweep(config, account_id, kind, NULL, 0, 0);
        segment_file_clear(config, account_id, kind);
    }
}

/* An event of the installation, told again by its key when the command was ended before that was written down. */
static void record(const struct config *config, struct arena *arena, const struct leaving *leaving)
{
    const struct own_event event = {
        .action = "deleteAccount",
        .entity_id = leaving->slug,
        .line = arena_printf(arena, "daybook account delete %.*s", STR_ARG(leaving->slug)),
        .extra = arena_printf(arena, "{\"events\": %llu, \"triggers\": %llu}",
                              (unsigned long long)leaving->events,
                              (unsigned long long)leaving->triggers),
        .key = arena_printf(arena, "daybook:account-deleted:%u", leaving->account_id),
    };

    own_event_record(config, &event);
}

/* Reads the counts anew, and ends what is not ended. */
static int end(struct db *db, const struct config *config, struct leaving *leaving)
{
    struct arena *arena = arena_new();
    struct leaving now;
    int found = leaving_find(db, arena, leaving->slug, &now), result = found == 1 ? 0 : -1;

    if (found == 1) {
        leaving->events = now.events;
        leaving->triggers = now.triggers;
    }
    if (found == 1 && now.ended_ms == 0) {
        record(config, arena, leaving);
        result = leaving_end(db, leaving->account_id);
    }
    arena_free(arena);
    return result;
}

/* Again after a deadlock: two may be at it. */
static int step_patiently(struct db *db, uint32_t account_id, uint64_t *deleted)
{
    int tries = TRIES, more;

    do
        more = leaving_step(db, account_id, deleted);
    while (more < 0 && db_last_error(db) == DB_ERROR_RETRY && --tries > 0);
    return more;
}

int leaving_go_on(struct db *db, const struct config *config, struct leaving *leaving,
                  struct progress *progress, bool (*stop)(void *context), void *context)
{
    int more;

    progress_start(progress, "rows", 0, "deleting %.*s", STR_ARG(leaving->slug));
    do {
        int64_t start_ms = clock_now_ms();
        uint64_t deleted = 0;

        more = step_patiently(db, leaving->account_id, &deleted);
        progress_add(progress, deleted);
        if (more == 1)
            maintain_rest(clock_now_ms() - start_ms);
        if (more == 1 && stop && stop(context))
            return 1;
    } while (more == 1);
    progress_finish(progress);
    clear_cache(config, leaving->account_id);
    return more < 0 ? -1 : end(db, config, leaving);
}

int leaving_go_on_all(struct db *db, const struct config *config, struct progress *progress,
                      bool (*stop)(void *context), void *context)
{
    struct arena *arena = arena_new();
    struct leaving *list;
    size_t count = 0;
    int result = leaving_all(db, arena, &list, &count);

    for (size_t i = 0; i < count && result == 0; i++)
        result = leaving_go_on(db, config, &list[i], progress, stop, context);
    arena_free(arena);
    return result;
}

/* ---- Beginning --------------------------------------------------------------------------------- */

static bool agrees(struct db *db, const struct account *account)
{
    struct db_rows *rows = db_select(db, count_events, DB_VALUES(DB_NUMBER(account->id)));
    char what[WHAT_BYTES];
    uint64_t count;

    if (!rows || db_next(rows) != 1) {
        db_finish(rows);
        return false;
    }
    count = db_number(rows, 0);
    db_finish(rows);
    snprintf(what, sizeof(what),
             "This deletes the account %.*s with its %llu events and triggers, its members, tokens "
             "and hooks, for good.",
             STR_ARG(account->slug), (unsigned long long)count);
    return ask_account(what, account->slug);
}

static int complain(const struct account *account, const char *why)
{
    fprintf(stderr, "daybook: %.*s %s: nothing is deleted.\n", STR_ARG(account->slug), why);
    return 1;
}

/* Takes the account itself away.  0, or 1 after a line on stderr. */
static int begin(struct db *db, const struct account *account)
{
    enum leaving_begun begun = LEAVING_FAILED;

    if (maintain_lock(db) < 0)
        return 1;
    begun = leaving_begin(db, account->id);
    segment_lock_release(db);
    switch (begun) {
    case LEAVING_BEGUN:
        return 0;
    case LEAVING_UNKNOWN:
        return complain(account, "is being deleted by another command");
    case LEAVING_HELD:
        return complain(account, "is under legal hold");
    case LEAVING_FOLLOWED:
        return complain(account, "is the account of a `daybook follow` that is at work");
    case LEAVING_FAILED:
        break;
    }
    return complain(account, "could not be deleted (the log above says why)");
}

static int go_on(struct db *db, const struct config *config, struct leaving *leaving)
{
    struct progress progress = {0};

    if (leaving_go_on(db, config, leaving, &progress, NULL, NULL) < 0) {
        fprintf(stderr,
                "daybook: not everything of %.*s is deleted yet: the same command, or `daybook "
                "maintain`, goes on.\n",
                STR_ARG(leaving->slug));
        return 1;
    }
    printf("%.*s is deleted, with %llu events and %llu triggers\n", STR_ARG(leaving->slug),
           (unsigned long long)leaving->events, (unsigned long long)leaving->triggers);
    return 0;
}

/* One that is no account any more: goes on, or says since when. */
static int delete_left(struct db *db, const struct config *config, struct arena *arena,
                       const char *slug)
{
    struct leaving leaving;
    int found = leaving_find(db, arena, str_from(slug), &leaving);

    if (found == 1 && leaving.ended_ms == 0)
        return go_on(db, config, &leaving);
    if (found == 1) {
        char time[CLOCK_TEXT_BYTES];

        clock_format(leaving.ended_ms, time);
        fprintf(stderr, "daybook: %s was deleted at %s.\n", slug, time);
    } else if (found == 0) {
        fprintf(stderr, "daybook: there is no account \"%s\".\n", slug);
    }
    return 1;
}

static int delete_account(struct db *db, const struct config *config, struct arena *arena,
                          const char *slug, bool yes)
{
    struct account account;
    int found = account_by_slug(db, arena, str_from(slug), &account);

    if (found == 0)
        return delete_left(db, config, arena, slug);
    if (found < 0)
        return 1;
    if (str_equal(account.slug, STR(OWN_ACCOUNT)))
        return complain(&account, "is the account of the installation");
    if (account.is_held)
        return complain(&account, "is under legal hold");
    if ((!yes && !agrees(db, &account)) || begin(db, &account) != 0)
        return 1;
    return delete_left(db, config, arena, slug);
}

int leaving_delete(const struct config *config, const char *slug, bool yes)
{
    struct db *db = accounts_open(config, CONFIG_MAINTAINER);
    struct arena *arena = arena_new();
    int status = db ? delete_account(db, config, arena, slug, yes) : 1;

    arena_free(arena);
    db_free(db);
    return status;
}
