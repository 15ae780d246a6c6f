/* SPDX-License-Identifier: MIT */
/* What merged_list.c finds a page in: the logs of all accounts, each asked and counted. */
#ifndef DAYBOOK_STORE_MERGED_SOURCES_H
#define DAYBOOK_STORE_MERGED_SOURCES_H

#include "store/log_index.h"
#include "store/merged_log.h"

/* One account. */
struct merged_source {
    const struct filter *filter;
    struct log_view *view; /* NULL: not indexed */
    uint64_t *ids;         /* then all that match, ascending */
    size_t id_count, id_room;
    uint64_t total;
    uint64_t before; /* how many of them come before the place that is looked for */
    uint64_t taken;  /* how many rows behind it were taken; merged_list.c alone knows these three */
    uint64_t last;   /* the id of the last of them */
    bool needs_more;
};

struct merged_sources {
    struct reader *reader;
    struct arena *arena;
    const struct merged_log *log;
    bool oldest_first;
    struct merged_source *sources;
    uint64_t total, newest;
    struct event_histogram *histogram; /* NULL: not wanted, or nothing to count */
};

/* index_sets_hold() for these logs, in the transaction that they are asked in.  0; -1: nothing is held. */
int merged_sources_hold(struct reader *reader, const struct merged_log *log);

/*
 * Asks every log, in the order of `log`, and counts what matches; everything is in the arena.  `zone`: of merge->histogram; NULL: none is wanted.
 * Run it between merged_sources_hold() and index_sets_let_go(), which must last as long as it is used.  0 or -1.
 */
int merged_sources_open(struct merged_sources *merge, struct reader *reader, struct arena *arena,
                        const struct merged_log *log, const char *zone);

#endif
