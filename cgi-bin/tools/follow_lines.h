/* SPDX-License-Identifier: MIT */
/* From lines of a capture file to stored events: a transaction for each account in them, the file's mark in the last one. */
#ifndef DAYBOOK_TOOLS_FOLLOW_LINES_H
#define DAYBOOK_TOOLS_FOLLOW_LINES_H

#include "recording/recording.h"
#include "store/account_store.h"
#include "store/capture_store.h"

struct follow_lines;

/* What became of all lines so far. */
struct follow_totals {
    uint64_t lines, stored, duplicates, dropped, refused;
};

/*
 * `config`, `recording` and `account`, whose calls these are where a line does not say, must outlive it.  With `own` they are calls to Daybook
 * itself: by the operations of intake/own_calls.h, and the use of tokens is noted.
 */
struct follow_lines *follow_lines_new(const struct config *config, struct recording *recording,
                                      const struct account *account, uint32_t source_id, bool own);
void follow_lines_free(struct follow_lines *lines);

enum follow_stored {
    FOLLOW_STORED,    /* file->read_bytes has moved on */
    FOLLOW_LATER,     /* the database does not answer; where the mark is must be asked again */
    FOLLOW_ELSEWHERE, /* another follower moved the mark */
};

/*
 * Stores whole lines from the beginning of `bytes`, which stand at file->read_bytes: as many as one step should hold.  With `cut`
 * what stands behind the last line break is a line that nobody will finish, and is counted as such.  Moves file->read_bytes and
 * file->refused.
 */
enum follow_stored follow_lines_store(struct follow_lines *lines, struct capture_file *file,
                                      struct str bytes, bool cut);

struct follow_totals follow_lines_totals(const struct follow_lines *lines);

#endif
