/* SPDX-License-Identifier: MIT */
/*
 * What everything that records shares: the connection as recorder, the installation's key, and the rules of each account, kept in
 * the process and looked at again at most once a second.
 */
#ifndef DAYBOOK_RECORDING_RECORDING_H
#define DAYBOOK_RECORDING_RECORDING_H

#include "base/config.h"
#include "intake/intake.h"
#include "intake/hook_routes.h"
#include "intake/operations.h"
#include "store/recorder.h"

#include <stdint.h>

struct recording;

/* What an account says about its events. */
struct recording_rules {
    const struct redactor *redactor;
};

/* NULL when the schema is another one or the key cannot be read (said on stderr).  `config` must outlive it. */
struct recording *recording_open(const struct config *config);
void recording_close(struct recording *recording);

struct recorder *recording_recorder(const struct recording *recording);

/* The recorder's connection, for looking up tokens and accounts between batches. */
struct db *recording_db(const struct recording *recording);

/* Remembers that a token is used; recording_after() notes it, rarely (store/token_use.h), when the answer has gone. */
void recording_saw_token(struct recording *recording, uint32_t token_id);

/* Likewise that one was refused which is revoked or expired; 0: none was. */
void recording_refused_token(struct recording *recording, uint32_t token_id);
void recording_after(struct recording *recording);

/*
 * The rules of an account as they were not more than a second ago.  0, and `rules` until the next call for any account; or -1: the database
 * did not answer, and nothing may be recorded.
 */
int recording_rules(struct recording *recording, uint32_t account_id,
                    struct recording_rules *rules);

/*
 * The operations of its API, in the same way: for calls that were captured in front of it.  NULL in `operations` when none were
 * imported.
 */
int recording_operations(struct recording *recording, uint32_t account_id,
                         const struct operations **operations);

/* Which of its captured calls are webhooks, in the same way, with the secrets of their signatures.  NULL in `routes` when none are. */
int recording_hooks(struct recording *recording, uint32_t account_id,
                    const struct hook_routes **routes);

/* Fills hook->secret, in the arena.  False when it has one that the installation's key cannot decrypt: logged then. */
bool recording_hook_secret(const struct recording *recording, struct arena *arena,
                           struct hook *hook);

/* The limits and rules for the events of one account, read into `arena`.  0 or -1, as recording_rules(). */
int recording_intake(struct recording *recording, struct arena *arena, uint32_t account_id,
                     struct intake *intake);

#endif
