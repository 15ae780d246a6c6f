/* SPDX-License-Identifier: MIT */
/* daybook operator: who may read the logs of all accounts. */
#include <stdio.h>

#include "store/operator_store.h"
#include "tools/accounts.h"
#include "tools/command.h"
#include "tools/print.h"

enum { PERSON_MAX = 255 };

static int change(const struct config *config, const char *word, const char *person)
{
    struct db *db = accounts_open(config, CONFIG_MAINTAINER);
    bool adds = strcmp(word, "add") == 0;
    int result;

    if (!db)
        return 1;
    result = (adds ? operator_add : operator_remove)(db, str_from(person));
    db_free(db);
    if (result == 1)
        fprintf(stderr, "daybook: %s is %s operator.\n", person, adds ? "already an" : "no");
    else if (result < 0)
        fprintf(stderr, "daybook: operator %s could not be changed.\n", person);
    return result == 0 ? 0 : 1;
}

static int list(const struct config *config)
{
    struct db *db = accounts_open(config, CONFIG_READER);
    struct arena *arena = arena_new();
    struct operator_row *rows;
    size_t count = 0;
    int result = db ? operators_all(db, arena, &rows, &count) : -1;

    for (size_t i = 0; i < count; i++) {
        print_text(rows[i].person);
        putchar('\t');
        print_time(rows[i].created_ms);
        putchar('\n');
    }
    arena_free(arena);
    db_free(db);
    return result == 0 ? 0 : 1;
}

int operator_run(const struct config *config, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list(config);
    if (argc == 3 && (strcmp(argv[1], "add") == 0 || strcmp(argv[1], "remove") == 0) &&
        argv[2][0] != '\0' && strlen(argv[2]) <= PERSON_MAX)
        return change(config, argv[1], argv[2]);
    return COMMAND_USAGE;
}
