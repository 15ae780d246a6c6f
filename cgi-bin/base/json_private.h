/* SPDX-License-Identifier: MIT */
/* What the files of the reader do for each other. */
#ifndef DAYBOOK_BASE_JSON_PRIVATE_H
#define DAYBOOK_BASE_JSON_PRIVATE_H

#include "base/json.h"

/* Takes a value, and in front of it a name (in `key`, with its quotes) and a colon when `named`, and white space, off `rest`. */
bool json_read_element(struct str *rest, bool named, struct str *key, struct json_value *value);

/* Cuts the next bracket, comma, colon, string, number or word from the front of `rest`, which json_read() accepted.  False at the end. */
bool json_next_token(struct str *rest, struct str *token);

/* The type of the value whose text begins with `first`. */
enum json_type json_type_of(char first);

#endif
