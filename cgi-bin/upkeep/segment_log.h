/* SPDX-License-Identifier: MIT */
/*
 * The segments of one log as its writer sees them, within one transaction: which there are, reading one, writing one, and giving what
 * has changed a new generation.  For kind 0 the blocks of an account's entities are listed in the same way (upkeep/entity_log.h).
 * Only one process may write at a time: segment_lock_take() of upkeep/segment_writer.h.
 */
#ifndef DAYBOOK_UPKEEP_SEGMENT_LOG_H
#define DAYBOOK_UPKEEP_SEGMENT_LOG_H

#include "base/config.h"
#include "store/db.h"
#include "upkeep/segment_source.h"

/* In place of a number: one that is not used yet. */
#define SEGMENT_NEW UINT32_MAX

/* A row of table segment without its block. */
struct segment_entry {
    uint32_t number;
    uint32_t events;
    uint64_t first_id, last_id;
    uint64_t checksum;
    uint64_t text_check; /* names its file of texts; 0: it has none */
    uint64_t generation;
};

struct segment_log {
    struct db *db;
    const struct config *config;
    uint32_t account_id;
    unsigned kind;
    bool has_left;              /* the account was deleted: there is nothing to be indexed */
    bool indexed;               /* has a row in table log */
    uint64_t log_generation;    /* of that row */
    uint64_t generation;        /* what this transaction gives to what it changes */
    struct segment_entry *live; /* in order of their ids, as the transaction found them */
    size_t live_count;
    uint32_t *unused; /* numbers of rows that stand for no segment any more */
    size_t unused_count;
    uint32_t next_number;
    struct strbuf plain, packed;
    uint64_t segments_written, bytes_written;
};

/* Reads which segments there are; the transaction (DB_WRITE) has been begun.  0 or -1; segment_log_close() is due in any case. */
int segment_log_open(struct segment_log *log, struct db *db, const struct config *config,
                     uint32_t account_id, unsigned kind);
void segment_log_close(struct segment_log *log);

/* How many events a segment is filled with, and how many it may come to hold. */
size_t segment_log_fill(const struct config *config);
size_t segment_log_capacity(const struct config *config);

/* Adds the rows of a segment to `rows`.  0; 1 when its block is damaged (logged), and the index has to be made anew; -1. */
int segment_log_load(struct segment_log *log, const struct segment_entry *entry,
                     struct segment_rows *rows);

/*
 * Writes `count` rows (1 to SEGMENT_EVENTS_MAX, in order of their ids) in place of the segment `number`, or as SEGMENT_NEW.  The
 * file in the cache comes first, so that readers find it as soon as they find the segment.  0 or -1.
 */
int segment_log_put(struct segment_log *log, uint32_t number, const struct segment_row *rows,
                    size_t count);

/*
 * The same in place of a segment whose file of texts goes on to be right, since what comes to it is in there: entry->text_check stays.
 */
int segment_log_put_over(struct segment_log *log, const struct segment_entry *entry,
                         const struct segment_row *rows, size_t count);

/*
 * For both kinds of blocks: reads the plain form of one.  0; 1 when it is damaged (logged); -1.  And logging that one is damaged in another way.
 */
int segment_log_read(struct segment_log *log, const struct segment_entry *entry,
                     struct strbuf *plain);
void segment_log_complain(const struct segment_log *log, const struct segment_entry *entry,
                          const char *why);

/*
 * For both: what is in log->plain and log->packed is going to be the block of `entry`.  Fills its number, if it is SEGMENT_NEW, and its
 * checksum, and writes the file in the cache.  Is the row of this number to be inserted?  Else it stands already.
 */
bool segment_log_prepare(struct segment_log *log, struct segment_entry *entry);

/* The segment is no more.  0 or -1. */
int segment_log_drop(struct segment_log *log, uint32_t number);

/* Raises the generation of the log, if it is indexed; to be called last before the commit.  0 or -1. */
int segment_log_raise(struct segment_log *log);

/* Makes it an indexed log, which it is not yet.  0 or -1. */
int segment_log_note_indexed(struct segment_log *log);

#endif
