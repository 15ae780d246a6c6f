/* SPDX-License-Identifier: MIT */
#include "base/shell.h"

bool shell_is_plain(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || (unsigned char)text.ptr[i] > '~')
            return false;
    return true;
}

void shell_append_word(struct strbuf *out, struct str text)
{
    bool plain = shell_is_plain(text);

    strbuf_add_cstr(out, plain ? "'" : "$'");
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (plain && c == '\'')
            strbuf_add_cstr(out, "'\\''");
        else if (!plain && (c == '\'' || c == '\\'))
            strbuf_printf(out, "\\%c", c);
        else if (!plain && (c < ' ' || c > '~'))
            strbuf_printf(out, "\\%03o", c);
        else
            strbuf_add_char(out, text.ptr[i]);
    }
    strbuf_add_char(out, '\'');
}
