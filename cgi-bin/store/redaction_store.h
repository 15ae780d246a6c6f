/* SPDX-License-Identifier: MIT */
/* The redaction rules of accounts.  Each change raises the account's version, so that who keeps rules in memory notices. */
#ifndef DAYBOOK_STORE_REDACTION_STORE_H
#define DAYBOOK_STORE_REDACTION_STORE_H

#include "base/arena.h"
#include "base/redaction.h"
#include "store/db.h"

#include <stdint.h>

/* The account's version, 0 before the first change.  0 or -1. */
int redaction_version(struct db *db, uint32_t account_id, uint64_t *version);

/* Its rules, by kind and name, in the arena.  0 or -1. */
int redaction_rules(struct db *db, struct arena *arena, uint32_t account_id,
                    struct redaction_rule **rules, size_t *count);

/*
 * Makes or removes a rule, as maintainer.  A name has one kind: making it ends the other one.  0; 1 when that is how it was already; -1.
 */
int redaction_add(struct db *db, uint32_t account_id, struct redaction_rule rule);
int redaction_remove(struct db *db, uint32_t account_id, struct redaction_rule rule);

/* Removes the name from both kinds.  0; 1 when it was in none; -1. */
int redaction_remove_name(struct db *db, uint32_t account_id, struct str name);

#endif
