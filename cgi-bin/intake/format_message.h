/* SPDX-License-Identifier: MIT */
/* Records of another product in one message: POST /api/v1/events?format=NAME, and addresses that products have of their own. */
#ifndef DAYBOOK_INTAKE_FORMAT_MESSAGE_H
#define DAYBOOK_INTAKE_FORMAT_MESSAGE_H

#include "intake/format.h"
#include "intake/sender.h"

/*
 * Reads the records of a message.  Of the stages of one call in it the latest counts; one to which a later is still to come is among
 * events->early.  A record without an id gets a key from what it holds and how often that stood in the message before, so that the same message sent
 * again changes nothing.
 */
bool format_message_read(const struct format *format, const struct intake *intake,
                         struct str message, struct sender_events *events,
                         struct intake_complaint *complaint);

/* The format that the query names: `format=NAME`; native without one.  NULL and the complaint for anything unknown. */
const struct format *format_of_query(struct arena *arena, struct str query,
                                     struct intake_complaint *complaint);

#endif
