/* SPDX-License-Identifier: MIT */
/* Accounts, found by name, for a member (store/member_store.h) or for a program by its token (store/token_store.h). */
#ifndef DAYBOOK_STORE_ACCOUNT_STORE_H
#define DAYBOOK_STORE_ACCOUNT_STORE_H

#include "base/arena.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* The numbers stand in the database: never renumber. */
enum member_role { MEMBER_NONE, MEMBER_AUDITOR, MEMBER_ADMIN, MEMBER_OPERATOR /* in no row */ };
enum token_scope { TOKEN_NONE, TOKEN_RECORD, TOKEN_READ };

/* A column for statements about `member m`: may the person open other logs too?  Looks at two keys. */
#define ACCOUNT_MEMBER_HAS_OTHERS                                                                  \
    "EXISTS (SELECT 1 FROM member o WHERE o.person = m.person AND o.account_id <> m.account_id) "  \
    "OR EXISTS (SELECT 1 FROM operator o WHERE o.person = m.person)"

struct account {
    uint32_t id;
    struct str slug, name; /* in the arena that was given */
    enum member_role
        role;        /* of the person it was found for; MEMBER_NONE where it was found otherwise */
    bool has_others; /* that person may open other logs too */
    struct str plan; /* its name; empty: there is none, and everything is kept */
    unsigned plan_days;   /* how long that keeps events; 0 without a plan */
    int64_t kept_from_ms; /* as of now (plan_store.h); what occurred before is shown to nobody */
    bool is_held;         /* nothing is removed */
    unsigned
        default_kinds; /* the tabs that open with a saved view for that person: a set of VIEW_KIND_BIT (view_store.h) */
    uint32_t token_id; /* by which it was found; 0 where it was found otherwise */
};

/* May this be an account's name in a URL?  [a-z0-9][a-z0-9-]{1,62} and not a reserved first path segment. */
bool account_slug_valid(struct str slug);

/* The path segments that can never be accounts, ended by NULL: api hooks publisher static healthz metrics. */
extern const char *const account_reserved[];

/* All of these: 1 found, 0 not, -1 the database failed. */
int account_by_slug(struct db *db, struct arena *arena, struct str slug, struct account *account);

/* Finds it only when `person` is a member: a foreign account and one that does not exist are the same. */
int account_of_member(struct db *db, struct arena *arena, struct str person, struct str slug,
                      struct account *account);

/*
 * By the secret of a token that has this scope, is not revoked and not expired.  The index is asked for the SHA-256 of all of `secret`:
 * how long that takes can depend on the hash, which whoever guesses can neither choose nor turn back into a secret, so it leads no
 * nearer to one.  The hash that was found is compared once more in constant time.  1; 0 there is none, where account->token_id is the
 * number of the one that is revoked or expired, or 0, by the same statement; -1.
 */
int account_by_token(struct db *db, struct arena *arena, struct str secret, enum token_scope scope,
                     struct account *account);

/* What the token with this secret is told apart by: its label, or the beginning of the secret where it has none. */
int token_name(struct db *db, struct arena *arena, struct str secret, struct str *name);

/* Every account, or every one that `person` is a member of, by slug.  0 or -1. */
int accounts_all(struct db *db, struct arena *arena, struct account **accounts, size_t *count);
int accounts_of_person(struct db *db, struct arena *arena, struct str person,
                       struct account **accounts, size_t *count);

/*
 * For whoever adds rows of an account, first in the transaction: is it still there?  If so it stays until the transaction ends, and so does
 * its version of names (unless NULL): whoever deletes it, or takes names away, waits.  1; 0 (logged): nothing of it may be stored; -1.
 */
int account_stays(struct db *db, uint32_t account_id, uint64_t *names_version);

/* For the administrator's command.  0; 1 when it stands already; 2 when one of this name was deleted; -1. */
int account_add(struct db *db, struct str slug, struct str name);

#endif
