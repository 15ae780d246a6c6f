/* SPDX-License-Identifier: MIT */
/* `daybook`: finds the subcommand and the configuration; the work is in one file for each command. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "tools/command.h"
#include "tools/own_event.h"

static const struct command commands[] = {
    {"account",
     "add SLUG [--name TEXT] | list | set-plan SLUG PLAN|none | hold SLUG on|off | "
     "delete SLUG [--yes]",
     "make an account, list them, say for how long each is kept, delete one", account_run},
    {"plan", "add NAME DAYS | change NAME DAYS | list",
     "say for how many days the logs of a plan are kept", plan_run},
    {"member", "add SLUG PERSON auditor|admin | remove SLUG PERSON | list SLUG",
     "say who may open an account's log", member_run},
    {"operator", "add PERSON | remove PERSON | list", "say who may read the logs of all accounts",
     operator_run},
    {"token",
     "add SLUG record|read [--label TEXT] [--expires DAYS] | list SLUG | revoke SLUG NUMBER",
     "make a token and print it, once; list and revoke them", token_run},
    {"hook",
     "add SLUG LABEL [--path TEMPLATE] [--provider NAME] [--trigger ID] "
     "[--secret | --secret-file FILE] | list SLUG | remove SLUG LABEL | refused SLUG LABEL",
     "say where webhooks arrive, and see which were refused", hook_run},
    {"redaction", "SLUG list | SLUG add|keep|remove NAME | SLUG patterns on|off | SLUG on|off",
     "say which secrets are taken out of events", redaction_run},
    {"import-openapi",
     "FILE --account SLUG [--base-path PATH] [--overrides FILE] [--drop-reads] [--dry-run]",
     "read the operations of an API from its description", import_openapi_run},
    {"operation", "SLUG list | SLUG match METHOD TARGET ...",
     "show the operations, and which one a call belongs to", operation_run},
    {"find-secret", "SLUG", "ask for a secret and list the calls that hold it", find_secret_run},
    {"erase", "SLUG --user NAME|- [--value TEXT ...]",
     "replace the name of a person, and other values, by marks", erase_run},
    {"load", "[--format NAME] SLUG FILE...",
     "record events from files: exports, or audit records of other products", load_run},
    {"follow",
     "--account SLUG [--name NAME] [--silent-after SECONDS] [--rotate SECONDS --nginx-pid FILE] "
     "[--keep] [--once] [--again] [--own] FILE",
     "record the calls that nginx writes to a file, as they come", follow_run},
    {"demo", "[--count N] [--seed N] [--until MS]", "write invented events as NDJSON", demo_run},
    {"maintain", "[--watch] | purge | purge SLUG --before TIME [--yes]",
     "keep the index of the log, and remove what is only kept for a while; delete old events",
     maintain_run},
    {"verify", "--segments [SLUG] [--rebuild]",
     "compare the index with the log, and make anew what differs", verify_run},
    {"status", "[--acknowledge NAME]",
     "say whether the database answers, what is in the log, and how capturing goes", status_run},
};
enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void print_usage(FILE *out)
{
    fputs("usage: daybook [--config FILE] COMMAND ...\n\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %s%s%s\n      %s\n", commands[i].name, commands[i].usage[0] ? " " : "",
                commands[i].usage, commands[i].summary);
    fputs("\nWithout --config the file is $DAYBOOK_CONF, else /etc/daybook/daybook.conf.\n", out);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static const char *default_config(void)
{
    const char *path = getenv("DAYBOOK_CONF");

    return path ? path : "/etc/daybook/daybook.conf";
}

/* A full disk, commonly.  What was changed stays changed, and a token that nobody has seen is to be revoked. */
static int end_output(int status)
{
    bool lost = ferror(stdout) != 0;

    if (fflush(stdout) == 0 && !lost)
        return status;
    fputs("daybook: not all of what the command prints could be written.\n", stderr);
    return status ? status : 1;
}

static int run(const struct command *command, const char *path, int argc, char **argv)
{
    struct config config = {0};
    bool needs_config = command->run != demo_run;
    int status;

    if (needs_config && config_load(&config, path) < 0)
        return EX_CONFIG;
    status = command->run(&config, argc, argv);
    if (status == 0 && needs_config)
        own_event_of_command(&config, argc, argv);
    if (status == COMMAND_USAGE)
        fprintf(stderr, "usage: daybook %s %s\n", command->name, command->usage);
    config_release(&config);
    return end_output(status);
}

int main(int argc, char **argv)
{
    const char *config = default_config();
    const struct command *command;
    int at = 1;

    setenv("TZ", "UTC", 1);
    if (argc > 2 && strcmp(argv[1], "--config") == 0) {
        config = argv[2];
        at = 3;
    }
    if (argc > at && (strcmp(argv[at], "help") == 0 || strcmp(argv[at], "--help") == 0)) {
        print_usage(stdout);
        return end_output(0);
    }
    command = argc > at ? find_command(argv[at]) : NULL;
    if (!command) {
        if (argc > at)
            fprintf(stderr, "daybook: there is no command \"%s\".\n", argv[at]);
        print_usage(stderr);
        return COMMAND_USAGE;
    }
    return run(command, config, argc - at, argv + at);
}
