/* SPDX-License-Identifier: MIT */
/* The native wire format, written: what native_read() reads back to the same event. */
#ifndef DAYBOOK_INTAKE_NATIVE_WRITE_H
#define DAYBOOK_INTAKE_NATIVE_WRITE_H

#include "base/event.h"
#include "base/strbuf.h"

enum native_form {
    NATIVE_SENT,     /* as a sender writes it */
    NATIVE_EXPORTED, /* with id, received_at, account, body_bytes, body_sha256, and always a key */
};

/* Appends the event as one line; what it does not have is left out. */
void native_write(struct strbuf *out, const struct event *event, enum native_form form);

/* Does it say anything of a webhook? */
bool native_has_trigger(const struct event *event);

/* Appends the trigger's own object; nothing when nothing of it is known. */
void native_write_trigger(struct strbuf *out, const struct event *event);

#endif
