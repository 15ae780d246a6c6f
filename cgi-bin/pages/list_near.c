/* SPDX-License-Identifier: MIT */
/* The names are those of the filter menus, with their counts: a call has one of each kind, so the counts add up. */
#include "pages/list_near.h"

#include "store/event_facets.h"
#include "store/filter_words.h"

static const enum filter_dimension kinds[] = {FILTER_USER, FILTER_ACTION, FILTER_ENTITY_TYPE};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* By itself, or with all that begin so. */
static bool is_left_out(const struct filter_values *values, struct str word)
{
    struct str prefix;

    for (size_t i = 0; i < values->count; i++)
        if (str_equal(values->items[i], word) ||
            (filter_word_is_prefix(values->items[i], &prefix) && filter_word_begins(word, prefix)))
            return true;
    return false;
}

/* `typed` is folded. */
static bool holds_any(struct str name, const struct filter_values *typed)
{
    for (size_t i = 0; i < typed->count; i++)
        if (str_contains_folded(name, typed->items[i]))
            return true;
    return false;
}

/* Who typed `*pipe*` means a part. */
static struct str part_of(struct arena *arena, struct str word)
{
    struct str text;

    if (!filter_word_is_prefix(word, &text))
        text = filter_word_name(arena, word);
    while (text.len && text.ptr[0] == '*')
        text = str_slice(text, 1, text.len);
    while (text.len && text.ptr[text.len - 1] == '*')
        text.len--;
    return text;
}

static struct filter_values fold(struct arena *arena, const struct filter_values *typed)
{
    struct filter_values folded = {arena_array(arena, typed->count, sizeof(*folded.items)), 0};

    for (size_t i = 0; i < typed->count; i++) {
        struct str value = part_of(arena, typed->items[i]);
        char *out = arena_alloc(arena, value.len);

        if (value.len == 0 || str_equal(value, STR(FILTER_NONE)))
            continue;
        str_fold(value, out);
        folded.items[folded.count++] = (struct str){out, value.len};
    }
    return folded;
}

/* Adds the names of this kind that hold any of `typed`, if there are any but those. */
static int add_kind(struct reader *reader, struct arena *arena, const struct filter *filter,
                    enum filter_dimension kind, const struct filter_values *typed,
                    struct list_nears *nears)
{
    const struct filter_values folded = fold(arena, typed);
    struct list_near near = {.dimension = kind};
    struct event_facets facets;
    bool is_new = false;

    if (folded.count == 0)
        return 0;
    if (event_facets_read(reader, arena, filter, kind, LIST_NEAR_AMONG, &facets) < 0)
        return -1;
    near.names.items = arena_array(arena, LIST_NEAR_MAX, sizeof(*near.names.items));
    for (size_t i = 0; i < facets.count && near.names.count < LIST_NEAR_MAX; i++) {
        const struct event_facet *facet = &facets.items[i];

        if (str_equal(facet->value, STR(FILTER_NONE)) ||
            is_left_out(&filter->exclude[kind], facet->value) || !holds_any(facet->value, &folded))
            continue;
        is_new = is_new || !filter_values_have(typed, facet->value);
        near.names.items[near.names.count++] = facet->value;
        near.calls += facet->count;
    }
    if (is_new)
        nears->items[nears->count++] = near;
    return 0;
}

static void start(struct arena *arena, struct list_nears *nears)
{
    *nears = (struct list_nears){arena_array(arena, KINDS, sizeof(*nears->items)), 0};
}

int list_near_text(struct reader *reader, struct arena *arena, const struct filter *filter,
                   struct list_nears *nears)
{
    const struct filter_values typed = {arena_alloc(arena, sizeof(*typed.items)), 1};

    start(arena, nears);
    typed.items[0] = filter_word(arena, filter->text);
    for (size_t i = 0; i < KINDS; i++)
        if (filter->include[kinds[i]].count == 0 &&
            add_kind(reader, arena, filter, kinds[i], &typed, nears) < 0)
            return -1;
    return 0;
}

int list_near_names(struct reader *reader, struct arena *arena, const struct filter *filter,
                    struct list_nears *nears)
{
    start(arena, nears);
    for (size_t i = 0; i < KINDS; i++)
        if (add_kind(reader, arena, filter, kinds[i], &filter->include[kinds[i]], nears) < 0)
            return -1;
    return 0;
}

struct params list_near_params(const struct params *params, const struct list_near *near)
{
    struct params asked = *params;

    asked.page = 1;
    asked.filter.text = (struct str){NULL, 0};
    asked.filter.include[near->dimension] = near->names;
    params_settle(&asked);
    return asked;
}
