/* SPDX-License-Identifier: MIT */
/* Percent-encoding of URLs (RFC 3986).  A % without two hexadecimal digits behind it stands for itself. */
#ifndef DAYBOOK_BASE_PERCENT_H
#define DAYBOOK_BASE_PERCENT_H

#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>

/* The byte that stands at `at` (below raw.len) in `byte`; how many bytes of `raw` it takes there: 1 or 3. */
size_t percent_byte(struct str raw, size_t at, unsigned char *byte);

/* Order of the bytes that `raw` stands for and those of `text`, as in str_compare(). */
int percent_compare(struct str raw, struct str text);

/* Appends what `raw` stands for.  In queries and forms a + is a space. */
void percent_decode(struct strbuf *out, struct str raw, bool plus_is_space);

#endif
