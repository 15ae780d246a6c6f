/* SPDX-License-Identifier: MIT */
/* The ids of a merged log (store/merged_log.h) one after the other: those that match, and may hold the text. */
#ifndef DAYBOOK_STORE_MERGED_IDS_H
#define DAYBOOK_STORE_MERGED_IDS_H

#include "store/merged_log.h"

struct merged_ids;

struct merged_id {
    size_t account; /* which one of the merged log */
    uint64_t id;
};

/* As merged_stream_open(). */
struct merged_ids *merged_ids_open(struct reader *reader, struct arena *arena,
                                   const struct merged_log *log);
void merged_ids_close(struct merged_ids *ids);

/* 1; 0 at the end; -1. */
int merged_ids_next(struct merged_ids *ids, struct merged_id *next);

#endif
