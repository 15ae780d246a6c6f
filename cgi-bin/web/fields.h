/* SPDX-License-Identifier: MIT */
/*
 * Parameters of a query string (application/x-www-form-urlencoded, as browsers send forms) against
 * a table of what is accepted.  Names compare whole and exactly.  An empty value counts as absent,
 * since forms send those.
 */
#ifndef DAYBOOK_WEB_FIELDS_H
#define DAYBOOK_WEB_FIELDS_H

#include "base/arena.h"
#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum field_kind {
    FIELD_TEXT,   /* any bytes, `min` to `max` of them */
    FIELD_NUMBER, /* decimal, `min` to `max` */
    FIELD_CHOICE, /* one of `choices` */
    FIELD_ID,     /* 16 lower-case hex digits */
};

struct field_spec {
    const char *name;
    enum field_kind kind;
    bool repeatable;
    uint64_t min, max;
    const char *const *choices; /* ended by NULL */
};

struct field {
    unsigned spec;   /* index in the table */
    struct str text; /* decoded; in the arena */
    uint64_t number; /* FIELD_NUMBER, FIELD_ID: the value; FIELD_CHOICE: the index of the choice */
};

struct fields {
    const struct field_spec *specs;
    size_t spec_count;
    struct field *items; /* in the order sent */
    size_t count;
};

/*
 * Parses `query`.  True; or false and in `complaint` one sentence in the arena that names the
 * parameter and says what is accepted: unknown, repeated where single, malformed, bad percent
 * escape, a NUL byte, above 1,000 parameters.
 */
bool fields_parse(struct arena *arena, struct str query, const struct field_spec *specs,
                  size_t spec_count, struct fields *fields, struct str *complaint);

/* A name or value as it was meant, in the arena.  False after a % that two hexadecimal digits do not follow. */
bool fields_decode(struct arena *arena, struct str raw, struct str *decoded);

/* How many parameters a query string has, empty pieces left out. */
size_t fields_count(struct str query);

/* The first item of table row `spec`, or NULL. */
const struct field *fields_find(const struct fields *fields, unsigned spec);

/*
 * Appends `name`=`value` percent-encoded (RFC 3986 unreserved stay), with `?` or `&` before it as
 * `out` needs.
 */
void fields_append(struct strbuf *out, const char *name, struct str value);

/* Appends `bytes` percent-encoded for a path segment or a query value. */
void fields_append_encoded(struct strbuf *out, struct str bytes);

/* `text` as a sentence quotes it: the whole characters of its first 40 bytes, between quotes.  In the arena. */
struct str fields_quoted(struct arena *arena, struct str text);

#endif
