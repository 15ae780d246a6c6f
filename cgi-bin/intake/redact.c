/* SPDX-License-Identifier: MIT */
/* Finds the values by walking the text with base/json.h, and copies everything around them byte for byte. */
#include "intake/redact.h"

#include "base/json.h"
#include "base/strbuf.h"

static const struct str secret_names[] = {
    STR("authorization"), STR("proxy-authorization"), STR("cookie"),
    STR("set-cookie"),    STR("http_authorization"),  STR("http_cookie"),
};
enum { SECRET_NAME_COUNT = sizeof(secret_names) / sizeof(secret_names[0]) };

struct rewrite {
    struct strbuf out;
    const char *copied; /* up to here the input is in `out` */
};

static bool is_secret_name(struct str name)
{
    name = str_trim(name);
    for (size_t i = 0; i < SECRET_NAME_COUNT; i++)
        if (str_equal_folded(name, secret_names[i]))
            return true;
    return false;
}

/* The part of "Name: value" before the colon; the whole where there is none. */
static struct str before_colon(struct str line)
{
    const char *colon = line.len ? memchr(line.ptr, ':', line.len) : NULL;

    return colon ? str_slice(line, 0, (size_t)(colon - line.ptr)) : line;
}

/* Does this JSON string name a secret header, alone or as "Name: value" (then `whole`)? */
static bool names_secret(struct str quoted, bool *whole)
{
    struct strbuf text;
    bool secret;

    strbuf_init(&text);
    json_decode(quoted, &text);
    *whole = memchr(text.ptr, ':', text.len) != NULL;
    secret = is_secret_name(before_colon(strbuf_str(&text)));
    strbuf_release(&text);
    return secret;
}

static void replace(struct rewrite *rewrite, struct str value)
{
    strbuf_add(&rewrite->out, (struct str){rewrite->copied, (size_t)(value.ptr - rewrite->copied)});
    strbuf_add_cstr(&rewrite->out, "\"" REDACTED "\"");
    rewrite->copied = value.ptr + value.len;
}

/* {"name": "Cookie", "value": …}, as HAR files and some proxies write headers. */
static bool is_secret_pair(struct json_value object)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;
    bool whole;

    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value))
        if ((str_equal_folded(key, STR("\"name\"")) || str_equal_folded(key, STR("\"key\""))) &&
            value.type == JSON_STRING && names_secret(value.text, &whole))
            return true;
    return false;
}

/* Recursion ends at JSON_MAX_DEPTH, which json_read() has checked. */
static void walk_value(struct rewrite *rewrite, struct json_value container)
{
    bool secret_next = container.type == JSON_OBJECT && is_secret_pair(container);
    struct json_walk walk;
    struct json_value value;
    struct str key;

    json_walk_start(&walk, container);
    while (json_walk_next(&walk, &key, &value)) {
        bool whole = false, is_name = value.type == JSON_STRING && names_secret(value.text, &whole);
        bool secret = is_name && whole; /* a header line of its own */

        if (container.type == JSON_OBJECT) {
            bool named = names_secret(key, &whole);

            secret = secret || named || (secret_next && str_starts_folded(key, STR("\"value")));
        } else {
            secret = secret || secret_next;
            secret_next = is_name && !secret;
        }
        if (secret && value.type != JSON_NULL)
            replace(rewrite, value.text);
        else if (value.type == JSON_OBJECT || value.type == JSON_ARRAY)
            walk_value(rewrite, value);
    }
}

static struct str finish(struct rewrite *rewrite, struct arena *arena, struct str text)
{
    struct str result = text;

    if (rewrite->copied != text.ptr) {
        strbuf_add(&rewrite->out,
                   (struct str){rewrite->copied, text.len - (size_t)(rewrite->copied - text.ptr)});
        result = arena_copy(arena, strbuf_str(&rewrite->out));
    }
    strbuf_release(&rewrite->out);
    return result;
}

static bool read_container(struct str text, struct json_value *value)
{
    struct json_error error;

    return json_read(text, value, &error) &&
           (value->type == JSON_OBJECT || value->type == JSON_ARRAY);
}

struct str redact_json(struct arena *arena, struct str text)
{
    struct rewrite rewrite = {.copied = text.ptr};
    struct json_value value;

    if (!read_container(text, &value))
        return text;
    strbuf_init(&rewrite.out);
    walk_value(&rewrite, value);
    return finish(&rewrite, arena, text);
}

/* The token of RFC 9110, 5.6.2. */
static bool is_header_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return name.len > 0;
}

static struct str without_cr(struct str line)
{
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* A line that begins with white space continues the one before it. */
static bool redact_lines(struct arena *arena, struct str text, struct str *result)
{
    struct rewrite rewrite = {.copied = text.ptr};
    struct str rest = text, line;
    bool known = true, secret = false;

    strbuf_init(&rewrite.out);
    while (known && str_next(&rest, '\n', &line)) {
        struct str name = before_colon(line), value;

        line = without_cr(line);
        if (line.len == 0)
            continue;
        if (line.ptr[0] == ' ' || line.ptr[0] == '\t') {
            value = str_trim(line);
        } else {
            known = name.len < line.len && is_header_name(name);
            secret = known && is_secret_name(name);
            value = str_trim(str_slice(line, name.len + 1, line.len));
        }
        if (known && secret && value.len)
            replace(&rewrite, value);
    }
    *result = finish(&rewrite, arena, text);
    return known;
}

bool redact_headers(struct arena *arena, struct str headers, struct str *result)
{
    struct json_value value;

    if (!read_container(headers, &value))
        return redact_lines(arena, headers, result);
    *result = redact_json(arena, headers);
    return true;
}
