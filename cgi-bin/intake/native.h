/* SPDX-License-Identifier: MIT */
/*
 * Daybook's own wire format: a JSON object, a JSON array of objects, or objects one after another (NDJSON).  The members are
 * described in man/daybook-record.5; the table in native_event.c is what that page is written from.
 */
#ifndef DAYBOOK_INTAKE_NATIVE_H
#define DAYBOOK_INTAKE_NATIVE_H

#include "intake/intake.h"

/*
 * Reads all events of `message`.  True: `events` and `count` (0 only for an empty array); they borrow from `message` and the arena.
 * False and the complaint: nothing of the message is to be stored.
 */
bool native_read(const struct intake *intake, struct str message, struct event **events,
                 size_t *count, struct intake_complaint *complaint);

#endif
