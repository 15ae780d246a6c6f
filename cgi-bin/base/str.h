/* SPDX-License-Identifier: MIT */
/*
 * A borrowed run of bytes: not owned, not NUL-terminated, any byte allowed.  Whoever hands one out
 * says how long it lives; most live in the arena of the request.
 */
#ifndef DAYBOOK_BASE_STR_H
#define DAYBOOK_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *ptr; /* may be NULL only when len is 0 */
    size_t len;      /* bytes */
};

/* A string literal as a struct str. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

/* For printf: "%.*s" with STR_ARG(s).  Evaluates `s` three times: a variable, never a call. */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

/* The bytes of a C string; NULL gives the empty one. */
static inline struct str str_from(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Order of bytes, a prefix before the longer one: below, at or above 0 as in memcmp(). */
int str_compare(struct str a, struct str b);

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

/* As str_equal() and str_starts(), where A-Z and a-z count as the same and every other byte is exact. */
bool str_equal_folded(struct str a, struct str b);
bool str_starts_folded(struct str s, struct str prefix);

/*
 * Is `needle` somewhere in `haystack`, with A-Z and a-z counted as the same and every other byte
 * exact?  `needle` must be folded already (str_fold); the empty one is found in everything.
 */
bool str_contains_folded(struct str haystack, struct str needle);

/* Writes `s` with A-Z made a-z to `out`, which has room for s.len bytes. */
void str_fold(struct str s, char *out);

/* From `at` on, at most `len` bytes; both are clipped to what is there. */
static inline struct str str_slice(struct str s, size_t at, size_t len)
{
    if (at > s.len)
        at = s.len;
    if (len > s.len - at)
        len = s.len - at;
    return (struct str){at ? s.ptr + at : s.ptr, len};
}

/* Without leading and trailing spaces and tabs. */
struct str str_trim(struct str s);

/*
 * Cuts the next piece up to `separator` from the front of `rest` and gives it in `piece`.
 * False when `rest` is used up.  A final separator does not make a final empty piece.
 */
bool str_next(struct str *rest, char separator, struct str *piece);

#endif
