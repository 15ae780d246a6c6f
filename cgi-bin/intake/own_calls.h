/* SPDX-License-Identifier: MIT */
/*
 * Calls to Daybook itself, which its own nginx writes to a file of their own (deploy/nginx/own.conf): which operation of which address they
 * are.  man/daybook-urls.7 lists the same; entity type EVENT_TYPE_OWN.
 */
#ifndef DAYBOOK_INTAKE_OWN_CALLS_H
#define DAYBOOK_INTAKE_OWN_CALLS_H

#include "intake/operations.h"

/* To be freed by operations_free(). */
struct operations *own_calls_new(void);

#endif
