/* SPDX-License-Identifier: MIT */
/* daybook maintain purge: deletes what occurred in an account before a time, for good. */
#define _GNU_SOURCE
#include "tools/maintain.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/event.h"
#include "tools/accounts.h"
#include "tools/command.h"

enum { STEP_EVENTS = 5000, ANSWER_BYTES = 80 };

static const struct str count_events =
    STR("SELECT COUNT(*) FROM event FORCE INDEX (PRIMARY) WHERE account_id = ? AND kind = ? AND "
        "id < ?");

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

static int count_before(struct db *db, uint32_t account_id, int64_t before_ms, uint64_t *count)
{
    *count = 0;
    for (unsigned kind = EVENT_KIND_EVENT; kind <= EVENT_KIND_TRIGGER; kind++) {
        struct db_rows *rows = db_select(db, count_events,
                                         DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind),
                                                   DB_NUMBER(event_id_first(before_ms))));
        int more = rows ? db_next(rows) : -1;

        if (more == 1)
            *count += db_number(rows, 0);
        db_finish(rows);
        if (more < 0)
            return -1;
    }
    return 0;
}

/* Whoever is asked types the name of the account. */
static bool agrees(const struct account *account, int64_t before_ms, uint64_t count)
{
    char answer[ANSWER_BYTES], time[CLOCK_TEXT_BYTES];

    if (!isatty(STDIN_FILENO)) {
        fputs("daybook: nothing is deleted without --yes, or an answer on a terminal.\n", stderr);
        return false;
    }
    clock_format(before_ms, time);
    fprintf(stderr,
            "This deletes %llu events and triggers of %.*s from before %s, for good.\n"
            "Type the account's name to go on: ",
            (unsigned long long)count, STR_ARG(account->slug), time);
    return fgets(answer, sizeof(answer), stdin) &&
           str_equal(str_slice(str_from(answer), 0, strcspn(answer, "\n")), account->slug);
}

/* One kind, in steps that others can come between. */
static int purge_kind(struct db *db, const struct config *config, uint32_t account_id,
                      unsigned kind, int64_t before_ms, uint64_t *deleted)
{
    struct segment_work work = {0};
    enum segment_step step = SEGMENT_STEP_DONE;

    do {
        if (before_ms <= 0 || maintain_lock(db) < 0)
            return before_ms <= 0 ? 0 : -1;
        step = segment_delete_step(db, config, account_id, kind, 0, event_id_first(before_ms) - 1,
                                   STEP_EVENTS, &work);
        segment_lock_release(db);
        *deleted = work.events;
    } while (step == SEGMENT_STEP_MORE || step == SEGMENT_STEP_DAMAGED);
    return step == SEGMENT_STEP_DONE ? 0 : -1;
}

static int purge(struct db *db, const struct config *config, const struct account *account,
                 int64_t before_ms, bool asked)
{
    uint64_t count = 0, events = 0, triggers = 0;
    int result = count_before(db, account->id, before_ms, &count);

    if (result < 0 || (count > 0 && !asked && !agrees(account, before_ms, count)))
        return 1;
    result = purge_kind(db, config, account->id, EVENT_KIND_EVENT, before_ms, &events);
    if (result == 0)
        result = purge_kind(db, config, account->id, EVENT_KIND_TRIGGER, before_ms, &triggers);
    printf("%llu events and %llu triggers deleted\n", (unsigned long long)events,
           (unsigned long long)triggers);
    return result == 0 ? 0 : 1;
}

int maintain_purge(const struct config *config, int argc, char **argv)
{
    bool yes = argc == 6 && strcmp(argv[5], "--yes") == 0;
    struct account account;
    struct arena *arena;
    struct db *db;
    int64_t before_ms;
    int status = 1;

    if ((argc != 5 && !yes) || strcmp(argv[3], "--before") != 0)
        return COMMAND_USAGE;
    if (!read_time(argv[4], &before_ms)) {
        fprintf(stderr, "daybook: \"%s\" is no time: YYYY-MM-DD, or with THH:MM:SSZ behind it.\n",
                argv[4]);
        return 1;
    }
    db = accounts_open(config, CONFIG_MAINTAINER);
    if (!db)
        return 1;
    arena = arena_new();
    if (accounts_find(db, arena, argv[2], &account) == 0)
        status = purge(db, config, &account, before_ms, yes);
    arena_free(arena);
    db_free(db);
    return status;
}
