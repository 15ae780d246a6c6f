/* SPDX-License-Identifier: MIT */
/* The words of a search: those of the filter's dimensions, a few of its own, and the names of parameters. */
#include "query/query_private.h"

#include "query/params_values.h"
#include "web/fields.h"

enum { WORD_BYTES_MAX = 16, GUESS_DISTANCE_MAX = 2 };

/* Those that are no dimension's; what a page writes comes first. */
static const struct {
    const char *name;
    enum query_word_kind kind;
    bool is_synonym, exclude;
    enum filter_in in;
} words[] = {
    {"id", WORD_ID, false, false, FILTER_IN_ANY},
    {"name", WORD_NAME, false, false, FILTER_IN_ANY},
    {"created", WORD_CREATED, false, false, FILTER_IN_ANY},
    {"address", WORD_TEXT, false, false, FILTER_IN_CLIENT_ADDRESS},
    {"request", WORD_TEXT, false, false, FILTER_IN_REQUEST_ID},
    {"trace", WORD_TEXT, false, false, FILTER_IN_TRACE_ID},
    {"delivery", WORD_TEXT, false, false, FILTER_IN_DELIVERY_ID},
    {"key", WORD_TEXT, false, false, FILTER_IN_IDEMPOTENCY_KEY},
    {"entity_id", WORD_ID, true, false, FILTER_IN_ANY},
    {"not_entity_id", WORD_ID, true, true, FILTER_IN_ANY},
    {"entity_name", WORD_NAME, true, false, FILTER_IN_ANY},
    {"not_entity_name", WORD_NAME, true, true, FILTER_IN_ANY},
    {"from", WORD_FROM, true, false, FILTER_IN_ANY},
    {"to", WORD_TO, true, false, FILTER_IN_ANY},
    {"q", WORD_TEXT, true, false, FILTER_IN_ANY},
    {"ip", WORD_TEXT, true, false, FILTER_IN_CLIENT_ADDRESS},
    {"client_address", WORD_TEXT, true, false, FILTER_IN_CLIENT_ADDRESS},
    {"request_id", WORD_TEXT, true, false, FILTER_IN_REQUEST_ID},
    {"trace_id", WORD_TEXT, true, false, FILTER_IN_TRACE_ID},
    {"delivery_id", WORD_TEXT, true, false, FILTER_IN_DELIVERY_ID},
    {"idempotency_key", WORD_TEXT, true, false, FILTER_IN_IDEMPOTENCY_KEY},
};
enum { WORD_COUNT = sizeof(words) / sizeof(words[0]) };

/* Dimensions that a search of this list can name: accounts only where there are several. */
static int dimension_count(const struct query_reader *reader)
{
    return reader->params->all_accounts ? FILTER_ALL_COUNT : FILTER_DIMENSION_COUNT;
}

bool query_find_word(const struct query_reader *reader, struct str name, struct query_word *word)
{
    for (int i = 0; i < dimension_count(reader); i++) {
        enum filter_dimension dimension = (enum filter_dimension)i;
        bool exclude = str_equal_folded(name, str_from(params_exclude_name(dimension)));

        *word = (struct query_word){WORD_VALUES, dimension, exclude, FILTER_IN_ANY};
        if (exclude || str_equal_folded(name, str_from(params_include_name(dimension))))
            return true;
    }
    for (size_t i = 0; i < WORD_COUNT; i++) {
        *word = (struct query_word){
            .kind = words[i].kind, .exclude = words[i].exclude, .in = words[i].in};
        if (str_equal_folded(name, str_from(words[i].name)))
            return true;
    }
    return false;
}

const char *query_place_word(enum filter_in in)
{
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (words[i].kind == WORD_TEXT && words[i].in == in && !words[i].is_synonym)
            return words[i].name;
    return NULL;
}

bool query_is_word(struct str name)
{
    for (int i = 0; i < FILTER_ALL_COUNT; i++)
        if (str_equal_folded(name, str_from(params_include_name((enum filter_dimension)i))))
            return true;
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (str_equal_folded(name, str_from(words[i].name)))
            return true;
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

/* What people call it elsewhere, and what a page calls it. */
static const struct {
    struct str typed;
    const char *meant;
} others[] = {
    {STR("time"), "created"},       {STR("date"), "created"},   {STR("when"), "created"},
    {STR("since"), "from"},         {STR("until"), "to"},       {STR("type"), "entity"},
    {STR("code"), "status"},        {STR("actor"), "user"},     {STR("verb"), "method"},
    {STR("http_method"), "method"}, {STR("client"), "address"}, {STR("remote"), "address"},
    {STR("contains"), "q"},
};

static const char *other_name(struct str typed)
{
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (str_equal_folded(typed, others[i].typed))
            return others[i].meant;
    return NULL;
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

/* 2026-01-31 14:00 without quotes. */
static bool is_behind_day(struct str text, size_t at)
{
    enum { DAY_TEXT = sizeof("2026-01-31") - 1 };

    return at > DAY_TEXT && query_blank(text, at - 1) &&
           params_is_day(str_slice(text, at - 1 - DAY_TEXT, DAY_TEXT));
}

bool query_unknown_word(struct query_reader *reader, size_t at, struct str typed)
{
    const char *best = other_name(typed), *before = ": did you mean \"", *behind = "\"? ";
    size_t nearest = best ? 0 : GUESS_DISTANCE_MAX + 1;
    struct strbuf known;
    bool result;

    if (is_behind_day(reader->text, at))
        return query_mistaken(reader, at, typed.len,
                              "a day and a time go in quotes together, as in created:\"2026-01-31 "
                              "14:00\".");
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
    if (!best) {
        before = best = "";
        behind = ". ";
    } else if (strcmp(best, "q") == 0) { /* which nobody types: a text needs no word */
        before = best = "";
        behind = ": write its value alone, as a text to look for. ";
    }
    result =
        query_mistaken(reader, at, typed.len,
                       "there is no word %s%s%s%sWords are %s; a text with a colon goes in quotes.",
                       fields_quoted(reader->arena, typed).ptr, before, best, behind, known.ptr);
    strbuf_release(&known);
    return result;
}
