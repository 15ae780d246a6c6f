/* SPDX-License-Identifier: MIT */
/*
 * `daybook follow`: reads the lines that nginx writes in front of an API, as they come, through rotation, restarts and crashes, and
 * stores each once.  Looks at its files ten times a second; how far they were read is known from the database alone.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/parse.h"
#include "tools/accounts.h"
#include "tools/command.h"
#include "tools/follow_file.h"
#include "tools/follow_files.h"
#include "tools/follow_rotate.h"
#include "tools/own_event.h"

enum {
    PAUSE_MS = 100, /* between two looks at files that have not grown */
    LATER_MS = 500, /* before a database that did not answer is asked again */
    SEEN_MS = 5000, /* between two signs of life */
    NAME_MAX_BYTES = 255,
    PATH_MAX_BYTES = 4096,
    SILENT_MAX_S = 366 * 24 * 3600,
    ROTATE_MAX_S = 24 * 3600,
};

struct options {
    const char *account, *name, *path, *pid_file;
    uint64_t silent_after_s, rotate_s;
    bool once, again, keep, own;
};

struct follow {
    const struct config *config;
    const struct options *options;
    struct recording *recording;
    struct account account;
    struct capture_source source;
    uint32_t source_id;
    struct follow_files *files;
    struct follow_lines *lines;
    int stop_fd;
    int64_t seen_ms, rotated_ms;
};

/* ---- Options ----------------------------------------------------------------------------------- */

static bool read_flag(const char *word, struct options *options)
{
    bool *flag = strcmp(word, "--once") == 0    ? &options->once
                 : strcmp(word, "--again") == 0 ? &options->again
                 : strcmp(word, "--keep") == 0  ? &options->keep
                 : strcmp(word, "--own") == 0   ? &options->own
                                                : NULL;

    if (flag)
        *flag = true;
    return flag != NULL;
}

static bool read_value(const char *word, const char *value, struct options *options)
{
    const struct {
        const char *word;
        const char **text;
        uint64_t *number;
        uint64_t max;
    } known[] = {
        {"--account", &options->account, NULL, 0},
        {"--name", &options->name, NULL, 0},
        {"--nginx-pid", &options->pid_file, NULL, 0},
        {"--silent-after", NULL, &options->silent_after_s, SILENT_MAX_S},
        {"--rotate", NULL, &options->rotate_s, ROTATE_MAX_S},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(word, known[i].word) != 0)
            continue;
        if (known[i].text)
            *known[i].text = value;
        return known[i].text || parse_u64(str_from(value), 0, known[i].max, known[i].number);
    }
    return false;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    int at = 1;

    while (at + 1 < argc) {
        if (read_flag(argv[at], options))
            at += 1;
        else if (read_value(argv[at], argv[at + 1], options))
            at += 2;
        else
            return false;
    }
    if (at + 1 != argc || argv[at][0] == '-' || !options->account)
        return false;
    options->path = argv[at];
    if (!options->name)
        options->name = options->account;
    return (options->rotate_s == 0) == (options->pid_file == NULL) && options->name[0] &&
           strlen(options->name) <= NAME_MAX_BYTES && strlen(options->path) < PATH_MAX_BYTES;
}

/* ---- The loop ---------------------------------------------------------------------------------- */

/* Waits; true when it is time to stop. */
static bool pause_or_stop(struct follow *follow, int ms)
{
    struct pollfd stop = {follow->stop_fd, POLLIN, 0};

    return poll(&stop, 1, ms) == 1;
}

static struct db *db_of(struct follow *follow)
{
    return recording_db(follow->recording);
}

static void give_sign(struct follow *follow)
{
    int64_t now_ms = clock_now_ms();
    uint64_t bytes, count;

    if (now_ms >= follow->seen_ms && now_ms < follow->seen_ms + SEEN_MS)
        return;
    follow_files_backlog(follow->files, &bytes, &count);
    if (capture_source_seen(db_of(follow), follow->source_id, bytes, count, now_ms) == 0)
        follow->seen_ms = now_ms;
}

static void rotate_in_time(struct follow *follow)
{
    int64_t now_ms = clock_now_ms();
    int64_t every_ms = (int64_t)follow->options->rotate_s * 1000;

    if (every_ms == 0 || follow->options->once ||
        (now_ms >= follow->rotated_ms && now_ms < follow->rotated_ms + every_ms))
        return;
    follow->rotated_ms = now_ms;
    follow_rotate(follow->options->path, follow->options->pid_file);
}

/* Was its own account deleted while it stood still?  Then nothing more can be stored. */
static bool has_lost_account(struct follow *follow)
{
    struct arena *arena = arena_new();
    struct account account;
    bool lost = account_by_slug(db_of(follow), arena, follow->account.slug, &account) == 0;

    if (lost)
        fprintf(stderr, "daybook: the account \"%.*s\" was deleted: its calls are kept no more.\n",
                STR_ARG(follow->account.slug));
    arena_free(arena);
    return lost;
}

