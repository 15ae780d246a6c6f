/* SPDX-License-Identifier: MIT */
/*
 * daybook status: does the database answer, what is the newest event of each account, and how does capturing go?  One fact
 * after another on lines that begin with what they are about, so that grep finds them.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/event.h"
#include "store/health_store.h"
#include "store/hook_store.h"
#include "tools/accounts.h"
#include "tools/command.h"
#include "tools/maintain.h"
#include "tools/print.h"

enum { STATUS_ATTENTION = 3, WAITING_MAX = 10000 };

static const struct str select_newest =
    STR("SELECT a.slug, "
        "(SELECT COALESCE(MAX(e.id), 0) FROM event e WHERE e.account_id = a.id AND e.kind = 1), "
        "(SELECT COALESCE(MAX(e.id), 0) FROM event e WHERE e.account_id = a.id AND e.kind = 2) "
        "FROM account a ORDER BY a.slug");

static void print_fact_time(const char *label, int64_t ms)
{
    printf("  %s ", label);
    print_time(ms);
}

static void print_fact(const char *label, uint64_t number)
{
    printf("  %s %llu", label, (unsigned long long)number);
}

static int print_accounts(struct db *db)
{
    struct db_rows *rows = db_select(db, select_newest, DB_NO_VALUES);
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        struct str slug = db_bytes(rows, 0);

        printf("%.*s", STR_ARG(slug));
        print_fact_time("newest event", event_id_ms(db_number(rows, 1)));
        print_fact_time("newest trigger", event_id_ms(db_number(rows, 2)));
        putchar('\n');
    }
    db_finish(rows);
    return more;
}

static void print_name(const struct health_source *source, const char *about)
{
    fputs("source ", stdout);
    print_text(source->name);
    printf("  %s ", about);
}

static void print_state(const struct health_source *source, int64_t now_ms)
{
    struct strbuf words;

    strbuf_init(&words);
    health_state_words(&words, source, now_ms);
    print_name(source, "state");
    puts(words.ptr);
    strbuf_release(&words);
}

static void print_whole(const struct health_source *source)
{
    const struct health_whole *whole = source->whole;

    print_name(source, "file");
    print_text(whole->path);
    printf("  for %.*s", STR_ARG(whole->account));
    print_fact_time("started", source->started_ms);
    print_fact_time("seen", source->seen_ms);
    print_fact_time("stopped", source->stopped_ms);
    putchar('\n');
    print_name(source, "lines");
    printf("%llu", (unsigned long long)whole->lines);
    print_fact("stored", whole->stored);
    print_fact("duplicates", whole->duplicates);
    print_fact("dropped", whole->dropped);
    print_fact("refused", whole->refused);
    print_fact("cut", health_count(whole, CAPTURE_TROUBLE_CUT));
    print_fact("gaps", health_count(whole, CAPTURE_TROUBLE_VANISHED));
    print_fact_time("last_line", source->last_line_ms);
    print_fact("backlog_bytes", whole->backlog_bytes);
    print_fact("backlog_files", whole->backlog_files);
    putchar('\n');
}

static void print_share(const struct health_source *source, const struct health_share *share)
{
    print_name(source, "account");
    printf("%.*s", STR_ARG(share->account));
    print_fact_time("last_event", share->last_event_ms);
    print_fact("lag_ms", (uint64_t)share->lag_ms);
    print_fact("stored", share->stored);
    print_fact("duplicates", share->duplicates);
    print_fact("dropped", share->dropped);
    print_fact("unmatched", share->unmatched);
    putchar('\n');
}

static void print_trouble(const struct health_source *source, const struct health_trouble *trouble)
{
    struct str words = capture_trouble_words(trouble->reason);

    print_name(source, "trouble");
    printf("%.*s  count %llu", STR_ARG(words), (unsigned long long)trouble->count);
    print_fact("acknowledged", trouble->acknowledged);
    print_fact_time("last", trouble->last_ms);
    print_fact("byte", trouble->at_byte);
    fputs("  in ", stdout);
    print_text(trouble->file);
    putchar('\n');
}

/* Is all well with it? */
static bool print_source(const struct health_source *source, int64_t now_ms)
{
    print_state(source, now_ms);
    print_whole(source);
    for (const struct health_share *share = source->shares; share; share = share->next)
        print_share(source, share);
    for (const struct health_trouble *trouble = source->whole->troubles; trouble;
         trouble = trouble->next)
        print_trouble(source, trouble);
    return !health_needs_attention(source, now_ms);
}

