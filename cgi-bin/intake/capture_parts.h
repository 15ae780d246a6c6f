/* SPDX-License-Identifier: MIT */
/* What reading a captured call shares with reading what others have written down of one. */
#ifndef DAYBOOK_INTAKE_CAPTURE_PARTS_H
#define DAYBOOK_INTAKE_CAPTURE_PARTS_H

#include "base/arena.h"

#include <stdbool.h>

/*
 * The query of a raw URL as a JSON object: names in order of their first occurrence, repeated ones with an array; empty without a
 * query.  `is_latin1` is set when a name or value was no UTF-8 and stands as Latin-1.
 */
struct str capture_query(struct arena *arena, struct str url, bool *is_latin1);

/* `bytes` where they are text, else as Latin-1; a NUL becomes U+FFFD.  `is_latin1` is set unless they are taken as they stand. */
struct str capture_text(struct arena *arena, struct str bytes, bool *is_latin1);

/* A name of an event that is text: bytes that are none, and NUL, stand in it as in a URL.  Cut to what a column takes. */
struct str capture_name(struct arena *arena, struct str bytes);

/* Is it one that HTTP knows?  Only then may it stand in the action of a call without an operation: scanners send anything. */
bool capture_is_known_method(struct str method);

#endif
