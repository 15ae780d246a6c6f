/* SPDX-License-Identifier: MIT */
/*
 * Two texts, the second behind the first NUL.  What is found lies inside them, within its limits; a value does not differ from itself,
 * nor the other way round where it does not differ one way.
 */
#include "base/json_diff.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool is_inside(struct str part, struct str whole)
{
    return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

static void check_entry(const struct json_diff_entry *entry, struct str before, struct str after)
{
    struct json_value value;
    struct json_error error;

    require((entry->before.len == 0) == (entry->kind == JSON_DIFF_ADDED));
    require((entry->after.len == 0) == (entry->kind == JSON_DIFF_REMOVED));
    require(entry->path.len == 0 || entry->path.ptr[0] == '/');
    if (entry->before.len)
        require(is_inside(entry->before, before) && json_read(entry->before, &value, &error));
    if (entry->after.len)
        require(is_inside(entry->after, after) && json_read(entry->after, &value, &error));
    require(entry->kind != JSON_DIFF_CHANGED || !str_equal(entry->before, entry->after));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str both = {(const char *)data, size};
    const char *nul = size ? memchr(data, '\0', size) : NULL;
    size_t first = nul ? (size_t)(nul - both.ptr) : size;
    struct str texts[2] = {str_slice(both, 0, first), str_slice(both, first + 1, size)};
    struct json_value values[2];
    struct json_error error;
    struct arena *arena;
    struct json_diff diff, back, self;

    if (!json_read(texts[0], &values[0], &error) || !json_read(texts[1], &values[1], &error))
        return 0;
    arena = arena_new();
    json_diff(arena, values[0], values[1], &diff);
    json_diff(arena, values[1], values[0], &back);
    json_diff(arena, values[1], values[1], &self);
    require(diff.count <= JSON_DIFF_ENTRIES_MAX && self.count == 0);
    require(diff.is_too_large == back.is_too_large);
    require((diff.count == 0) == (back.count == 0));
    require(diff.has_more == back.has_more && diff.count == back.count);
    for (size_t i = 0; i < diff.count; i++)
        check_entry(&diff.entries[i], texts[0], texts[1]);
    arena_free(arena);
    return 0;
}
