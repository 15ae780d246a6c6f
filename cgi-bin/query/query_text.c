/* SPDX-License-Identifier: MIT */
/* Terms to the filter.  What words there are is in query_words.c; what a value may be is asked of params_values.h and query_values.c. */
#include "query/query_text.h"

#include "base/event.h"
#include "base/utf8.h"
#include "query/params_values.h"
#include "query/query_private.h"
#include "store/filter_words.h"
#include "web/fields.h"

enum { ACCOUNT_BYTES_MAX = 63 };

/* ---- Values --------------------------------------------------------------------------------------- */

static void add_once(struct query_reader *reader, struct filter_values *values, struct str text)
{
    for (size_t i = 0; i < values->count; i++)
        if (str_equal(values->items[i], text))
            return;
    if (!values->items) /* each takes two bytes at least */
        values->items =
            arena_array(reader->arena, reader->text.len / 2 + 1, sizeof(*values->items));
    values->items[values->count++] = text;
}

static bool check_length(struct query_reader *reader, const struct query_value *value, size_t max)
{
    return value->text.len <= max || query_mistaken(reader, value->at, value->len,
                                                    "this has %zu bytes; at most %zu are "
                                                    "accepted.",
                                                    value->text.len, max);
}

static struct str folded(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, text.len);

    str_fold(text, out);
    return (struct str){out, text.len};
}

/* Of a dimension whose values are words of ours, as they are written here: letters of either case are good. */
static struct str spelled(struct arena *arena, enum filter_dimension dimension, struct str text)
{
    enum event_method method = event_method_of(text);

    if (dimension == FILTER_METHOD && method != EVENT_METHOD_NONE && method != EVENT_METHOD_OTHER)
        return event_method_name(method);
    return params_value_accepted(dimension) ? folded(arena, text) : text;
}

static bool add_value(struct query_reader *reader, const struct query_word *word, bool exclude,
                      const struct query_value *value)
{
    struct filter *filter = &reader->params->filter;
    enum filter_dimension dimension = word->dimension;
    struct str text = spelled(reader->arena, dimension, value->text);

    if (dimension == FILTER_ACCOUNT) {
        if (!check_length(reader, value, ACCOUNT_BYTES_MAX))
            return false;
    } else if (!value->quoted && str_equal_folded(text, STR("none"))) {
        text = STR(FILTER_NONE);
    } else if (dimension == FILTER_STATUS) {
        if (!query_status(reader, value, exclude, text, &text))
            return false;
        if (text.len == 0)
            return true;
    } else if (!check_length(reader, value, FILTER_WORD_MAX)) {
        return false;
    }
    if (!params_value_fits(dimension, text))
        return query_mistaken(reader, value->at, value->len, "\"%s\" must be %s, not %s.",
                              params_include_name(dimension), params_value_accepted(dimension),
                              fields_quoted(reader->arena, value->text).ptr);
    add_once(reader, exclude ? &filter->exclude[dimension] : &filter->include[dimension], text);
    return true;
}

/* The text that is looked for, or another part of it. */
static bool add_text(struct query_reader *reader, const struct query_value *piece, bool whole,
                     enum filter_in in)
{
    struct filter *filter = &reader->params->filter;

    if (filter->text.len && (in != FILTER_IN_ANY || filter->text_in != FILTER_IN_ANY))
        return query_mistaken(reader, piece->at, piece->len,
                              "only one of a text, address, request, trace, delivery and key can "
                              "be looked for, and another stands before.");
    if (filter->text.len && (whole || reader->text_quoted))
        return query_mistaken(reader, piece->at, piece->len,
                              "only one text can be looked for, and another stands before: put all "
                              "of it into one pair of quotes.");
    if (filter->text.len == 0)
        reader->text_at = piece->at;
    reader->text_len = piece->at + piece->len - reader->text_at;
    reader->text_quoted = whole;
    filter->text_in = in;
    filter->text = filter->text.len ? arena_printf(reader->arena, "%.*s %.*s",
                                                   STR_ARG(filter->text), STR_ARG(piece->text))
                                    : piece->text;
    return filter->text.len <= PARAMS_TEXT_BYTES_MAX ||
           query_mistaken(reader, reader->text_at, reader->text_len,
                          "a text that is looked for has at most %d bytes.", PARAMS_TEXT_BYTES_MAX);
}

