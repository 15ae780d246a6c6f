/* SPDX-License-Identifier: MIT */
/* Bytes of any kind as the text that every column, page and file can hold. */
#include "intake/capture_private.h"

#include "base/latin1.h"
#include "base/utf8.h"

enum { REPLACEMENT = 0xfffd };

struct str capture_text(struct arena *arena, struct str bytes, bool *is_latin1)
{
    struct str text = bytes, piece, rest;
    struct strbuf out;

    if (utf8_is_text(bytes))
        return bytes;
    *is_latin1 = true;
    if (utf8_valid_prefix(bytes) < bytes.len)
        text = latin1_to_utf8(arena, bytes);
    strbuf_init(&out);
    for (rest = text; str_next(&rest, '\0', &piece);) {
        strbuf_add(&out, piece);
        if (piece.ptr + piece.len < text.ptr + text.len)
            utf8_append(&out, REPLACEMENT);
    }
    text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return text;
}
