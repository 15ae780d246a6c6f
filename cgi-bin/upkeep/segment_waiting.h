/* SPDX-License-Identifier: MIT */
/* Which logs the index has still to take something up from.  Cheap, to be asked once a second. */
#ifndef DAYBOOK_UPKEEP_SEGMENT_WAITING_H
#define DAYBOOK_UPKEEP_SEGMENT_WAITING_H

#include "base/arena.h"
#include "base/config.h"
#include "store/db.h"

/* A log; kind 0: the entities of the account. */
struct log_name {
    uint32_t account_id;
    unsigned kind;
};

/* In the order of the tables' keys. */
int log_name_compare(const struct log_name *a, const struct log_name *b);

/* The first log behind `last` with rows in event_recent, for kind 0 in entity_recent.  1; 0: there is none; -1. */
int segment_waiting_event(struct db *db, const struct log_name *last, struct log_name *next);
int segment_waiting_entity(struct db *db, const struct log_name *last, struct log_name *next);

/* How many rows of it wait; `limit` when there are more.  0 or -1. */
int segment_waiting_count(struct db *db, const struct log_name *name, uint64_t limit,
                          uint64_t *count);

/* How many events the newest segment of a log holds; of kind 0, entities.  0 or -1. */
int segment_waiting_newest(struct db *db, const struct log_name *name, uint64_t *count);

/* All logs that have something to be indexed and are not; in the arena.  0 or -1. */
int segment_waiting_unindexed(struct db *db, struct arena *arena, struct log_name **names,
                              size_t *count);

/* All logs that are indexed. */
int segment_waiting_indexed(struct db *db, struct arena *arena, struct log_name **names,
                            size_t *count);

/* How it stands with a log. */
struct log_standing {
    struct log_name name;
    struct str account; /* its slug */
    bool indexed;
    int64_t changed_ms; /* when its index was; 0: never */
};

/* Of all logs that have something in them or an index; in the arena, by account and kind.  0 or -1. */
int segment_waiting_states(struct db *db, struct arena *arena, struct log_standing **states,
                           size_t *count);

/*
 * Is a merge worth its while, when `waiting` rows wait, some of them for waited_ms, and the newest segment, which will be written anew, holds
 * newest_count?  So that a busy log writes each event about 16 times at most, and an idle one soon has nothing waiting.  Small segments, as
 * tests have them, are merged sooner in proportion.
 */
bool segment_waiting_is_due(const struct config *config, uint64_t waiting, int64_t waited_ms,
                            uint64_t newest_count);

/* More rows than this need not be counted to know that a merge is due. */
uint64_t segment_waiting_most(const struct config *config);

#endif
