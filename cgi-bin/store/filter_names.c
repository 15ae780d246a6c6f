/* SPDX-License-Identifier: MIT */
/* One statement for up to CHUNK names: a list of all accounts would else make a round trip for each name and account. */
#include "store/filter_names.h"

#include <stdlib.h>

#include "store/filter_words.h"
#include "store/marks.h"

enum { CHUNK = 64 /* of MARKS_64 */ };

/* No statements: the words of the dimension are an enumeration. */
#define DICTIONARY(table, of)                                                                      \
    STR("SELECT id, name FROM " table " WHERE name = ?" of),                                       \
        STR("SELECT id, name FROM " table " WHERE name IN " MARKS_64 of),                          \
        STR("SELECT id, name FROM " table " WHERE name >= ? AND (? = '' OR name < ?)" of)

static const struct {
    struct str one, chunk, beginning;
    bool of_account;
} dictionaries[FILTER_DIMENSION_COUNT] = {
    [FILTER_ENTITY_TYPE] = {DICTIONARY("entity_type", ""), false},
    [FILTER_ACTION] = {DICTIONARY("action", ""), false},
    [FILTER_USER] = {DICTIONARY("user", " AND account_id = ?"), true},
    [FILTER_PROVIDER] = {DICTIONARY("provider", ""), false},
};

/* A name whose numbers are looked for, or all that begin with it. */
struct known_name {
    enum filter_dimension dimension;
    bool is_prefix;
    struct str name;
    struct filter_numbers numbers; /* of a whole name one at most */
};

struct filter_names {
    struct known_name *items; /* ascending by dimension, prefixes last, and name */
    size_t count;
};

/* ---- Which names ------------------------------------------------------------------------------- */

struct names {
    struct arena *arena;
    struct known_name *items;
    size_t count, capacity;
};

static void add_name(struct names *names, enum filter_dimension dimension, bool is_prefix,
                     struct str name)
{
    names->items = arena_grow(names->arena, names->items, names->count, &names->capacity,
                              sizeof(*names->items));
    names->items[names->count++] = (struct known_name){dimension, is_prefix, name, {NULL, 0}};
}

/* Browsers' forms turn every line break of a value into CR LF (HTML, form submission); this turns it back. */
struct str filter_with_line_feeds(struct arena *arena, struct str value)
{
    char *out = arena_alloc(arena, value.len);
    size_t len = 0;

    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] != '\r' || i + 1 == value.len || value.ptr[i + 1] != '\n')
            out[len++] = value.ptr[i];
    return (struct str){out, len};
}

static void add_names(struct names *names, enum filter_dimension dimension,
                      const struct filter_values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        struct str value = values->items[i], name, other;
        bool is_prefix = filter_word_is_prefix(value, &name);

        if (str_equal(value, STR(FILTER_NONE)))
            continue;
        if (!is_prefix)
            name = filter_word_name(names->arena, value);
        add_name(names, dimension, is_prefix, name);
        other = filter_with_line_feeds(names->arena, name);
        if (other.len != name.len)
            add_name(names, dimension, is_prefix, other);
    }
}

/* ---- Their numbers ----------------------------------------------------------------------------- */

static void set_number(struct arena *arena, struct known_name *name, uint64_t number)
{
    name->numbers.items = arena_alloc(arena, sizeof(*name->numbers.items));
    name->numbers.items[0] = (uint32_t)number;
    name->numbers.count = 1;
}

/* At most CHUNK whole names of one dimension.  0 or -1. */
static int read_chunk(struct db *db, struct arena *arena, uint32_t account_id,
                      struct known_name *const *names, size_t count)
{
    enum filter_dimension dimension = names[0]->dimension;
    struct db_value values[CHUNK + 1];
    size_t marks = count == 1 ? 1 : CHUNK;
    struct db_rows *rows;
    int more = -1;

