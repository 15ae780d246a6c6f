/* SPDX-License-Identifier: MIT */
/*
 * The publisher API of Retraced, as its clients call it: one event, or {"events": [...]}.  Each event gets an id and the SHA-256 of
 * its canonical text, which the clients compute again and compare.  man/daybook-senders.7 says which member becomes what.
 */
#ifndef DAYBOOK_INTAKE_RETRACED_H
#define DAYBOOK_INTAKE_RETRACED_H

#include "intake/sender.h"

/* Rows of senders.c.  All of them name the request in X-Retraced-RequestId. */
bool retraced_read_event(const struct intake *intake, const struct sender_message *message,
                         struct sender_events *events, struct intake_complaint *complaint);
bool retraced_read_bulk(const struct intake *intake, const struct sender_message *message,
                        struct sender_events *events, struct intake_complaint *complaint);

/* 201 with {"id", "hash"}, or an array of those in the order sent. */
struct sender_answer retraced_answer_event(struct arena *arena, const struct sender_events *events);
struct sender_answer retraced_answer_bulk(struct arena *arena, const struct sender_events *events);

/* {"status", "type": "Error", "error"}, and for events of a bulk "invalid": what was wrong with each. */
struct sender_answer retraced_refuse(struct arena *arena, const struct intake_complaint *complaint);

#endif
