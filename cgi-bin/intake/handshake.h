/* SPDX-License-Identifier: MIT */
/* The question that senders of webhooks ask before they send: may we?  (CloudEvents, HTTP 1.1 Web Hooks, section 4.) */
#ifndef DAYBOOK_INTAKE_HANDSHAKE_H
#define DAYBOOK_INTAKE_HANDSHAKE_H

#include "intake/sender.h"

/*
 * The answer to OPTIONS.  Whoever names itself in WebHook-Request-Origin is welcome, at the rate that it asks for or at
 * `per_minute` (0: no limit), whichever is less.  Without that header, or when no sender can have written it, nothing is
 * permitted and nothing refused: 200 with Allow alone.  WebHook-Request-Callback is never called, since the answer stands here.
 */
struct sender_answer handshake_answer(struct arena *arena, const struct sender_message *message,
                                      unsigned per_minute);

/* The same without a limit: for the row of a sender. */
struct sender_answer handshake_options(struct arena *arena, const struct sender_message *message);

#endif