    for (size_t i = 0; i < marks; i++)
        values[i] = DB_BYTES(names[i < count ? i : count - 1]->name);
    values[marks] = DB_NUMBER(account_id);
    rows = db_select(db, count == 1 ? dictionaries[dimension].one : dictionaries[dimension].chunk,
                     values, marks + dictionaries[dimension].of_account);
    while (rows && (more = db_next(rows)) == 1)
        for (size_t i = 0; i < count; i++)
            if (str_equal(names[i]->name, db_bytes(rows, 1)))
                set_number(arena, names[i], db_number(rows, 0));
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

/* All names that begin with this one; they may be very many.  0 or -1. */
static int read_beginning(struct db *db, struct arena *arena, uint32_t account_id,
                          struct known_name *name)
{
    struct str end = filter_prefix_end(arena, name->name);
    const struct db_value values[] = {DB_BYTES(name->name), DB_BYTES(end), DB_BYTES(end),
                                      DB_NUMBER(account_id)};
    struct filter_numbers *numbers = &name->numbers;
    struct db_rows *rows = db_stream(db, dictionaries[name->dimension].beginning, values,
                                     3 + dictionaries[name->dimension].of_account);
    size_t capacity = 0;
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        numbers->items =
            arena_grow(arena, numbers->items, numbers->count, &capacity, sizeof(*numbers->items));
        numbers->items[numbers->count++] = (uint32_t)db_number(rows, 0);
    }
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

/* Of names of one dimension. */
static int read_numbers(struct db *db, uint32_t account_id, struct names *names)
{
    struct known_name *whole[CHUNK];
    size_t count = 0;

    for (size_t i = 0; i < names->count; i++) {
        struct known_name *name = &names->items[i];

        if (name->is_prefix && read_beginning(db, names->arena, account_id, name) < 0)
            return -1;
        if (!name->is_prefix)
            whole[count++] = name;
        if (count && (count == CHUNK || i + 1 == names->count)) {
            if (read_chunk(db, names->arena, account_id, whole, count) < 0)
                return -1;
            count = 0;
        }
    }
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct known_name *x = a, *y = b;

    if (x->dimension != y->dimension)
        return x->dimension > y->dimension ? 1 : -1;
    return x->is_prefix == y->is_prefix ? str_compare(x->name, y->name)
                                        : x->is_prefix - y->is_prefix;
}

/* False: not all of the names were looked for. */
static bool recall(const struct filter_names *known, struct names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct known_name *found =
            known->count
                ? bsearch(&names->items[i], known->items, known->count, sizeof(*found), by_name)
                : NULL;

        if (!found)
            return false;
        names->items[i].numbers = found->numbers;
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
        enum filter_dimension dimension = (enum filter_dimension)i;
        struct names names = {.arena = arena};

        if (!dictionaries[i].one.len || dictionaries[i].of_account)
            continue;
        add_names(&names, dimension, &whole->include[i]);
        add_names(&names, dimension, &whole->exclude[i]);
        if (read_numbers(db, 0, &names) < 0)
            return -1;
        for (size_t k = 0; k < names.count; k++) {
            known->items =
                arena_grow(arena, known->items, known->count, &capacity, sizeof(*known->items));
            known->items[known->count++] = names.items[k];
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
    enum event_method method;
    enum event_signature signature;

    if (dimension == FILTER_SOURCE)
        return event_source_parse(word, &source) ? (uint32_t)source : 0;
    if (dimension == FILTER_METHOD)
        return event_method_parse(word, &method) ? (uint32_t)method : 0;
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
    size_t count = values->count;

    if (dictionaries[dimension].one.len)
        add_names(&names, dimension, values);
    if ((dictionaries[dimension].of_account || !filter->names || !recall(filter->names, &names)) &&
        read_numbers(db, filter->account_id, &names) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++)
        count += names.items[i].numbers.count;
    *numbers = (struct filter_numbers){arena_array(arena, count, sizeof(*numbers->items)), 0};
    add_words(dimension, values, numbers);
    for (size_t i = 0; i < names.count; i++) {
        const struct filter_numbers *found = &names.items[i].numbers;

        if (found->count)
            memcpy(numbers->items + numbers->count, found->items,
                   found->count * sizeof(*found->items));
        numbers->count += found->count;
    }
    return 0;
}
