/* SPDX-License-Identifier: MIT */
/* What the subcommands about accounts share. */
#ifndef DAYBOOK_TOOLS_ACCOUNTS_H
#define DAYBOOK_TOOLS_ACCOUNTS_H

#include "store/account_store.h"

/* A connection as `role` that works, or NULL after one line on stderr. */
struct db *accounts_open(const struct config *config, enum config_role role);

/* Finds the account named `slug`.  0, or 1 after one line on stderr. */
int accounts_find(struct db *db, struct arena *arena, const char *slug, struct account *account);

#endif
