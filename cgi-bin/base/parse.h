/* SPDX-License-Identifier: MIT */
/*
 * Numbers, one checked function each: the whole text, digits only (no sign, no space, no prefix), and
 * within the range; anything else is false and leaves the result alone.
 */
#ifndef DAYBOOK_BASE_PARSE_H
#define DAYBOOK_BASE_PARSE_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

bool parse_u64(struct str text, uint64_t min, uint64_t max, uint64_t *value);

/* Exactly 16 lower-case hexadecimal digits, as event ids are shown. */
bool parse_hex16(struct str text, uint64_t *value);

/* The value of one hexadecimal digit in either case, or -1. */
int parse_hex_digit(char c);

#endif
