/* SPDX-License-Identifier: MIT */
/* What is kept of the HTTP message in which an event came. */
#ifndef DAYBOOK_INTAKE_SENDER_REQUEST_H
#define DAYBOOK_INTAKE_SENDER_REQUEST_H

#include "base/event.h"
#include "intake/sender.h"

/*
 * Fills method, url and headers of `event`, in the arena: path and query without the token in it (access_token), and all headers
 * as [[name, value], …] without Authorization.  Secrets of others are intake_complete()'s to find.
 */
void sender_request(struct arena *arena, const struct sender_message *message, struct event *event);

/* `bytes` where they are text, else read as Latin-1: a header and a query may hold any byte but NUL. */
struct str sender_text(struct arena *arena, struct str bytes);

#endif
