/* SPDX-License-Identifier: MIT */
/*
 * CloudEvents 1.0 over HTTP: binary, structured and batched JSON, told apart by Content-Type.  man/daybook-senders.7 says which
 * attribute becomes what.
 */
#ifndef DAYBOOK_INTAKE_CLOUDEVENTS_H
#define DAYBOOK_INTAKE_CLOUDEVENTS_H

#include "intake/sender.h"

/* A row of senders.c.  A format other than JSON is refused with 415. */
bool cloudevents_read(const struct intake *intake, const struct sender_message *message,
                      struct sender_events *events, struct intake_complaint *complaint);

/* 202 with the ids. */
struct sender_answer cloudevents_answer(struct arena *arena, const struct sender_events *events);

#endif
