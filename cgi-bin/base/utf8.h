/* SPDX-License-Identifier: MIT */
/* UTF-8 (RFC 3629): what is well-formed, and the code points in it. */
#ifndef DAYBOOK_BASE_UTF8_H
#define DAYBOOK_BASE_UTF8_H

#include "base/str.h"
#include "base/strbuf.h"

#include <stdint.h>

/*
 * The length in bytes (1 to 4) of the well-formed sequence at `at` in `s`, its code point in `*point`;
 * 0 when none begins there (overlong, surrogate, above U+10FFFF, cut short).  `at` must be below s.len.
 */
size_t utf8_decode(struct str s, size_t at, uint32_t *point);

/* How many leading bytes of `s` are well-formed; s.len when all are. */
size_t utf8_valid_prefix(struct str s);

/* Is all of it well-formed, and without a NUL?  Then any program takes it for text. */
bool utf8_is_text(struct str s);

/* The longest well-formed beginning of `s` of at most `max` bytes. */
struct str utf8_cut(struct str s, size_t max);

/* Appends one code point (0 to 0x10ffff, no surrogate). */
void utf8_append(struct strbuf *out, uint32_t point);

#endif
