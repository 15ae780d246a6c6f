/* SPDX-License-Identifier: MIT */
/*
 * daybook erase: puts marks in the place of a person's name, and of other values, in an account's log.  Neither is printed, nor written down
 * anywhere: what is recorded of it are the marks.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "redaction/redact.h"
#include "store/filter_words.h"
#include "tools/accounts.h"
#include "tools/ask.h"
#include "tools/command.h"
#include "tools/maintain.h"
#include "tools/own_event.h"
#include "upkeep/erase_step.h"

enum { VALUES_MAX = 64, TEXT_BYTES_MIN = 3, TRIES = 10 };

/* What is to go.  The first is the name. */
struct wish {
    struct arena *arena;
    struct erase_value items[VALUES_MAX];
    size_t count;
    struct str name_mark;
};

/* ---- What is wished ---------------------------------------------------------------------------- */

/* False after a line on stderr, which does not say what it was. */
static bool add(struct wish *wish, struct str value)
{
    size_t least = wish->count == 0 ? 1 : TEXT_BYTES_MIN;

    if (wish->count == VALUES_MAX) {
        fprintf(stderr, "daybook: at most %d values can be erased at once.\n", VALUES_MAX - 1);
        return false;
    }
    if (value.len < least || value.len > EVENT_NAME_MAX) {
        fprintf(stderr, "daybook: %s has %zu to %d bytes.\n",
                wish->count == 0 ? "the name of a user" : "a value", least, EVENT_NAME_MAX);
        return false;
    }
    wish->items[wish->count++].plain = arena_copy(wish->arena, value);
    return true;
}

/* Other programs on this machine can read the words of a command while it runs. */
static struct str take(struct wish *wish, char *word)
{
    struct str taken = arena_copy(wish->arena, str_from(word));

    memset(word, 'x', taken.len);
    return taken;
}

/* A name, then values, each on a line of standard input.  With one that is lost the others alone are not what was wished. */
static bool read_lines(struct wish *wish)
{
    char line[EVENT_NAME_MAX + 2];
    bool by_hand = isatty(STDIN_FILENO);
    ssize_t len;

    while ((len = ask_secret(wish->count ? "Further value, or nothing: " : "Name of the user: ",
                             line, sizeof(line))) >= 0) {
        if (len == 0 && (by_hand || wish->count == 0))
            break;
        if (len > 0 && !add(wish, (struct str){line, (size_t)len}))
            return false;
    }
    explicit_bzero(line, sizeof(line));
    if (len == ASK_BROKEN)
        fprintf(stderr,
                "daybook: a line of standard input is longer than %d bytes, or cannot be read: "
                "nothing is erased.\n",
                EVENT_NAME_MAX);
    else if (wish->count == 0)
        fputs("daybook: the name of the user is wanted on standard input, on a line.\n", stderr);
    return len != ASK_BROKEN && wish->count > 0;
}

/* 0, 1 after a line on stderr, or COMMAND_USAGE. */
static int read_wish(struct wish *wish, int argc, char **argv)
{
    if (argc < 4 || argc % 2 || strcmp(argv[2], "--user") != 0)
        return COMMAND_USAGE;
    for (int i = 4; i < argc; i += 2)
        if (strcmp(argv[i], "--value") != 0)
            return COMMAND_USAGE;
    if (strcmp(argv[3], "-") == 0 ? !read_lines(wish) : !add(wish, take(wish, argv[3])))
        return 1;
    for (int i = 4; i < argc; i += 2)
        if (!add(wish, take(wish, argv[i + 1])))
            return 1;
    return 0;
}

/* ---- Marks ------------------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
    const struct erase_value *x = a, *y = b;

    return str_compare(x->plain, y->plain);
}

/* The mark of all of them together, whatever their order; sorts them. */
static struct str mark_of_all(const struct redactor *redactor, struct wish *wish)
{
    struct strbuf all;
    struct str mark;

