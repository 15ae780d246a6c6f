/* SPDX-License-Identifier: MIT */
/* Operators: people who may read the logs of all accounts. */
#ifndef DAYBOOK_STORE_OPERATOR_STORE_H
#define DAYBOOK_STORE_OPERATOR_STORE_H

#include "base/arena.h"
#include "store/db.h"

#include <stdint.h>

struct operator_row {
    struct str person;
    int64_t created_ms;
};

/* 1; 0: no; -1. */
int operator_is(struct db *db, struct str person);

/* All of them by name; in the arena.  0 or -1. */
int operators_all(struct db *db, struct arena *arena, struct operator_row **rows, size_t *count);

/* 0; 1 when it stands already; -1. */
int operator_add(struct db *db, struct str person);

/* 0; 1 when there is no such operator; -1. */
int operator_remove(struct db *db, struct str person);

#endif
