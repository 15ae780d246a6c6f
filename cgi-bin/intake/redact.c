/* SPDX-License-Identifier: MIT */
/* Reads the headers as what they are, replaces values, and copies everything around them byte for byte. */
#include "intake/redact.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"

struct redactor {
    bool has_key;
    unsigned char key[DIGEST_BYTES];
};

struct redactor *redactor_new(const unsigned char *key, uint32_t account_id,
                              const struct redaction_rule *rules, size_t count)
{
    struct redactor *redactor = memory_new(sizeof(*redactor));
    char name[32];

    (void)rules;
    (void)count;
    redactor->has_key = key != NULL;
    snprintf(name, sizeof(name), "account:%lu", (unsigned long)account_id);
    if (key)
        digest_hmac_sha256((struct str){(const char *)key, DIGEST_BYTES}, str_from(name),
                           redactor->key);
    return redactor;
}

void redactor_free(struct redactor *redactor)
{
    free(redactor);
}

struct str redactor_fingerprint(const struct redactor *redactor, struct arena *arena,
                                struct str secret)
{
    unsigned char hash[DIGEST_BYTES], mac[DIGEST_BYTES];
    struct strbuf mark;
    struct str result;

    if (!redactor || !redactor->has_key)
        return STR(REDACTED);
    digest_sha256(secret, hash);
    digest_hmac_sha256((struct str){(const char *)redactor->key, DIGEST_BYTES},
                       (struct str){(const char *)hash, DIGEST_BYTES}, mac);
    strbuf_init(&mark);
    strbuf_add_cstr(&mark, REDACTED ":");
    digest_append_hex(&mark, (struct str){(const char *)mac, 8});
    result = arena_copy(arena, strbuf_str(&mark));
    strbuf_release(&mark);
    return result;
}

/* With the CGI forms, which some senders hand on. */
static const struct str secret_names[] = {
    STR("authorization"), STR("proxy-authorization"), STR("cookie"),
    STR("set-cookie"),    STR("http_authorization"),  STR("http_proxy_authorization"),
    STR("http_cookie"),
};
enum { SECRET_NAME_COUNT = sizeof(secret_names) / sizeof(secret_names[0]) };

struct rewrite {
    struct strbuf out;
    struct strbuf text; /* the characters of one JSON string */
    const struct redactor *redactor;
    struct arena *arena;
    const char *copied; /* up to here the input is in `out` */
};

static bool is_secret_name(struct str name)
{
    for (size_t i = 0; i < SECRET_NAME_COUNT; i++)
        if (str_equal_folded(name, secret_names[i]))
            return true;
    return false;
}

/* The token of RFC 9110, 5.6.2; in front of it the colon of a pseudo-header (RFC 9113, 8.3). */
static bool is_header_name(struct str name)
{
    if (name.len && name.ptr[0] == ':')
        name = str_slice(name, 1, name.len);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return name.len > 0;
}

/* A line break in a value would begin another header. */
static bool is_one_line(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] == '\r' || value.ptr[i] == '\n' || value.ptr[i] == '\0')
            return false;
    return true;
}

static void replace(struct rewrite *rewrite, struct str value, bool quoted)
{
    strbuf_add(&rewrite->out, (struct str){rewrite->copied, (size_t)(value.ptr - rewrite->copied)});
    if (quoted)
        strbuf_add_char(&rewrite->out, '"');
    strbuf_add(&rewrite->out, redactor_fingerprint(rewrite->redactor, rewrite->arena, value));
    if (quoted)
        strbuf_add_char(&rewrite->out, '"');
    rewrite->copied = value.ptr + value.len;
}

/* The characters of a JSON string, until the next call.  False for half a surrogate pair. */
static bool decode(struct rewrite *rewrite, struct str quoted, struct str *text)
{
    strbuf_reset(&rewrite->text);
    if (json_decode(quoted, &rewrite->text) != JSON_DECODED)
        return false;
    *text = strbuf_str(&rewrite->text);
    return true;
}

/* Reads a name, written as a JSON string. */
static bool read_name(struct rewrite *rewrite, struct str quoted, bool *secret)
{
    struct str name;

    if (!decode(rewrite, quoted, &name) || !is_header_name(str_trim(name)))
        return false;
    *secret = is_secret_name(str_trim(name));
    return true;
}

static bool is_plain(struct rewrite *rewrite, struct json_value value)
{
    struct str text;

    if (value.type == JSON_STRING)
        return decode(rewrite, value.text, &text) && is_one_line(text);
    return value.type != JSON_OBJECT && value.type != JSON_ARRAY;
}

/* A header's value: of a secret one whatever it is goes, of another one it must be of a known form. */
static bool take_value(struct rewrite *rewrite, struct json_value value, bool secret)
{
    struct json_walk walk;
    struct json_value element;
    struct str key;

    if (secret) {
        if (value.type != JSON_NULL)
            replace(rewrite, value.text, true);
        return true;
    }
    if (value.type != JSON_ARRAY)
        return is_plain(rewrite, value);
    json_walk_start(&walk, value);
    while (json_walk_next(&walk, &key, &element))
        if (!is_plain(rewrite, element))
            return false;
    return true;
}