    qsort(wish->items, wish->count, sizeof(wish->items[0]), by_bytes);
    strbuf_init(&all);
    strbuf_add_cstr(&all, "erase");
    for (size_t i = 0; i < wish->count; i++) {
        strbuf_add_char(&all, '\0');
        strbuf_add(&all, wish->items[i].plain);
    }
    mark = redactor_fingerprint(redactor, wish->arena, strbuf_str(&all));
    strbuf_release(&all);
    return mark;
}

/* What stands in marks would never be gone. */
static bool are_apart(const struct erase_values *values)
{
    struct strbuf buf;
    bool apart = true;

    strbuf_init(&buf);
    for (size_t i = 0; i < values->count && apart; i++)
        apart = !erase_text(values, values->items[i].mark, &buf);
    strbuf_release(&buf);
    if (!apart)
        fputs("daybook: what stands in every mark cannot be erased.\n", stderr);
    return apart;
}

/* One that is looked for in texts, also as addresses and saved views ask for it. */
static void add_value(struct arena *arena, struct erase_values *values,
                      const struct erase_value *value)
{
    struct str word = filter_word(arena, value->plain);

    values->items[values->count++] = *value;
    if (!str_equal(word, value->plain))
        values->items[values->count++] = (struct erase_value){word, value->mark};
}

/* Marks of all values; those that are looked for in texts to `values`, in their order. */
static bool make_marks(const unsigned char *key, uint32_t account_id, struct wish *wish,
                       struct erase_values *values, struct str *all)
{
    struct redactor *redactor = redactor_new(key, account_id, NULL, 0);
    bool is_short = false;

    for (size_t i = 0; i < wish->count; i++)
        wish->items[i].mark = redactor_fingerprint(redactor, wish->arena, wish->items[i].plain);
    wish->name_mark = wish->items[0].mark;
    *all = mark_of_all(redactor, wish);
    redactor_free(redactor);
    values->items = arena_array(wish->arena, 2 * wish->count, sizeof(*values->items));
    for (size_t i = 0; i < wish->count; i++)
        if (wish->items[i].plain.len >= TEXT_BYTES_MIN)
            add_value(wish->arena, values, &wish->items[i]);
        else
            is_short = true;
    erase_values_sort(values);
    if (is_short)
        fprintf(stderr,
                "daybook: a name of less than %d bytes is replaced as the user of events, and not "
                "looked for in their texts.\n",
                TEXT_BYTES_MIN);
    return are_apart(values);
}

/* ---- Doing it ---------------------------------------------------------------------------------- */

/* With the lock, which others may take before the next one. */
static enum segment_step step_once(struct db *db, struct erase *erase)
{
    enum segment_step step;

    if (maintain_lock(db) < 0)
        return SEGMENT_STEP_FAILED;
    step = erase_step(db, erase);
    segment_lock_release(db);
    return step;
}

static enum segment_step run(struct db *db, struct erase *erase)
{
    struct progress progress = {0};
    int tries = TRIES;
    enum segment_step step;
    bool again;

    progress_start(&progress, "events", 0, "erasing: looked at");
    do {
        int64_t start_ms = clock_now_ms();
        uint64_t before = erase->looked_at;

        step = step_once(db, erase);
        progress_add(&progress, erase->looked_at - before);
        again = step == SEGMENT_STEP_MORE || step == SEGMENT_STEP_DAMAGED ||
                (step == SEGMENT_STEP_FAILED && db_last_error(db) == DB_ERROR_RETRY && tries-- > 0);
        if (again)
            maintain_rest(clock_now_ms() - start_ms);
    } while (again);
    progress_finish(&progress);
    return step;
}

