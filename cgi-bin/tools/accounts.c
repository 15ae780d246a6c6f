/* SPDX-License-Identifier: MIT */
/* daybook account, member: who owns a log, how long it is kept, and who may open it. */
#include "tools/accounts.h"

#include <stdio.h>

#include "store/member_store.h"
#include "store/plan_store.h"
#include "store/schema_version.h"
#include "tools/command.h"
#include "tools/leaving.h"
#include "tools/print.h"

enum { LABEL_MAX = 255 };

struct db *accounts_open(const struct config *config, enum config_role role)
{
    struct db *db = schema_version_open(config, role);

    if (db && db_connect(db) < 0) {
        fputs("daybook: the database does not answer (the log above says why).\n", stderr);
        db_free(db);
        return NULL;
    }
    return db;
}

int accounts_find(struct db *db, struct arena *arena, const char *slug, struct account *account)
{
    int found = account_by_slug(db, arena, str_from(slug), account);

    if (found == 0)
        fprintf(stderr, "daybook: there is no account \"%s\".\n", slug);
    return found == 1 ? 0 : 1;
}

/* The value of the option `name` behind the first `from` arguments, or `absent`. */
static const char *option_value(int argc, char **argv, int from, const char *name,
                                const char *absent)
{
    for (int i = from; i + 1 < argc; i += 2)
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    return absent;
}

/* Are the arguments from `from` on nothing but `name VALUE`, or nothing? */
static bool only_option(int argc, char **argv, int from, const char *name)
{
    return argc == from || (argc == from + 2 && strcmp(argv[from], name) == 0 &&
                            strlen(argv[from + 1]) <= LABEL_MAX);
}

/* What an insert's result means for the person at the terminal. */
static int report(int result, const char *what, const char *name)
{
    if (result == 1)
        fprintf(stderr, "daybook: %s %s stands already.\n", what, name);
    else if (result < 0)
        fprintf(stderr, "daybook: %s %s could not be stored.\n", what, name);
    return result == 0 ? 0 : 1;
}

static int add_account(const struct config *config, const char *slug, const char *name)
{
    struct db *db;
    int result;

    if (!account_slug_valid(str_from(slug))) {
        fprintf(stderr,
                "daybook: \"%s\" cannot be an account: 2 to 63 of a-z, 0-9 and -, not - first, and "
                "none of the words that URLs use themselves.\n",
                slug);
        return 1;
    }
    db = accounts_open(config, CONFIG_MAINTAINER);
    if (!db)
        return 1;
    result = account_add(db, str_from(slug), str_from(name));
    db_free(db);
    if (result == 2) {
        fprintf(stderr, "daybook: an account %s was deleted: its name is not given again.\n", slug);
        return 1;
    }
    return report(result, "account", slug);
}

static int list_accounts(const struct config *config)
{
    struct db *db = accounts_open(config, CONFIG_READER);
    struct arena *arena = arena_new();
    struct account *accounts;
    size_t count = 0;
    int result = db ? accounts_all(db, arena, &accounts, &count) : -1;

    for (size_t i = 0; i < count; i++) {
        printf("%.*s\t", STR_ARG(accounts[i].slug));
        print_text(accounts[i].name);
        putchar('\t');
        print_text(accounts[i].plan);
        puts(accounts[i].is_held ? "\theld" : "\t---");
    }
    arena_free(arena);
    db_free(db);
    return result == 0 ? 0 : 1;
}

int accounts_with(const struct config *config, enum config_role role, int argc, char **argv,
                  int (*run)(struct db *db, struct arena *arena, const struct account *account,
                             int argc, char **argv))
{
    struct db *db = accounts_open(config, role);
    struct arena *arena = arena_new();
    struct account account;
    int status = 1;

    if (db && accounts_find(db, arena, argv[2], &account) == 0)
        status = run(db, arena, &account, argc, argv);
    arena_free(arena);
    db_free(db);
    return status;
}

