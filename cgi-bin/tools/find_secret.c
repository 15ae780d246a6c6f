/* SPDX-License-Identifier: MIT */
/*
 * daybook find-secret: the marks that may stand for a secret in an account's log, and the calls that hold each.  The secret is
 * asked for, never an argument, and is printed nowhere.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "redaction/redact_guess.h"
#include "store/event_store.h"
#include "store/event_stream.h"
#include "tools/accounts.h"
#include "tools/ask.h"
#include "tools/command.h"
#include "tools/print.h"

enum { SECRET_BYTES_MAX = 8 * 1024 };

static void print_event(const struct account *account, const struct event *event)
{
    print_time(event->occurred_ms);
    printf("\t%016llx\t", (unsigned long long)event->id);
    print_text(event->action);
    putchar('\t');
    print_text(event->user);
    printf("\t/%.*s/%s/%016llx\n", STR_ARG(account->slug),
           event->kind == EVENT_KIND_TRIGGER ? "triggers" : "events",
           (unsigned long long)event->id);
}

/* 0, with what was found added to `count`, or -1. */
static int print_events(struct db *db, struct arena *arena, const struct account *account,
                        enum event_kind kind, struct str mark, unsigned long *count)
{
    const struct filter filter = {.account_id = account->id, .kind = kind, .text = mark};
    struct event_stream *stream = event_stream_open(db, arena, &filter);
    struct event event;
    int more = -1;

    while (stream && (more = event_stream_next(stream, &event)) == 1) {
        print_event(account, &event);
        (*count)++;
    }
    event_stream_close(stream);
    return more;
}

static int print_found(struct db *db, struct arena *arena, const struct account *account,
                       const struct redact_guesses *guesses)
{
    unsigned long count = 0;

    if (db_begin(db, DB_READ) < 0)
        return 1;
    for (size_t i = 0; i < guesses->count; i++) {
        struct str mark = guesses->items[i].mark;

        printf("%.*s\n", STR_ARG(mark));
        if (print_events(db, arena, account, EVENT_KIND_EVENT, mark, &count) < 0 ||
            print_events(db, arena, account, EVENT_KIND_TRIGGER, mark, &count) < 0)
            return 1;
    }
    if (db_commit(db) < 0)
        return 1;
    if (count == 0)
        fputs("daybook: no call in this log holds it.\n", stderr);
    if (guesses->more)
        fputs("daybook: there are more secrets in it than were looked for: ask for each alone.\n",
              stderr);
    return 0;
}

/* The marks of what is typed, in the arena.  False: none, after a line on stderr. */
static bool ask_for_marks(const unsigned char *key, uint32_t account_id, struct arena *arena,
                          struct redact_guesses *guesses)
{
    struct redactor *redactor;
    char secret[SECRET_BYTES_MAX];
    ssize_t len = ask_secret("Secret: ", secret, sizeof(secret));

    if (len <= 0) {
        fprintf(stderr, "daybook: a secret is one line of 1 to %d bytes.\n", SECRET_BYTES_MAX);
        return false;
    }
    redactor = redactor_new(key, account_id, NULL, 0);
    redact_guess(redactor, arena, (struct str){secret, (size_t)len}, guesses);
    redactor_free(redactor);
    explicit_bzero(secret, sizeof(secret));
    return true;
}

static int find(struct db *db, struct arena *arena, const unsigned char *key, const char *slug)
{
    struct account account;
    struct redact_guesses guesses = {0};

    if (accounts_find(db, arena, slug, &account) != 0)
        return 1;
    return ask_for_marks(key, account.id, arena, &guesses)
               ? print_found(db, arena, &account, &guesses)
               : 1;
}

int find_secret_run(const struct config *config, int argc, char **argv)
{
    unsigned char key[CONFIG_KEY_BYTES];
    struct arena *arena;
    struct db *db;
    int status, found;

    if (argc != 2)
        return COMMAND_USAGE;
    found = config_redaction_key(config, key);
    if (found == 0)
        fputs("daybook: without redaction_key_file in the configuration no secret can be found.\n",
              stderr);
    db = found == 1 ? accounts_open(config, CONFIG_READER) : NULL;
    if (!db)
        return 1;
    arena = arena_new();
    status = find(db, arena, key, argv[1]);
    arena_free(arena);
    db_free(db);
    return status;
}
