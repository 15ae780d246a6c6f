/* SPDX-License-Identifier: MIT */
/* The two forms differ in bytes from 0x80 on alone: those are two bytes of UTF-8, 0xc2 or 0xc3 first. */
#include "base/latin1.h"

#include <stdint.h>

enum { WORD_BYTES = sizeof(uint64_t) };

static size_t count_high(struct str bytes)
{
    size_t count = 0;

    for (size_t i = 0; i < bytes.len; i++)
        count += (unsigned char)bytes.ptr[i] >> 7;
    return count;
}

bool latin1_is_ascii(struct str bytes)
{
    uint64_t seen = 0;
    size_t i = 0;

    for (; bytes.len - i >= WORD_BYTES; i += WORD_BYTES) {
        uint64_t word;

        memcpy(&word, bytes.ptr + i, WORD_BYTES);
        seen |= word;
    }
    for (; i < bytes.len; i++)
        seen |= (unsigned char)bytes.ptr[i];
    return (seen & UINT64_C(0x8080808080808080)) == 0;
}

struct str latin1_to_utf8(struct arena *arena, struct str bytes)
{
    size_t len = 0;
    char *out;

    if (latin1_is_ascii(bytes))
        return bytes;
    out = arena_alloc(arena, bytes.len + count_high(bytes));
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];

        if (byte >= 0x80) {
            out[len++] = (char)(0xc0 | byte >> 6);
            byte = 0x80 | (byte & 0x3f);
        }
        out[len++] = (char)byte;
    }
    return (struct str){out, len};
}

bool latin1_from_utf8(struct arena *arena, struct str text, struct str *bytes)
{
    size_t len = 0;
    char *out;

    *bytes = text;
    if (latin1_is_ascii(text))
        return true;
    out = arena_alloc(arena, text.len);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];

        if (byte >= 0x80) {
            if (byte > 0xc3 || i + 1 == text.len)
                return false;
            byte = (unsigned char)(byte << 6 | ((unsigned char)text.ptr[++i] & 0x3f));
        }
        out[len++] = (char)byte;
    }
    *bytes = (struct str){out, len};
    return true;
}
