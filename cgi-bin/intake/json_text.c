/* SPDX-License-Identifier: MIT */
/* Most strings have no escape and are not copied. */
#include "intake/json_text.h"

bool json_text(struct arena *arena, struct str quoted, struct str *text)
{
    enum json_decoded decoded;
    struct strbuf out;

    *text = str_slice(quoted, 1, quoted.len - 2);
    if (text->len == 0 || !memchr(text->ptr, '\\', text->len))
        return true;
    strbuf_init(&out);
    decoded = json_decode(quoted, &out);
    *text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return decoded == JSON_DECODED;
}
