/* SPDX-License-Identifier: MIT */
/*
 * A step: some lines of a capture file, read into events, then stored: a transaction for each account in them, the file's mark in
 * the last one.  Reading and storing share nothing but the step, so one step may be read while another is stored.
 */
#ifndef DAYBOOK_TOOLS_FOLLOW_STEP_H
#define DAYBOOK_TOOLS_FOLLOW_STEP_H

#include "recording/recording.h"
#include "store/capture_store.h"

struct follow_step;

/* Whose call a line is, and what that account says about its calls. */
struct follow_rules {
    uint32_t account_id;
    const struct operations *operations;
    const struct hook_routes *hooks;
    const struct redactor *redactor;
    bool own; /* the calls are to Daybook itself: what has no operation is of that type too */
};

/* When a token was used or refused, as lines say; 0: it was not. */
struct follow_use {
    uint32_t token_id;
    int64_t used_ms, refused_ms;
    uint64_t refused; /* times */
};

/* Finds them for the account that a line names, or where it names none.  1; 0 there is no such account; -1 no answer. */
struct follow_finder {
    int (*find)(void *context, struct str slug, struct follow_rules *rules);
    void *context;
};

/* `config` must outlive it. */
struct follow_step *follow_step_new(const struct config *config, uint32_t source_id);
void follow_step_free(struct follow_step *step);

/*
 * Reads whole lines from the beginning of `bytes`, which stand at `from_bytes` of the file and must last until they are stored: as many
 * as one step should hold.  `cut` as in follow_lines_store().  0 or -1.
 */
int follow_step_read(struct follow_step *step, const struct follow_finder *finder,
                     const struct capture_file *file, uint64_t from_bytes, struct str bytes,
                     bool cut);

/* Stores what was read; `account_id` gets what belongs to no account.  0, 1 another follower, -1: as recorder_store_also(). */
int follow_step_store(struct follow_step *step, struct recorder *recorder, uint32_t account_id);

/* The last use and refusal of each token in the calls that were read, in the order in which they first came. */
const struct follow_use *follow_step_uses(const struct follow_step *step, size_t *count);

/* What it holds, and after it was stored what became of it. */
const struct capture_step *follow_step_sums(const struct follow_step *step);

#endif
