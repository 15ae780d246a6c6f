/* SPDX-License-Identifier: MIT */
/*
 * The query of a URL as a JSON object.  A URL can hold tens of thousands of names: they are grouped by sorting, so that none takes
 * longer than another to find.
 */
#include "intake/capture_private.h"

#include "base/json.h"
#include "base/latin1.h"
#include "base/parse.h"
#include "base/utf8.h"

struct parameter {
    struct str name, value; /* text */
    size_t at;              /* its place in the query */
    size_t first;           /* the place of the first one with its name */
};

/* What stands in front of the first `c`, or all of it. */
static struct str before(struct str text, char c)
{
    const char *found = text.len ? memchr(text.ptr, c, text.len) : NULL;

    return found ? str_slice(text, 0, (size_t)(found - text.ptr)) : text;
}

static struct str query_of(struct str url)
{
    struct str whole = before(url, '#');

    return str_slice(whole, before(whole, '?').len + 1, whole.len);
}

/* %XX and + decoded; what is no escape stays. */
static struct str decode(struct arena *arena, struct str raw)
{
    char *out = arena_alloc(arena, raw.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < raw.len; i++) {
        int high = i + 2 < raw.len ? parse_hex_digit(raw.ptr[i + 1]) : -1;
        int low = i + 2 < raw.len ? parse_hex_digit(raw.ptr[i + 2]) : -1;

        if (raw.ptr[i] == '%' && high >= 0 && low >= 0) {
            out[len++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[len++] = raw.ptr[i] == '+' ? ' ' : raw.ptr[i];
        }
    }
    return (struct str){out, len};
}

/* As JSON can hold it: a NUL too. */
static struct str text_of(struct arena *arena, struct str raw, bool *is_latin1)
{
    struct str bytes = decode(arena, raw);

    if (utf8_valid_prefix(bytes) == bytes.len)
        return bytes;
    *is_latin1 = true;
    return latin1_to_utf8(arena, bytes);
}

static size_t count_pieces(struct str query)
{
    size_t count = 1;

    for (size_t i = 0; i < query.len; i++)
        count += query.ptr[i] == '&';
    return count;
}

static size_t split(struct arena *arena, struct str query, struct parameter *parameters,
                    bool *is_latin1)
{
    struct str piece;
    size_t count = 0;

    while (str_next(&query, '&', &piece)) {
        struct str name = before(piece, '=');

        if (piece.len == 0)
            continue;
        parameters[count] = (struct parameter){
            .name = text_of(arena, name, is_latin1),
            .value = text_of(arena, str_slice(piece, name.len + 1, piece.len), is_latin1),
            .at = count};
        count++;
    }
    return count;
}

static int by_name(const void *a, const void *b)
{
    const struct parameter *x = a, *y = b;
    int order = str_compare(x->name, y->name);

    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static int by_first(const void *a, const void *b)
{
    const struct parameter *x = a, *y = b;
    int order = (x->first > y->first) - (x->first < y->first);

    return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Those of one name together, in the order of the first of each. */
static void group(struct parameter *parameters, size_t count)
{
    qsort(parameters, count, sizeof(*parameters), by_name);
    for (size_t i = 0; i < count; i++)
        parameters[i].first = i > 0 && str_equal(parameters[i].name, parameters[i - 1].name)
                                  ? parameters[i - 1].first
                                  : parameters[i].at;
    qsort(parameters, count, sizeof(*parameters), by_first);
}

static size_t count_same(const struct parameter *parameters, size_t count)
{
    size_t same = 1;

    while (same < count && parameters[same].first == parameters[0].first)
        same++;
    return same;
}

static void append(struct strbuf *out, const struct parameter *parameters, size_t count)
{
    size_t same;

    for (size_t i = 0; i < count; i += same) {
        same = count_same(&parameters[i], count - i);
        strbuf_add_cstr(out, i ? ", " : "{");
        json_append_string(out, parameters[i].name);
        strbuf_add_cstr(out, same > 1 ? ": [" : ": ");
        for (size_t j = 0; j < same; j++) {
            strbuf_add_cstr(out, j ? ", " : "");
            json_append_string(out, parameters[i + j].value);
        }
        strbuf_add_cstr(out, same > 1 ? "]" : "");
    }
    strbuf_add_cstr(out, "}");
}

struct str capture_query(struct arena *arena, struct str url, bool *is_latin1)
{
    struct str query = query_of(url);
    struct parameter *parameters = arena_array(arena, count_pieces(query), sizeof(*parameters));
    size_t count = split(arena, query, parameters, is_latin1);
    struct strbuf out;
    struct str json;

    if (count == 0)
        return (struct str){NULL, 0};
    group(parameters, count);
    strbuf_init(&out);
    append(&out, parameters, count);
    json = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return json;
}
