/* SPDX-License-Identifier: MIT */
/*
 * What one process remembers of the index of the logs that it has been asked about: which segments there are, and where their bytes
 * are mapped.  A log is asked for within a snapshot; one number read in it (log.generation) says whether what is remembered still
 * holds, and else only what changed is read.  The bytes come from the cache of files, else from the same snapshot.
 */
#ifndef DAYBOOK_STORE_INDEX_SET_H
#define DAYBOOK_STORE_INDEX_SET_H

#include "base/event.h"
#include "store/db.h"
#include "store/log_state.h"
#include "index/entity_block.h"
#include "index/segment.h"

/* A segment, or with kind 0 of the set a block of entities. */
struct index_entry {
    uint32_t number;            /* segment_id, or block_id */
    uint32_t count;             /* events, or entities */
    uint64_t first_id, last_id; /* of a segment */
    uint64_t checksum;
    uint64_t text_check; /* of a segment: 0, or what names its file of texts */
    struct str mapped;   /* its file; empty: not mapped */
    union {              /* opened, when it is mapped */
        struct segment segment;
        struct entity_block block;
    };
};

struct index_set {
    uint32_t account_id;
    unsigned kind;               /* enum event_kind; 0: the entities of the account */
    struct index_entry *entries; /* ascending by first_id */
    size_t count;
    uint64_t events;        /* of all entries */
    struct log_state state; /* in the snapshot that it was asked for in */

    /* Private to index_set.c from here on. */
    struct index_set *next; /* of the same bucket */
    uint64_t used;          /* at which of all uses it was asked for last */
    const struct db *db;    /* whose snapshot it was last read in */
    uint64_t connections;
    size_t mapped;
    size_t capacity;
};

struct index_sets;

/* `config` must outlive it. */
struct index_sets *index_sets_new(const struct config *config);
void index_sets_free(struct index_sets *sets);

/*
 * Between these two no set is forgotten, however many are asked for: all that were given stay good.  With a `db` all of it happens in one
 * transaction on it, and many logs are asked for: how they stand is read at once.  0; -1: nothing is held.
 */
int index_sets_hold(struct index_sets *sets, struct db *db);
void index_sets_let_go(struct index_sets *sets);

/*
 * The set of a log as it is in the snapshot of the transaction that runs on `db`.  Borrowed until the next call.  1; 0: the
 * log is not indexed; -1.
 */
int index_sets_get(struct index_sets *sets, struct db *db, uint32_t account_id, unsigned kind,
                   struct index_set **set);

/*
 * The set of a log without a snapshot, if what is remembered is of this generation: for a log of which all events are merged, so that there is
 * nothing to read that could have changed since.  Until the next index_sets_get() what has no file counts as damaged.  1 or 0.
 */
int index_sets_peek(struct index_sets *sets, const struct db *db, uint32_t account_id,
                    unsigned kind, uint64_t generation, struct index_set **set);

/*
 * The segment or block of an entry, opened.  Borrowed: where there is no cache of files only until the next call of either.  NULL when
 * it cannot be read, or is damaged (logged): then the index is not to be used.
 */
const struct segment *index_set_segment(struct index_sets *sets, struct db *db,
                                        struct index_set *set, struct index_entry *entry);
const struct entity_block *index_set_block(struct index_sets *sets, struct db *db,
                                           struct index_set *set, struct index_entry *entry);

/* The block if it is in the cache of files, borrowed as above; else NULL, and the database is not asked for it. */
const struct entity_block *index_set_mapped_block(struct index_sets *sets, struct index_set *set,
                                                  struct index_entry *entry);

#endif
