/* SPDX-License-Identifier: MIT */
/* daybook maintain purge: deletes for good what plans do not keep, or what occurred in an account before a time. */
#define _GNU_SOURCE
#include "tools/maintain.h"

#include <stdio.h>

#include "base/clock.h"
#include "tools/accounts.h"
#include "tools/ask.h"
#include "tools/command.h"
#include "upkeep/segment_amount.h"

enum { WHAT_BYTES = 256 };

/* A day or a time; one without a zone is UTC. */
static bool read_time(const char *word, int64_t *ms)
{
    struct clock_fields fields = {0};
    struct str rest;
    bool has_time;

    if (clock_parse_rfc3339(str_from(word), ms))
        return true;
    if (!clock_parse_fields(str_from(word), &fields, &has_time, &rest) || rest.len)
        return false;
    *ms = clock_from_utc(&fields);
    return *ms >= 0 && *ms <= CLOCK_MAX_MS;
}

static bool agrees(const struct account *account, int64_t before_ms, uint64_t count)
{
    char what[WHAT_BYTES], time[CLOCK_TEXT_BYTES];

    clock_format(before_ms, time);
    snprintf(what, sizeof(what),
             "This deletes %llu events and triggers of %.*s from before %s, for good.",
             (unsigned long long)count, STR_ARG(account->slug), time);
    return ask_account(what, account->slug);
}

static void print_removed(const struct purge *purge)
{
    printf("%llu events and %llu triggers deleted\n", (unsigned long long)purge->events,
           (unsigned long long)purge->triggers);
}

/* For good, when `asked` or agreed to. */
static int purge_before(struct db *db, const struct config *config, const struct account *account,
                        int64_t before_ms, bool asked)
{
    struct progress progress = {0};
    const struct maintain_retention alone = {.progress = &progress};
    struct purge purge = {
        .account_id = account->id, .before_ms = before_ms, .cause = PURGE_BY_COMMAND};
    enum segment_step step;
    uint64_t count = 0;

    if (account->is_held) {
        fprintf(stderr, "daybook: %.*s is under legal hold: nothing is deleted.\n",
                STR_ARG(account->slug));
        return 1;
    }
    if (segment_amount_before(db, account->id, before_ms, &count) < 0 ||
        (count > 0 && !asked && !agrees(account, before_ms, count)))
        return 1;
    progress_start(&progress, "events", count, "deleting from %.*s", STR_ARG(account->slug));
    step = maintain_purge_run(db, config, &alone, &purge);
    progress_finish(&progress);
    print_removed(&purge);
    if (step == SEGMENT_STEP_KEPT)
        fputs("daybook: a legal hold was laid on it meanwhile.\n", stderr);
    return step == SEGMENT_STEP_DONE ? 0 : 1;
}

static int by_hand(const struct config *config, const char *slug, const char *time, bool yes)
{
    struct account account;
    struct arena *arena;
    struct db *db;
    int64_t before_ms;
    int status = 1;

    if (!read_time(time, &before_ms)) {
        fprintf(stderr, "daybook: \"%s\" is no time: YYYY-MM-DD, or with THH:MM:SSZ behind it.\n",
                time);
        return 1;
    }
    db = accounts_open(config, CONFIG_MAINTAINER);
    if (!db)
        return 1;
    arena = arena_new();
    if (accounts_find(db, arena, slug, &account) == 0)
        status = purge_before(db, config, &account, before_ms, yes);
    arena_free(arena);
    db_free(db);
    return status;
}

void maintain_print_purge(void *context, const struct account *account, const struct purge *removed)
{
    char time[CLOCK_TEXT_BYTES];

    (void)context;
    clock_format(removed->before_ms, time);
    printf("%.*s, before %s: ", STR_ARG(account->slug), time);
    print_removed(removed);
}

static int by_plans(const struct config *config)
{
    struct progress progress = {0};
    const struct maintain_retention retention = {.tell = maintain_print_purge,
                                                 .progress = &progress};
    struct db *db = accounts_open(config, CONFIG_MAINTAINER);
    int result = db ? maintain_retention_run(db, config, &retention) : -1;

    db_free(db);
    return result == 0 ? 0 : 1;
}

int maintain_purge(const struct config *config, int argc, char **argv)
{
    bool yes = argc == 6 && strcmp(argv[5], "--yes") == 0;

    if (argc == 2)
        return by_plans(config);
    if ((argc != 5 && !yes) || strcmp(argv[3], "--before") != 0)
        return COMMAND_USAGE;
    return by_hand(config, argv[2], argv[4], yes);
}
