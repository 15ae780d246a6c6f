/* SPDX-License-Identifier: MIT */
/*
 * A place where webhooks arrive: an address here (/hooks/{account}/{label}-{32 hex digits}), or a path of an API whose calls are
 * captured.  Made by `daybook hook`, kept by store/hook_store.h.  Every text is borrowed: whoever fills a struct says how long
 * its bytes live.
 */
#ifndef DAYBOOK_BASE_HOOK_H
#define DAYBOOK_BASE_HOOK_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HOOK_LABEL_MAX = 64,     /* bytes of a label */
    HOOK_PATH_MAX = 1024,    /* of a path template */
    HOOK_TRIGGER_MAX = 1024, /* of the id of a trigger */
    HOOK_SECRET_MAX = 1024,  /* of the secret of signatures */
    HOOK_KEY_BYTES = 16,     /* random ones in an address */
    HOOK_KEY_DIGITS = 32,    /* hexadecimal ones that stand for them, at the end of the address */
    HOOK_REFUSALS_KEPT = 32, /* for each hook; the newest ones */
    HOOK_AGENT_MAX = 255,    /* bytes of the User-Agent of a refusal */
};

struct hook {
    uint32_t id;
    uint32_t account_id;
    struct str account;    /* slug */
    struct str label;      /* [a-z0-9][a-z0-9-]* */
    struct str path;       /* template of the captured calls; empty: it has an address here */
    struct str provider;   /* as configured; empty: recognised for each webhook */
    struct str trigger_id; /* what its webhooks start; empty: nothing in particular */
    struct str
        kept_secret; /* of the signatures, as stored (base/cipher.h); empty: none is checked */
    struct str
        secret; /* the same in plain, once somebody with the key has read it; empty before, or where it cannot be read */

    /* What became of its webhooks; times are 0 where there was none yet. */
    uint64_t received, refused;
    int64_t last_received_ms, last_refused_ms;
};

/* Why a webhook was refused.  The numbers stand in the database: never renumber. */
enum hook_reason {
    HOOK_REASON_NONE,
    HOOK_REASON_UNSIGNED,
    HOOK_REASON_INVALID,
    HOOK_REASON_TOO_OLD,
    HOOK_REASON_COUNT
};

/* What is kept of one that was refused: enough to find out why, and not its body. */
struct hook_refusal {
    struct str hook; /* label; set where those of several hooks are read */
    int64_t at_ms;
    unsigned reason; /* enum hook_reason, or a number that this program does not know */
    struct str client_address, user_agent;
    struct str provider, event, delivery_id; /* as it says itself: nothing of it is proven */
    uint64_t body_bytes;
    struct str body_sha256; /* 32 bytes */
};

/* May this be a label?  1 to HOOK_LABEL_MAX of a-z, 0-9 and -, not - first. */
bool hook_label_valid(struct str label);

/* "no signature" …, for people. */
struct str hook_reason_words(unsigned reason);

#endif