/* Until it is told to stop; with `once` until all that is there has been read. */
static int read_on(struct follow *follow)
{
    int pause_ms = 0;

    while (!pause_or_stop(follow, pause_ms)) {
        switch (follow_files_step(follow->files, db_of(follow), follow->lines)) {
        case FOLLOW_MOVED:
            pause_ms = 0;
            break;
        case FOLLOW_AT_END:
            if (follow->options->once)
                return 0;
            pause_ms = PAUSE_MS;
            break;
        case FOLLOW_NO_ANSWER:
            if (has_lost_account(follow))
                return 1;
            pause_ms = LATER_MS;
            continue;
        case FOLLOW_NOT_OURS:
            fprintf(stderr, "daybook: another follower reads %s.\n", follow->options->path);
            return 1;
        }
        rotate_in_time(follow); /* in a backlog too: what is stored is deleted with its file */
        give_sign(follow);
    }
    return 0;
}

/* The account, and the source as the database knows it.  1 both; 0 there is no such account; -1 no answer. */
static int meet_source(struct follow *follow, struct arena *arena)
{
    int (*begin)(struct db * db, const struct capture_source *source, int64_t now_ms, uint32_t *id);
    struct db *db = db_of(follow);
    int found = db_connect(db) < 0 ? -1
                                   : account_by_slug(db, arena, str_from(follow->options->account),
                                                     &follow->account);

    if (found != 1)
        return found;
    follow->source =
        (struct capture_source){.name = str_from(follow->options->name),
                                .account_id = follow->account.id,
                                .path = str_from(follow->options->path),
                                .silent_after_s = (uint32_t)follow->options->silent_after_s};
    begin = follow->options->once ? capture_source_find : capture_source_start;
    return begin(db, &follow->source, clock_now_ms(), &follow->source_id) < 0 ? -1 : 1;
}

/* For whoever had files read once: what became of their lines. */
static int report(const struct follow *follow)
{
    struct follow_totals totals = follow_lines_totals(follow->lines);

    printf("%llu lines read: %llu stored, %llu stood already, %llu dropped by a rule, %llu "
           "refused\n",
           (unsigned long long)totals.lines, (unsigned long long)totals.stored,
           (unsigned long long)totals.duplicates, (unsigned long long)totals.dropped,
           (unsigned long long)totals.refused);
    return totals.refused || follow_files_have_failed(follow->files) ? 1 : 0;
}

/* That capturing starts or stops is an event itself; without a database it is not known, as everything else then. */
static void record_own(struct follow *follow, const char *action)
{
    const struct own_event event = {.account = follow->account.slug,
                                    .action = action,
                                    .entity_id = follow->source.name,
                                    .line = follow->source.path};

    if (follow->config->record_commands && !follow->options->once)
        own_event_store(follow->recording, &event);
}

/* The file, or one that rotation has made of it. */
static bool is_there(const char *path)
{
    char **rotated = follow_paths(path);
    bool found = (rotated && rotated[0]) || access(path, F_OK) == 0;

    follow_paths_free(rotated);
    return found;
}

/* Follows until the end; the exit status. */
static int run(struct follow *follow, struct arena *arena)
{
    const struct options *options = follow->options;
    int status, met;

    while ((met = meet_source(follow, arena)) < 0)
        if (pause_or_stop(follow, LATER_MS))
            return options->once ? 1
                                 : 0; /* nothing was read; of who follows nothing more is wanted */
    if (met == 0) {
        fprintf(stderr, "daybook: there is no account \"%s\".\n", options->account);
        return 1;
    }
    if (options->once && !is_there(options->path)) {
        fprintf(stderr, "daybook: there is no file %s, nor a rotated one.\n", options->path);
        return 1;
    }
    record_own(follow, "startCapture");
    log_event(LOG_LEVEL_INFO, "follow_started", {"source", follow->source.name},
              {"file", follow->source.path});
    follow->rotated_ms = clock_now_ms();
    follow->lines = follow_lines_new(follow->config, follow->recording, &follow->account,
                                     follow->source_id, options->own);
    follow->files =
        follow_files_new(follow->source_id, options->path, options->keep, options->again);
    status = read_on(follow);
    follow->seen_ms = 0;
    give_sign(follow);
    if (!options->once)
        capture_source_stop(db_of(follow), follow->source_id, clock_now_ms());
    record_own(follow, "stopCapture");
    log_event(LOG_LEVEL_INFO, "follow_stopped", {"source", follow->source.name});
    if (options->once && status == 0)
        status = report(follow);
    follow_files_free(follow->files);
    follow_lines_free(follow->lines);
    return status;
}

/* All files of a backlog are open at a time: as many as the system lets it. */
static void allow_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Signals to stop are read between two steps; the one by which the kernel ends a lease means nothing here. */
static int open_stop(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGIO, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int follow_run(const struct config *config, int argc, char **argv)
{
    struct options options = {0};
    struct follow follow = {.config = config, .options = &options};
    struct arena *arena;
    int status = 1;

    if (!read_options(argc, argv, &options))
        return COMMAND_USAGE;
    follow.recording = recording_open(config);
    if (!follow.recording)
        return 1;
    allow_files();
    arena = arena_new();
    follow.stop_fd = open_stop();
    if (follow.stop_fd >= 0)
        status = run(&follow, arena);
    close(follow.stop_fd);
    arena_free(arena);
    recording_close(follow.recording);
    return status;
}
