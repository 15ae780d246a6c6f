/* SPDX-License-Identifier: MIT */
/*
 * daybook load [--format NAME] SLUG FILE...: records events from files, Daybook's own or another product's audit records.  Started again after an interruption, or
 * with a file that was loaded before, it stores only what is missing: events are known by their keys.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tools/accounts.h"
#include "tools/command.h"
#include "tools/load_file.h"

static void print_counts(const struct load *load)
{
    printf("%llu events read, %llu stored, %llu stood already", load->read, load->stored,
           load->read - load->stored);
    if (load->passed)
        printf(", %llu earlier stages passed over", load->passed);
    if (load->left_out)
        printf(", %llu left out", load->left_out);
    putchar('\n');
}

/* Of all files; 0 when it cannot be known of one of them. */
static uint64_t bytes_of(char **paths)
{
    uint64_t all = 0, bytes;

    for (; *paths; paths++) {
        if (!load_file_bytes(*paths, &bytes))
            return 0;
        all += bytes;
    }
    return all;
}

static int load_files(struct load *load, const char *slug, char **paths)
{
    struct arena *names = arena_new();
    int status = 1;

    if (db_connect(recording_db(load->recording)) < 0)
        fputs("daybook: the database does not answer (the log above says why).\n", stderr);
    else
        status = accounts_find(recording_db(load->recording), names, slug, &load->account);
    if (status == 0)
        progress_start(&load->progress, NULL, bytes_of(paths), "load %s", slug);
    load->progress.rows_unit = "events";
    for (; *paths && status == 0; paths++)
        status = load_file(load, *paths);
    if (status == 0)
        status = load_end(load);
    progress_finish(&load->progress);
    print_counts(load);
    arena_free(names);
    return status;
}

static int print_formats(void)
{
    const struct format *format;

    for (size_t i = 0; (format = format_at(i)) != NULL; i++)
        printf("%s\t%s\n", format->name, format->summary);
    return 0;
}

static const struct format *find_format(const char *name)
{
    const struct format *format = format_find(str_from(name));
    struct arena *arena;
    struct str names;

    if (format)
        return format;
    arena = arena_new();
    names = format_names(arena);
    fprintf(stderr, "daybook: there is no format \"%s\"; there are %.*s.\n", name, STR_ARG(names));
    arena_free(arena);
    return NULL;
}

static int run(const struct config *config, const struct format *format, const char *slug,
               char **paths)
{
    struct load *load = memory_new(sizeof(*load));
    int status = 1;

    load->format = format;
    load->arena = arena_new();
    load->texts = arena_new();
    load->stages = load_stages_new();
    load->recording = recording_open(config);
    if (load->recording)
        status = load_files(load, slug, paths);
    recording_close(load->recording);
    load_stages_free(load->stages);
    arena_free(load->texts);
    arena_free(load->arena);
    free(load);
    return status;
}

int load_run(const struct config *config, int argc, char **argv)
{
    static const struct option options[] = {{"format", required_argument, NULL, 'f'}, {0}};
    const struct format *format = format_at(0);
    int option;

    optind = 0;
    while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        if (option != 'f')
            return COMMAND_USAGE;
        if (strcmp(optarg, "list") == 0)
            return print_formats();
        format = find_format(optarg);
        if (!format)
            return 1;
    }
    if (argc - optind < 2)
        return COMMAND_USAGE;
    return run(config, format, argv[optind], &argv[optind + 1]);
}
