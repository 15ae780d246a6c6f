/* SPDX-License-Identifier: MIT */
/* What the subcommands about accounts share. */
#ifndef DAYBOOK_TOOLS_ACCOUNTS_H
#define DAYBOOK_TOOLS_ACCOUNTS_H

#include "store/account_store.h"

/* A connection as `role` that works, or NULL after one line on stderr. */
struct db *accounts_open(const struct config *config, enum config_role role);

/* Finds the account named `slug`.  0, or 1 after one line on stderr. */
int accounts_find(struct db *db, struct arena *arena, const char *slug, struct account *account);

/* Runs `run` on the account argv[2], as `role`, with an arena around it; its status, or 1 where there is no such account. */
int accounts_with(const struct config *config, enum config_role role, int argc, char **argv,
                  int (*run)(struct db *db, struct arena *arena, const struct account *account,
                             int argc, char **argv));

#endif
