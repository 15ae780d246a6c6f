/* SPDX-License-Identifier: MIT */
/* No state of its own: the last byte written tells whether a comma is due. */
#include "base/json_write.h"

#include <assert.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"

void json_write_name(struct strbuf *out, const char *name)
{
    assert(out->len > 0);
    if (out->ptr[out->len - 1] != '{')
        strbuf_add_cstr(out, ", ");
    json_append_string(out, str_from(name));
    strbuf_add_cstr(out, ": ");
}

void json_write_text(struct strbuf *out, const char *name, struct str text)
{
    if (text.len == 0)
        return;
    json_write_name(out, name);
    json_append_string(out, text);
}

void json_write_value(struct strbuf *out, const char *name, struct str json)
{
    if (json.len == 0)
        return;
    json_write_name(out, name);
    strbuf_add(out, json);
}

void json_write_number(struct strbuf *out, const char *name, uint64_t number)
{
    json_write_name(out, name);
    strbuf_add_number(out, number);
}

void json_write_time(struct strbuf *out, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT_BYTES];

    clock_format(ms, text);
    json_write_text(out, name, str_from(text));
}

void json_write_bytes(struct strbuf *out, const char *text_name, const char *base64_name,
                      struct str bytes)
{
    if (utf8_valid_prefix(bytes) == bytes.len) {
        json_write_text(out, text_name, bytes);
        return;
    }
    json_write_name(out, base64_name);
    strbuf_add_char(out, '"');
    digest_append_base64(out, bytes);
    strbuf_add_char(out, '"');
}
