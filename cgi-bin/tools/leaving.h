/* SPDX-License-Identifier: MIT */
/* Deleting what is left of accounts that are no more (store/leaving_store.h): by the command that began it, or by `daybook maintain`. */
#ifndef DAYBOOK_TOOLS_LEAVING_H
#define DAYBOOK_TOOLS_LEAVING_H

#include "base/config.h"
#include "store/leaving_store.h"
#include "tools/progress.h"

/*
 * Deletes all rows and files of it, in small steps with a rest after each, until `stop` (unless it is NULL) says so between two of them;
 * records that and writes it down, once.  Sets its counts.  `progress` is told as in tools/maintain.h.  0; 1: it was stopped; -1.
 */
int leaving_go_on(struct db *db, const struct config *config, struct leaving *leaving,
                  struct progress *progress, bool (*stop)(void *context), void *context);

/*
 * The same for every account that has left: goes on where a command was ended, and takes away what somebody has still made for an account
 * that he had found before.
 */
int leaving_go_on_all(struct db *db, const struct config *config, struct progress *progress,
                      bool (*stop)(void *context), void *context);

/* `daybook account delete SLUG`, asked before unless `yes`.  An exit status. */
int leaving_delete(const struct config *config, const char *slug, bool yes);

#endif
