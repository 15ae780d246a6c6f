/* SPDX-License-Identifier: MIT */
/* Who may open an account, and as what: table member. */
#ifndef DAYBOOK_STORE_MEMBER_STORE_H
#define DAYBOOK_STORE_MEMBER_STORE_H

#include "base/arena.h"
#include "store/account_store.h"
#include "store/db.h"

enum { MEMBER_PERSON_MAX = 255 };

struct member {
    struct str person; /* as the login names them: any bytes */
    enum member_role role;
    int64_t created_ms;
};

/* "auditor", "admin"; "none" for MEMBER_NONE.  MEMBER_ROLE_COUNT of them, then NULL. */
enum { MEMBER_ROLE_COUNT = 3 };
extern const char *const member_role_names[MEMBER_ROLE_COUNT + 1];

/*
 * The members of an account by name, at most `limit` of those behind the name `after` (the empty one: from the first); in the
 * arena.  0 or -1.
 */
int members_of_account(struct db *db, struct arena *arena, uint32_t account_id, struct str after,
                       uint64_t limit, struct member **members, size_t *count);

/* The admins of an account, as member_lock_admins() has seen them. */
struct member_admins {
    size_t count;
    bool has_person; /* the one who asks is among them */
};

/*
 * Waits for whoever else is changing the members of the account, and keeps others waiting until the transaction ends, which must be a
 * DB_WRITE.  Whoever may take the last admin away has to call it first, and believe only what it gives: `person` may be no admin any
 * more.  0 or -1.
 */
int member_lock_admins(struct db *db, uint32_t account_id, struct str person,
                       struct member_admins *admins);

/* The role of a person in `role`: 1; 0 when they are no member; -1. */
int member_role_of(struct db *db, uint32_t account_id, struct str person, enum member_role *role);

/* 0; 1 when they are a member already, in whatever role; -1. */
int member_add(struct db *db, uint32_t account_id, struct str person, enum member_role role);

/* 0, also when they have that role already or are no member; -1. */
int member_set_role(struct db *db, uint32_t account_id, struct str person, enum member_role role);

/*
 * Keeps whoever removes this member, and whatever else the same person changes, waiting until the transaction ends, which must be a
 * DB_WRITE.  1; 0 when they are no member (any more); -1.
 */
int member_lock(struct db *db, uint32_t account_id, struct str person);

/* With the views that are theirs alone (store/view_store.h), in the caller's transaction.  0; 1 when there is no such member; -1. */
int member_remove(struct db *db, uint32_t account_id, struct str person);

#endif