static bool add_without(struct query_reader *reader, const struct query_value *value, size_t max,
                        struct filter_values *to)
{
    add_once(reader, to, value->text);
    if (to->count > FILTER_WITHOUT_MAX)
        return query_mistaken(reader, value->at, value->len, "at most %d can be left out.",
                              FILTER_WITHOUT_MAX);
    return check_length(reader, value, max);
}

static bool set_single(struct query_reader *reader, const struct query_value *value, size_t max,
                       struct str *to)
{
    if (to->len)
        return query_mistaken(reader, value->at, value->len,
                              "this word is given twice; it is accepted once.");
    *to = value->text;
    return check_length(reader, value, max);
}

static bool take_value(struct query_reader *reader, const struct query_word *word, bool exclude,
                       const struct query_value *value)
{
    struct filter *filter = &reader->params->filter;

    switch (word->kind) {
    case WORD_VALUES:
        return add_value(reader, word, exclude, value);
    case WORD_ID:
        return exclude ? add_without(reader, value, EVENT_NAME_MAX + 1, &filter->without_id)
                       : set_single(reader, value, EVENT_NAME_MAX + 1, &filter->entity_id);
    case WORD_NAME:
        return exclude ? add_without(reader, value, EVENT_NAME_MAX, &filter->without_name)
                       : set_single(reader, value, EVENT_NAME_MAX, &filter->entity_name);
    case WORD_CREATED:
        return query_created(reader, value);
    case WORD_FROM:
        return query_from(reader, value, value->text);
    case WORD_TO:
        return query_to(reader, value, value->text);
    case WORD_TEXT:
        return add_text(reader, value, true, word->in);
    }
    return false;
}

/* ---- Terms ---------------------------------------------------------------------------------------- */

/* user:ann,status:404 is a comma for a blank, and would find nothing. */
static bool check_colon(struct query_reader *reader, const struct query_value *value)
{
    const char *colon = value->quoted ? NULL : memchr(value->text.ptr, ':', value->text.len);
    struct str before = str_slice(value->text, 0, colon ? (size_t)(colon - value->text.ptr) : 0);
    struct query_word word;

    if (!colon ||
        !query_find_word(reader,
                         str_starts(before, STR("-")) ? str_slice(before, 1, before.len) : before,
                         &word))
        return true;
    return query_mistaken(reader, value->at, before.len + 1,
                          "before a word stands a blank, not a comma or colon; a value that begins "
                          "with one goes in quotes.");
}

static bool is_value_missing(const struct query_reader *reader)
{
    return reader->at == reader->text.len || query_blank(reader->text, reader->at) ||
           reader->text.ptr[reader->at] == ',';
}

static bool is_time(const struct query_word *word)
{
    return word->kind == WORD_CREATED || word->kind == WORD_FROM || word->kind == WORD_TO;
}

static bool can_be_left_out(const struct query_word *word)
{
    return word->kind == WORD_VALUES || word->kind == WORD_ID || word->kind == WORD_NAME;
}

/* What stands after the colon of `name`. */
static bool read_values(struct query_reader *reader, struct str name, const struct query_word *word,
                        bool exclude)
{
    for (size_t count = 0;; count++) {
        struct query_value value;

        if (is_value_missing(reader))
            return query_mistaken(reader, reader->at, 0,
                                  "\"%.*s\" needs a value right after its %s, in quotes where it "
                                  "has blanks or commas.",
                                  STR_ARG(name), count ? "comma" : "colon");
        if (!(is_time(word) ? query_read_time(reader, &value)
                            : query_read_value(reader, false, &value)))
            return false;
        if (count && word->kind != WORD_VALUES && !(exclude && can_be_left_out(word)))
            return query_mistaken(reader, value.at, value.len,
                                  "\"%.*s\" has one value; one with a comma goes in quotes.",
                                  STR_ARG(name));
        if (!check_colon(reader, &value) || !query_check_value(reader, name, word, &value) ||
            !take_value(reader, word, exclude, &value))
            return false;
        if (reader->at == reader->text.len || reader->text.ptr[reader->at] != ',')
            return true;
        reader->at++;
    }
}

