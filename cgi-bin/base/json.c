/* SPDX-License-Identifier: MIT */
/*
 * The reader.  One loop goes from value to value; the containers that are open are a count and
 * one bit each, so hostile nesting costs neither stack nor heap.  The walk is in json_walk.c, printing in json_print.c.
 */
#include "base/json_private.h"

#include <assert.h>
#include <endian.h>
#include <stdint.h>

#include "base/parse.h"
#include "base/utf8.h"

enum { END = -1 }; /* what peek() finds behind the last byte */

struct reader {
    struct str text;
    size_t at;
    size_t depth;                           /* open containers */
    unsigned char open[JSON_MAX_DEPTH / 8]; /* one bit a level: set for an object */
    struct json_error error;
};

static bool fail_at(struct reader *r, size_t offset, const char *reason)
{
    r->error = (struct json_error){offset, reason};
    return false;
}

static bool fail(struct reader *r, const char *reason)
{
    return fail_at(r, r->at, reason);
}

static int peek(const struct reader *r)
{
    return r->at < r->text.len ? (unsigned char)r->text.ptr[r->at] : END;
}

static bool take(struct reader *r, char c)
{
    if (peek(r) != (unsigned char)c)
        return false;
    r->at++;
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void skip_space(struct reader *r)
{
    const char *p = r->text.ptr;
    size_t at = r->at;

    while (at < r->text.len && is_space(p[at]))
        at++;
    r->at = at;
}

static bool in_object(const struct reader *r)
{
    size_t level = r->depth - 1;

    return r->depth > 0 && (r->open[level / 8] >> (level % 8) & 1);
}

/* `reason` says what should stand here; when the text is over, what is still open says more. */
static bool fail_missing(struct reader *r, const char *reason)
{
    if (peek(r) != END)
        return fail(r, reason);
    if (r->depth == 0)
        return fail(r, "there is no value");
    return fail(r, in_object(r) ? "an object is not closed" : "an array is not closed");
}

static bool open_container(struct reader *r, bool object)
{
    unsigned char bit = (unsigned char)(1U << (r->depth % 8));

    static_assert(JSON_MAX_DEPTH == 512, "the reason below names the limit");
    if (r->depth == JSON_MAX_DEPTH)
        return fail(r, "nested deeper than 512");
    if (object)
        r->open[r->depth / 8] |= bit;
    else
        r->open[r->depth / 8] &= (unsigned char)~bit;
    r->depth++;
    r->at++;
    return true;
}

/* \uXXXX is checked digit by digit only: a surrogate without its partner is valid JSON text. */
static bool read_escape(struct reader *r)
{
    size_t backslash = r->at++;

    switch (peek(r)) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        r->at++;
        return true;
    case 'u':
        r->at++;
        for (int i = 0; i < 4; i++, r->at++)
            if (peek(r) == END || parse_hex_digit(r->text.ptr[r->at]) < 0)
                return fail_at(r, backslash, "\\u needs four hexadecimal digits");
        return true;
    default:
        return fail_at(r, backslash, "no such escape: a backslash stands as \\\\");
    }
}

/*
 * Of eight bytes: how many stand in front of the first control, quote, backslash or byte beyond ASCII.  Each of those sets the top
 * bit of a byte in one of the four terms, and so may the byte behind it by a borrow, which does not matter.
 */
static size_t count_plain(const char *eight)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;
    uint64_t bytes, special;

    memcpy(&bytes, eight, sizeof(bytes));
    bytes = le64toh(bytes);
    special = (bytes | (bytes - ones * ' ') | ((bytes ^ ones * '"') - ones) |
               ((bytes ^ ones * '\\') - ones)) &
              tops;
    return special ? (size_t)__builtin_ctzll(special) / 8 : sizeof(bytes);
}

static bool is_plain(unsigned char byte)
{
    return byte >= ' ' && byte < 0x80 && byte != '"' && byte != '\\';
}

/* Bytes of a string that need no further look: most of them, so eight at a time. */
static void skip_plain(struct reader *r)
{
    const char *p = r->text.ptr;
    size_t at = r->at, plain;

    while (r->text.len - at >= 8) {
        plain = count_plain(p + at);
        at += plain;
        if (plain < 8) {
            r->at = at;
            return;
        }
    }
    while (at < r->text.len && is_plain((unsigned char)p[at]))
        at++;
    r->at = at;
}