/* {"Name": value, …} */
static bool take_object(struct rewrite *rewrite, struct json_value object)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;
    bool secret;

    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value))
        if (!read_name(rewrite, key, &secret) || !take_value(rewrite, value, secret))
            return false;
    return true;
}

/* [name, value, …]: all values of one name, as a pair has them, or name and value in turn. */
static bool take_list(struct rewrite *rewrite, struct json_value array, bool in_turn)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;
    bool secret = false;
    size_t at = 0;

    json_walk_start(&walk, array);
    while (json_walk_next(&walk, &key, &value)) {
        bool is_name = in_turn ? at % 2 == 0 : at == 0;

        at++;
        if (is_name && (value.type != JSON_STRING || !read_name(rewrite, value.text, &secret)))
            return false;
        if (!is_name && !take_value(rewrite, value, secret))
            return false;
    }
    return in_turn ? at % 2 == 0 : at > 0;
}

/* Is this member's name, once decoded, `name`? */
static bool is_member(struct rewrite *rewrite, struct str key, struct str name)
{
    struct str text;

    return decode(rewrite, key, &text) && str_equal_folded(text, name);
}

/* {"name": "Cookie", "value": …}, as HAR files write headers: one string called name, all else is value. */
static bool take_named(struct rewrite *rewrite, struct json_value object)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;
    bool secret = false;
    size_t names = 0;

    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value))
        if (is_member(rewrite, key, STR("name")) &&
            (names++ > 0 || value.type != JSON_STRING || !read_name(rewrite, value.text, &secret)))
            return false;
    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value))
        if (!is_member(rewrite, key, STR("name")) && !take_value(rewrite, value, secret))
            return false;
    return names == 1;
}

static bool take_array(struct rewrite *rewrite, struct json_value array)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;

    json_walk_start(&walk, array);
    while (json_walk_next(&walk, &key, &value)) {
        if (value.type == JSON_STRING)
            return take_list(rewrite, array,
                             true); /* a flat one; anything else in it is refused there */
        if (value.type == JSON_ARRAY ? !take_list(rewrite, value, false)
                                     : value.type != JSON_OBJECT || !take_named(rewrite, value))
            return false;
    }
    return true;
}

static bool is_break(char c)
{
    return c == '\r' || c == '\n';
}

/* Cuts a line with its end (CR LF or LF) off `rest`. */
static struct str cut_line(struct str *rest)
{
    struct str line;

    str_next(rest, '\n', &line);
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* One line; `secret` says whether the header that it may continue is one. */
static bool take_line(struct rewrite *rewrite, struct str line, bool first, bool *secret)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    struct str name = str_slice(line, 0, colon ? (size_t)(colon - line.ptr) : 0);
    struct str value = str_trim(line);

    if (!is_one_line(line))
        return false;
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t') {
        if (first || (colon && is_secret_name(str_trim(name))))
            return false;
    } else {
        if (!colon || !is_header_name(name))
            return false;
        *secret = is_secret_name(name);
        value = str_trim(str_slice(line, name.len + 1, line.len));
    }
    if (*secret && value.len)
        replace(rewrite, value, false);
    return true;
}

/* Lines; blank ones only at the end. */
static bool take_lines(struct rewrite *rewrite, struct str text)
{
    struct str rest = text;
    bool secret = false, first = true;

    while (text.len && is_break(text.ptr[text.len - 1]))
        text.len--;
    rest.len = text.len;
    while (rest.len) {
        struct str line = cut_line(&rest);

        if (line.len == 0 || !take_line(rewrite, line, first, &secret))
            return false;
        first = false;
    }
    return true;
}

static bool take(struct rewrite *rewrite, struct str headers)
{
    struct json_value value;
    struct json_error error;

    if (!json_read(headers, &value, &error))
        return take_lines(rewrite, headers);
    if (value.type == JSON_OBJECT)
        return take_object(rewrite, value);
    return value.type == JSON_ARRAY && take_array(rewrite, value);
}

bool redact_headers(const struct redactor *redactor, struct arena *arena, struct str headers,
                    struct str *result)
{
    struct rewrite rewrite = {.redactor = redactor, .arena = arena, .copied = headers.ptr};
    bool known;

    strbuf_init(&rewrite.out);
    strbuf_init(&rewrite.text);
    known = take(&rewrite, headers);
    *result = headers;
    if (known && rewrite.copied != headers.ptr) {
        strbuf_add(
            &rewrite.out,
            (struct str){rewrite.copied, headers.len - (size_t)(rewrite.copied - headers.ptr)});
        *result = arena_copy(arena, strbuf_str(&rewrite.out));
    }
    strbuf_release(&rewrite.text);
    strbuf_release(&rewrite.out);
    return known;
}

bool redactor_is_secret_name(const struct redactor *redactor, struct str name)
{
    (void)redactor;
    return is_secret_name(name);
}

bool redactor_event(const struct redactor *redactor, struct arena *arena, struct event *event)
{
    return redact_headers(redactor, arena, event->headers, &event->headers);
}
