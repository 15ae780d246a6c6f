/* SPDX-License-Identifier: MIT */
/*
 * Lets the database bring texts into its memory before they are asked for.  A statement waits for one page of the disk after the
 * other, and InnoDB reads nothing ahead of one that goes backwards, as the newest-first order does; a few statements on connections
 * of their own, for the ranges that come next, keep the disk busy meanwhile.  Nothing that they give is looked at.
 */
#ifndef DAYBOOK_STORE_READ_AHEAD_H
#define DAYBOOK_STORE_READ_AHEAD_H

#include "base/config.h"
#include "base/event.h"

#include <stdbool.h>
#include <stdint.h>

/* How many ranges are read at a time. */
enum { READ_AHEAD_HELPERS = 2 };

struct read_ahead;

/* For the events of one account and kind; connects when the first range is named.  `config` must outlive it. */
struct read_ahead *read_ahead_new(const struct config *config, uint32_t account_id,
                                  enum event_kind kind);

/* Waits for what is being read; NULL is allowed. */
void read_ahead_free(struct read_ahead *ahead);

/*
 * The texts of the events with ids from `low` to `high` will be asked for soon.  Does not wait.  False when it cannot be seen to now: it may
 * be named again.  While ranges turn out to be in memory, most that are named are left alone.
 */
bool read_ahead_name(struct read_ahead *ahead, uint64_t low, uint64_t high);

#endif
