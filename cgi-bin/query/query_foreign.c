/* SPDX-License-Identifier: MIT */
/*
 * What other searches have and this one has not, found where it would silently mean something else: AND, OR, NOT, = and its like, * for any
 * text, groups.  Says what to write instead.  In quotes all of it is text.
 */
#include "query/query_private.h"

#include "query/params_values.h"

#define QUOTED_IS_TEXT "In quotes it is a text like any other."

/* ---- Groups --------------------------------------------------------------------------------------- */

bool query_no_group(struct query_reader *reader, size_t at)
{
    return query_mistaken(reader, at, 1,
                          "nothing is grouped here: values of one word stand behind commas, as in "
                          "user:ann,bob, and different words must all match. " QUOTED_IS_TEXT);
}

/* ---- A star --------------------------------------------------------------------------------------- */

bool query_takes_beginning(enum filter_dimension dimension)
{
    return dimension != FILTER_ACCOUNT && !params_value_accepted(dimension);
}

bool query_is_foreign_value(struct str value, bool may_end)
{
    const char *star = memchr(value.ptr, '*', value.len);

    return str_starts(value, STR("(")) || (star && !(may_end && star == value.ptr + value.len - 1));
}

/* Of a text a star alone is one, as in SELECT * FROM. */
static bool ends_with_star(struct str piece)
{
    return piece.len > 1 && piece.ptr[piece.len - 1] == '*';
}

static bool text_with_star(struct query_reader *reader, const struct query_value *value)
{
    return query_mistaken(reader, value->at + value->len - 1, 1,
                          "a text is found wherever it stands, also as the beginning of a longer "
                          "one: leave out the *. " QUOTED_IS_TEXT);
}

static bool value_with_star(struct query_reader *reader, struct str name,
                            const struct query_word *word, const struct query_value *value)
{
    const char *star = memchr(value->text.ptr, '*', value->text.len);
    size_t at = value->at + (size_t)(star - value->text.ptr);

    if (word->kind == WORD_NAME)
        return query_mistaken(
            reader, at, 1, "a name is found by any part of it: leave out the *. " QUOTED_IS_TEXT);
    if (word->kind == WORD_VALUES && !query_takes_beginning(word->dimension))
        return query_mistaken(reader, at, 1,
                              "\"%.*s\" takes whole names, several behind commas. " QUOTED_IS_TEXT,
                              STR_ARG(name));
    return query_mistaken(
        reader, at, 1,
        word->kind == WORD_ID || word->kind == WORD_TEXT
            ? "a * stands at the end, for all that begin so, and nowhere "
              "else. " QUOTED_IS_TEXT
            : "a * stands at the end, for all that begin so, and nowhere else. A part that "
              "is typed alone, without word and *, leads to the names that hold it.");
}

bool query_check_value(struct query_reader *reader, struct str name, const struct query_word *word,
                       const struct query_value *value)
{
    bool has_place = word->kind == WORD_TEXT && word->in != FILTER_IN_ANY;
    bool takes_beginning = word->kind == WORD_ID || has_place ||
                           (word->kind == WORD_VALUES && query_takes_beginning(word->dimension));
    bool is_open = word->kind == WORD_ID || word->kind == WORD_NAME || has_place ||
                   (word->kind == WORD_VALUES && !params_value_accepted(word->dimension));

    if (value->quoted)
        return true;
    if (str_starts(value->text, STR("(")))
        return query_no_group(reader, value->at);
    if (word->kind == WORD_TEXT && !has_place && ends_with_star(value->text))
        return text_with_star(reader, value);
    return !is_open || !query_is_foreign_value(value->text, takes_beginning) ||
           value_with_star(reader, name, word, value);
}

/* ---- Operators ------------------------------------------------------------------------------------ */

static const struct {
    struct str name;
    const char *instead;
} operators[] = {
    {STR("AND"), "AND is not needed: conditions stand side by side, and all must match"},
    {STR("OR"), "there is no OR: values of one word stand behind commas, as in user:ann,bob, and "
                "different words must all match"},
    {STR("NOT"), "there is no NOT: a - before a word leaves its values out, as in -user:ann"},
};
enum { OPERATOR_COUNT = sizeof(operators) / sizeof(operators[0]) };

/* ---- Comparisons ---------------------------------------------------------------------------------- */

static bool is_sign(char c)
{
    return c == '=' || c == '<' || c == '>' || c == '!';
}

/* How many signs of a comparison stand at `at`; "!" alone is none. */
static size_t sign_len(struct str text, size_t at)
{
    size_t len = 0;

    while (at + len < text.len && is_sign(text.ptr[at + len]))
        len++;
    return len == 1 && text.ptr[at] == '!' ? 0 : len;
}

/* "action=x", as SQL and others write it: where the sign stands; 0: it is a text. */
static size_t find_comparison(struct str piece)
{
    size_t at = 0;

    while (at < piece.len && !is_sign(piece.ptr[at]))
        at++;
    return sign_len(piece, at) && query_is_word(str_slice(piece, 0, at)) ? at : 0;
}

/* The word in front of the blanks before `at`: of "action = x". */
static struct str word_before(struct str text, size_t at)
{
    size_t begin;

    while (at > 0 && query_blank(text, at - 1))
        at--;
    for (begin = at; begin > 0 && !query_blank(text, begin - 1);)
        begin--;
    return str_slice(text, begin, at - begin);
}

static bool no_comparison(struct query_reader *reader, struct str name, size_t at, size_t len)
{
    const char *sign = reader->text.ptr + at;
    bool compares = *sign == '<' || *sign == '>';

    return query_mistaken(
        reader, at, len,
        "a condition has a colon and no blanks around it: %s%.*s:%.*s… " QUOTED_IS_TEXT,
        *sign == '!' ? "-" : "", STR_ARG(name), compares ? (int)len : 0, sign);
}

static bool check_comparison(struct query_reader *reader, const struct query_value *piece)
{
    size_t at = find_comparison(piece->text), len = sign_len(piece->text, at);
    struct str name = at ? str_slice(piece->text, 0, at) : word_before(reader->text, piece->at);

    if (len == 0 || (at == 0 && (len < piece->text.len || !query_is_word(name))))
        return true;
    return no_comparison(reader, name, piece->at + at, len);
}

bool query_is_foreign_piece(struct str piece)
{
    for (size_t i = 0; i < OPERATOR_COUNT; i++)
        if (str_equal(piece, operators[i].name))
            return true;
    return ends_with_star(piece) || find_comparison(piece);
}

bool query_check_piece(struct query_reader *reader, const struct query_value *piece,
                       bool is_before_condition)
{
    if (piece->quoted)
        return true;
    for (size_t i = 0; i < OPERATOR_COUNT; i++)
        if (is_before_condition ? str_equal_folded(piece->text, operators[i].name)
                                : str_equal(piece->text, operators[i].name))
            return query_mistaken(reader, piece->at, piece->len, "%s. " QUOTED_IS_TEXT,
                                  operators[i].instead);
    return check_comparison(reader, piece) &&
           (!ends_with_star(piece->text) || text_with_star(reader, piece));
}
