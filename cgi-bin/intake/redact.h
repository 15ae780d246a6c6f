/* SPDX-License-Identifier: MIT */
/*
 * Takes secrets out before anything is stored: the values of authorization and cookie headers are replaced in place by the word
 * "redacted"; not a byte of anything else is touched.
 */
#ifndef DAYBOOK_INTAKE_REDACT_H
#define DAYBOOK_INTAKE_REDACT_H

#include "base/arena.h"
#include "base/str.h"

/* What stands where a secret was. */
#define REDACTED "redacted"

/*
 * Headers as JSON ({"Name": value}, [["Name", value]], ["Name", value, …], [{"name": …, "value": …}], ["Name: value"]; nested too) or as lines
 * "Name: value".  True and `result` (`headers` itself when nothing was replaced, else in the arena); false when the text is neither: then it
 * cannot be known where a secret stands, and it must not be stored.
 */
bool redact_headers(struct arena *arena, struct str headers, struct str *result);

/* The same for any JSON object or array that may carry headers inside; other texts come back as they are. */
struct str redact_json(struct arena *arena, struct str text);

#endif
