/* SPDX-License-Identifier: MIT */
/* Which captured calls are webhooks: POST calls at the paths of an account's hooks, matched as operations are (operations.h). */
#ifndef DAYBOOK_INTAKE_HOOK_ROUTES_H
#define DAYBOOK_INTAKE_HOOK_ROUTES_H

#include "base/hook.h"
#include "intake/operations.h"

struct hook_routes;

/* Of those of `hooks` that have a path; NULL when none has.  `hooks` and what they borrow must live as long as the result. */
struct hook_routes *hook_routes_new(const struct hook *hooks, size_t count);

/* NULL is allowed. */
void hook_routes_free(struct hook_routes *routes);

/* The hook of a call, with the parameters of its path in `match`; or NULL.  `target` as in operations_match(). */
const struct hook *hook_routes_match(const struct hook_routes *routes, struct str method,
                                     struct str target, struct operation_match *match);

#endif
