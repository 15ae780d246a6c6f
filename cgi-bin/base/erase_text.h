/* SPDX-License-Identifier: MIT */
/*
 * Finds the names and values of a person in a text, however they are written there, and puts marks in their place.  Pure.
 *
 * A value is found byte for byte, also where bytes of it are written as %XX (or a space as +), or its characters as in a JSON
 * string, and where both are mixed.  It must be whole: what it begins and ends with must not go on with a letter, a digit or `_`, in any of
 * these forms.  In what begins like JSON a value that is a bare number is replaced as a string, so that JSON stays JSON.
 */
#ifndef DAYBOOK_BASE_ERASE_TEXT_H
#define DAYBOOK_BASE_ERASE_TEXT_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/* What is looked for, never empty, and what comes in its place: letters, digits and `:`. */
struct erase_value {
    struct str plain, mark;
};

/* Where one value begins another the longer one has to come first: erase_values_sort(). */
struct erase_values {
    struct erase_value *items;
    size_t count;
};

void erase_values_sort(struct erase_values *values);

/* True when something was replaced: then `out`, which is emptied before, is the text as it is now. */
bool erase_text(const struct erase_values *values, struct str text, struct strbuf *out);

#endif
