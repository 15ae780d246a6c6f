/* SPDX-License-Identifier: MIT */
/*
 * Redaction of any text in any place.  Outside the marks nothing may change; JSON stays JSON, and doing it again changes nothing (in
 * what is no format at all, a mark can make another reading of it likelier); a secret that is planted beside the text, under a
 * name that is secret, is gone.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "redaction/redact.h"

#define PLANTED "Planted-6uYk2mQx"

enum place {
    PLACE_BODY,
    PLACE_URL,
    PLACE_QUERY,
    PLACE_PARAMS,
    PLACE_HEADERS,
    PLACE_EXTRA,
    PLACE_USER,
    PLACE_COUNT
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static const struct redactor *redactor(void)
{
    static struct redactor *made;
    static const unsigned char key[DIGEST_BYTES] = {1, 2, 3};
    const struct redaction_rule rules[] = {
        {REDACTION_ADD, STR("x-corp thing")},
        {REDACTION_KEEP, STR("pin")},
    };

    if (!made)
        made = redactor_new(key, 7, rules, sizeof(rules) / sizeof(rules[0]));
    return made;
}

/* The text after redaction in that place; false when it is refused. */
static bool redact(struct arena *arena, enum place place, struct str text, struct str *result)
{
    struct event event = {.kind = EVENT_KIND_EVENT};
    struct str *const fields[PLACE_COUNT] = {
        [PLACE_BODY] = &event.body,       [PLACE_URL] = &event.url,
        [PLACE_QUERY] = &event.query,     [PLACE_PARAMS] = &event.params,
        [PLACE_HEADERS] = &event.headers, [PLACE_EXTRA] = &event.extra,
        [PLACE_USER] = &event.user,
    };

    *fields[place] = text;
    if (!redactor_event(redactor(), arena, &event))
        return false;
    *result = *fields[place];
    return true;
}

/* Quotes beside a mark may be new, where a number became a string. */
static struct str without_quotes(struct str piece, bool front, bool back)
{
    while (front && piece.len && strchr("\\\"", piece.ptr[0]) && piece.ptr[0])
        piece = str_slice(piece, 1, piece.len);
    while (front && str_starts(piece, STR("%22")))
        piece = str_slice(piece, 3, piece.len);
    while (back && piece.len && strchr("\\\"", piece.ptr[piece.len - 1]) &&
           piece.ptr[piece.len - 1])
        piece.len--;
    while (back && piece.len >= 3 && memcmp(piece.ptr + piece.len - 3, "%22", 3) == 0)
        piece.len -= 3;
    return piece;
}

/* What stands between the marks of `result` stands in `text` in the same order, and nothing else before or behind it. */
static void check_rest(struct str text, struct str result)
{
    size_t begin = 0, at = 0, len = 0;
    struct str rest = text;
    bool more = true;

    while (more) {
        struct str piece;
        const char *place;

        more = redact_find_mark(result, &at, &len);
        piece = str_slice(result, begin, (more ? at : result.len) - begin);
        piece = without_quotes(piece, begin > 0, more);
        place = piece.len && rest.len ? memmem(rest.ptr, rest.len, piece.ptr, piece.len) : rest.ptr;
        require(piece.len == 0 || place != NULL);
        if (begin == 0)
            require(str_starts(text, piece));
        if (!more)
            require(piece.len <= rest.len &&
                    (piece.len == 0 ||
                     memcmp(piece.ptr, rest.ptr + rest.len - piece.len, piece.len) == 0));
        if (more && piece.len)
            rest = str_slice(rest, (size_t)(place - rest.ptr) + piece.len, rest.len);
        begin = at = at + len;
    }
}

static bool is_json(struct str text)
{
    struct json_value value;
    struct json_error error;

    return json_read(text, &value, &error);
}

static void check_text(struct arena *arena, enum place place, struct str text)
{
    struct str once, twice;
    bool json;

    if (place == PLACE_USER)
        text =
            str_slice(text, 0, EVENT_NAME_MAX / 8); /* with marks it is not too long, so not cut */
    json = place != PLACE_URL && is_json(text);
    if (!redact(arena, place, text, &once))
        return;
    check_rest(text, once);
    require(!json || is_json(once));
    require(utf8_valid_prefix(text) != text.len || utf8_valid_prefix(once) == once.len);
    require(redact(arena, place, once, &twice));
    if (json)
        require(str_equal(once, twice));
}

static void check_gone(struct arena *arena, enum place place, const struct strbuf *text)
{
    struct str result;

    require(redact(arena, place, strbuf_str(text), &result));
    require(result.len == 0 || !memmem(result.ptr, result.len, PLANTED, sizeof(PLANTED) - 1));
}

/* The text as a member's value, a value of a form, a header; the secret beside it. */
static void check_planted(struct arena *arena, struct str text)
{
    struct strbuf out;

    if (text.len && memmem(text.ptr, text.len, "Planted", 7))
        return;
    strbuf_init(&out);
    if (utf8_valid_prefix(text) == text.len) {
        strbuf_add_cstr(&out, "{\"a\": [");
        json_append_string(&out, text);
        strbuf_add_cstr(&out, "], \"pass\\u0077ord\": \"" PLANTED
                              "\", \"b\": {\"X-Corp-Thing\": [{\"c\": \"" PLANTED "\"}]}}");
        check_gone(arena, PLACE_BODY, &out);
        check_gone(arena, PLACE_EXTRA, &out);
        check_gone(arena, PLACE_QUERY, &out);
    }
    strbuf_reset(&out);
    strbuf_add_cstr(&out, "[[\"A\", \"a\"], [\"X-Corp-Thing\", \"" PLANTED "\", [\"" PLANTED
                          "\"]], [\"Cookie\", \"a=" PLANTED "; " PLANTED "; b=\\\"" PLANTED
                          "\\\"\"], [\"Authorization\", \"Basic " PLANTED "\"]]");
    check_gone(arena, PLACE_HEADERS, &out);
    strbuf_reset(&out);
    strbuf_add_cstr(&out, "/p?a=");
    for (size_t i = 0; i < text.len; i++)
        strbuf_printf(&out, "%%%02x", (unsigned char)text.ptr[i]);
    strbuf_add_cstr(&out, "&pass%77ord=" PLANTED "&b=1;access_token=" PLANTED);
    check_gone(arena, PLACE_URL, &out);
    strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena;
    struct str text;

    if (size == 0)
        return 0;
    arena = arena_new();
    text = (struct str){(const char *)data + 1, size - 1};
    check_text(arena, (enum place)(data[0] % PLACE_COUNT), text);
    check_planted(arena, text);
    arena_free(arena);
    return 0;
}
