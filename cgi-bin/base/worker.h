/* SPDX-License-Identifier: MIT */
/*
 * A second thread that does one job while its owner does something else.  Owner and job share nothing but what the job was given, and
 * that the owner leaves alone until worker_wait().
 */
#ifndef DAYBOOK_BASE_WORKER_H
#define DAYBOOK_BASE_WORKER_H

#include <stdbool.h>

struct worker;

/* The thread starts with the first job. */
struct worker *worker_new(void);

/* Waits for a job that is still running; NULL is allowed. */
void worker_free(struct worker *worker);

/*
 * Begins job(context).  The one before must have been waited for.  Without a second thread it is done here and now.  Signals of the process are
 * left to its other threads.
 */
void worker_start(struct worker *worker, void (*job)(void *context), void *context);

/* Whether a job is still running, so that worker_wait() would wait. */
bool worker_is_busy(struct worker *worker);

/* Returns when the job that was started last, if any, is done; what it wrote can be read then. */
void worker_wait(struct worker *worker);

#endif
