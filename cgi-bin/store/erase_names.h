/* SPDX-License-Identifier: MIT */
/*
 * The rows of users and entities that bear a name which is to go, and those that events get instead.  A row of a dictionary is never
 * changed, since readers remember it: each gets a new one with marks in it, and is deleted when no event has it any more.
 */
#ifndef DAYBOOK_STORE_ERASE_NAMES_H
#define DAYBOOK_STORE_ERASE_NAMES_H

#include "base/erase_text.h"
#include "store/db.h"

#include <stdint.h>

/* From a number to another, in order of the first. */
struct erase_pair {
    uint32_t old, replacement;
};

struct erase_pairs {
    struct erase_pair *items;
    size_t count, room;
};

/* What takes the place of a number: the number itself where nothing does. */
uint32_t erase_pairs_find(const struct erase_pairs *pairs, uint32_t number);
void erase_pairs_release(struct erase_pairs *pairs);

/* Names of users that are one of the values, whole.  Makes the rows that are missing, in a transaction of its own.  0 or -1. */
int erase_names_users(struct db *db, uint32_t account_id, const struct erase_values *values,
                      struct erase_pairs *users);

/* Ids and names of entities that hold a value. */
int erase_names_entities(struct db *db, uint32_t account_id, const struct erase_values *values,
                         struct erase_pairs *entities);

/* Deletes the old rows.  0 or -1. */
int erase_names_delete(struct db *db, uint32_t account_id, const struct erase_pairs *users,
                       const struct erase_pairs *entities);

#endif