static bool not_to_exclude(struct query_reader *reader, size_t at, size_t len)
{
    return query_mistaken(
        reader, at, len,
        "only values can be left out, as in -user:ann; no time, and no text, address, request, "
        "trace, delivery or key. A text that begins with - goes in quotes.");
}

static void skip_blanks(struct query_reader *reader)
{
    size_t blank;

    while ((blank = query_blank(reader->text, reader->at)))
        reader->at += blank;
}

/* What stands at `first` up to a colon, quote or blank.  Does a colon follow? */
static bool is_before_colon(struct str text, size_t first, struct str *name)
{
    size_t end = first;

    while (end < text.len && text.ptr[end] != ':' && text.ptr[end] != '"' &&
           !query_blank(text, end))
        end++;
    *name = str_slice(text, first, end - first);
    return end < text.len && text.ptr[end] == ':';
}

/* Does the term that stands here have a word? */
static bool is_condition(const struct query_reader *reader)
{
    bool minus = reader->at < reader->text.len && reader->text.ptr[reader->at] == '-';
    struct query_word word;
    struct str name;

    return is_before_colon(reader->text, reader->at + minus, &name) &&
           query_find_word(reader, name, &word);
}

static bool read_piece(struct query_reader *reader)
{
    struct query_value piece;

    if (!query_read_value(reader, true, &piece))
        return false;
    skip_blanks(reader);
    return query_check_piece(reader, &piece, is_condition(reader)) &&
           add_text(reader, &piece, piece.quoted, FILTER_IN_ANY);
}

static bool read_term(struct query_reader *reader)
{
    struct str text = reader->text;
    size_t first = reader->at;
    bool minus = text.ptr[first] == '-' && first + 1 < text.len && !query_blank(text, first + 1);
    struct str name;
    struct query_word word;

    if (minus)
        first++;
    if (is_before_colon(text, first, &name)) {
        if (!query_find_word(reader, name, &word))
            return str_starts(name, STR("(")) ? query_no_group(reader, first)
                                              : query_unknown_word(reader, first, name);
        if (minus && !can_be_left_out(&word))
            return not_to_exclude(reader, first - 1, name.len + 1);
        reader->at = first + name.len + 1;
        return read_values(reader, name, &word, word.exclude != minus);
    }
    if (minus)
        return not_to_exclude(reader, first - 1, name.len + 1);
    return read_piece(reader);
}

/* What could be added only once all of the text was read. */
static void finish(struct query_reader *reader)
{
    struct filter *filter = &reader->params->filter;

    for (int exclude = 0; exclude < 2; exclude++) {
        struct str words[2];
        size_t count = query_status_compared(reader, exclude, words);

        for (size_t i = 0; i < count; i++)
            add_once(reader,
                     exclude ? &filter->exclude[FILTER_STATUS] : &filter->include[FILTER_STATUS],
                     words[i]);
    }
}

bool query_parse(struct arena *arena, struct str text, int64_t now_ms, struct params *params,
                 struct query_mistake *mistake)
{
    struct query_reader reader = {
        .arena = arena, .text = text, .now_ms = now_ms, .params = params, .mistake = mistake};

    if (text.len > QUERY_BYTES_MAX) {
        struct str head = utf8_cut(text, QUERY_BYTES_MAX);

        return query_mistaken(&reader, head.len, text.len - head.len,
                              "it goes on after the %d bytes that are accepted; the filters below "
                              "take more.",
                              QUERY_BYTES_MAX);
    }
    for (;;) {
        skip_blanks(&reader);
        if (reader.at == text.len)
            break;
        if (!read_term(&reader))
            return false;
    }
    if (params->filter.text.len && params->filter.text.len < PARAMS_TEXT_BYTES_MIN)
        return query_mistaken(&reader, reader.text_at, reader.text_len,
                              "a text that is looked for has at least %d bytes.",
                              PARAMS_TEXT_BYTES_MIN);
    finish(&reader);
    return true;
}
