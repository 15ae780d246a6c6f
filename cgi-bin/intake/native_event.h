/* SPDX-License-Identifier: MIT */
/* One event of the native wire format. */
#ifndef DAYBOOK_INTAKE_NATIVE_EVENT_H
#define DAYBOOK_INTAKE_NATIVE_EVENT_H

#include "base/json.h"
#include "intake/intake.h"

/*
 * Reads `object` into `event`, which must be zeroed.  True; or false with the complaint's field and sentence.  The event
 * borrows from the message and the arena.
 */
bool native_read_event(const struct intake *intake, struct json_value object, struct event *event,
                       struct intake_complaint *complaint);

#endif
