/* SPDX-License-Identifier: MIT */
/* daybook plan: for how many days the logs of a plan are kept. */
#include <stdio.h>

#include "base/parse.h"
#include "base/utf8.h"
#include "store/plan_store.h"
#include "tools/accounts.h"
#include "tools/command.h"
#include "tools/print.h"

/* PCI DSS 4.0, 10.5.1: "retain audit log history for at least 12 months". */
enum { YEAR_DAYS = 365 };

static int add(struct db *db, const char *name, unsigned days)
{
    int result = plan_add(db, str_from(name), days);

    if (result == 1)
        fprintf(stderr, "daybook: plan %s stands already: `daybook plan change` alters it.\n",
                name);
    return result;
}

static int change(struct db *db, const char *name, unsigned days)
{
    int result = db_begin(db, DB_WRITE) < 0 ? -1 : plan_change(db, str_from(name), days);

    if (result == 0)
        result = db_commit(db);
    if (result == 1)
        fprintf(stderr, "daybook: there is no plan \"%s\".\n", name);
    return result;
}

static int store(const struct config *config, const char *name, unsigned days,
                 int (*run)(struct db *db, const char *name, unsigned days))
{
    struct db *db = accounts_open(config, CONFIG_MAINTAINER);
    int result;

    if (!db)
        return 1;
    result = run(db, name, days);
    db_free(db);
    if (result < 0)
        fprintf(stderr, "daybook: plan %s could not be stored.\n", name);
    if (result == 0 && days < YEAR_DAYS)
        fprintf(stderr, "daybook: note: some rules, such as PCI DSS 10.5.1, ask for 12 months.\n");
    return result == 0 ? 0 : 1;
}

static int list(const struct config *config)
{
    struct db *db = accounts_open(config, CONFIG_READER);
    struct arena *arena = arena_new();
    struct plan *plans;
    size_t count = 0;
    int result = db ? plans_all(db, arena, &plans, &count) : -1;

    for (size_t i = 0; i < count; i++) {
        print_text(plans[i].name);
        printf("\t%u\t%llu\n", plans[i].days, (unsigned long long)plans[i].accounts);
    }
    arena_free(arena);
    db_free(db);
    return result == 0 ? 0 : 1;
}

/* The word "none" stands for the absence of a plan. */
static bool is_name(const char *name)
{
    struct str text = str_from(name);

    return text.len > 0 && text.len <= PLAN_NAME_MAX && utf8_is_text(text) &&
           !str_equal(text, STR("none"));
}

int plan_run(const struct config *config, int argc, char **argv)
{
    uint64_t days;

    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list(config);
    if (argc != 4 || !is_name(argv[2]) || !parse_u64(str_from(argv[3]), 1, PLAN_DAYS_MAX, &days))
        return COMMAND_USAGE;
    if (strcmp(argv[1], "add") == 0)
        return store(config, argv[2], (unsigned)days, add);
    if (strcmp(argv[1], "change") == 0)
        return store(config, argv[2], (unsigned)days, change);
    return COMMAND_USAGE;
}
