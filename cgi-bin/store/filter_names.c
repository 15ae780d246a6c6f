/* SPDX-License-Identifier: MIT */
/* One statement for up to CHUNK names: a list of all accounts would else make a round trip for each name and account. */
#include "store/filter_names.h"

#include <stdlib.h>

#include "store/marks.h"

enum { CHUNK = 64 /* of MARKS_64 */ };

/* No statements: the words of the dimension are an enumeration. */
#define DICTIONARY(table, of)                                                                      \
    STR("SELECT id, name FROM " table " WHERE name = ?" of),                                       \
        STR("SELECT id, name FROM " table " WHERE name IN " MARKS_64 of)

static const struct {
    struct str one, chunk;
    bool of_account;
} dictionaries[FILTER_DIMENSION_COUNT] = {
    [FILTER_ENTITY_TYPE] = {DICTIONARY("entity_type", ""), false},
    [FILTER_ACTION] = {DICTIONARY("action", ""), false},
    [FILTER_USER] = {DICTIONARY("user", " AND account_id = ?"), true},
    [FILTER_PROVIDER] = {DICTIONARY("provider", ""), false},
};

/* A name of which a number was looked for. */
struct known_name {
    enum filter_dimension dimension;
    struct str name;
    uint32_t number; /* 0: there is none */
};

struct filter_names {
    struct known_name *items; /* ascending by dimension and name */
    size_t count;
};

/* ---- Which names ------------------------------------------------------------------------------- */

struct names {
    struct arena *arena;
    struct str *items;
    size_t count, capacity;
};

static void add_name(struct names *names, struct str name)
{
    names->items = arena_grow(names->arena, names->items, names->count, &names->capacity,
                              sizeof(*names->items));
    names->items[names->count++] = name;
}

/* Browsers' forms turn every line break of a value into CR LF (HTML, form submission); this turns it back. */
static struct str with_line_feeds(struct arena *arena, struct str value)
{
    char *out = arena_alloc(arena, value.len);
    size_t len = 0;

    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] != '\r' || i + 1 == value.len || value.ptr[i + 1] != '\n')
            out[len++] = value.ptr[i];
    return (struct str){out, len};
}

static void add_names(struct names *names, const struct filter_values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        struct str value = values->items[i], other;

        if (str_equal(value, STR(FILTER_NONE)))
            continue;
        add_name(names, value);
        other = with_line_feeds(names->arena, value);
        if (other.len != value.len)
            add_name(names, other);
    }
}

/* ---- Their numbers ----------------------------------------------------------------------------- */

/* At most CHUNK names; what has no number stays 0.  0 or -1. */
static int read_chunk(struct db *db, uint32_t account_id, enum filter_dimension dimension,
                      const struct str *names, size_t count, uint32_t *numbers)
{
    struct db_value values[CHUNK + 1];
    size_t marks = count == 1 ? 1 : CHUNK;
    struct db_rows *rows;
    int more = -1;

    for (size_t i = 0; i < marks; i++)
        values[i] = DB_BYTES(names[i < count ? i : count - 1]);
    values[marks] = DB_NUMBER(account_id);
    rows = db_select(db, count == 1 ? dictionaries[dimension].one : dictionaries[dimension].chunk,
                     values, marks + dictionaries[dimension].of_account);
    while (rows && (more = db_next(rows)) == 1)
        for (size_t i = 0; i < count; i++)
            if (str_equal(names[i], db_bytes(rows, 1)))
                numbers[i] = (uint32_t)db_number(rows, 0);
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

static int read_numbers(struct db *db, uint32_t account_id, enum filter_dimension dimension,
                        const struct names *names, uint32_t *numbers)
{
    for (size_t at = 0; at < names->count; at += CHUNK) {
        size_t count = names->count - at < CHUNK ? names->count - at : CHUNK;

        if (read_chunk(db, account_id, dimension, names->items + at, count, numbers + at) < 0)
            return -1;
    }
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct known_name *x = a, *y = b;

    return x->dimension == y->dimension
               ? str_compare(x->name, y->name)
               : (x->dimension > y->dimension) - (x->dimension < y->dimension);
}

/* False: not all of the names were looked for. */
static bool recall(const struct filter_names *known, enum filter_dimension dimension,
                   const struct names *names, uint32_t *numbers)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct known_name wanted = {.dimension = dimension, .name = names->items[i]};
        const struct known_name *found =
            known->count ? bsearch(&wanted, known->items, known->count, sizeof(wanted), by_name)
                         : NULL;

        if (!found)
            return false;
        numbers[i] = found->number;
    }
    return true;
}

/* ---- What others call -------------------------------------------------------------------------- */

int filter_names_look_up(struct db *db, struct arena *arena, struct filter *filter)
{
    const struct filter *whole = filter_spelled_out(arena, filter);
    struct filter_names *known = arena_alloc(arena, sizeof(*known));
    size_t capacity = 0;

    for (int i = 0; i < FILTER_DIMENSION_COUNT; i++) {
        struct names names = {.arena = arena};
        uint32_t *numbers;

        if (!dictionaries[i].one.len || dictionaries[i].of_account)
            continue;
        add_names(&names, &whole->include[i]);
        add_names(&names, &whole->exclude[i]);
        numbers = arena_array(arena, names.count, sizeof(*numbers));
        if (read_numbers(db, 0, (enum filter_dimension)i, &names, numbers) < 0)
            return -1;
        for (size_t k = 0; k < names.count; k++) {
            known->items =
                arena_grow(arena, known->items, known->count, &capacity, sizeof(*known->items));
            known->items[known->count++] =
                (struct known_name){(enum filter_dimension)i, names.items[k], numbers[k]};
        }
    }
    if (known->count)
        qsort(known->items, known->count, sizeof(*known->items), by_name);
    filter->names = known;
    return 0;
}

/* The number of a word whose column holds the number of an enumeration; 0: there is no such word. */
static uint32_t number_of_word(enum filter_dimension dimension, struct str word)
{
    enum event_source source;
    enum event_signature signature;

    if (dimension == FILTER_SOURCE)
        return event_source_parse(word, &source) ? (uint32_t)source : 0;
    return event_signature_parse(word, &signature) ? (uint32_t)signature : 0;
}

/* What is known without looking it up. */
static void add_words(enum filter_dimension dimension, const struct filter_values *values,
                      struct filter_numbers *numbers)
{
    for (size_t i = 0; i < values->count; i++) {
        bool none = str_equal(values->items[i], STR(FILTER_NONE));
        uint32_t number = none || dictionaries[dimension].one.len
                              ? 0
                              : number_of_word(dimension, values->items[i]);

        if (none || number)
            numbers->items[numbers->count++] = number;
    }
}

int filter_names_numbers(struct db *db, struct arena *arena, const struct filter *filter,
                         enum filter_dimension dimension, const struct filter_values *values,
                         struct filter_numbers *numbers)
{
    struct names names = {.arena = arena};
    uint32_t *found;

    if (dictionaries[dimension].one.len)
        add_names(&names, values);
    found = arena_array(arena, names.count, sizeof(*found));
    if ((dictionaries[dimension].of_account || !filter->names ||
         !recall(filter->names, dimension, &names, found)) &&
        read_numbers(db, filter->account_id, dimension, &names, found) < 0)
        return -1;
    *numbers = (struct filter_numbers){
        arena_array(arena, values->count + names.count, sizeof(*numbers->items)), 0};
    add_words(dimension, values, numbers);
    for (size_t i = 0; i < names.count; i++)
        if (found[i])
            numbers->items[numbers->count++] = found[i];
    return 0;
}