static bool read_string(struct reader *r)
{
    size_t quote = r->at++;

    for (;;) {
        uint32_t point;
        size_t bytes;
        int c;

        skip_plain(r);
        c = peek(r);
        if (c == END)
            return fail_at(r, quote, "a string is not closed");
        if (c == '"') {
            r->at++;
            return true;
        }
        if (c == '\\') {
            if (!read_escape(r))
                return false;
            continue;
        }
        if (c < ' ')
            return fail(r, "a control character must be escaped");
        bytes = utf8_decode(r->text, r->at, &point);
        if (bytes == 0)
            return fail(r, "not UTF-8");
        r->at += bytes;
    }
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool read_digits(struct reader *r)
{
    if (!is_digit(peek(r)))
        return fail(r, "a number lacks a digit");
    while (is_digit(peek(r)))
        r->at++;
    return true;
}

static bool read_number(struct reader *r)
{
    take(r, '-');
    if (take(r, '0')) {
        if (is_digit(peek(r)))
            return fail(r, "a number begins with a needless 0");
    } else if (!read_digits(r)) {
        return false;
    }
    if (take(r, '.') && !read_digits(r))
        return false;
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+'))
            take(r, '-');
        return read_digits(r);
    }
    return true;
}

static bool read_word(struct reader *r, struct str word)
{
    if (!str_starts(str_slice(r->text, r->at, word.len), word))
        return fail(r, "neither true, false nor null");
    r->at += word.len;
    return true;
}

static bool read_scalar(struct reader *r)
{
    int c = peek(r);

    switch (c) {
    case '"':
        return read_string(r);
    case 't':
        return read_word(r, STR("true"));
    case 'f':
        return read_word(r, STR("false"));
    case 'n':
        return read_word(r, STR("null"));
    default:
        return c == '-' || is_digit(c) ? read_number(r) : fail_missing(r, "no value begins here");
    }
}

static bool read_name(struct reader *r)
{
    if (peek(r) != '"')
        return fail_missing(r, "a member begins with its name in quotes");
    return read_string(r);
}

static bool read_colon(struct reader *r)
{
    skip_space(r);
    return take(r, ':') || fail_missing(r, "a colon is missing behind a name");
}

/* Behind a value: closes what ends here, and says in `more` whether a comma announces a further one. */
static bool read_separators(struct reader *r, bool *more)
{
    *more = false;
    while (r->depth > 0) {
        bool object = in_object(r);

        skip_space(r);
        if (take(r, ',')) {
            *more = true;
            skip_space(r);
            return !object || (read_name(r) && read_colon(r));
        }
        if (!take(r, object ? '}' : ']'))
            return fail_missing(r, object ? "a comma or } is missing" : "a comma or ] is missing");
        r->depth--;
    }
    return true;
}

static bool read_value(struct reader *r)
{
    bool more = true;

    while (more) {
        int c;

        skip_space(r);
        c = peek(r);
        if (c == '{' || c == '[') {
            if (!open_container(r, c == '{'))
                return false;
            skip_space(r);
            if (peek(r) != (c == '{' ? '}' : ']')) { /* not empty: its first value is next */
                if (c == '{' && !(read_name(r) && read_colon(r)))
                    return false;
                continue;
            }
        } else if (!read_scalar(r)) {
            return false;
        }
        if (!read_separators(r, &more))
            return false;
    }
    return true;
}

enum json_type json_type_of(char first)
{
    switch (first) {
    case 'n':
        return JSON_NULL;
    case 'f':
        return JSON_FALSE;
    case 't':
        return JSON_TRUE;
    case '"':
        return JSON_STRING;
    case '[':
        return JSON_ARRAY;
    case '{':
        return JSON_OBJECT;
    default:
        return JSON_NUMBER;
    }
}

static bool read_one(struct reader *r, struct json_value *value)
{
    size_t begin;

    if (str_starts(r->text, STR("\xef\xbb\xbf")))
        return fail(r, "a byte order mark stands in front");
    skip_space(r);
    begin = r->at;
    if (!read_value(r))
        return false;
    value->text = str_slice(r->text, begin, r->at - begin);
    value->type = json_type_of(value->text.ptr[0]);
    return true;
}

static bool read_end(struct reader *r)
{
    skip_space(r);
    return peek(r) == END || fail(r, "something stands after the value");
}

bool json_read(struct str text, struct json_value *value, struct json_error *error)
{
    return json_read_first(text, value, NULL, error);
}

bool json_read_first(struct str text, struct json_value *value, struct str *rest,
                     struct json_error *error)
{
    struct reader r = {.text = text};

    if (!read_one(&r, value) || (!rest && !read_end(&r))) {
        *value = (struct json_value){JSON_NONE, {NULL, 0}};
        *error = r.error;
        return false;
    }
    if (rest)
        *rest = str_slice(text, r.at, text.len);
    return true;
}

bool json_read_element(struct str *rest, bool named, struct str *key, struct json_value *value)
{
    struct reader r = {.text = *rest};
    size_t begin;

    skip_space(&r);
    begin = r.at;
    if (named) {
        if (!read_name(&r))
            return false;
        *key = str_slice(r.text, begin, r.at - begin);
        if (!read_colon(&r))
            return false;
    }
    if (!read_one(&r, value))
        return false;
    skip_space(&r);
    *rest = str_slice(r.text, r.at, r.text.len);
    return true;
}
