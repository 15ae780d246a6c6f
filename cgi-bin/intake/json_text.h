/* SPDX-License-Identifier: MIT */
/* The characters of a JSON string, for readers of messages. */
#ifndef DAYBOOK_INTAKE_JSON_TEXT_H
#define DAYBOOK_INTAKE_JSON_TEXT_H

#include "base/arena.h"
#include "base/json.h"

#include <stdbool.h>

/*
 * What the string `quoted` (with its quotes, from json_read()) stands for: borrowed where it has no escapes, else in the arena.
 * False when it holds half of a surrogate pair, which has no form in UTF-8; `text` is then what came before it.
 */
bool json_text(struct arena *arena, struct str quoted, struct str *text);

/* What a complaint says of such a string, behind its name. */
#define JSON_TEXT_COMPLAINT "holds half of a surrogate pair, which stands for no character"

#endif
