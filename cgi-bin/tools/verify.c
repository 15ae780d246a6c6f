/* SPDX-License-Identifier: MIT */
/* daybook verify --segments: compares the index with the log, and makes anew what is damaged on wish. */
#include "upkeep/segment_verify.h"

#include <stdio.h>

#include "base/event.h"
#include "index/segment_file.h"
#include "tools/accounts.h"
#include "tools/command.h"
#include "tools/maintain.h"
#include "upkeep/segment_amount.h"

enum { SHOWN_MAX = 20 };

struct verify {
    const struct config *config;
    struct db *db;     /* as reader */
    struct db *writer; /* as maintainer, when something is to be made anew; else NULL */
    char slug[MAINTAIN_SLUG_BYTES]; /* of the account that is looked at */
    unsigned kind;
    uint64_t shown;
    bool wrong;
    uint32_t account_id;      /* whose logs are compared; 0: those of all */
    struct progress progress; /* of rows of all these logs */
};

static void advance(void *context, uint64_t rows)
{
    struct verify *verify = context;
    uint64_t total = 0;

    progress_add(&verify->progress, rows);
    if (!progress_wants_total(&verify->progress))
        return;
    if (segment_amount_indexed(verify->db, verify->account_id, &total) < 0)
        total = 0;
    progress_expect(&verify->progress, total);
}

/* One line for each of the first faults of a log. */
static void show_fault(void *context, enum segment_fault fault, uint64_t id)
{
    struct verify *verify = context;
    bool is_segment = fault >= SEGMENT_FAULT_DAMAGED;

    if (verify->shown++ >= SHOWN_MAX)
        return;
    printf(is_segment || verify->kind == 0 ? "%s %s: %s%llu %s\n" : "%s %s: %s%016llx %s\n",
           verify->slug, maintain_kind(verify->kind), is_segment ? "segment " : "",
           (unsigned long long)id, segment_fault_words(fault));
}

static void show_verdict(const struct verify *verify, const struct segment_verdict *verdict)
{
    if (verify->shown > SHOWN_MAX)
        printf("%s %s: and %llu others\n", verify->slug, maintain_kind(verify->kind),
               (unsigned long long)(verify->shown - SHOWN_MAX));
    printf("%s %s: %llu in %llu segments, %llu waiting: %s\n", verify->slug,
           maintain_kind(verify->kind), (unsigned long long)verdict->events,
           (unsigned long long)verdict->segments, (unsigned long long)verdict->waiting,
           verify->shown ? "DIFFERS" : "the same as the log");
}

/* Makes the index of so many rows anew, in steps that others can come between. */
static int rebuild(struct verify *verify, const struct log_name *name, uint64_t rows)
{
    struct progress progress = {0};
    struct segment_work work = {0};
    enum segment_step step;
    bool forgotten = false;

    progress_start(&progress, maintain_kind(name->kind), rows, "indexing %s", verify->slug);
    do {
        uint64_t before = work.events;

        if (maintain_lock(verify->writer) < 0)
            return -1;
        step = SEGMENT_STEP_FAILED;
        if (forgotten || maintain_forget(verify->writer, verify->config, name) == 0)
            step = maintain_rebuild(verify->writer, verify->config, name, &work);
        forgotten = true;
        progress_add(&progress, work.events - before);
        segment_lock_release(verify->writer);
    } while (step == SEGMENT_STEP_MORE);
    progress_finish(&progress);
    if (step != SEGMENT_STEP_DONE)
        return -1;
    printf("%s %s: made anew\n", verify->slug, maintain_kind(name->kind));
    return 0;
}

static int check_log(struct verify *verify, const struct log_name *name)
{
    const struct segment_verify calls = {show_fault, advance, verify};
    struct segment_verdict verdict;

    verify->kind = name->kind;
    verify->shown = 0;
    if (maintain_compare(verify->db, verify->config, name, &calls, &verdict) < 0)
        return -1;
    if (!verdict.indexed) {
        printf("%s %s: not indexed\n", verify->slug, maintain_kind(name->kind));
        return 0;
    }
    show_verdict(verify, &verdict);
    if (!verify->shown)
        return 0;
    if (!verify->writer)
        verify->wrong = true;
    if (verify->writer && verdict.faults[SEGMENT_FAULT_FILE])
        segment_file_sweep(verify->config, name->account_id, name->kind, NULL, 0, 0);
    return verify->writer && segment_verdict_is_wrong(&verdict)
               ? rebuild(verify, name, verdict.events)
               : 0;
}

static int check_account(struct verify *verify, const struct account *account)
{
    snprintf(verify->slug, sizeof(verify->slug), "%.*s", STR_ARG(account->slug));
    for (unsigned kind = 0; kind <= EVENT_KIND_TRIGGER; kind++)
        if (check_log(verify, &(struct log_name){account->id, kind}) < 0)
            return -1;
    return 0;
}

static int check_all(struct verify *verify, struct arena *arena, const char *slug)
{
    struct account *accounts, one;
    size_t count = 0;

    progress_start(&verify->progress, "rows", 0, "verify");
    if (slug) {
        if (accounts_find(verify->db, arena, slug, &one) != 0)
            return -1;
        verify->account_id = one.id;
        return check_account(verify, &one);
    }
    if (accounts_all(verify->db, arena, &accounts, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (check_account(verify, &accounts[i]) < 0)
            return -1;
    return 0;
}

/* --segments, which is needed, --rebuild and a slug, in any order. */
static bool read_options(int argc, char **argv, const char **slug, bool *rebuild_wanted)
{
    bool segments = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--segments") == 0)
            segments = true;
        else if (strcmp(argv[i], "--rebuild") == 0)
            *rebuild_wanted = true;
        else if (argv[i][0] == '-' || *slug)
            return false;
        else
            *slug = argv[i];
    }
    return segments;
}

int verify_run(const struct config *config, int argc, char **argv)
{
    struct verify verify = {.config = config};
    const char *slug = NULL;
    bool rebuild_wanted = false;
    struct arena *arena;
    int result = -1;

    if (!read_options(argc, argv, &slug, &rebuild_wanted))
        return COMMAND_USAGE;
    verify.db = accounts_open(config, CONFIG_READER);
    if (verify.db && rebuild_wanted)
        verify.writer = accounts_open(config, CONFIG_MAINTAINER);
    arena = arena_new();
    if (verify.db && (verify.writer || !rebuild_wanted))
        result = check_all(&verify, arena, slug);
    progress_finish(&verify.progress);
    arena_free(arena);
    db_free(verify.writer);
    db_free(verify.db);
    return result == 0 && !verify.wrong ? 0 : 1;
}
