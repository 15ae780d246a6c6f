/* SPDX-License-Identifier: MIT */
/* What json.c does for json_walk.c. */
#ifndef DAYBOOK_BASE_JSON_PRIVATE_H
#define DAYBOOK_BASE_JSON_PRIVATE_H

#include "base/json.h"

/* Takes a value, and in front of it a name (in `key`, with its quotes) and a colon when `named`, and white space, off `rest`. */
bool json_read_element(struct str *rest, bool named, struct str *key, struct json_value *value);

#endif
