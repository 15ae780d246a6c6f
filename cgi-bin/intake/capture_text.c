/* SPDX-License-Identifier: MIT */
/* From strings of a line to bytes, and from bytes of any kind to the text that every column, page and file can hold. */
#include "intake/capture_private.h"

#include "base/latin1.h"
#include "base/utf8.h"

enum { REPLACEMENT = 0xfffd };

bool capture_decode(struct arena *arena, struct json_value value, struct str *bytes)
{
    struct str text = str_slice(value.text, 1, value.text.len - 2);
    struct strbuf out;
    bool known;

    if (value.type != JSON_STRING)
        return false;
    if (text.len == 0 || !memchr(text.ptr, '\\', text.len))
        return latin1_from_utf8(arena, text, bytes);
    strbuf_init(&out);
    known = json_decode(value.text, &out) == JSON_DECODED &&
            latin1_from_utf8(arena, strbuf_str(&out), bytes);
    if (known && bytes->ptr == out.ptr)
        *bytes = arena_copy(arena, *bytes);
    strbuf_release(&out);
    return known;
}

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

struct str capture_name(struct arena *arena, struct str bytes)
{
    struct strbuf text;
    size_t at = 0;

    if (!utf8_is_text(bytes)) {
        strbuf_init(&text);
        while (at < bytes.len) {
            uint32_t point;
            size_t len = bytes.ptr[at] ? utf8_decode(bytes, at, &point) : 0;

            if (len)
                strbuf_add(&text, str_slice(bytes, at, len));
            else
                strbuf_printf(&text, "%%%02X", (unsigned)(unsigned char)bytes.ptr[at]);
            at += len ? len : 1;
        }
        bytes = arena_copy(arena, strbuf_str(&text));
        strbuf_release(&text);
    }
    return utf8_cut(bytes, EVENT_NAME_MAX);
}
