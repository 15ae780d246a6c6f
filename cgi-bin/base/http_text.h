/* SPDX-License-Identifier: MIT */
/* What a header's name and value may consist of. */
#ifndef DAYBOOK_BASE_HTTP_TEXT_H
#define DAYBOOK_BASE_HTTP_TEXT_H

#include "base/str.h"

#include <stdbool.h>

/* A token, as names of headers are (RFC 9110, 5.6.2). */
bool http_is_token(struct str text);

/* Without CR, LF and NUL: a line break in a value would begin another header. */
bool http_is_one_line(struct str text);

#endif
