/* SPDX-License-Identifier: MIT */
/*
 * Deleting an account with all that belongs to it (schema/0016_leaving.sql), as the database user maintainer.
 *
 * leaving_begin() takes the account itself away, in one transaction.  Whoever records keeps the row of the account until the
 * commit (account_stays() of store/account_store.h), so from then on no row of it is added, and leaving_step() takes the rest away
 * in steps of one short transaction each.  Whenever it is ended between two of them, it may be gone on with.
 */
#ifndef DAYBOOK_STORE_LEAVING_STORE_H
#define DAYBOOK_STORE_LEAVING_STORE_H

#include "base/arena.h"
#include "store/db.h"

#include <stdint.h>

/* A row of left_account. */
struct leaving {
    uint32_t account_id;
    struct str slug;            /* in the arena that was given */
    int64_t began_ms, ended_ms; /* ended 0: not yet */
    uint64_t events, triggers;  /* deleted so far */
};

/* Why an account may not be deleted. */
enum leaving_begun {
    LEAVING_FAILED = -1,
    LEAVING_BEGUN,
    LEAVING_UNKNOWN,  /* there is no such account */
    LEAVING_HELD,     /* it is under legal hold */
    LEAVING_FOLLOWED, /* a follower is at work whose account it is */
};

/* Takes away account, members, tokens and hooks, and what names the account as an indexed one.  Commits after LEAVING_BEGUN alone. */
enum leaving_begun leaving_begin(struct db *db, uint32_t account_id);

/* A follower that has given a sign in this time is at work. */
#define LEAVING_FOLLOWER_MS (INT64_C(60) * 1000)

/* The account that had this name.  1; 0: none has left; -1. */
int leaving_find(struct db *db, struct arena *arena, struct str slug, struct leaving *leaving);

/*
 * Deletes some rows of an account that has left, in one transaction, and adds how many they were to `deleted`.  1: there may be more; 0: nothing is
 * left; -1.
 */
int leaving_step(struct db *db, uint32_t account_id, uint64_t *deleted);

/* Writes down that everything is deleted.  0 or -1. */
int leaving_end(struct db *db, uint32_t account_id);

/* All accounts that have left.  0 or -1. */
int leaving_all(struct db *db, struct arena *arena, struct leaving **list, size_t *count);

#endif
