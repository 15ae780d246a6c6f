/* SPDX-License-Identifier: MIT */
/*
 * Decoding, checking and the complaint about the first thing that is wrong.  Knows no parameter by
 * name.
 */
#define _GNU_SOURCE
#include "web/fields.h"

#include <inttypes.h>
#include <string.h>

#include "base/parse.h"
#include "base/utf8.h"

enum { MAX_PARAMETERS = 1000, QUOTED_BYTES = 40 };

struct str fields_quoted(struct arena *arena, struct str text)
{
    struct str head = str_slice(text, 0, QUOTED_BYTES);

    if (head.len == text.len)
        return arena_printf(arena, "\"%.*s\"", STR_ARG(text));
    while (head.len && (text.ptr[head.len] & 0xc0) == 0x80)
        head.len--;
    return arena_printf(arena, "\"%.*s…\"", STR_ARG(head));
}

bool fields_decode(struct arena *arena, struct str raw, struct str *decoded)
{
    char *out = arena_alloc(arena, raw.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];

        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < raw.len ? parse_hex_digit(raw.ptr[i + 1]) : -1;
            int low = i + 2 < raw.len ? parse_hex_digit(raw.ptr[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        out[len++] = c;
    }
    *decoded = (struct str){out, len};
    return true;
}

static unsigned spec_index(const struct fields *fields, struct str name)
{
    unsigned i;

    for (i = 0; i < fields->spec_count; i++)
        if (str_equal(name, str_from(fields->specs[i].name)))
            break;
    return i;
}

static bool check(const struct field_spec *spec, struct field *field)
{
    switch (spec->kind) {
    case FIELD_TEXT:
        return field->text.len >= spec->min && field->text.len <= spec->max;
    case FIELD_NUMBER:
        return parse_u64(field->text, spec->min, spec->max, &field->number);
    case FIELD_CHOICE:
        for (field->number = 0; spec->choices[field->number]; field->number++)
            if (str_equal(field->text, str_from(spec->choices[field->number])))
                return true;
        return false;
    case FIELD_ID:
        return parse_hex16(field->text, &field->number);
    }
    return false;
}

static void add_listed(struct strbuf *list, const char *item)
{
    if (list->len)
        strbuf_add_cstr(list, ", ");
    strbuf_add_cstr(list, item);
}

static void describe(struct strbuf *out, const struct field_spec *spec)
{
    struct strbuf list;

    switch (spec->kind) {
    case FIELD_TEXT:
        strbuf_printf(out, "%" PRIu64 " to %" PRIu64 " bytes long", spec->min, spec->max);
        break;
    case FIELD_NUMBER:
        strbuf_printf(out, "a number from %" PRIu64 " to %" PRIu64, spec->min, spec->max);
        break;
    case FIELD_CHOICE:
        strbuf_init(&list);
        for (size_t i = 0; spec->choices[i]; i++)
            add_listed(&list, spec->choices[i]);
        strbuf_printf(out, "one of %s", list.ptr);
        strbuf_release(&list);
        break;
    case FIELD_ID:
        strbuf_add_cstr(out, "16 lower-case hexadecimal digits");
        break;
    }
}

static struct str must_be(struct arena *arena, const struct field_spec *spec, struct str value)
{
    struct str complaint;
    struct strbuf what;

    strbuf_init(&what);
    describe(&what, spec);
    complaint = arena_printf(arena, "Parameter \"%s\" must be %s, not %s.", spec->name, what.ptr,
                             fields_quoted(arena, value).ptr);
    strbuf_release(&what);
    return complaint;
}

static struct str unknown(struct arena *arena, const struct fields *fields, struct str name)
{
    struct str complaint;
    struct strbuf list;

    strbuf_init(&list);
    for (size_t i = 0; i < fields->spec_count; i++)
        add_listed(&list, fields->specs[i].name);
    complaint = arena_printf(arena, "Unknown parameter %s. Accepted: %s.",
                             fields_quoted(arena, name).ptr, list.len ? list.ptr : "none");
    strbuf_release(&list);
    return complaint;
}

/* Adds one `name=value` to `fields`.  What is wrong with it, or the empty string. */
static struct str add_parameter(struct arena *arena, struct str raw, struct fields *fields)
{
    const char *equals = memchr(raw.ptr, '=', raw.len);
    size_t name_len = equals ? (size_t)(equals - raw.ptr) : raw.len;
    struct str raw_name = str_slice(raw, 0, name_len), name;
    struct field field = {0};

    if (!fields_decode(arena, raw_name, &name) ||
        !fields_decode(arena, str_slice(raw, name_len + 1, raw.len), &field.text))
        return arena_printf(arena,
                            "Parameter %s has a %% that two hexadecimal digits do not follow.",
                            fields_quoted(arena, raw_name).ptr);
    if (memchr(name.ptr, '\0', name.len) || memchr(field.text.ptr, '\0', field.text.len))
        return arena_printf(arena, "Parameter %s holds a NUL byte, which is not accepted.",
                            fields_quoted(arena, raw_name).ptr);
    field.spec = spec_index(fields, name);
    if (field.spec == fields->spec_count)
        return unknown(arena, fields, name);
    if (field.text.len == 0)
        return STR("");
    if (!fields->specs[field.spec].repeatable && fields_find(fields, field.spec))
        return arena_printf(arena, "Parameter \"%s\" is given more than once; it is accepted once.",
                            fields->specs[field.spec].name);
    if (!check(&fields->specs[field.spec], &field))
        return must_be(arena, &fields->specs[field.spec], field.text);
    fields->items[fields->count++] = field;
    return STR("");
}

size_t fields_count(struct str query)
{
    struct str piece;
    size_t count = 0;

    while (str_next(&query, '&', &piece))
        count += piece.len > 0;
    return count;
}

bool fields_parse(struct arena *arena, struct str query, const struct field_spec *specs,
                  size_t spec_count, struct fields *fields, struct str *complaint)
{
    size_t count = fields_count(query);
    struct str piece;

    *fields = (struct fields){.specs = specs, .spec_count = spec_count};
    *complaint = STR("");
    if (count > MAX_PARAMETERS) {
        *complaint = STR("The query has more than 1,000 parameters.");
        return false;
    }
    fields->items = arena_array(arena, count, sizeof(*fields->items));
    while (complaint->len == 0 && str_next(&query, '&', &piece))
        if (piece.len)
            *complaint = add_parameter(arena, piece, fields);
    return complaint->len == 0;
}

const struct field *fields_find(const struct fields *fields, unsigned spec)
{
    for (size_t i = 0; i < fields->count; i++)
        if (fields->items[i].spec == spec)
            return &fields->items[i];
    return NULL;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void fields_append_encoded(struct strbuf *out, struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (is_unreserved(bytes.ptr[i]))
            strbuf_add_char(out, bytes.ptr[i]);
        else
            strbuf_printf(out, "%%%02X", (unsigned char)bytes.ptr[i]);
}

void fields_append(struct strbuf *out, const char *name, struct str value)
{
    strbuf_add_char(out, memchr(out->ptr, '?', out->len) ? '&' : '?');
    fields_append_encoded(out, str_from(name));
    strbuf_add_char(out, '=');
    fields_append_encoded(out, value);
}
