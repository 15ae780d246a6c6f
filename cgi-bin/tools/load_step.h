/* SPDX-License-Identifier: MIT */
/* The events of a load on their way into the log: up to a thousand in one transaction.  Only load.c and load_file.c use it. */
#ifndef DAYBOOK_TOOLS_LOAD_STEP_H
#define DAYBOOK_TOOLS_LOAD_STEP_H

#include "intake/format.h"
#include "recording/recording.h"
#include "store/account_store.h"
#include "tools/load_stages.h"
#include "tools/progress.h"

enum { LOAD_STEP_EVENTS = 1000, LOAD_STEP_BYTES = 4 * 1024 * 1024 };

struct load {
    struct recording *recording;
    const struct format *format;
    struct account account;
    struct arena *arena; /* of one step: the events */
    struct arena
        *texts; /* what they borrow from: of one step, and of the message that is being read */
    bool in_message;
    struct event events[LOAD_STEP_EVENTS];
    size_t count, bytes;            /* of this step */
    struct load_stages *stages;     /* early ones whose later ones have not come yet */
    const char *path;               /* of the file that is read */
    unsigned long first_line, line; /* of this step, and the present one; from 1 */
    unsigned long long record;      /* the present one of the line, from 1 */
    unsigned long long read, stored, passed, left_out;
    struct progress progress; /* in bytes of all files */
    uint64_t seen, unsaid;    /* bytes that were read; of these, not yet told to `progress` */
    unsigned looks;           /* since then */
};

/* So many more bytes were read: a line, or a record. */
void load_saw(struct load *load, uint64_t bytes);

/* The limits and rules of the moment.  0, or 1: said on stderr. */
int load_intake(struct load *load, struct intake *intake);

/*
 * Takes an event, which lives in the arenas of the step, and stores the step when it is full.  An event without a key is known by the digest of
 * `same` and its place.  `bytes` is how much was read for it.  0, or 1: said on stderr.
 */
int load_add(struct load *load, const struct format_item *item, struct str same, size_t bytes);

/* Stores what was taken.  0, or 1: said on stderr. */
int load_store(struct load *load);

/* Behind the last file: takes the early stages to which no later one has come.  0, or 1. */
int load_end(struct load *load);

#endif
