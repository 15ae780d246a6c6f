/* SPDX-License-Identifier: MIT */
/* JSON strings to the characters they stand for, and back.  The quoted ones were checked by the reader. */
#include "base/json.h"

#include <assert.h>
#include <endian.h>
#include <stddef.h>
#include <stdint.h>

#include "base/parse.h"
#include "base/utf8.h"

enum { ESCAPE_BYTES = 6 }; /* \uXXXX */

static bool is_high_surrogate(uint32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low_surrogate(uint32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Takes a \uXXXX from the front of `rest`; false when none stands there. */
static bool take_unit(struct str *rest, uint32_t *unit)
{
    if (rest->len < ESCAPE_BYTES || !str_starts(*rest, STR("\\u")))
        return false;
    *unit = 0;
    for (size_t i = 2; i < ESCAPE_BYTES; i++)
        *unit = *unit << 4 | ((uint32_t)parse_hex_digit(rest->ptr[i]) & 0xf);
    *rest = str_slice(*rest, ESCAPE_BYTES, rest->len);
    return true;
}

/* One \uXXXX, or the two that make one character. */
static bool take_point(struct str *rest, uint32_t *point)
{
    uint32_t low;

    if (!take_unit(rest, point) || is_low_surrogate(*point))
        return false;
    if (!is_high_surrogate(*point))
        return true;
    if (!take_unit(rest, &low) || !is_low_surrogate(low))
        return false;
    *point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static char unescaped(char letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default: /* quote, backslash and slash stand for themselves */
        return letter;
    }
}

/* Copies the bytes in front of the next backslash, off `rest`, to `end`: most of a string, so eight at a time.  Where it ends then. */
static char *copy_plain(struct str *rest, char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const char *at = rest->ptr, *stop = rest->ptr + rest->len;
    uint64_t bytes, found;

    while ((size_t)(stop - at) >= sizeof(bytes)) {
        memcpy(&bytes, at, sizeof(bytes));
        memcpy(end, &bytes, sizeof(bytes)); /* there is room: of what is left */
        bytes = le64toh(bytes) ^ ones * '\\';
        found =
            (bytes - ones) & ~bytes & ones * 0x80; /* the lowest bit is where a backslash stands */
        if (found) {
            size_t plain = (size_t)__builtin_ctzll(found) / 8;

            *rest = (struct str){at + plain, (size_t)(stop - at) - plain};
            return end + plain;
        }
        at += sizeof(bytes);
        end += sizeof(bytes);
    }
    while (at < stop && *at != '\\')
        *end++ = *at++;
    *rest = (struct str){at, (size_t)(stop - at)};
    return end;
}

/* No escape is shorter than what it stands for, so all of it has room where `quoted` had. */
enum json_decoded json_decode(struct str quoted, struct strbuf *out)
{
    struct str rest;
    uint32_t point;
    char *end;

    assert(quoted.len >= 2 && quoted.ptr[0] == '"');
    rest = str_slice(quoted, 1, quoted.len - 2);
    end = strbuf_reserve(out, rest.len);
    for (;;) {
        end = copy_plain(&rest, end);
        out->len = (size_t)(end - out->ptr);
        *end = '\0';
        if (rest.len < 2)
            return JSON_DECODED;
        if (rest.ptr[1] == 'u') {
            if (!take_point(&rest, &point))
                return JSON_LONE_SURROGATE;
            utf8_append(out, point);
            end = out->ptr + out->len;
        } else {
            *end++ = unescaped(rest.ptr[1]);
            rest = str_slice(rest, 2, rest.len);
        }
    }
}

/* Writes what stands for a byte that cannot stand for itself; its end. */
static char *put_escape(char *out, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    static const char letters[' '] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
    };

    *out++ = '\\';
    if (byte >= ' ') {
        *out++ = (char)byte;
    } else if (letters[byte]) {
        *out++ = letters[byte];
    } else {
        memcpy(out, "u00", 3);
        out[3] = digits[byte >> 4];
        out[4] = digits[byte & 15];
        out += ESCAPE_BYTES - 1;
    }
    return out;
}

/* The highest bit of each byte of `word` that needs an escape; the first byte in memory is the lowest here. */
static uint64_t escapes_in(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low_bits = ones * 0x7f;
    uint64_t bytes = le64toh(word), quote = bytes ^ ones * '"', backslash = bytes ^ ones * '\\';
    uint64_t plain = (((quote & low_bits) + low_bits) | quote) &
                     (((backslash & low_bits) + low_bits) | backslash) &
                     (((bytes & low_bits) + ones * (0x80 - ' ')) | bytes);

    return ~plain & ones * 0x80;
}

/*
 * A word is written whole, then again from behind each byte that was escaped: up to a word of rubbish stands behind the end
 * meanwhile, for which the caller has room.
 */
static char *put_escaped(char *out, struct str bytes)
{
    const char *at = bytes.ptr, *end = at + bytes.len;
    const ptrdiff_t word_bytes = sizeof(uint64_t);

    while (end - at >= 2 * word_bytes) {
        uint64_t word, escapes;
        unsigned done = 0;

        memcpy(&word, at, sizeof(word));
        memcpy(out, &word, sizeof(word));
        for (escapes = escapes_in(word); escapes; escapes &= escapes - 1) {
            unsigned before = (unsigned)__builtin_ctzll(escapes) / 8;

            out = put_escape(out + (before - done), (unsigned char)at[before]);
            done = before + 1;
            memcpy(out, at + done, sizeof(word));
        }
        out += sizeof(word) - done;
        at += sizeof(word);
    }
    for (; at < end; at++) {
        unsigned char byte = (unsigned char)*at;

        if (byte >= ' ' && byte != '"' && byte != '\\')
            *out++ = *at;
        else
            out = put_escape(out, byte);
    }
    return out;
}

void json_append_string(struct strbuf *out, struct str bytes)
{
    enum { PIECE = 1024 }; /* there is room for every byte of it as an escape */

    strbuf_reserve(out, bytes.len + 2); /* nearly always enough, and then not twice too much */
    strbuf_add_char(out, '"');
    while (bytes.len) {
        struct str piece = str_slice(bytes, 0, PIECE);
        char *end = strbuf_reserve(out, piece.len * ESCAPE_BYTES + sizeof(uint64_t));

        out->len = (size_t)(put_escaped(end, piece) - out->ptr);
        bytes = str_slice(bytes, piece.len, bytes.len);
    }
    strbuf_add_char(out, '"');
}
