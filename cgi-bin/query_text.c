/* SPDX-License-Identifier: MIT */
/* Terms to the filter.  What a value may be is asked of params_values.h and query_values.c; nothing is known of it here. */
#include "query_text.h"

#include "base/event.h"
#include "base/utf8.h"
#include "params_values.h"
#include "query_private.h"
#include "web/fields.h"

enum { ACCOUNT_BYTES_MAX = 63, WORD_BYTES_MAX = 16, GUESS_DISTANCE_MAX = 2 };

/* What a word is about.  Only those of WORD_VALUES have several values, and can leave some out. */
enum word_kind { WORD_VALUES, WORD_ID, WORD_NAME, WORD_CREATED, WORD_FROM, WORD_TO, WORD_TEXT };

struct word {
    enum word_kind kind;
    enum filter_dimension dimension; /* WORD_VALUES */
    bool exclude;
};

/* Those that are no dimension's; what a page writes comes first. */
static const struct {
    const char *name;
    enum word_kind kind;
    bool is_synonym;
} words[] = {
    {"id", WORD_ID, false},
    {"name", WORD_NAME, false},
    {"created", WORD_CREATED, false},
    {"entity_id", WORD_ID, true},
    {"entity_name", WORD_NAME, true},
    {"from", WORD_FROM, true},
    {"to", WORD_TO, true},
    {"q", WORD_TEXT, true},
};
enum { WORD_COUNT = sizeof(words) / sizeof(words[0]) };

/* Dimensions that a search of this list can name: accounts only where there are several. */
static int dimension_count(const struct query_reader *reader)
{
    return reader->params->all_accounts ? FILTER_ALL_COUNT : FILTER_DIMENSION_COUNT;
}

static bool find_word(const struct query_reader *reader, struct str name, struct word *word)
{
    for (int i = 0; i < dimension_count(reader); i++) {
        enum filter_dimension dimension = (enum filter_dimension)i;
        bool exclude = str_equal_folded(name, str_from(params_exclude_name(dimension)));

        *word = (struct word){WORD_VALUES, dimension, exclude};
        if (exclude || str_equal_folded(name, str_from(params_include_name(dimension))))
            return true;
    }
    for (size_t i = 0; i < WORD_COUNT; i++) {
        *word = (struct word){.kind = words[i].kind};
        if (str_equal_folded(name, str_from(words[i].name)))
            return true;
    }
    return false;
}

/* ---- A word that there is not --------------------------------------------------------------------- */

/* How many letters differ, are missing or are too many (Levenshtein), with a-z as A-Z. */
static size_t distance(struct str a, struct str b)
{
    size_t row[WORD_BYTES_MAX + 1];

    for (size_t k = 0; k <= b.len; k++)
        row[k] = k;
    for (size_t i = 0; i < a.len; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t k = 0; k < b.len; k++) {
            bool same = str_equal_folded(str_slice(a, i, 1), str_slice(b, k, 1));
            size_t change = diagonal + !same, gap = (row[k] < row[k + 1] ? row[k] : row[k + 1]) + 1;

            diagonal = row[k + 1];
            row[k + 1] = change < gap ? change : gap;
        }
    }
    return row[b.len];
}

/* Keeps `name` in `best` when it is nearer to what was typed than all before; half of the letters must be right. */
static void consider(struct str typed, const char *name, size_t *nearest, const char **best)
{
    struct str known = str_from(name);
    size_t steps;

    if (typed.len == 0 || typed.len > WORD_BYTES_MAX)
        return;
    steps = typed.len > 1 && str_starts_folded(known, typed) ? 1 : distance(typed, known);
    if (steps < *nearest && 2 * steps <= typed.len) {
        *nearest = steps;
        *best = name;
    }
}

static bool unknown_word(struct query_reader *reader, size_t at, struct str typed)
{
    size_t nearest = GUESS_DISTANCE_MAX + 1;
    const char *best = NULL;
    struct strbuf known;
    bool result;

    strbuf_init(&known);
    for (int i = 0; i < dimension_count(reader); i++) {
        consider(typed, params_include_name((enum filter_dimension)i), &nearest, &best);
        strbuf_printf(&known, "%s, ", params_include_name((enum filter_dimension)i));
    }
    for (size_t i = 0; i < WORD_COUNT; i++) {
        consider(typed, words[i].name, &nearest, &best);
        if (!words[i].is_synonym)
            strbuf_printf(&known, "%s%s", i ? ", " : "", words[i].name);
    }
    result =
        query_mistaken(reader, at, typed.len,
                       "there is no word %s%s%s%sWords are %s; a text with a colon goes in quotes.",
                       fields_quoted(reader->arena, typed).ptr, best ? ": did you mean \"" : "",
                       best ? best : "", best ? "\"? " : ". ", known.ptr);
    strbuf_release(&known);
    return result;
}

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

static bool is_enumerated(enum filter_dimension dimension)
{
    return params_value_accepted(dimension) != NULL;
}

