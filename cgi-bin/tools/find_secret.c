/* SPDX-License-Identifier: MIT */
/*
 * daybook find-secret: the mark that stands for a secret in an account's log, and the calls that hold it.  The secret is
 * asked for, never an argument, and is printed nowhere.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "intake/redact.h"
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
                       struct str mark)
{
    unsigned long count = 0;

    printf("%.*s\n", STR_ARG(mark));
    if (db_begin(db, DB_READ) < 0 ||
        print_events(db, arena, account, EVENT_KIND_EVENT, mark, &count) < 0 ||
        print_events(db, arena, account, EVENT_KIND_TRIGGER, mark, &count) < 0 || db_commit(db) < 0)
        return 1;
    if (count == 0)
        fputs("daybook: no call in this log holds it.\n", stderr);
    return 0;
}

/* The mark of what is typed, in the arena; empty after a line on stderr. */
static struct str ask_for_mark(const unsigned char *key, uint32_t account_id, struct arena *arena)
{
    struct redactor *redactor;
    char secret[SECRET_BYTES_MAX];
    ssize_t len = ask_secret("Secret: ", secret, sizeof(secret));
    struct str mark;

    if (len <= 0) {
        fprintf(stderr, "daybook: a secret is one line of 1 to %d bytes.\n", SECRET_BYTES_MAX);
        return STR("");
    }
    redactor = redactor_new(key, account_id, NULL, 0);
    mark = redactor_fingerprint(redactor, arena, (struct str){secret, (size_t)len});
    redactor_free(redactor);
    explicit_bzero(secret, sizeof(secret));
    return mark;
}

static int find(struct db *db, struct arena *arena, const unsigned char *key, const char *slug)
{
    struct account account;
    struct str mark;

    if (accounts_find(db, arena, slug, &account) != 0)
        return 1;
    mark = ask_for_mark(key, account.id, arena);
    return mark.len ? print_found(db, arena, &account, mark) : 1;
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