/* An event of the account, with marks in place of what was erased. */
static void record(const struct config *config, const struct account *account,
                   const struct wish *wish, const struct erasure *erasure)
{
    struct own_event event = {
        .account = account->slug, .action = "erase", .entity_id = wish->name_mark};
    struct strbuf line;

    strbuf_init(&line);
    strbuf_printf(&line, "daybook erase %.*s --user %.*s", STR_ARG(account->slug),
                  STR_ARG(wish->name_mark));
    for (size_t i = 0; i < wish->count; i++)
        if (!str_equal(wish->items[i].mark, wish->name_mark))
            strbuf_printf(&line, " --value %.*s", STR_ARG(wish->items[i].mark));
    event.line = strbuf_str(&line);
    event.extra =
        arena_printf(wish->arena, "{\"events\": %llu, \"triggers\": %llu}",
                     (unsigned long long)erasure->events, (unsigned long long)erasure->triggers);
    event.key = arena_printf(wish->arena, "daybook:erasure:%u", erasure->id);
    own_event_record(config, &event);
    strbuf_release(&line);
}

static int end(struct db *db, const struct account *account, const struct wish *wish,
               const struct erase *erase, enum segment_step step)
{
    const struct erasure *erasure = &erase->erasure;

    if (step == SEGMENT_STEP_DONE) {
        record(erase->config, account, wish, erasure);
        if (erasure_end(db, erasure) < 0)
            step = SEGMENT_STEP_FAILED;
    }
    printf("%llu events and %llu triggers changed; in place of the name stands %.*s\n",
           (unsigned long long)erasure->events, (unsigned long long)erasure->triggers,
           STR_ARG(wish->name_mark));
    if (step == SEGMENT_STEP_KEPT)
        fprintf(stderr, "daybook: %.*s is under legal hold: nothing more is erased.\n",
                STR_ARG(account->slug));
    else if (step != SEGMENT_STEP_DONE)
        fputs("daybook: not everything is erased yet: the same command goes on.\n", stderr);
    return step == SEGMENT_STEP_DONE ? 0 : 1;
}

static int erase(struct db *db, const struct config *config, const struct account *account,
                 const unsigned char *key, struct wish *wish)
{
    struct erase_values values = {0}, names = {wish->items, wish->count};
    struct erase erase = {
        .config = config,
        .wanted = {.account_id = account->id,
                   .values = &values,
                   .body_max_bytes = (size_t)config->body_max_bytes},
    };
    enum segment_step step = SEGMENT_STEP_FAILED;
    struct str all;

    if (account->is_held) {
        fprintf(stderr, "daybook: %.*s is under legal hold: nothing is erased.\n",
                STR_ARG(account->slug));
        return 1;
    }
    if (!make_marks(key, account->id, wish, &values, &all))
        return 1;
    if (erasure_begin(db, account->id, all, &erase.erasure) == 0 &&
        erase_names_users(db, account->id, &names, &erase.wanted.users) == 0 &&
        erase_names_entities(db, account->id, &values, &erase.wanted.entities) == 0)
        step = run(db, &erase);
    erase_pairs_release(&erase.wanted.users);
    erase_pairs_release(&erase.wanted.entities);
    return end(db, account, wish, &erase, step);
}

static int find_and_erase(const struct config *config, const char *slug, struct wish *wish)
{
    unsigned char key[CONFIG_KEY_BYTES];
    int found = config_redaction_key(config, key), status = 1;
    struct account account;
    struct db *db;

    if (found == 0)
        fputs("daybook: without redaction_key_file in the configuration there are no marks.\n",
              stderr);
    db = found == 1 ? accounts_open(config, CONFIG_MAINTAINER) : NULL;
    if (db && accounts_find(db, wish->arena, slug, &account) == 0)
        status = erase(db, config, &account, key, wish);
    db_free(db);
    return status;
}

int erase_run(const struct config *config, int argc, char **argv)
{
    struct wish wish = {.arena = arena_new()};
    int status = read_wish(&wish, argc, argv);

    if (status == 0)
        status = find_and_erase(config, argv[1], &wish);
    arena_free(wish.arena);
    return status;
}
