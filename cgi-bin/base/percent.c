/* SPDX-License-Identifier: MIT */
/* Decoding of %XX, also on the fly: a comparison needs no buffer, however long the text is. */
#include "base/percent.h"

#include "base/parse.h"

size_t percent_byte(struct str raw, size_t at, unsigned char *byte)
{
    *byte = (unsigned char)raw.ptr[at];
    if (*byte == '%' && raw.len - at >= 3) {
        int high = parse_hex_digit(raw.ptr[at + 1]), low = parse_hex_digit(raw.ptr[at + 2]);

        if (high >= 0 && low >= 0) {
            *byte = (unsigned char)(high << 4 | low);
            return 3;
        }
    }
    return 1;
}

int percent_compare(struct str raw, struct str text)
{
    size_t at = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte, wanted = (unsigned char)text.ptr[i];

        if (at == raw.len)
            return -1;
        at += percent_byte(raw, at, &byte);
        if (byte != wanted)
            return byte < wanted ? -1 : 1;
    }
    return at < raw.len;
}

void percent_decode(struct strbuf *out, struct str raw, bool plus_is_space)
{
    size_t at = 0;

    strbuf_reserve(out, raw.len);
    while (at < raw.len) {
        bool is_space = plus_is_space && raw.ptr[at] == '+';
        unsigned char byte;

        at += percent_byte(raw, at, &byte);
        strbuf_add_char(out, is_space ? ' ' : (char)byte);
    }
}
