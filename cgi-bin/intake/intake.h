/* SPDX-License-Identifier: MIT */
/* What every way of recording shares: the limits, the complaint, and the last step before the store. */
#ifndef DAYBOOK_INTAKE_INTAKE_H
#define DAYBOOK_INTAKE_INTAKE_H

#include "base/arena.h"
#include "base/config.h"
#include "base/event.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    INTAKE_EVENTS_MAX = 10000,
    INTAKE_BODY_MAX = 16 * 1024 * 1024,
    INTAKE_TEXT_MAX = 16 * 1024 * 1024 - 1, /* of params, query, headers, extra as stored */
};

struct redactor;
struct operations;

struct intake {
    struct arena *arena; /* events and complaints live here, and borrow from the message */
    const struct redactor *redactor;     /* of the account; NULL: as built in, without a key */
    const struct operations *operations; /* of its API, for access logs; NULL: none are known */
    uint64_t body_max_bytes, body_head_max_bytes;
    int64_t now_ms;
    bool from_export; /* accept and ignore what only an export adds */
};

/* Why a message is refused. */
struct intake_complaint {
    unsigned status; /* of the answer; 0: 400 */
    bool has_index;
    size_t index;        /* of the event in the message, from 0 */
    struct str field;    /* "request.headers", or empty */
    struct str sentence; /* for the sender; in the arena */
    const void *kept;    /* what the answer of its form needs beside them; may be NULL */
};

/* `redactor` is borrowed (recording/recording.h has it). */
struct intake intake_start(struct arena *arena, const struct config *config,
                           const struct redactor *redactor);

/*
 * The last step for each event: takes the secrets out of all its texts, cuts an overlong body (body_bytes keeps the length that it has
 * with marks in their place; what it counts beyond the body before, because it never arrived, it counts afterwards too) and response head,
 * and stops believing a time that is more than EVENT_AHEAD_MS ahead (the claim is kept in extra).  False and the
 * complaint's field and sentence when the event cannot be kept.
 */
bool intake_complete(const struct intake *intake, struct event *event,
                     struct intake_complaint *complaint);

#endif
