/* SPDX-License-Identifier: MIT */
/* What the forms of `daybook maintain` share: their connection, and working through what is due. */
#ifndef DAYBOOK_TOOLS_MAINTAIN_H
#define DAYBOOK_TOOLS_MAINTAIN_H

#include "store/account_store.h"
#include "store/purge_store.h"
#include "tools/progress.h"
#include "upkeep/segment_verify.h"
#include "upkeep/segment_waiting.h"
#include "upkeep/segment_writer.h"

enum { MAINTAIN_SLUG_BYTES = 64 };

/* So long at most a form that is run once waits for one that is at work. */
enum { MAINTAIN_WAIT_S = 60 };

/* Takes the lock, after a line on stderr when another has it.  0, or -1 after a line on stderr. */
int maintain_lock(struct db *db);

/* The slug of an account, or its number when it cannot be found. */
void maintain_slug(struct db *db, uint32_t account_id, char slug[MAINTAIN_SLUG_BYTES]);

/* What a log of this kind holds: "events", "triggers", "entities". */
const char *maintain_kind(unsigned kind);

/*
 * What takes long is told to `progress`: started where it begins and finished where it ends, so that what was stopped and is gone on with is
 * one and the same to whoever looks on.
 */

/* Where work on a log in order of ids turns out to be long: counts what is left of it behind `id`.  0 or -1. */
int maintain_expect_behind(struct db *db, const struct log_name *name, uint64_t id,
                           struct progress *progress);

/* One step of each kind, for a log of events or, with kind 0, of entities. */
enum segment_step maintain_merge(struct db *db, const struct config *config,
                                 const struct log_name *name, struct segment_work *work);
enum segment_step maintain_rebuild(struct db *db, const struct config *config,
                                   const struct log_name *name, struct segment_work *work);
int maintain_forget(struct db *db, const struct config *config, const struct log_name *name);
int maintain_compare(struct db *db, const struct config *config, const struct log_name *name,
                     const struct segment_verify *verify, struct segment_verdict *verdict);
int maintain_sweep(struct db *db, const struct config *config, const struct log_name *name);

/*
 * Indexes the texts of closed segments until none is wanting, or until `stop` (unless it is NULL) says so between two of them.  How many
 * were written is added to `written`.  0 or -1.
 */
int maintain_texts(struct db *db, const struct config *config, struct progress *progress,
                   bool (*stop)(void *context), void *context, uint64_t *written);

/*
 * Gives numbers in the order of arrival (upkeep/arrival.h) to every event of indexed logs that has none, or until `stop` (unless it is NULL) says so between
 * two steps.  0; 1: it was stopped; -1.  The lock must be held.
 */
int maintain_numbers(struct db *db, struct progress *progress, bool (*stop)(void *context),
                     void *context);

/* So that half of the time the database is there for others: a rest as long as the step before it took, within bounds. */
void maintain_rest(int64_t ms);

/* Who looks on while old events are removed. */
struct maintain_retention {
    bool (*stop)(void *context); /* asked after each step; NULL: never */

    /* What was removed from an account for its plan's sake, if it was anything; NULL: nobody wants to know. */
    void (*tell)(void *context, const struct account *account, const struct purge *removed);
    void *context;
    struct progress *progress; /* of events */
};

/*
 * Removes what `purge` is about, writes that down, and sets its counts.  SEGMENT_STEP_DONE; SEGMENT_STEP_MORE: it was stopped;
 * SEGMENT_STEP_KEPT; SEGMENT_STEP_FAILED.
 */
enum segment_step maintain_purge_run(struct db *db, const struct config *config,
                                     const struct maintain_retention *retention,
                                     struct purge *purge);

/*
 * The same of all accounts, for what their plans do not keep; one that fails holds up no other.  Each removal is an event of its account once it has come
 * to its end, and so is an older one that never did.  0; 1: it was stopped; -1.
 */
int maintain_retention_run(struct db *db, const struct config *config,
                           const struct maintain_retention *retention);

/* Sweeps the cache of every indexed log and keeps the whole below its limit.  0 or -1. */
int maintain_cache(struct db *db, const struct config *config);

/*
 * Removes what is only kept for a day, or until `stop` (unless it is NULL) says so between two steps; how many rows is added to `removed`.  0; 1: it
 * was stopped; -1.
 */
int maintain_remove_keys(struct db *db, struct progress *progress, bool (*stop)(void *context),
                         void *context, uint64_t *removed);

/* Records calls whose last stage has not come, as held_release_all() of recording/held.h; how many is added to `recorded`. */
int maintain_record_held(const struct config *config, bool (*stop)(void *context), void *context,
                         uint64_t *recorded);

/* The forms of the command; each gives an exit status. */
int maintain_once(const struct config *config);
int maintain_watch(const struct config *config);
/* Prints a line about it: for struct maintain_retention. */
void maintain_print_purge(void *context, const struct account *account,
                          const struct purge *removed);

int maintain_purge(const struct config *config, int argc, char **argv);

#endif
