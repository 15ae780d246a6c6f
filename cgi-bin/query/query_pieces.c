/* SPDX-License-Identifier: MIT */
/* The text of a search cut into pieces, and what is said of a mistake in it.  Knows no word. */
#include "query/query_private.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/parse.h"
#include "base/utf8.h"

/* Which character, counted from 1, the byte at `at` belongs to; a byte that is none counts as one. */
static size_t character_of(struct str text, size_t at)
{
    size_t number = 1, next = 0;

    for (;;) {
        uint32_t point;
        size_t bytes = next < text.len ? utf8_decode(text, next, &point) : 0;

        next += bytes ? bytes : 1;
        if (next > at)
            return number;
        number++;
    }
}

bool query_mistaken(struct query_reader *reader, size_t at, size_t len, const char *format, ...)
{
    struct strbuf sentence;
    va_list arguments;
    char *text;
    int bytes;

    va_start(arguments, format);
    bytes = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    text = arena_alloc(reader->arena, (size_t)bytes + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)bytes + 1, format, arguments);
    va_end(arguments);
    strbuf_init(&sentence);
    strbuf_printf(&sentence, "Character %zu of the query: %s", character_of(reader->text, at),
                  text);
    *reader->mistake =
        (struct query_mistake){at, len, arena_copy(reader->arena, strbuf_str(&sentence))};
    strbuf_release(&sentence);
    return false;
}

size_t query_blank(struct str text, size_t at)
{
    static const struct str wide[] = {STR("\xc2\xa0"), STR("\xe3\x80\x80")};
    struct str rest = str_slice(text, at, text.len);

    if (rest.len && (rest.ptr[0] == ' ' || (rest.ptr[0] >= '\t' && rest.ptr[0] <= '\r')))
        return 1;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (str_starts(rest, wide[i]))
            return wide[i].len;
    return 0;
}

bool query_is_curly(struct str text, size_t at)
{
    static const struct str quotes[] = {STR("\u201c"), STR("\u201d"), STR("\u201e")};

    for (size_t i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++)
        if (str_starts(str_slice(text, at, text.len), quotes[i]))
            return true;
    return false;
}

static bool is_end(const struct query_reader *reader, bool piece)
{
    return reader->at == reader->text.len || query_blank(reader->text, reader->at) ||
           (!piece && reader->text.ptr[reader->at] == ',');
}

/* What the escape at `at`, a backslash, stands for; its length, 0: it is none. */
static size_t read_escape(struct str text, size_t at, char *byte)
{
    static const char names[] = "\"\\nrt", meant[] = "\"\\\n\r\t";
    char name = at + 1 < text.len ? text.ptr[at + 1] : '\0';
    const char *found = name ? strchr(names, name) : NULL;
    int high, low;

    if (found) {
        *byte = meant[found - names];
        return 2;
    }
    high = name == 'x' && at + 3 < text.len ? parse_hex_digit(text.ptr[at + 2]) : -1;
    low = high >= 0 ? parse_hex_digit(text.ptr[at + 3]) : -1;
    if (low < 0 || high + low == 0)
        return 0;
    *byte = (char)(high << 4 | low);
    return 4;
}

/* What stands between the quote here and the next one. */
static bool read_quoted(struct query_reader *reader, struct query_value *value)
{
    struct str text = reader->text;
    char *out = arena_alloc(reader->arena, text.len - reader->at);
    size_t len = 0, at = reader->at + 1;

    while (at < text.len && text.ptr[at] != '"') {
        size_t bytes = 1;

        if (text.ptr[at] == '\\')
            bytes = read_escape(text, at, &out[len]);
        else
            out[len] = text.ptr[at];
        if (bytes == 0)
            return query_mistaken(reader, at, utf8_cut(str_slice(text, at, 4), 4).len,
                                  "in quotes a backslash goes with \", \\, n, r, t or the x of a "
                                  "byte such as \\xFF (not \\x00); itself it is \\\\.");
        len++;
        at += bytes;
    }
    if (at == text.len)
        return query_mistaken(reader, reader->at, text.len - reader->at,
                              "the quote is not closed: a text goes from \" to \", and a quote in "
                              "it is \\\".");
    *value = (struct query_value){{out, len}, true, reader->at, at + 1 - reader->at};
    reader->at = at + 1;
    return len || query_mistaken(reader, value->at, value->len, "there is nothing in the quotes.");
}

/* The rest, up to a quote or to the end. */
static struct str read_plain(struct query_reader *reader, bool piece)
{
    size_t first = reader->at;

    while (!is_end(reader, piece) && reader->text.ptr[reader->at] != '"')
        reader->at++;
    return str_slice(reader->text, first, reader->at - first);
}

static bool quote_inside(struct query_reader *reader)
{
    return query_mistaken(reader, reader->at, 1,
                          "a quote stands at the beginning and at the end of a text; in it, "
                          "it is \\\".");
}

static bool curly(struct query_reader *reader)
{
    return query_mistaken(reader, reader->at, 3,
                          "quotes are straight here, \"; one like this goes between them.");
}

bool query_read_value(struct query_reader *reader, bool piece, struct query_value *value)
{
    size_t first = reader->at;

    if (reader->text.ptr[first] == '"')
        return read_quoted(reader, value) &&
               (is_end(reader, piece) ||
                query_mistaken(reader, reader->at, 1, "%s must follow the closing quote.",
                               piece ? "a blank" : "a blank or a comma"));
    if (query_is_curly(reader->text, first))
        return curly(reader);
    *value = (struct query_value){read_plain(reader, piece), false, first, reader->at - first};
    value->len = reader->at - first;
    return is_end(reader, piece) || quote_inside(reader);
}

static struct str joined(struct arena *arena, struct str before, struct str behind)
{
    return before.len ? arena_printf(arena, "%.*s%.*s", STR_ARG(before), STR_ARG(behind)) : behind;
}

/* May a quote follow what was read of a time: the dots of a range, a comparison? */
static bool is_before_end(struct str text)
{
    return text.len == 0 || (text.len > 1 && memcmp(text.ptr + text.len - 2, "..", 2) == 0) ||
           memchr("<>=", text.ptr[text.len - 1], 3);
}

bool query_read_time(struct query_reader *reader, struct query_value *value)
{
    struct query_value quoted = {.quoted = false};
    struct str text = STR("");
    size_t first = reader->at;

    if (query_is_curly(reader->text, first))
        return curly(reader);
    for (;;) {
        struct str plain = read_plain(reader, false);

        if (quoted.quoted && plain.len && !str_starts(plain, STR("..")))
            return query_mistaken(reader, reader->at - plain.len, 1,
                                  "a blank or .. must follow the closing quote.");
        text = joined(reader->arena, text, plain);
        if (is_end(reader, false))
            break;
        if (!is_before_end(text))
            return quote_inside(reader);
        if (!read_quoted(reader, &quoted))
            return false;
        text = joined(reader->arena, text, quoted.text);
    }
    *value = (struct query_value){text, quoted.quoted, first, reader->at - first};
    return true;
}
