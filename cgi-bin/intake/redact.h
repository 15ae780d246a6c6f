/* SPDX-License-Identifier: MIT */
/*
 * Takes secrets out before anything is stored: the values of authorization and cookie headers are replaced in place by the word
 * "redacted"; not a byte of anything else is touched.  Only forms whose meaning is certain are accepted, so that no secret can
 * hide in a form that was not thought of.
 */
#ifndef DAYBOOK_INTAKE_REDACT_H
#define DAYBOOK_INTAKE_REDACT_H

#include "base/arena.h"
#include "base/str.h"

/* What stands where a secret was. */
#define REDACTED "redacted"

/* What redact_headers() accepts, for complaints. */
#define REDACT_FORMS                                                                                \
    "an object {\"Name\": value}, an array of [name, value] or {\"name\": …, \"value\": …}, a " \
    "flat "                                                                                         \
    "array [name, value, …], or lines \"Name: value\", with names of letters, digits and - and "  \
    "values on one line"

/*
 * Headers as JSON, or text that holds such JSON or lines "Name: value" (a line that begins with white space continues the one
 * before).  A value is a string, a number, true, false, null or an array of those.  The empty text is accepted.
 * True and `result`: `headers` itself when nothing was replaced, else in the arena.  False when it is of no such form: it must not be
 * stored then.
 */
bool redact_headers(struct arena *arena, struct str headers, struct str *result);

#endif
