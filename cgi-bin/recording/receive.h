/* SPDX-License-Identifier: MIT */
/* Webhooks that arrive at an address of Daybook's own: found by its name, checked, recorded, or refused and counted. */
#ifndef DAYBOOK_RECORDING_RECEIVE_H
#define DAYBOOK_RECORDING_RECEIVE_H

#include "intake/capture_webhook.h"
#include "recording/recording.h"

enum receive_end {
    RECEIVE_RECORDED, /* committed */
    RECEIVE_UNSIGNED, /* these three are counted, and kept as hook_refusals() gives them; nothing is in the log */
    RECEIVE_BAD,        /* the signature does not fit */
    RECEIVE_TOO_OLD,    /* it fits, and is from another time */
    RECEIVE_UNREADABLE, /* the secret of its signatures cannot be decrypted: nobody can say */
    RECEIVE_UNFIT,      /* it cannot be kept: see the complaint */
    RECEIVE_FAILED,     /* the database did not do it: db_last_error() */
};

/* What the sender is told. */
struct receive_answer {
    uint64_t id;          /* of the trigger */
    struct str challenge; /* a JSON string that it wants to have back; empty: none */
    struct intake_complaint complaint;
};

/* The hook of /hooks/{account}/{name}.  1 found, 0 not, -1 the database failed. */
int receive_find(struct recording *recording, struct arena *arena, struct str account,
                 struct str name, struct hook *hook);

/* `hook` as it was found; its secret is filled. */
enum receive_end receive_webhook(struct recording *recording, struct arena *arena,
                                 struct hook *hook, const struct capture_received *received,
                                 struct receive_answer *answer);

#endif
