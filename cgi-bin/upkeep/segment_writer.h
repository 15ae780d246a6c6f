/* SPDX-License-Identifier: MIT */
/*
 * Writing the index: what was recorded goes from event_recent into segments, an index that is not there is made, old events
 * are deleted.  All of it as the database user maintainer, in steps of one short transaction each; whatever happens between two steps,
 * the index says the same as table event.
 *
 * Whoever calls a step holds the lock of the installation: there is one writer of segments at a time, and recorders never are one.
 */
#ifndef DAYBOOK_UPKEEP_SEGMENT_WRITER_H
#define DAYBOOK_UPKEEP_SEGMENT_WRITER_H

#include "base/config.h"
#include "store/db.h"
#include "store/purge_store.h"

/* How a step has ended. */
enum segment_step {
    SEGMENT_STEP_FAILED =
        -1, /* nothing was changed, or the connection was lost and it is not known; logged */
    SEGMENT_STEP_DONE, /* nothing is left to do */
    SEGMENT_STEP_MORE, /* something was done, and there is more */
    SEGMENT_STEP_DAMAGED, /* a segment could not be read: the log is no longer indexed, and has to be rebuilt */
    SEGMENT_STEP_NOT_INDEXED, /* to be rebuilt first */
    SEGMENT_STEP_KEPT, /* nothing may be deleted: the account is under legal hold, or its plan keeps more by now */
};

/* What steps have done; each adds to it. */
struct segment_work {
    uint64_t events;           /* merged, indexed or deleted */
    uint64_t segments_written; /* also those of splits */
    uint64_t bytes_written;    /* of their blocks, compressed */
    uint64_t last_events;      /* set by merge and rebuild: how many the newest segment holds */
    uint64_t last_id;          /* set by rebuild and delete: the last id that was met */
};

/*
 * Takes the installation's lock for this connection, which is opened where needed; waits up to `wait_s` seconds for it.  1; 0: another has
 * it; -1.  It is lost with the connection, and steps look whether it is still held.
 */
int segment_lock_take(struct db *db, unsigned wait_s);
void segment_lock_release(struct db *db);

/* Merges some rows of event_recent, in order of their ids, into the segments that they belong to. */
enum segment_step segment_merge_step(struct db *db, const struct config *config,
                                     uint32_t account_id, unsigned kind, struct segment_work *work);

/*
 * Indexes the next events of a log that is not indexed, as many as make one segment; the last step makes it an indexed one.  One that
 * was begun before is gone on with.
 */
enum segment_step segment_rebuild_step(struct db *db, const struct config *config,
                                       uint32_t account_id, unsigned kind,
                                       struct segment_work *work);

/* Forgets the index of a log, so that answers come from table event until it has been rebuilt.  0 or -1. */
int segment_forget(struct db *db, const struct config *config, uint32_t account_id, unsigned kind);

/*
 * Deletes the oldest events that `purge` is about, of one kind and at most `limit`, with all that belongs to them, takes them out of their
 * segments, and adds to what the purge (begun before: store/purge_store.h) has removed.  Neither recorders nor readers wait for it.
 */
enum segment_step segment_delete_step(struct db *db, const struct config *config,
                                      const struct purge *purge, unsigned kind, size_t limit,
                                      struct segment_work *work);

/*
 * Removes files of the cache that stand for no segment of the log any more and are older than so many seconds: SEGMENT_SWEEP_AGE_S for those that
 * whoever has just read of their segment may still want.  0 or -1.
 */
enum { SEGMENT_SWEEP_AGE_S = 60 };
int segment_sweep(struct db *db, const struct config *config, uint32_t account_id, unsigned kind,
                  int age_s);

#endif
