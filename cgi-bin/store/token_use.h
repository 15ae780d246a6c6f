/* SPDX-License-Identifier: MIT */
/*
 * When tokens were last used, or refused: table token_use.  Nobody writes it at each request: a process notes a token that it sees at most once in
 * TOKEN_USE_EVERY_MS, so what stands there is that much too old at most.
 */
#ifndef DAYBOOK_STORE_TOKEN_USE_H
#define DAYBOOK_STORE_TOKEN_USE_H

#include "store/db.h"

#define TOKEN_USE_EVERY_MS (INT64_C(5) * 60 * 1000)

/* Which tokens this process has noted lately. */
struct token_uses;

struct token_uses *token_uses_new(void);
void token_uses_free(struct token_uses *uses);

/*
 * Notes, as recorder and between transactions, that the token is used now, unless this process has done so lately.  For whoever serves
 * the program it is no matter whether that works: a failure is logged and forgotten, and tried again as if it had worked.
 */
void token_uses_note(struct token_uses *uses, struct db *db, uint32_t token_id);

/* The same for one that is refused because it is revoked or expired; calls in between are counted and noted with the next. */
void token_uses_note_refused(struct token_uses *uses, struct db *db, uint32_t token_id);

/*
 * The same for one who knows of a use at `used_ms` from elsewhere, in the order in which that comes: a later use that is known already
 * stays.  0 or -1.
 */
int token_use_set(struct db *db, uint32_t token_id, int64_t used_ms);
int token_refused_set(struct db *db, uint32_t token_id, int64_t refused_ms, uint64_t count);

#endif
