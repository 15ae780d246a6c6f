/* SPDX-License-Identifier: MIT */
/* Changes a copy of the parameters; params_append() writes it. */
#include "pages/pages_narrow.h"

#include "pages/pages_frame.h"
#include "store/filter_words.h"

/* A copy without `value`, with room for one more. */
static struct filter_values without(struct arena *arena, const struct filter_values *values,
                                    struct str value)
{
    struct filter_values left = {arena_array(arena, values->count + 1, sizeof(*left.items)), 0};

    for (size_t i = 0; i < values->count; i++)
        if (!str_equal(values->items[i], value))
            left.items[left.count++] = values->items[i];
    return left;
}

/* Adds `value` to those that are left out. */
static void leave_out(struct arena *arena, struct filter_values *values, struct str value)
{
    if (filter_values_have(values, value))
        return;
    *values = without(arena, values, value);
    values->items[values->count++] = value;
}

struct str pages_narrow(struct arena *arena, struct str path, const struct params *params,
                        enum filter_dimension dimension, struct str value, enum pages_narrow how)
{
    struct str word = value.len ? filter_word(arena, value) : STR(FILTER_NONE);
    struct params narrowed = *params;
    struct filter_values *include = &narrowed.filter.include[dimension];
    struct filter_values *exclude = &narrowed.filter.exclude[dimension];

    if (str_equal(value, STR(FILTER_NONE)) || value.len > EVENT_NAME_MAX)
        return STR("");
    if (how == PAGES_NARROW_ONLY) {
        *include = (struct filter_values){arena_alloc(arena, sizeof(*include->items)), 1};
        include->items[0] = word;
        *exclude = (struct filter_values){NULL, 0};
    } else {
        *include = without(arena, include, word);
        leave_out(arena, exclude, word);
    }
    return pages_link(arena, path, &narrowed, PARAMS_VIEW);
}

/* The same of a text that is asked for and texts that are not. */
static bool narrow_text(struct arena *arena, struct str *asked, struct filter_values *left_out,
                        struct str value, enum pages_narrow how)
{
    if (how == PAGES_NARROW_ONLY) {
        *asked = value;
        *left_out = (struct filter_values){NULL, 0};
        return true;
    }
    if (str_equal(*asked, value))
        *asked = (struct str){NULL, 0};
    leave_out(arena, left_out, value);
    return left_out->count <= FILTER_WITHOUT_MAX;
}

struct str pages_narrow_entity_id(struct arena *arena, struct str path, const struct params *params,
                                  struct str entity_id, enum pages_narrow how)
{
    struct params narrowed = *params;

    if (entity_id.len == 0 || entity_id.len > EVENT_NAME_MAX ||
        entity_id.ptr[entity_id.len - 1] == '*' ||
        !narrow_text(arena, &narrowed.filter.entity_id, &narrowed.filter.without_id, entity_id,
                     how))
        return STR("");
    return pages_link(arena, path, &narrowed, PARAMS_VIEW);
}

struct str pages_narrow_entity_name(struct arena *arena, struct str path,
                                    const struct params *params, struct str entity_name,
                                    enum pages_narrow how)
{
    struct params narrowed = *params;

    if (entity_name.len == 0 || entity_name.len > EVENT_NAME_MAX ||
        !narrow_text(arena, &narrowed.filter.entity_name, &narrowed.filter.without_name,
                     entity_name, how))
        return STR("");
    return pages_link(arena, path, &narrowed, PARAMS_VIEW);
}

struct str pages_narrow_text(struct arena *arena, struct str path, const struct params *params,
                             struct str value, enum filter_in in)
{
    struct params narrowed = *params;

    if (value.len < PARAMS_TEXT_BYTES_MIN || value.len > PARAMS_TEXT_BYTES_MAX ||
        page_visible_prefix(value) != value.len ||
        (in != FILTER_IN_ANY && value.ptr[value.len - 1] == '*'))
        return STR("");
    narrowed.filter.text = value;
    narrowed.filter.text_in = in;
    return pages_link(arena, path, &narrowed, PARAMS_VIEW);
}
