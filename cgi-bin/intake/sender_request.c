/* SPDX-License-Identifier: MIT */
/* The token that lets a message in is Daybook's own: it is left out, not marked. */
#include "intake/sender_request.h"

#include "base/json.h"
#include "base/latin1.h"
#include "base/utf8.h"

enum { URL_MAX = 65535 };

struct str sender_text(struct arena *arena, struct str bytes)
{
    return utf8_is_text(bytes) ? bytes : latin1_to_utf8(arena, bytes);
}

static struct str url_of(struct arena *arena, const struct sender_message *message)
{
    static const struct str token = STR("access_token=");
    struct str rest = message->query, pair, url;
    char sign = '?';
    struct strbuf out;

    strbuf_init(&out);
    strbuf_add(&out, message->path);
    while (str_next(&rest, '&', &pair)) {
        if (str_starts(pair, token))
            continue;
        strbuf_add_char(&out, sign);
        strbuf_add(&out, pair);
        sign = '&';
    }
    url = utf8_cut(sender_text(arena, arena_copy(arena, strbuf_str(&out))), URL_MAX);
    strbuf_release(&out);
    return url;
}

static struct str headers_of(struct arena *arena, const struct sender_message *message)
{
    struct str headers = {NULL, 0};
    struct strbuf out;

    strbuf_init(&out);
    for (size_t i = 0; i < message->header_count; i++) {
        const struct sender_header *header = &message->headers[i];

        if (str_equal(header->name, STR("authorization")))
            continue;
        strbuf_add_cstr(&out, out.len ? ",[" : "[[");
        json_append_string(&out, sender_text(arena, header->name));
        strbuf_add_char(&out, ',');
        json_append_string(&out, sender_text(arena, header->value));
        strbuf_add_char(&out, ']');
    }
    if (out.len) {
        strbuf_add_char(&out, ']');
        headers = arena_copy(arena, strbuf_str(&out));
    }
    strbuf_release(&out);
    return headers;
}

void sender_request(struct arena *arena, const struct sender_message *message, struct event *event)
{
    event->method = STR("POST");
    event->url = url_of(arena, message);
    event->headers = headers_of(arena, message);
}
