/* SPDX-License-Identifier: MIT */
/* The operations of an account, and the number by which a program that remembers them sees that they changed. */
#ifndef DAYBOOK_STORE_OPERATION_STORE_H
#define DAYBOOK_STORE_OPERATION_STORE_H

#include "base/arena.h"
#include "base/operation.h"
#include "store/db.h"

#include <stdint.h>

/*
 * Changes with every import into this account; 0 before the first one.  To remember operations, read this number first and
 * the rows after it: then an import in between is seen by the next look.  0 or -1.
 */
int operation_store_version(struct db *db, uint32_t account_id, uint64_t *version);

/* All operations of the account, by base path and then as described, in the arena.  0 or -1. */
int operation_store_all(struct db *db, struct arena *arena, uint32_t account_id,
                        struct operation **operations, size_t *count);

/*
 * Puts these in the place of all that the account had under `base_path`, and raises the version, in one transaction.
 * Texts must be within the limits of base/operation.h.  `stored` is told when so many more are written, in this transaction.  0; or -1 and nothing is
 * changed.
 */
int operation_store_replace(struct db *db, uint32_t account_id, struct str base_path,
                            const struct operation *operations, size_t count,
                            void (*stored)(void *context, size_t more), void *context);

#endif
