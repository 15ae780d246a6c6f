/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of `daybook`: one file each, one row each in the table of daybook.c.  What a command prints for
 * programs goes to stdout, everything else to stderr.
 */
#ifndef DAYBOOK_TOOLS_COMMAND_H
#define DAYBOOK_TOOLS_COMMAND_H

#include "base/config.h"

struct command {
    const char *name;    /* "account" */
    const char *usage;   /* "add SLUG [--name TEXT] | list" */
    const char *summary; /* one line for the help */

    /*
     * `argv[0]` is the command's name.  The result is the exit status: 0 done, 1 refused or failed (said on stderr), 3 (`status`) something needs attention, 64 wrong use
     * (the caller prints the usage).  `config` is the --config file, or the built-in defaults when none was given.
     */
    int (*run)(const struct config *config, int argc, char **argv);
};

enum { COMMAND_USAGE = 64 };

int account_run(const struct config *config, int argc, char **argv);
int plan_run(const struct config *config, int argc, char **argv);
int member_run(const struct config *config, int argc, char **argv);
int operator_run(const struct config *config, int argc, char **argv);
int token_run(const struct config *config, int argc, char **argv);
int hook_run(const struct config *config, int argc, char **argv);
int redaction_run(const struct config *config, int argc, char **argv);
int erase_run(const struct config *config, int argc, char **argv);
int find_secret_run(const struct config *config, int argc, char **argv);
int load_run(const struct config *config, int argc, char **argv);
int demo_run(const struct config *config, int argc, char **argv);
int status_run(const struct config *config, int argc, char **argv);
int follow_run(const struct config *config, int argc, char **argv);
int verify_run(const struct config *config, int argc, char **argv);
int maintain_run(const struct config *config, int argc, char **argv);
int import_openapi_run(const struct config *config, int argc, char **argv);
int operation_run(const struct config *config, int argc, char **argv);

#endif
