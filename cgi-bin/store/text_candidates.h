/* SPDX-License-Identifier: MIT */
/*
 * Which events have to be looked at for filter->text: those that match all else, less those of which the text index (index/text_index.h)
 * says that they do not hold it.  In the order of the list, a portion at a time, so that whoever looks at them can stop in time.
 */
#ifndef DAYBOOK_STORE_TEXT_CANDIDATES_H
#define DAYBOOK_STORE_TEXT_CANDIDATES_H

#include "store/event_walk.h"
#include "store/reader.h"

struct text_candidates;

/*
 * By the index of the log, or by SQL where there is none, or from where on it turns out damaged: then these are all that match all else.
 * filter->kind must not be EVENT_KIND_ALL.  Run everything in one db_begin(DB_READ); arena and filter must outlive it.  NULL on
 * failure.
 */
struct text_candidates *text_candidates_open(struct reader *reader, struct arena *arena,
                                             const struct filter *filter);
bool text_candidates_are_indexed(const struct text_candidates *candidates);

/* NULL is allowed. */
void text_candidates_close(struct text_candidates *candidates);

enum { TEXT_PORTION_MAX = 256 };
struct text_portion {
    uint64_t ids[TEXT_PORTION_MAX]; /* in the order of the list */
    size_t count;                   /* may be 0: then a stretch without candidates was passed */
    bool dense; /* the range of these ids holds little else: read it, and drop what else there is */
    uint64_t
        rest; /* the first id, in the order of the list, that neither this nor an earlier portion covers */
};

/* 1; 0 at the end; -1. */
int text_candidates_next(struct text_candidates *candidates, struct text_portion *portion);

/* The same as ids for event_walk_open(); borrows the candidates. */
struct event_ids text_candidates_ids(struct text_candidates *candidates);

#endif
