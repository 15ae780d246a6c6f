/* SPDX-License-Identifier: MIT */
/* The tokens of programs: table token.  account_by_token() in store/account_store.h says whether one is good. */
#ifndef DAYBOOK_STORE_TOKEN_STORE_H
#define DAYBOOK_STORE_TOKEN_STORE_H

#include "base/arena.h"
#include "store/account_store.h"
#include "store/db.h"

/* Ten years: whoever needs it for longer can say `never`, and mean it. */
enum { TOKEN_PREFIX_BYTES = 12, TOKEN_LABEL_MAX = 255, TOKEN_DAYS_MAX = 3650 };

struct token {
    uint32_t id;
    enum token_scope scope;
    struct str prefix;                          /* the first TOKEN_PREFIX_BYTES of its secret */
    struct str label;                           /* any bytes */
    int64_t created_ms, expires_ms, revoked_ms; /* the last two 0: never */
    int64_t used_ms;    /* the last use that was noted (store/token_use.h); 0: none was */
    int64_t refused_ms; /* likewise when it was last refused as revoked or expired */
    uint64_t refused;   /* and how often, as far as that was noted */
};

enum token_state { TOKEN_GOOD, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_STATE_COUNT };
enum token_state token_state(const struct token *token, int64_t now_ms);

/* "good", "expired", "revoked" */
extern const char *const token_state_names[TOKEN_STATE_COUNT];

/* "record", "read"; "none" for TOKEN_NONE. */
enum { TOKEN_SCOPE_COUNT = 3 };
extern const char *const token_scope_names[TOKEN_SCOPE_COUNT];

/*
 * The tokens of an account, the newest first, at most `limit` of those with a number below `before`; in the arena.  0 or -1.
 */
#define TOKEN_BEFORE_ALL UINT32_MAX
int tokens_of_account(struct db *db, struct arena *arena, uint32_t account_id, uint32_t before,
                      uint64_t limit, struct token **tokens, size_t *count);

/* What is to be stored of a new token. */
struct token_new {
    uint32_t account_id;
    enum token_scope scope;
    struct str label;
    uint64_t days; /* after so many it is refused; 0: never */
    uint64_t
        form; /* number of the form that asked for it, which makes one token, however often it is sent; 0: none did */
};

/*
 * Makes a secret of 256 random bits and stores its hash; `secret` is in the arena and known nowhere else.  0; 1 when its form
 * has made one already; -1.
 */
int token_add(struct db *db, struct arena *arena, const struct token_new *token,
              struct str *secret);

/* The token that a form has made: its number and prefix, in the arena.  1; 0 when it has made none; -1. */
int token_of_form(struct db *db, struct arena *arena, uint32_t account_id, uint64_t form,
                  struct token *token);

/* The first text of the form of a token's secret that stands in `text`.  False: there is none. */
bool token_find_secret(struct str text, struct str *secret);

/* The token whose secret has this SHA-256 (DIGEST_BYTES bytes), good or not, in the arena.  1; 0: it is none of the account's; -1. */
int token_by_hash(struct db *db, struct arena *arena, uint32_t account_id,
                  const unsigned char *hash, struct token *token);

/* The token of this number, good or not, in the arena.  1; 0: it is none of the account's; -1. */
int token_by_id(struct db *db, struct arena *arena, uint32_t account_id, uint32_t id,
                struct token *token);

/* It is refused from the next request on.  0; 1 when the account has no such token that is not revoked yet; -1. */
int token_revoke(struct db *db, uint32_t account_id, uint32_t id);

#endif
