/* SPDX-License-Identifier: MIT */
/* The filter as text that reads back the same.  What a reader could not see, or would take for something else, is escaped. */
#include "query/query_text.h"

#include "base/utf8.h"
#include "query/params_values.h"
#include "query/query_private.h"
#include "web/page.h"

/* How many leading bytes can stand as they are, in quotes or not, before a byte of ASCII or at the end. */
static size_t plain_prefix(struct str text)
{
    size_t visible = page_visible_prefix(text), len = 0;

    while (len < visible && (unsigned char)text.ptr[len] >= ' ' && text.ptr[len] != '"' &&
           text.ptr[len] != '\\' && (text.ptr[len] == ' ' || !query_blank(text, len)))
        len++;
    return page_visible_prefix(str_slice(text, 0, len)); /* a joiner has lost what it joins */
}

/* Escapes the first character, or the byte that is none; its length. */
static size_t add_escaped(struct strbuf *out, struct str text)
{
    static const char meant[] = "\"\\\n\r\t", names[] = "\"\\nrt";
    const char *found = memchr(meant, text.ptr[0], sizeof(meant) - 1);
    uint32_t point;
    size_t bytes = utf8_decode(text, 0, &point);

    if (found) {
        strbuf_printf(out, "\\%c", names[found - meant]);
        return 1;
    }
    bytes = bytes ? bytes : 1;
    for (size_t i = 0; i < bytes; i++)
        strbuf_printf(out, "\\x%02X", (unsigned char)text.ptr[i]);
    return bytes;
}

static void add_quoted(struct strbuf *out, struct str text)
{
    strbuf_add_char(out, '"');
    while (text.len) {
        size_t plain = plain_prefix(text);

        strbuf_add(out, str_slice(text, 0, plain));
        text = str_slice(text, plain, text.len);
        if (text.len)
            text = str_slice(text, add_escaped(out, text), text.len);
    }
    strbuf_add_char(out, '"');
}

/* Can it stand without quotes, wherever `special` has no meaning? */
static bool is_plain(struct str text, const char *special)
{
    if (query_is_curly(text, 0))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (query_blank(text, i) || strchr(special, text.ptr[i]))
            return false;
    while (text.len) { /* a backslash means itself there */
        size_t plain = plain_prefix(text);

        text = str_slice(text, plain, text.len);
        if (text.len && text.ptr[0] != '\\')
            return false;
        text = str_slice(text, 1, text.len);
    }
    return true;
}

static void add_text(struct strbuf *out, struct str text, bool plain)
{
    if (plain)
        strbuf_add(out, text);
    else
        add_quoted(out, text);
}

static void add_word(struct strbuf *out, const char *sign, const char *word)
{
    if (out->len)
        strbuf_add_char(out, ' ');
    strbuf_printf(out, "%s%s", sign, word);
}

/* `has_none`: the word "none" would mean that there is no value; `may_end`: a * at the end means the same in quotes and without. */
static void add_values(struct strbuf *out, const char *sign, const char *word, bool has_none,
                       bool may_end, const struct filter_values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        struct str value = values->items[i];
        bool is_none = has_none && str_equal_folded(value, STR("none"));

        if (i == 0)
            add_word(out, sign, word);
        strbuf_add_char(out, i ? ',' : ':');
        add_text(out, value,
                 !is_none && !query_is_foreign_value(value, may_end) && is_plain(value, ",:\""));
    }
}

/* A text that is asked for, and those that are left out. */
static void add_texts(struct strbuf *out, const char *word, bool may_end, struct str asked,
                      const struct filter_values *left_out)
{
    const struct filter_values one = {.items = &asked, .count = asked.len > 0};

    add_values(out, "", word, false, may_end, &one);
    add_values(out, "-", word, false, may_end, left_out);
}

static void add_created(struct strbuf *out, const struct params *params)
{
    struct strbuf value;
    struct str from = params->from, to = params->to;
    bool alone = to.len == 0 && str_starts(from, STR("-")),
         one_day = str_equal(from, to) && params_is_day(from);

    if (from.len == 0 && to.len == 0)
        return;
    strbuf_init(&value);
    strbuf_add(&value, from);
    strbuf_add_cstr(&value, alone || one_day ? "" : "..");
    if (!one_day)
        strbuf_add(&value, to);
    add_word(out, "", "created:");
    add_text(out, strbuf_str(&value), is_plain(strbuf_str(&value), ",\""));
    strbuf_release(&value);
}

void query_write(struct strbuf *out, const struct params *params)
{
    const struct filter *filter = &params->filter;
    const char *place = query_place_word(filter->text_in);
    struct str text = filter->text;

    for (int i = 0; i < FILTER_ALL_COUNT; i++) {
        enum filter_dimension dimension = (enum filter_dimension)i;
        const char *word = params_include_name(dimension);
        bool has_none = dimension != FILTER_ACCOUNT;
        bool may_end = query_takes_beginning(dimension);

        add_values(out, "", word, has_none, may_end, &filter->include[i]);
        add_values(out, "-", word, has_none, may_end, &filter->exclude[i]);
    }
    add_texts(out, "id", true, filter->entity_id, &filter->without_id);
    add_texts(out, "name", false, filter->entity_name, &filter->without_name);
    add_created(out, params);
    if (text.len && place) {
        const struct filter_values one = {.items = &text, .count = 1};

        add_values(out, "", place, false, true, &one);
    } else if (text.len) {
        add_word(out, "", "");
        add_text(out, text,
                 !str_starts(text, STR("-")) && !query_is_foreign_piece(text) &&
                     is_plain(text, ":\""));
    }
}
