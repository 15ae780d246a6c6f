/* SPDX-License-Identifier: MIT */
/* daybook status: does the database answer, and what is the newest event of each account? */
#include <stdio.h>

#include "base/clock.h"
#include "base/event.h"
#include "tools/accounts.h"
#include "tools/command.h"

static const struct str select_newest =
    STR("SELECT a.slug, "
        "(SELECT COALESCE(MAX(e.id), 0) FROM event e WHERE e.account_id = a.id AND e.kind = 1), "
        "(SELECT COALESCE(MAX(e.id), 0) FROM event e WHERE e.account_id = a.id AND e.kind = 2) "
        "FROM account a ORDER BY a.slug");

static void print_time(const char *label, uint64_t id)
{
    char time[CLOCK_TEXT_BYTES] = "none";

    if (id)
        clock_format(event_id_ms(id), time);
    printf("  newest %s %s", label, time);
}

int status_run(const struct config *config, int argc, char **argv)
{
    struct db_rows *rows;
    struct db *db;
    int more = -1;

    (void)argv;
    if (argc != 1)
        return COMMAND_USAGE;
    db = accounts_open(config, CONFIG_READER);
    if (!db)
        return 1;
    rows = db_select(db, select_newest, DB_NO_VALUES);
    while (rows && (more = db_next(rows)) == 1) {
        struct str slug = db_bytes(rows, 0);

        printf("%.*s", STR_ARG(slug));
        print_time("event", db_number(rows, 1));
        print_time("trigger", db_number(rows, 2));
        putchar('\n');
    }
    db_finish(rows);
    db_free(db);
    return more == 0 ? 0 : 1;
}
