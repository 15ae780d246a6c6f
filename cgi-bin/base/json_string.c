/* SPDX-License-Identifier: MIT */
/* JSON strings to the characters they stand for, and back.  The quoted ones were checked by the reader. */
#include "base/json.h"

#include <assert.h>
#include <endian.h>
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

static void append_escape(struct strbuf *out, unsigned char byte)
{
    switch (byte) {
    case '"':
        strbuf_add_cstr(out, "\\\"");
        break;
    case '\\':
        strbuf_add_cstr(out, "\\\\");
        break;
    case '\b':
        strbuf_add_cstr(out, "\\b");
        break;
    case '\f':
        strbuf_add_cstr(out, "\\f");
        break;
    case '\n':
        strbuf_add_cstr(out, "\\n");
        break;
    case '\r':
        strbuf_add_cstr(out, "\\r");
        break;
    case '\t':
        strbuf_add_cstr(out, "\\t");
        break;
    default:
        strbuf_printf(out, "\\u%04x", byte);
    }
}

void json_append_string(struct strbuf *out, struct str bytes)
{
    size_t plain = 0; /* where the bytes that stand as they are begin */

    strbuf_add_char(out, '"');
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];

        if (byte >= ' ' && byte != '"' && byte != '\\')
            continue;
        strbuf_add(out, str_slice(bytes, plain, i - plain));
        append_escape(out, byte);
        plain = i + 1;
    }
    strbuf_add(out, str_slice(bytes, plain, bytes.len));
    strbuf_add_char(out, '"');
}
