/* SPDX-License-Identifier: MIT */
/*
 * daybook load SLUG FILE...: records events from NDJSON.  Every step is one transaction.  Started again after an interruption, or with a file
 * that was loaded before, it stores only what is missing: events are known by their idempotency key, which an export always has.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "intake/native.h"
#include "recording/recording.h"
#include "tools/accounts.h"
#include "tools/command.h"

enum { STEP_EVENTS = 1000, STEP_BYTES = 4 * 1024 * 1024 };

struct load {
    struct recording *recording;
    struct account account;
    struct arena *arena; /* of one step: the lines and the events read from them */
    struct event events[STEP_EVENTS];
    size_t count, bytes; /* of this step */
    const char *path;
    unsigned long first_line, line; /* of this step, and the present one; from 1 */
    unsigned long long read, stored;
};

static int complain_database(const struct load *load)
{
    fprintf(stderr,
            "%s:%lu: the database does not answer. What stands before this line is stored; run "
            "the same command again to go on.\n",
            load->path, load->first_line);
    return 1;
}

static int store_step(struct load *load)
{
    size_t stored;

    if (load->count && recorder_store(recording_recorder(load->recording), load->account.id,
                                      load->events, load->count, &stored) < 0)
        return complain_database(load);
    if (load->count) {
        load->read += load->count;
        load->stored += stored;
    }
    load->count = load->bytes = 0;
    load->first_line = load->line + 1;
    arena_reset(load->arena);
    return 0;
}

static bool is_blank(struct str line)
{
    return str_trim(line).len == 0;
}

/* The closing line of an export: `{"end": true, "rows": …, "sha256": …}`. */
static bool is_trailer(struct str line)
{
    return str_starts(line, STR("{\"end\": true,"));
}

/* An event without a key gets one from its place and its line, so that the same file loaded again is recognised. */
static struct str key_of_line(struct load *load, struct str line)
{
    unsigned char sha256[DIGEST_BYTES];
    struct strbuf hex;
    struct str key;

    digest_sha256(line, sha256);
    strbuf_init(&hex);
    digest_append_hex(&hex, (struct str){(const char *)sha256, sizeof(sha256)});
    key = arena_printf(load->arena, "load:%lu:%s", load->line, hex.ptr);
    strbuf_release(&hex);
    return key;
}

static int read_line(struct load *load, struct str line)
{
    struct intake intake;
    struct intake_complaint complaint;
    struct event *events;
    size_t count;

    line = arena_copy(load->arena, line);
    if (recording_intake(load->recording, load->arena, load->account.id, &intake) < 0)
        return complain_database(load);
    intake.from_export = true;
    if (!native_read(&intake, line, &events, &count, &complaint) || count != 1) {
        struct str why =
            complaint.sentence.len ? complaint.sentence : STR("A line must hold one event.");

        fprintf(stderr, "%s:%lu: %.*s What stands before line %lu is stored.\n", load->path,
                load->line, STR_ARG(why), load->first_line);
        return 1;
    }
    if (events[0].idempotency_key.len == 0)
        events[0].idempotency_key = key_of_line(load, line);
    load->events[load->count++] = events[0];
    load->bytes += line.len;
    return 0;
}

static int load_line(struct load *load, struct str line)
{
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    if (!is_blank(line) && !is_trailer(line) && read_line(load, line) != 0)
        return 1;
    if (load->count < STEP_EVENTS && load->bytes < STEP_BYTES)
        return 0;
    return store_step(load);
}

static int load_file(struct load *load, const char *path)
{
    bool standard_input = strcmp(path, "-") == 0;
    FILE *file = standard_input ? stdin : fopen(path, "re");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    int status = 0;

    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    load->path = path;
    load->line = 0;
    load->first_line = 1;
    while (status == 0 && (len = getline(&line, &capacity, file)) >= 0) {
        load->line++;
        if (len > 0 && line[len - 1] == '\n')
            len--;
        status = load_line(load, (struct str){line, (size_t)len});
    }
    if (status == 0 && ferror(file)) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        status = 1;
    }
    if (status == 0)
        status = store_step(load);
    free(line);
    if (!standard_input)
        fclose(file);
    return status;
}

static int load_files(struct load *load, int argc, char **argv)
{
    struct arena *names = arena_new();
    int status = 1;

    if (db_connect(recording_db(load->recording)) < 0)
        fputs("daybook: the database does not answer (the log above says why).\n", stderr);
    else
        status = accounts_find(recording_db(load->recording), names, argv[1], &load->account);
    for (int i = 2; i < argc && status == 0; i++)
        status = load_file(load, argv[i]);
    printf("%llu events read, %llu stored, %llu stood already\n", load->read, load->stored,
           load->read - load->stored);
    arena_free(names);
    return status;
}

int load_run(const struct config *config, int argc, char **argv)
{
    struct load *load;
    int status = 1;

    if (argc < 3)
        return COMMAND_USAGE;
    load = memory_new(sizeof(*load));
    load->arena = arena_new();
    load->recording = recording_open(config);
    if (load->recording)
        status = load_files(load, argc, argv);
    recording_close(load->recording);
    arena_free(load->arena);
    free(load);
    return status;
}
