/* SPDX-License-Identifier: MIT */
/*
 * The hooks of accounts, what became of their webhooks, and the number by which a program that remembers hooks sees that they
 * changed (schema/0007_hooks.sql).
 */
#ifndef DAYBOOK_STORE_HOOK_STORE_H
#define DAYBOOK_STORE_HOOK_STORE_H

#include "base/arena.h"
#include "base/hook.h"
#include "store/db.h"

/* The account's version, 0 before the first change; to be read before the rows, as operation_store_version().  0 or -1. */
int hook_version(struct db *db, uint32_t account_id, uint64_t *version);

/* The hooks of the account, or with number 0 of all accounts, by account and label, in the arena.  0 or -1. */
int hooks_all(struct db *db, struct arena *arena, uint32_t account_id, struct hook **hooks,
              size_t *count);

/* The one whose address is /hooks/{account}/{name}.  1 found, 0 not, -1 the database failed. */
int hook_by_name(struct db *db, struct arena *arena, struct str account, struct str name,
                 struct hook *hook);

/* The one with this label, likewise. */
int hook_by_label(struct db *db, struct arena *arena, uint32_t account_id, struct str label,
                  struct hook *hook);

/*
 * As maintainer: adds account_id, label, path, provider, trigger_id and kept_secret.  `name` is the last segment of its address, of which
 * only the hash is stored; empty: it has a path.  0; 1 the label is taken; -1.
 */
int hook_add(struct db *db, const struct hook *hook, struct str name);

/* As maintainer: the hook and what is kept about it.  0; 1 there is none of that label; -1. */
int hook_remove(struct db *db, uint32_t account_id, struct str label);

/* Counts webhooks that were recorded, within the transaction that records them.  0 or -1. */
int hook_note_received(struct db *db, uint32_t hook_id, uint64_t count, int64_t at_ms);

/* Counts one that was refused and keeps it in the place of the oldest, in a transaction.  0 or -1. */
int hook_note_refused(struct db *db, uint32_t hook_id, const struct hook_refusal *refusal);

/* Those that are kept, newest first, in the arena.  0 or -1. */
int hook_refusals(struct db *db, struct arena *arena, uint32_t hook_id,
                  struct hook_refusal **refusals, size_t *count);

/* The newest `max` of all hooks of the account, newest first, in the arena: of each its hook, time and reason.  0 or -1. */
int hook_refusals_of_account(struct db *db, struct arena *arena, uint32_t account_id, size_t max,
                             struct hook_refusal **refusals, size_t *count);

#endif
