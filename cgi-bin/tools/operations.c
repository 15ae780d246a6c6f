/* SPDX-License-Identifier: MIT */
/* daybook operation SLUG list | match: shows the operations of an account, and which one a call belongs to. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "intake/operations.h"
#include "store/operation_store.h"
#include "tools/accounts.h"
#include "tools/command.h"

struct table {
    struct arena *arena; /* of all rows */
    struct arena *line;  /* of one answer */
    struct operation *rows;
    size_t count;
    struct operations *operations;
};

/* A cell of a line: what would break the line, or is no text, is shown as a question mark. */
static void print_cell(struct str text, char end)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];

        putchar(byte < ' ' || byte == 0x7f ? '?' : byte);
    }
    putchar(end);
}

static int list(const struct table *table)
{
    puts("method\tpath\toperation_id\tentity_type\taction\tentity_id\tentity_name\tread\tkeep");
    for (size_t i = 0; i < table->count; i++) {
        const struct operation *row = &table->rows[i];

        print_cell(row->method, '\t');
        print_cell(row->path, '\t');
        print_cell(row->operation_id, '\t');
        print_cell(row->entity_type, '\t');
        print_cell(row->action, '\t');
        print_cell(row->entity_id, '\t');
        print_cell(row->entity_name, '\t');
        printf("%s\t%s\n", row->is_read ? "read" : "-", row->keep ? "keep" : "drop");
    }
    return 0;
}

/* Method, template, action, entity type and parameters of the call; one that matches nothing has - for each but the first. */
static bool match(struct table *table, struct str method, struct str target)
{
    struct operation_match found;
    bool matched = operations_match(table->operations, method, target, &found) != NULL;

    print_cell(matched ? found.operation->method : method, '\t');
    print_cell(matched ? found.operation->path : STR("-"), '\t');
    print_cell(matched ? found.operation->action : STR("-"), '\t');
    print_cell(matched ? found.operation->entity_type : STR("-"), '\t');
    print_cell(matched ? operation_params_json(table->line, &found) : STR("-"), '\n');
    arena_reset(table->line);
    return matched;
}

/* Lines "METHOD TARGET"; what follows a second space belongs to the target too. */
static int match_lines(struct table *table)
{
    char *line = NULL;
    size_t capacity = 0;
    bool all = true;
    ssize_t len;

    while ((len = getline(&line, &capacity, stdin)) >= 0) {
        struct str target = {line, (size_t)len}, method;

        if (target.len && line[target.len - 1] == '\n')
            target.len--;
        if (target.len == 0)
            continue;
        str_next(&target, ' ', &method);
        all &= match(table, method, target);
    }
    free(line);
    return all && !ferror(stdin) ? 0 : 1;
}

static int answer(struct table *table, int argc, char **argv)
{
    bool all = true;

    if (strcmp(argv[2], "list") == 0)
        return list(table);
    table->operations = operations_new(table->rows, table->count);
    if (argc == 4)
        return match_lines(table);
    for (int i = 3; i < argc; i += 2)
        all &= match(table, str_from(argv[i]), str_from(argv[i + 1]));
    return all ? 0 : 1;
}

static bool usage_is_right(int argc, char **argv)
{
    if (argc == 3)
        return strcmp(argv[2], "list") == 0;
    if (argc < 4 || strcmp(argv[2], "match") != 0)
        return false;
    return argc == 4 ? strcmp(argv[3], "-") == 0 : argc % 2 == 1;
}

int operation_run(const struct config *config, int argc, char **argv)
{
    struct table table = {0};
    struct account account;
    struct db *db;
    int status = 1;

    if (!usage_is_right(argc, argv))
        return COMMAND_USAGE;
    db = accounts_open(config, CONFIG_READER);
    table.arena = arena_new();
    table.line = arena_new();
    if (db && accounts_find(db, table.arena, argv[1], &account) == 0 &&
        operation_store_all(db, table.arena, account.id, &table.rows, &table.count) == 0)
        status = answer(&table, argc, argv);
    operations_free(table.operations);
    arena_free(table.line);
    arena_free(table.arena);
    db_free(db);
    return status;
}
