/* SPDX-License-Identifier: MIT */
/*
 * Bytes as text and back: each byte is the character with its number (ISO 8859-1), so any bytes can travel in a form that must
 * be UTF-8, and come out the same.
 */
#ifndef DAYBOOK_BASE_LATIN1_H
#define DAYBOOK_BASE_LATIN1_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>

/* Are all bytes below 0x80?  Then text and bytes are the same. */
bool latin1_is_ascii(struct str bytes);

/* The bytes as UTF-8: `bytes` themselves when they are ASCII, else in the arena. */
struct str latin1_to_utf8(struct arena *arena, struct str bytes);

/* The other way, for well-formed UTF-8.  False when a character above U+00FF stands in `text`. */
bool latin1_from_utf8(struct arena *arena, struct str text, struct str *bytes);

#endif
