/* SPDX-License-Identifier: MIT */
/* An event on its way into the log: its key's hash, and the id that is tried for it.  Only recorder.c uses it. */
#ifndef DAYBOOK_STORE_DRAFT_H
#define DAYBOOK_STORE_DRAFT_H

#include "store/event_rows.h"

struct draft {
    struct event_row row;
    uint64_t base_id;         /* where the search for a free slot begins */
    bool keyed;               /* the sender gave a key */
    bool recent;              /* the key needs a row in recent_key */
    bool stored;              /* stands already, under row.id */
    bool looked_up;           /* row.id was free when it was looked up */
    const struct draft *twin; /* the same event earlier in the batch, or NULL */
};

/*
 * Fills a zeroed draft for `event`: received_ms, and occurred_ms when it has no time of its own, the hash, and the first
 * id to try.
 */
void draft_start(struct draft *draft, struct event *event, const struct event_names *names,
                 int64_t now_ms);

/* To the next slot of the millisecond; a draft without a key draws a new one, with a new hash. */
void draft_move_on(struct draft *draft);

struct str draft_hash(const struct draft *draft);
bool draft_same_key(const struct draft *a, const struct draft *b);

/* Orders of pointers to drafts for qsort(): by kind and hash, the earlier in memory first; by kind and id. */
int draft_by_hash(const void *a, const void *b);
int draft_by_id(const void *a, const void *b);

#endif
