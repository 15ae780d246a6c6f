/* SPDX-License-Identifier: MIT */
/* Does the index say what table event says?  Everything is read in one snapshot, so recording may go on. */
#ifndef DAYBOOK_UPKEEP_SEGMENT_VERIFY_H
#define DAYBOOK_UPKEEP_SEGMENT_VERIFY_H

#include "base/config.h"
#include "store/db.h"

#include <stdbool.h>

enum segment_fault {
    SEGMENT_FAULT_MISSING,  /* an event in no segment and not in event_recent */
    SEGMENT_FAULT_TWICE,    /* in both */
    SEGMENT_FAULT_NO_EVENT, /* what stands in one of them is no event */
    SEGMENT_FAULT_DIFFERS,  /* an event has other values there */
    SEGMENT_FAULT_DAMAGED, /* a segment's block cannot be read: the rest of the log is not compared */
    SEGMENT_FAULT_OVERLAP, /* a segment begins before the one in front of it ends */
    SEGMENT_FAULT_NEWER,   /* a segment has a generation that the log has not reached */
    SEGMENT_FAULT_FILE,    /* a file in the cache is not what its name says */
    SEGMENT_FAULT_COUNT
};

/* Who is told: `id` is an event's, or the number of a segment. */
struct segment_verify {
    void (*report)(void *context, enum segment_fault fault, uint64_t id);
    void (*advance)(void *context, uint64_t rows); /* so many more of the log were compared */
    void *context;
};

struct segment_verdict {
    bool indexed; /* there was something to compare */
    uint64_t events, segments, waiting;
    uint64_t faults[SEGMENT_FAULT_COUNT];
};

/* In words, such as "is not in the index"; what it is about, an event, an entity or a segment, comes first. */
const char *segment_fault_words(enum segment_fault fault);

/* Is any of them about something else than files? */
bool segment_verdict_is_wrong(const struct segment_verdict *verdict);

/* Compares one log.  0, whatever was found; -1 when the database failed. */
int segment_verify(struct db *db, const struct config *config, uint32_t account_id, unsigned kind,
                   const struct segment_verify *verify, struct segment_verdict *verdict);

#endif
