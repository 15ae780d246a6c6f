/* SPDX-License-Identifier: MIT */
/* Comparing, searching and cutting borrowed bytes.  Never allocates, never looks at the locale. */
#define _GNU_SOURCE
#include "base/str.h"

static unsigned char folded(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte + ('a' - 'A')) : byte;
}

int str_compare(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;

    if (order)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_equal_folded(struct str a, struct str b)
{
    return a.len == b.len && str_starts_folded(a, b);
}

bool str_starts_folded(struct str s, struct str prefix)
{
    if (s.len < prefix.len)
        return false;
    for (size_t i = 0; i < prefix.len; i++)
        if (folded(s.ptr[i]) != folded(prefix.ptr[i]))
            return false;
    return true;
}

static bool matches_at(const char *at, struct str needle)
{
    for (size_t i = 0; i < needle.len; i++)
        if (folded(at[i]) != (unsigned char)needle.ptr[i])
            return false;
    return true;
}

/*
 * No library function does this on bytes: strcasestr() stops at NUL and follows the locale.  memchr()
 * over the first byte in both cases keeps it near the speed of memory.
 */
bool str_contains_folded(struct str haystack, struct str needle)
{
    const char *at = haystack.ptr;
    const char *last;
    char lower, upper;

    if (needle.len == 0)
        return true;
    if (haystack.len < needle.len)
        return false;
    last = haystack.ptr + (haystack.len - needle.len);
    lower = needle.ptr[0];
    upper = lower >= 'a' && lower <= 'z' ? (char)(lower - ('a' - 'A')) : lower;

    const char *next_lower = memchr(at, lower, (size_t)(last - at) + 1);
    const char *next_upper = upper == lower ? NULL : memchr(at, upper, (size_t)(last - at) + 1);
    while (next_lower || next_upper) {
        if (!next_upper || (next_lower && next_lower < next_upper)) {
            at = next_lower;
            next_lower = at < last ? memchr(at + 1, lower, (size_t)(last - at)) : NULL;
        } else {
            at = next_upper;
            next_upper = at < last ? memchr(at + 1, upper, (size_t)(last - at)) : NULL;
        }
        if (matches_at(at, needle))
            return true;
    }
    return false;
}

void str_fold(struct str s, char *out)
{
    for (size_t i = 0; i < s.len; i++)
        out[i] = (char)folded(s.ptr[i]);
}

struct str str_trim(struct str s)
{
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
        s = str_slice(s, 1, s.len - 1);
    while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

bool str_next(struct str *rest, char separator, struct str *piece)
{
    const char *end;

    if (rest->len == 0)
        return false;
    end = memchr(rest->ptr, separator, rest->len);
    if (!end) {
        *piece = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *piece = (struct str){rest->ptr, (size_t)(end - rest->ptr)};
    *rest = str_slice(*rest, piece->len + 1, rest->len);
    return true;
}