static int print_hooks(struct db *db, struct arena *arena)
{
    struct hook *hooks;
    size_t count;

    if (hooks_all(db, arena, 0, &hooks, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct hook *hook = &hooks[i];

        printf("hook %.*s %.*s  ", STR_ARG(hook->account), STR_ARG(hook->label));
        print_text(hook->path.len ? hook->path : STR("received here"));
        print_fact("received", hook->received);
        print_fact_time("last", hook->last_received_ms);
        print_fact("refused", hook->refused);
        print_fact_time("last_refused", hook->last_refused_ms);
        putchar('\n');
    }
    return 0;
}

static void print_last_purge(const struct purge *purge)
{
    print_fact_time("purge before", purge->before_ms);
    print_fact_time("started", purge->started_ms);
    print_fact_time("ended", purge->ended_ms);
    print_fact("events", purge->events);
    print_fact("triggers", purge->triggers);
}

/* How long each log is kept, and what was removed last because it was older. */
static int print_retention(struct db *db, struct arena *arena)
{
    struct account *accounts;
    size_t count;

    if (accounts_all(db, arena, &accounts, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct account *account = &accounts[i];
        struct purge purge;
        int found = purge_last(db, account->id, &purge);

        if (found < 0)
            return -1;
        printf("retention %.*s  plan ", STR_ARG(account->slug));
        print_text(account->plan);
        print_fact("days", account->plan_days);
        printf("  hold %s", account->is_held ? "on" : "off");
        if (found == 1)
            print_last_purge(&purge);
        putchar('\n');
    }
    return 0;
}

/* How far the index has come: what waits is counted up to a bound. */
static int print_indexes(struct db *db, struct arena *arena)
{
    struct log_standing *states;
    size_t count;

    if (segment_waiting_states(db, arena, &states, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        uint64_t waiting;

        if (segment_waiting_count(db, &states[i].name, WAITING_MAX, &waiting) < 0)
            return -1;
        printf("index %.*s %s  %s", STR_ARG(states[i].account), maintain_kind(states[i].name.kind),
               states[i].indexed ? "indexed" : "not indexed");
        print_fact(waiting < WAITING_MAX ? "waiting" : "waiting at least", waiting);
        print_fact_time("changed", states[i].changed_ms);
        putchar('\n');
    }
    return 0;
}

static int print_all(struct db *db, struct arena *arena)
{
    struct health_source *sources;
    int status = 0;

    if (db_begin(db, DB_READ) < 0 || print_accounts(db) < 0 || print_retention(db, arena) < 0 ||
        print_indexes(db, arena) < 0 || print_hooks(db, arena) < 0 ||
        health_of_all(db, arena, &sources) < 0 || db_commit(db) < 0)
        return 1;
    for (const struct health_source *source = sources; source; source = source->next)
        if (!print_source(source, clock_now_ms()))
            status = STATUS_ATTENTION;
    return status;
}

/* Somebody has looked at what was not stored. */
static int acknowledge(const struct config *config, const char *name)
{
    struct db *db = accounts_open(config, CONFIG_MAINTAINER);
    int found = db ? health_acknowledge(db, str_from(name)) : -1;

    if (found == 0)
        fprintf(stderr, "daybook: there is no source \"%s\".\n", name);
    db_free(db);
    return found == 1 ? 0 : 1;
}

int status_run(const struct config *config, int argc, char **argv)
{
    struct arena *arena;
    struct db *db;
    int status;

    if (argc == 3 && strcmp(argv[1], "--acknowledge") == 0)
        return acknowledge(config, argv[2]);
    if (argc != 1)
        return COMMAND_USAGE;
    db = accounts_open(config, CONFIG_READER);
    if (!db)
        return 1;
    arena = arena_new();
    status = print_all(db, arena);
    arena_free(arena);
    db_free(db);
    return status;
}
