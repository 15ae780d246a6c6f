/* SPDX-License-Identifier: MIT */
/*
 * The same value with other white space.  Works on tokens, not on a tree: each is copied byte for byte, and
 * the only state is how deep the present one stands.
 */
#include "base/json_private.h"

#include <assert.h>
#include <stdint.h>

enum { INDENT_BYTES = 2 };

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static size_t string_bytes(struct str text)
{
    size_t at = 1;

    while (at < text.len && text.ptr[at] != '"')
        at += text.ptr[at] == '\\' ? 2 : 1;
    return at + 1; /* beyond the end only when the string is not closed: str_slice() clips it */
}

static size_t word_bytes(struct str text)
{
    size_t at = 1;

    while (at < text.len && !is_space(text.ptr[at]) && !memchr("{}[],:\"", text.ptr[at], 7))
        at++;
    return at;
}

bool json_next_token(struct str *rest, struct str *token)
{
    size_t space = 0, bytes;

    while (space < rest->len && is_space(rest->ptr[space]))
        space++;
    *rest = str_slice(*rest, space, rest->len);
    if (rest->len == 0)
        return false;
    switch (rest->ptr[0]) {
    case '{':
    case '}':
    case '[':
    case ']':
    case ',':
    case ':':
        bytes = 1;
        break;
    case '"':
        bytes = string_bytes(*rest);
        break;
    default:
        bytes = word_bytes(*rest);
    }
    *token = str_slice(*rest, 0, bytes);
    *rest = str_slice(*rest, bytes, rest->len);
    return true;
}

static void append_newline(struct strbuf *out, size_t depth)
{
    size_t indent = depth * INDENT_BYTES;
    char *end = strbuf_reserve(out, 1 + indent);

    end[0] = '\n';
    memset(end + 1, ' ', indent);
    end[1 + indent] = '\0';
    out->len += 1 + indent;
}

bool json_append_indented_within(struct strbuf *out, struct str text, size_t max_bytes)
{
    size_t before = out->len;
    struct str token;
    size_t depth = 0;
    bool opened = false; /* the token before was an opening bracket */

    while (json_next_token(&text, &token)) {
        bool closes = token.ptr[0] == '}' || token.ptr[0] == ']';

        if (closes) {
            assert(depth > 0);
            depth--;
        }
        if (opened != closes) /* in front of a first element, or of a bracket that ends some */
            append_newline(out, depth);
        strbuf_add(out, token);
        if (out->len - before > max_bytes) {
            out->len = before;
            out->ptr[before] = '\0';
            return false;
        }
        opened = token.ptr[0] == '{' || token.ptr[0] == '[';
        if (opened) {
            depth++;
            assert(depth <= JSON_MAX_DEPTH);
        } else if (token.ptr[0] == ',') {
            append_newline(out, depth);
        } else if (token.ptr[0] == ':') {
            strbuf_add_char(out, ' ');
        }
    }
    return true;
}

void json_append_indented(struct strbuf *out, struct str text)
{
    json_append_indented_within(out, text, SIZE_MAX);
}

size_t json_depth(struct str text)
{
    struct str token;
    size_t depth = 0, deepest = 0;

    while (json_next_token(&text, &token)) {
        if (token.ptr[0] == '{' || token.ptr[0] == '[')
            depth++;
        else if (token.ptr[0] == '}' || token.ptr[0] == ']')
            depth--;
        if (depth > deepest)
            deepest = depth;
    }
    return deepest;
}

void json_append_compact(struct strbuf *out, struct str text)
{
    struct str token;

    while (json_next_token(&text, &token))
        strbuf_add(out, token);
}
