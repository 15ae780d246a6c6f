/* SPDX-License-Identifier: MIT */
/* The last steps from a captured call to an event: its operation, what the operation says of the entity, secrets, limits. */
#ifndef DAYBOOK_INTAKE_CAPTURE_COMPLETE_H
#define DAYBOOK_INTAKE_CAPTURE_COMPLETE_H

#include "intake/capture.h"
#include "intake/hook_routes.h"
#include "intake/operations.h"

enum capture_verdict {
    CAPTURE_KEEP,
    CAPTURE_KEEP_UNMATCHED, /* no operation is known for it */
    CAPTURE_DROP,           /* its operation is not kept, and it did not fail */
    CAPTURE_REFUSE,         /* see the complaint */
};

/*
 * Completes call->event for the store; its texts live in the intake's arena or where they did.  `operations` and
 * `hooks` of its account, NULL when there are none, and the redactor of `intake` are needed only during the call.  What is a
 * webhook becomes a trigger, whatever the operations say.  Path parameters with the name of a
 * secret are replaced in the URL as well, and no part of a secret becomes the name of an entity.
 */
enum capture_verdict capture_complete(const struct intake *intake,
                                      const struct operations *operations,
                                      const struct hook_routes *hooks, struct capture_call *call,
                                      struct intake_complaint *complaint);

#endif
