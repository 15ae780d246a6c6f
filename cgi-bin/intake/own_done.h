/* SPDX-License-Identifier: MIT */
/*
 * What a page of Daybook has changed, as it says itself (X-Daybook-Done, access_tell_done()): pairs of a query, `action`, `id` and `name` of what it was done
 * to, and facts.  Its event says it in the words of the command's events (tools/own_event.h).
 */
#ifndef DAYBOOK_INTAKE_OWN_DONE_H
#define DAYBOOK_INTAKE_OWN_DONE_H

#include "intake/capture.h"

/*
 * Puts what call->done says into a call to Daybook itself that is complete: the action instead of that of the address, the entity, and the facts into
 * `extra`.  A call that says nothing stays as it is.  False as capture_complete() refuses one.
 */
bool own_done_apply(const struct intake *intake, struct capture_call *call);

#endif