static bool add_value(struct query_reader *reader, const struct word *word, bool exclude,
                      const struct query_value *value)
{
    struct filter *filter = &reader->params->filter;
    enum filter_dimension dimension = word->dimension;
    struct str text;

    text = is_enumerated(dimension) ? folded(reader->arena, value->text) : value->text;
    if (dimension == FILTER_ACCOUNT) {
        if (!check_length(reader, value, ACCOUNT_BYTES_MAX))
            return false;
    } else if (!value->quoted && str_equal_folded(text, STR("none"))) {
        text = STR(FILTER_NONE);
    } else if (dimension == FILTER_STATUS) {
        if (!query_status(reader, value, text, &text))
            return false;
    } else if (!check_length(reader, value, EVENT_NAME_MAX)) {
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
static bool add_text(struct query_reader *reader, const struct query_value *piece, bool whole)
{
    struct filter *filter = &reader->params->filter;

    if (filter->text.len && (whole || reader->text_quoted))
        return query_mistaken(reader, piece->at, piece->len,
                              "only one text can be looked for, and another stands before: put all "
                              "of it into one pair of quotes.");
    if (filter->text.len == 0)
        reader->text_at = piece->at;
    reader->text_len = piece->at + piece->len - reader->text_at;
    reader->text_quoted = whole;
    filter->text = filter->text.len ? arena_printf(reader->arena, "%.*s %.*s",
                                                   STR_ARG(filter->text), STR_ARG(piece->text))
                                    : piece->text;
    return filter->text.len <= PARAMS_TEXT_BYTES_MAX ||
           query_mistaken(reader, reader->text_at, reader->text_len,
                          "a text that is looked for has at most %d bytes.", PARAMS_TEXT_BYTES_MAX);
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

static bool take_value(struct query_reader *reader, const struct word *word, bool exclude,
                       const struct query_value *value)
{
    struct filter *filter = &reader->params->filter;

    switch (word->kind) {
    case WORD_VALUES:
        return add_value(reader, word, exclude, value);
    case WORD_ID:
        return set_single(reader, value, EVENT_NAME_MAX + 1, &filter->entity_id);
    case WORD_NAME:
        return set_single(reader, value, EVENT_NAME_MAX, &filter->entity_name);
    case WORD_CREATED:
        return query_created(reader, value);
    case WORD_FROM:
        return query_from(reader, value, value->text);
    case WORD_TO:
        return query_to(reader, value, value->text);
    case WORD_TEXT:
        return add_text(reader, value, true);
    }
    return false;
}

/* ---- Terms ---------------------------------------------------------------------------------------- */

/* user:ann,status:404 is a comma for a blank, and would find nothing. */
static bool check_colon(struct query_reader *reader, const struct query_value *value)
{
    const char *colon = value->quoted ? NULL : memchr(value->text.ptr, ':', value->text.len);
    struct str before = str_slice(value->text, 0, colon ? (size_t)(colon - value->text.ptr) : 0);
    struct word word;

    if (!colon ||
        !find_word(reader, str_starts(before, STR("-")) ? str_slice(before, 1, before.len) : before,
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

/* What stands behind the colon of `name`. */
static bool read_values(struct query_reader *reader, struct str name, const struct word *word,
                        bool exclude)
{
    for (size_t count = 0;; count++) {
        struct query_value value;

        if (is_value_missing(reader))
            return query_mistaken(reader, reader->at, 0,
                                  "\"%.*s\" needs a value right behind its %s, in quotes where it "
                                  "has blanks or commas.",
                                  STR_ARG(name), count ? "comma" : "colon");
        if (!query_read_value(reader, false, &value))
            return false;
        if (count && word->kind != WORD_VALUES)
            return query_mistaken(reader, value.at, value.len,
                                  "\"%.*s\" has one value; one with a comma goes in quotes.",
                                  STR_ARG(name));
        if (!check_colon(reader, &value) || !take_value(reader, word, exclude, &value))
            return false;
        if (reader->at == reader->text.len || reader->text.ptr[reader->at] != ',')
            return true;
        reader->at++;
    }
}

static bool not_to_exclude(struct query_reader *reader, size_t at, size_t len)
{
    return query_mistaken(reader, at, len,
                          "only values can be left out, as in -user:ann; neither a text, id, name "
                          "nor time. A text that begins with - goes in quotes.");
}

static bool read_term(struct query_reader *reader)
{
    struct str text = reader->text;
    size_t first = reader->at, end;
    bool minus = text.ptr[first] == '-' && first + 1 < text.len && !query_blank(text, first + 1);
    struct query_value piece;
    struct str name;
    struct word word;

    if (minus)
        first++;
    end = first;
    while (end < text.len && text.ptr[end] != ':' && text.ptr[end] != '"' &&
           !query_blank(text, end))
        end++;
    name = str_slice(text, first, end - first);
    if (end < text.len && text.ptr[end] == ':') {
        if (!find_word(reader, name, &word))
            return unknown_word(reader, first, name);
        if (minus && word.kind != WORD_VALUES)
            return not_to_exclude(reader, first - 1, name.len + 1);
        reader->at = end + 1;
        return read_values(reader, name, &word, word.exclude != minus);
    }
    if (minus)
        return not_to_exclude(reader, first - 1, name.len + 1);
    return query_read_value(reader, true, &piece) && add_text(reader, &piece, piece.quoted);
}

bool query_parse(struct arena *arena, struct str text, int64_t now_ms, struct params *params,
                 struct query_mistake *mistake)
{
    struct query_reader reader = {
        .arena = arena, .text = text, .now_ms = now_ms, .params = params, .mistake = mistake};
    size_t blank;

    if (text.len > QUERY_BYTES_MAX) {
        struct str head = utf8_cut(text, QUERY_BYTES_MAX);

        return query_mistaken(&reader, head.len, text.len - head.len,
                              "it goes on behind the %d bytes that are accepted; the filters below "
                              "take more.",
                              QUERY_BYTES_MAX);
    }
    for (;;) {
        while ((blank = query_blank(text, reader.at)))
            reader.at += blank;
        if (reader.at == text.len)
            break;
        if (!read_term(&reader))
            return false;
    }
    if (params->filter.text.len && params->filter.text.len < PARAMS_TEXT_BYTES_MIN)
        return query_mistaken(&reader, reader.text_at, reader.text_len,
                              "a text that is looked for has at least %d bytes.",
                              PARAMS_TEXT_BYTES_MIN);
    return true;
}