static int set_plan(struct db *db, struct arena *arena, const struct account *account, int argc,
                    char **argv)
{
    struct str plan = str_from(argv[3]);
    int result;

    (void)arena;
    (void)argc;
    if (str_equal(plan, STR("none")))
        plan.len = 0;
    result = db_begin(db, DB_WRITE) < 0 ? -1 : plan_assign(db, account->id, plan);
    if (result == 0)
        result = db_commit(db);
    if (result == 1)
        fprintf(stderr, "daybook: there is no plan \"%s\".\n", argv[3]);
    else if (result < 0)
        fprintf(stderr, "daybook: the plan of %s could not be changed.\n", argv[2]);
    return result == 0 ? 0 : 1;
}

static int hold(struct db *db, struct arena *arena, const struct account *account, int argc,
                char **argv)
{
    (void)arena;
    (void)argc;
    if (plan_hold(db, account->id, strcmp(argv[3], "on") == 0) == 0)
        return 0;
    fprintf(stderr, "daybook: the hold of %s could not be changed.\n", argv[2]);
    return 1;
}

int account_run(const struct config *config, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list_accounts(config);
    if (argc == 4 && strcmp(argv[1], "set-plan") == 0)
        return accounts_with(config, CONFIG_MAINTAINER, argc, argv, set_plan);
    if (argc == 4 && strcmp(argv[1], "hold") == 0 &&
        (strcmp(argv[3], "on") == 0 || strcmp(argv[3], "off") == 0))
        return accounts_with(config, CONFIG_MAINTAINER, argc, argv, hold);
    if ((argc == 3 || (argc == 4 && strcmp(argv[3], "--yes") == 0)) &&
        strcmp(argv[1], "delete") == 0)
        return leaving_delete(config, argv[2], argc == 4);
    if (argc < 3 || strcmp(argv[1], "add") != 0 || !only_option(argc, argv, 3, "--name"))
        return COMMAND_USAGE;
    return add_account(config, argv[2], option_value(argc, argv, 3, "--name", argv[2]));
}

/* ---- Members ------------------------------------------------------------------------------------- */

static int add_member(struct db *db, struct arena *arena, const struct account *account, int argc,
                      char **argv)
{
    enum member_role role =
        strcmp(argv[4], member_role_names[MEMBER_ADMIN]) == 0 ? MEMBER_ADMIN : MEMBER_AUDITOR;

    (void)arena;
    (void)argc;
    return report(member_add(db, account->id, str_from(argv[3]), role), "member", argv[3]);
}

static int remove_member(struct db *db, struct arena *arena, const struct account *account,
                         int argc, char **argv)
{
    int result =
        db_begin(db, DB_WRITE) < 0 ? -1 : member_remove(db, account->id, str_from(argv[3]));

    if (result == 0)
        result = db_commit(db);
    else
        db_rollback(db);
    (void)arena;
    (void)argc;
    if (result == 1)
        fprintf(stderr, "daybook: %s is no member of %s.\n", argv[3], argv[2]);
    else if (result < 0)
        fprintf(stderr, "daybook: member %s could not be removed.\n", argv[3]);
    return result == 0 ? 0 : 1;
}

static int list_members(struct db *db, struct arena *arena, const struct account *account, int argc,
                        char **argv)
{
    struct member *members;
    size_t count;

    (void)argc;
    (void)argv;
    if (members_of_account(db, arena, account->id, STR(""), UINT64_MAX, &members, &count) < 0)
        return 1;
    for (size_t i = 0; i < count; i++) {
        print_text(members[i].person);
        printf("\t%s\t", member_role_names[members[i].role]);
        print_time(members[i].created_ms);
        putchar('\n');
    }
    return 0;
}

static bool is_person(const char *name)
{
    return name[0] != '\0' && strlen(name) <= MEMBER_PERSON_MAX;
}

int member_run(const struct config *config, int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "add") == 0 && is_person(argv[3]) &&
        (strcmp(argv[4], "auditor") == 0 || strcmp(argv[4], "admin") == 0))
        return accounts_with(config, CONFIG_MAINTAINER, argc, argv, add_member);
    if (argc == 4 && strcmp(argv[1], "remove") == 0 && is_person(argv[3]))
        return accounts_with(config, CONFIG_MAINTAINER, argc, argv, remove_member);
    if (argc == 3 && strcmp(argv[1], "list") == 0)
        return accounts_with(config, CONFIG_READER, argc, argv, list_members);
    return COMMAND_USAGE;
}
