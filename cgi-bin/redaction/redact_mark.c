/* SPDX-License-Identifier: MIT */
/* Finds what stands where secrets were. */
#include "redaction/redact.h"

#define _GNU_SOURCE
#include <string.h>

static bool is_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-';
}

/* The length of the mark at the front of `text`, 0 when it is none.  `first` says whether a value can begin there. */
static size_t mark_length(struct str text, bool first)
{
    const size_t word = sizeof(REDACTED) - 1;
    size_t at = word + 1;

    if (text.len > word && text.ptr[word] == ':') {
        while (at < text.len && at < REDACT_MARK_BYTES && is_digit(text.ptr[at]))
            at++;
        if (at == REDACT_MARK_BYTES)
            return at;
    }
    return first && (text.len == word || strchr("\"'&;,<)]} \r\n\t\\", text.ptr[word])) ? word : 0;
}

bool redact_find_mark(struct str text, size_t *at, size_t *len)
{
    while (*at < text.len) {
        struct str rest = str_slice(text, *at, text.len);
        const char *found = memmem(rest.ptr, rest.len, REDACTED, sizeof(REDACTED) - 1);

        if (!found)
            return false;
        *at = (size_t)(found - text.ptr);
        *len = mark_length(str_slice(text, *at, text.len), *at == 0 || !is_word(text.ptr[*at - 1]));
        if (*len)
            return true;
        (*at)++;
    }
    return false;
}

/* Where the character that the byte at `at` belongs to begins. */
static size_t character_begin(struct str text, size_t at)
{
    size_t begin = at;

    while (begin > 0 && at - begin < 3 && ((unsigned char)text.ptr[begin] & 0xc0) == 0x80)
        begin--;
    return ((unsigned char)text.ptr[begin] & 0xc0) == 0x80 ? at : begin;
}

struct str redact_cut(struct str text, uint64_t max)
{
    size_t at;

    if (text.len <= max)
        return text;
    for (at = max > REDACT_MARK_BYTES ? (size_t)max - REDACT_MARK_BYTES : 0; at < max; at++) {
        struct str rest = str_slice(text, at, text.len);

        if (str_starts(rest, STR(REDACTED)) &&
            mark_length(rest, at == 0 || !is_word(text.ptr[at - 1])) > max - at)
            return str_slice(text, 0, at);
    }
    return str_slice(text, 0, character_begin(text, (size_t)max));
}
