/* SPDX-License-Identifier: MIT */
/* Table 3-7 of the Unicode standard, written as tests on the second byte. */
#include "base/utf8.h"

#include <assert.h>

static bool is_tail(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

static size_t decode_long(const unsigned char *p, size_t left, uint32_t *point)
{
    if (p[0] >= 0xc2 && p[0] <= 0xdf && left >= 2 && is_tail(p[1])) {
        *point = (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
        return 2;
    }
    if (p[0] >= 0xe0 && p[0] <= 0xef && left >= 3 && is_tail(p[1]) && is_tail(p[2])) {
        *point = (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
        return *point >= 0x800 && (*point < 0xd800 || *point > 0xdfff) ? 3 : 0;
    }
    if (p[0] >= 0xf0 && p[0] <= 0xf4 && left >= 4 && is_tail(p[1]) && is_tail(p[2]) &&
        is_tail(p[3])) {
        *point = (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
                 (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
        return *point >= 0x10000 && *point <= 0x10ffff ? 4 : 0;
    }
    return 0;
}

size_t utf8_decode(struct str s, size_t at, uint32_t *point)
{
    const unsigned char *p = (const unsigned char *)s.ptr + at;

    if (p[0] < 0x80) {
        *point = p[0];
        return 1;
    }
    return decode_long(p, s.len - at, point);
}

/* Bytes of ASCII from `at` on, eight at a time, which is how far most texts go. */
static size_t skip_ascii(struct str s, size_t at)
{
    uint64_t eight;

    for (; s.len - at >= sizeof(eight); at += sizeof(eight)) {
        memcpy(&eight, s.ptr + at, sizeof(eight));
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    return at;
}

size_t utf8_valid_prefix(struct str s)
{
    size_t at = skip_ascii(s, 0);

    while (at < s.len) {
        uint32_t point;
        size_t bytes = utf8_decode(s, at, &point);

        if (bytes == 0)
            break;
        at += bytes;
        if (bytes > 1)
            at = skip_ascii(s, at);
    }
    return at;
}

bool utf8_is_text(struct str s)
{
    return utf8_valid_prefix(s) == s.len && (s.len == 0 || !memchr(s.ptr, '\0', s.len));
}

struct str utf8_cut(struct str s, size_t max)
{
    s = str_slice(s, 0, max);
    s.len = utf8_valid_prefix(s);
    return s;
}

void utf8_append(struct strbuf *out, uint32_t point)
{
    assert(point <= 0x10ffff && (point < 0xd800 || point > 0xdfff));
    if (point < 0x80) {
        strbuf_add_char(out, (char)point);
    } else if (point < 0x800) {
        strbuf_add_char(out, (char)(0xc0 | point >> 6));
        strbuf_add_char(out, (char)(0x80 | (point & 0x3f)));
    } else if (point < 0x10000) {
        strbuf_add_char(out, (char)(0xe0 | point >> 12));
        strbuf_add_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
        strbuf_add_char(out, (char)(0x80 | (point & 0x3f)));
    } else {
        strbuf_add_char(out, (char)(0xf0 | point >> 18));
        strbuf_add_char(out, (char)(0x80 | (point >> 12 & 0x3f)));
        strbuf_add_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
        strbuf_add_char(out, (char)(0x80 | (point & 0x3f)));
    }
}
