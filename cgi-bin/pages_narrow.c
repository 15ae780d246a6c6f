/* SPDX-License-Identifier: MIT */
/* Changes a copy of the parameters; params_append() writes it. */
#include "pages_narrow.h"

#include "pages_frame.h"

static bool holds(const struct filter_values *values, struct str value)
{
    for (size_t i = 0; i < values->count; i++)
        if (str_equal(values->items[i], value))
            return true;
    return false;
}

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

struct str pages_narrow(struct arena *arena, struct str path, const struct params *params,
                        enum filter_dimension dimension, struct str value, enum pages_narrow how)
{
    struct str word = value.len ? value : STR(FILTER_NONE);
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
        if (!holds(exclude, word)) {
            *exclude = without(arena, exclude, word);
            exclude->items[exclude->count++] = word;
        }
    }
    return pages_link(arena, path, &narrowed, PARAMS_VIEW);
}

struct str pages_narrow_entity_id(struct arena *arena, struct str path, const struct params *params,
                                  struct str entity_id)
{
    struct params narrowed = *params;

    if (entity_id.len == 0 || entity_id.len > EVENT_NAME_MAX ||
        entity_id.ptr[entity_id.len - 1] == '*')
        return STR("");
    narrowed.filter.entity_id = entity_id;
    return pages_link(arena, path, &narrowed, PARAMS_VIEW);
}

struct str pages_narrow_entity_name(struct arena *arena, struct str path,
                                    const struct params *params, struct str entity_name)
{
    struct params narrowed = *params;

    if (entity_name.len == 0 || entity_name.len > EVENT_NAME_MAX)
        return STR("");
    narrowed.filter.entity_name = entity_name;
    return pages_link(arena, path, &narrowed, PARAMS_VIEW);
}
