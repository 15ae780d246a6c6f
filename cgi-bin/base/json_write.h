/* SPDX-License-Identifier: MIT */
/*
 * Writing a JSON object member by member.  Each function appends to an object begun with `{` and puts the comma where one
 * is due; what is empty is left out.  Names are the program's own words.
 */
#ifndef DAYBOOK_BASE_JSON_WRITE_H
#define DAYBOOK_BASE_JSON_WRITE_H

#include "base/str.h"
#include "base/strbuf.h"

#include <stdint.h>

/* The name alone: the caller appends the value. */
void json_write_name(struct strbuf *out, const char *name);

/* `text` must be valid UTF-8.  Nothing when it is empty. */
void json_write_text(struct strbuf *out, const char *name, struct str text);

/* Text that is JSON already.  Nothing when it is empty. */
void json_write_value(struct strbuf *out, const char *name, struct str json);

void json_write_number(struct strbuf *out, const char *name, uint64_t number);

/* "2026-01-31T12:00:00.123Z" */
void json_write_time(struct strbuf *out, const char *name, int64_t ms);

/* As text under `text_name` when the bytes are UTF-8, else under `base64_name`.  Nothing when there are none. */
void json_write_bytes(struct strbuf *out, const char *text_name, const char *base64_name,
                      struct str bytes);

#endif
