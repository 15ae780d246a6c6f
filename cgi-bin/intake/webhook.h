/* SPDX-License-Identifier: MIT */
/*
 * What a webhook says of itself: who sent it, what happened to what, and whether its signature fits.  Pure: headers and body
 * in, words out.  The providers are one table in webhook_provider.c; one that is not known there is not refused.
 */
#ifndef DAYBOOK_INTAKE_WEBHOOK_H
#define DAYBOOK_INTAKE_WEBHOOK_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct webhook_header {
    struct str name, value; /* the name in any case */
    bool is_digest; /* of a captured call: "sha256:" and 64 hex digits stand in place of a secret */
};

/* A webhook as it came in, secrets included: to be asked before redaction. */
struct webhook_call {
    const struct webhook_header *headers;
    size_t header_count;
    struct str content_type;
    struct str body; /* all of it */
};

/*
 * What is known of it; empty texts where nothing is.  Texts are UTF-8 without a NUL, borrowed from the call or standing in the arena, of
 * any length; secrets can be in them, as in the body.
 */
struct webhook {
    struct str provider; /* "github" …; "unknown"; static */
    struct str
        event; /* as its header or payload names it: "push", "Push Hook", "checkout.session.completed" */
    struct str delivery_id;            /* the same for every attempt of one delivery */
    struct str entity_id, entity_name; /* of the repository, project, image … that it is about */
    struct str user;                   /* who caused it, as the payload says */
};

/* `provider` as configured for the hook, or empty (as is a name that is none): recognised by headers, then by the payload. */
void webhook_read(struct arena *arena, struct str provider, const struct webhook_call *call,
                  struct webhook *webhook);

/* A name that webhook_read() takes for `provider`. */
bool webhook_is_provider(struct str name);

/* All of them in alphabetical order, for messages: "azure-devops, bitbucket, …". */
const char *webhook_providers(void);

enum webhook_signature {
    WEBHOOK_VALID,
    WEBHOOK_UNSIGNED,  /* no signature of a kind that is known here */
    WEBHOOK_INVALID,   /* it does not fit */
    WEBHOOK_TOO_OLD,   /* it fits, and was made more than five minutes before or after `now_ms` */
    WEBHOOK_UNCHECKED, /* there is no secret to check it with */
};

/*
 * Does the signature of a call fit `secret` (empty: WEBHOOK_UNCHECKED)?  Compared in constant time.  `now_ms` is when the call arrived.
 * Which headers are looked at follows from the provider that webhook_read() has found: its own alone, so that what was signed for one
 * scheme cannot be passed off as another; all that are known where the provider has none of its own.  The body must be whole.
 * In place of a secret `secret` is, for basic authentication, "user:password".
 */
enum webhook_signature webhook_verify(struct arena *arena, const struct webhook *webhook,
                                      const struct webhook_call *call, struct str secret,
                                      int64_t now_ms);

#endif
