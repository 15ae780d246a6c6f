/* SPDX-License-Identifier: MIT */
/*
 * A strict JSON reader (RFC 8259) that hands out every value as the very bytes that stood in the text.
 *
 * Libraries build a tree and forget the text: order, repeated members, `1e3`, 30-digit numbers and white
 * space are lost.  Daybook keeps what was sent, so it needs the positions; that is why this is our own.  It
 * accepts exactly what RFC 8259 calls JSON text in UTF-8, without a byte order mark; nesting up to
 * JSON_MAX_DEPTH.  It never recurses, never allocates while reading, and works in one pass.
 */
#ifndef DAYBOOK_BASE_JSON_H
#define DAYBOOK_BASE_JSON_H

#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

enum { JSON_MAX_DEPTH = 512 };

enum json_type {
    JSON_NONE, /* no value: absent, or not read */
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json_value {
    enum json_type type;
    struct str text; /* as it stood, quotes and braces included; borrowed from the input */
};

/* Where and why a text is not JSON. */
struct json_error {
    size_t offset;      /* byte, from 0 */
    const char *reason; /* one clause, static: "a string is not closed" */
};

/*
 * Checks that `text` is one JSON value with nothing but white space around it.  True and `value` (the value
 * without the white space), or false and `error`; `value` is then JSON_NONE.
 */
bool json_read(struct str text, struct json_value *value, struct json_error *error);

/*
 * As json_read(), but stops behind the first value: `rest` is what follows it.  For texts of several values
 * (NDJSON).  `rest` may be NULL, then it behaves as json_read().
 */
bool json_read_first(struct str text, struct json_value *value, struct str *rest,
                     struct json_error *error);

/* Walks the members of an object or the elements of an array, in order, repeated ones too. */
struct json_walk {
    struct str rest; /* private, as all of it */
    enum json_type container;
    bool is_broken;
};

/* `container` must be an array or object that json_read() accepted. */
void json_walk_start(struct json_walk *walk, struct json_value container);

/*
 * The same for a text that nothing has read yet, so that it is read once: with white space around it, and one level deeper than
 * json_read() takes.  False when it does not begin and end as `container` (JSON_ARRAY, JSON_OBJECT) does; json_walk_is_whole() has
 * the rest of the answer.
 */
bool json_walk_unread(struct json_walk *walk, struct str text, enum json_type container);

/* The next element; `key` is the member's name with its quotes (empty for arrays).  False at the end. */
bool json_walk_next(struct json_walk *walk, struct str *key, struct json_value *value);

/* Behind the last element: was all of it JSON? */
bool json_walk_is_whole(const struct json_walk *walk);

/*
 * The value at `path` ("metadata.name") in `text`, which may be cut off anywhere and need not be checked: true only
 * when what stands there is certainly whole.  Of repeated members the last counts.  An empty path is the text itself.
 */
bool json_find(struct str text, struct str path, struct json_value *value);

/* What json_decode() can meet in a string. */
enum json_decoded {
    JSON_DECODED,        /* `out` holds the characters as UTF-8 */
    JSON_LONE_SURROGATE, /* a \ud800-\udfff without its partner: it has no UTF-8 form */
};

/*
 * Appends to `out` the characters that the string `quoted` (with its quotes, from json_read()) stands for;
 * \u0000 becomes a NUL byte.  After JSON_LONE_SURROGATE `out` holds what came before it.
 */
enum json_decoded json_decode(struct str quoted, struct strbuf *out);

/*
 * Appends `bytes` as a JSON string with its quotes.  They must be valid UTF-8 (base/utf8.h); control
 * characters, quote and backslash are escaped, everything else stands as it is.
 */
void json_append_string(struct strbuf *out, struct str bytes);

/*
 * Appends `text` (accepted by json_read()) indented by two spaces a level: order, repeated members, the
 * letters of every number and string stay as they were; only white space between tokens changes, and an empty
 * container is {} or [].  Short elements at full depth come out about JSON_MAX_DEPTH times as long: for
 * what a stranger sent there is json_append_indented_within().
 */
void json_append_indented(struct strbuf *out, struct str text);

/* The same unless it would be longer than `max_bytes`: then false, and `out` is as before. */
bool json_append_indented_within(struct strbuf *out, struct str text, size_t max_bytes);

/* How deep arrays and objects stand in one another in `text` (accepted by json_read()); 0 for a bare value. */
size_t json_depth(struct str text);

/* The same without any white space between tokens: one line, for NDJSON. */
void json_append_compact(struct strbuf *out, struct str text);

#endif
