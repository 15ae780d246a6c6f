/* SPDX-License-Identifier: MIT */
/*
 * daybook import-openapi: a description of an API becomes the operations of an account.  Nothing is stored before the whole
 * description and every override were understood.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "intake/openapi.h"
#include "store/operation_store.h"
#include "tools/accounts.h"
#include "tools/command.h"
#include "tools/progress.h"

enum { FILE_BYTES_MAX = 64 * 1024 * 1024, STEP_BYTES = 16 * 1024, AMBIGUOUS_SHOWN = 20 };

struct arguments {
    const char *file, *account, *base_path, *overrides;
    bool drop_reads, dry_run;
};

/* `--name VALUE` or `--name`. */
static bool read_option(struct arguments *arguments, int argc, char **argv, int *at)
{
    const struct {
        const char *name;
        const char **value;
        bool *flag;
    } options[] = {
        {"--account", &arguments->account, NULL},
        {"--base-path", &arguments->base_path, NULL},
        {"--overrides", &arguments->overrides, NULL},
        {"--drop-reads", NULL, &arguments->drop_reads},
        {"--dry-run", NULL, &arguments->dry_run},
    };

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (strcmp(argv[*at], options[i].name) != 0)
            continue;
        if (options[i].flag) {
            *options[i].flag = true;
            return true;
        }
        if (*at + 1 == argc || *options[i].value)
            return false;
        *options[i].value = argv[++*at];
        return true;
    }
    return false;
}

static bool read_arguments(struct arguments *arguments, int argc, char **argv)
{
    for (int at = 1; at < argc; at++) {
        if (argv[at][0] == '-' && argv[at][1]) {
            if (!read_option(arguments, argc, argv, &at))
                return false;
        } else if (arguments->file) {
            return false;
        } else {
            arguments->file = argv[at];
        }
    }
    return arguments->file && arguments->account;
}

/* The whole file, `-` for standard input.  0; or 1 after a line on stderr. */
static int read_file(const char *path, struct strbuf *text)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    struct progress progress = {0};
    size_t bytes = 1;
    int status = 0;

    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    progress_start(&progress, NULL, 0, "import-openapi");
    while (bytes && text->len <= FILE_BYTES_MAX) {
        bytes = fread(strbuf_reserve(text, STEP_BYTES), 1, STEP_BYTES, file);
        text->len += bytes;
        progress_add(&progress, bytes);
    }
    progress_finish(&progress);
    if (ferror(file)) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        status = 1;
    } else if (str_starts(strbuf_str(text), STR("\x1f\x8b"))) {
        fprintf(stderr,
                "%s: it is compressed (gzip). Unpack it first, with gzip -d, or as it is read: "
                "gzip -dc FILE | daybook import-openapi - … Nothing was changed.\n",
                path);
        status = 1;
    } else if (text->len > FILE_BYTES_MAX) {
        fprintf(stderr, "%s: it is larger than 64 MiB: smaller files are accepted.\n", path);
        status = 1;
    }
    if (file != stdin)
        fclose(file);
    return status;
}

/* Reads one file and hands its tree on.  0; or 1 after a line on stderr that says where and what. */
static int read_document(struct openapi *api, const char *path, struct strbuf *text,
                         bool (*read)(struct openapi *api, const struct document_node *root,
                                      struct document_error *error))
{
    struct document_error error = {0};
    const struct document_node *root;

    if (read_file(path, text) != 0)
        return 1;
    root = document_read(api->arena, strbuf_str(text), &error);
    if (root && read(api, root, &error))
        return 0;
    fprintf(stderr, "%s:%u: %.*s Nothing was changed.\n", path, error.line,
            STR_ARG(error.sentence));
    return 1;
}

static void note_stored(void *context, size_t more)
{
    progress_add(context, more);
}

static int store(const struct config *config, const struct openapi *api,
                 const struct arguments *arguments)
{
    struct operation *operations =
        memory_resize(NULL, api->count ? api->count : 1, sizeof(*operations));
    struct db *db = accounts_open(config, CONFIG_MAINTAINER);
    struct progress progress = {0};
    struct account account;
    int status = 1;

    for (size_t i = 0; i < api->count; i++)
        operations[i] = api->rows[i].operation;
    if (db && accounts_find(db, api->arena, arguments->account, &account) == 0) {
        progress_start(&progress, "operations", api->count, "import-openapi");
        status = operation_store_replace(db, account.id, api->base_path, operations, api->count,
                                         note_stored, &progress) < 0;
        progress_finish(&progress);
        if (status)
            fputs("daybook: the operations could not be stored. Nothing was changed.\n", stderr);
    }
    db_free(db);
    free(operations);
    return status;
}

struct report {
    struct strbuf lines;
    size_t shown;
};

static void note_ambiguous(void *context, const struct operation *first,
                           const struct operation *second)
{
    struct report *report = context;

    if (report->shown++ < AMBIGUOUS_SHOWN)
        strbuf_printf(&report->lines, "%s %.*s %.*s (%.*s goes first)",
                      report->shown == 1 ? ":" : ",", STR_ARG(second->method),
                      STR_ARG(second->path), STR_ARG(first->path));
    else if (report->shown == AMBIGUOUS_SHOWN + 1)
        strbuf_add_cstr(&report->lines, ", …");
}

static void print_summary(const struct openapi *api, const struct arguments *arguments)
{
    size_t reads = 0, left_out = 0, ambiguous;
    struct report report = {.shown = 0};

    strbuf_init(&report.lines);
    for (size_t i = 0; i < api->count; i++) {
        reads += api->rows[i].operation.is_read;
        left_out += !api->rows[i].operation.keep;
    }
    ambiguous = openapi_ambiguous(api, note_ambiguous, &report);
    printf("%zu operations: %zu reads, %zu others; %zu left out of the log; %zu ambiguous%s%s\n",
           api->count, reads, api->count - reads, left_out, ambiguous, report.lines.ptr,
           arguments->dry_run ? "; nothing was stored" : "");
    strbuf_release(&report.lines);
}

static int import(const struct config *config, const struct arguments *arguments,
                  struct openapi *api, struct strbuf texts[2])
{
    if (read_document(api, arguments->file, &texts[0], openapi_read) != 0 ||
        (arguments->overrides &&
         read_document(api, arguments->overrides, &texts[1], openapi_override) != 0))
        return 1;
    if (arguments->drop_reads)
        openapi_drop_reads(api);
    if (!arguments->dry_run && store(config, api, arguments) != 0)
        return 1;
    print_summary(api, arguments);
    return 0;
}

int import_openapi_run(const struct config *config, int argc, char **argv)
{
    struct arguments arguments = {0};
    struct str base_path;
    struct strbuf texts[2];
    struct openapi api;
    int status;

    if (!read_arguments(&arguments, argc, argv))
        return COMMAND_USAGE;
    base_path = str_from(arguments.base_path);
    if (base_path.len == 1 && base_path.ptr[0] == '/')
        base_path.len = 0;
    if (!openapi_base_path_valid(base_path)) {
        fprintf(stderr,
                "daybook: \"%s\" cannot be a base path: it begins with / and does not end with it, "
                "such as /api; at most 255 bytes without {, }, ?, # and spaces.\n",
                arguments.base_path);
        return 1;
    }
    for (size_t i = 0; i < 2; i++)
        strbuf_init(&texts[i]);
    openapi_start(&api, arena_new(), base_path);
    status = import(config, &arguments, &api, texts);
    arena_free(api.arena);
    for (size_t i = 0; i < 2; i++)
        strbuf_release(&texts[i]);
    return status;
}
