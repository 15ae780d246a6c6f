/* SPDX-License-Identifier: MIT */
/* Accounts, the people who may open them, and the tokens of programs. */
#ifndef DAYBOOK_STORE_ACCOUNT_STORE_H
#define DAYBOOK_STORE_ACCOUNT_STORE_H

#include "base/arena.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* The numbers stand in the database: never renumber. */
enum member_role { MEMBER_NONE, MEMBER_AUDITOR, MEMBER_ADMIN, MEMBER_OPERATOR /* in no row */ };
enum token_scope { TOKEN_NONE, TOKEN_RECORD, TOKEN_READ };

enum { TOKEN_PREFIX_BYTES = 12 };

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

/* By the secret of a token that has this scope, is not revoked and not expired. */
int account_by_token(struct db *db, struct arena *arena, struct str secret, enum token_scope scope,
                     struct account *account);

/* What the token with this secret is told apart by: its label, or the beginning of the secret where it has none. */
int token_name(struct db *db, struct arena *arena, struct str secret, struct str *name);

/* Every account, or every one that `person` is a member of, by slug.  0 or -1. */
int accounts_all(struct db *db, struct arena *arena, struct account **accounts, size_t *count);
int accounts_of_person(struct db *db, struct arena *arena, struct str person,
                       struct account **accounts, size_t *count);

struct member {
    struct str person;
    enum member_role role;
    int64_t created_ms;
};

struct token {
    uint32_t id;
    enum token_scope scope;
    struct str prefix, label;
    int64_t created_ms, expires_ms, revoked_ms; /* the last two 0: never */
};

/* The members of an account by name, and its tokens in the order in which they were made; in the arena.  0 or -1. */
int members_of_account(struct db *db, struct arena *arena, uint32_t account_id,
                       struct member **members, size_t *count);
int tokens_of_account(struct db *db, struct arena *arena, uint32_t account_id,
                      struct token **tokens, size_t *count);

/* For the administrator's command.  0; 1 when it stands already; -1. */
int account_add(struct db *db, struct str slug, struct str name);
int member_add(struct db *db, uint32_t account_id, struct str person, enum member_role role);

/* 0; 1 when there is no such member; -1. */
int member_remove(struct db *db, uint32_t account_id, struct str person);

/*
 * Makes a secret of 256 random bits and stores its hash; `secret` is in the arena and known nowhere else.  `expires_ms` 0: never.
 * 0 or -1.
 */
int token_add(struct db *db, struct arena *arena, uint32_t account_id, enum token_scope scope,
              struct str label, int64_t expires_ms, struct str *secret);

/* It is refused from the next request on.  0; 1 when the account has no such token that is not revoked yet; -1. */
int token_revoke(struct db *db, uint32_t account_id, uint32_t id);

#endif
