/* SPDX-License-Identifier: MIT */
/* From a webhook, as intake/webhook.h reads it, to the event of kind trigger that stands for it in the log. */
#ifndef DAYBOOK_INTAKE_CAPTURE_WEBHOOK_H
#define DAYBOOK_INTAKE_CAPTURE_WEBHOOK_H

#include "base/hook.h"
#include "intake/capture.h"
#include "intake/webhook.h"

/* A webhook that arrived at an address here. */
struct capture_received {
    struct str name;                      /* the last segment of the address */
    struct str query;                     /* raw, without the ? */
    const struct webhook_header *headers; /* bytes, in their order */
    size_t header_count;
    struct str body;
    struct str request_id, client_address;
};

/* What was found out about it. */
struct capture_webhook {
    struct webhook webhook;
    enum webhook_signature signature;
};

/*
 * Reads and checks it with hook->secret, then makes its event, which still needs intake_complete(); status is 202.  The part of the
 * name that only the sender knows is replaced by its mark wherever it stands: providers repeat the address in what they send.
 */
void capture_receive(const struct intake *intake, const struct hook *hook,
                     const struct capture_received *received, struct capture_webhook *found,
                     struct event *event);

/* What makes `event` a trigger: for the two below. */
void capture_make_trigger(struct arena *arena, const struct hook *hook,
                          const struct capture_webhook *found, struct event *event);

/* Makes the event of a captured call, as it was read and with no secret replaced yet, a trigger. */
void capture_mark_webhook(const struct intake *intake, const struct hook *hook,
                          struct capture_call *call);

#endif
