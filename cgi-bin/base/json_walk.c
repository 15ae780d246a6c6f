/* SPDX-License-Identifier: MIT */
/*
 * Goes over elements with the reader itself: no second set of rules, and a text that nobody checked ends the walk instead of
 * leading it astray.
 */
#include "base/json_private.h"

#include <assert.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline void skip_space(struct str *text)
{
    while (text->len && is_space(*text->ptr)) {
        text->ptr++;
        text->len--;
    }
}

void json_walk_start(struct json_walk *walk, struct json_value container)
{
    assert(container.type == JSON_ARRAY || container.type == JSON_OBJECT);
    assert(container.text.len >= 2);
    walk->rest = str_slice(container.text, 1, container.text.len - 2);
    walk->container = container.type;
    walk->is_broken = false;
    skip_space(&walk->rest); /* from here on none stands in front */
}

bool json_walk_unread(struct json_walk *walk, struct str text, enum json_type container)
{
    bool object = container == JSON_OBJECT;

    skip_space(&text);
    while (text.len && is_space(text.ptr[text.len - 1]))
        text.len--;
    if (text.len < 2 || text.ptr[0] != (object ? '{' : '[') ||
        text.ptr[text.len - 1] != (object ? '}' : ']'))
        return false;
    json_walk_start(walk, (struct json_value){container, text});
    return true;
}

bool json_walk_next(struct json_walk *walk, struct str *key, struct json_value *value)
{
    *key = (struct str){NULL, 0};
    if (walk->is_broken || walk->rest.len == 0)
        return false;
    if (!json_read_element(&walk->rest, walk->container == JSON_OBJECT, key, value)) {
        walk->is_broken = true;
        return false;
    }
    if (walk->rest.len) { /* a comma and a further element */
        bool comma = *walk->rest.ptr == ',';

        walk->rest.ptr += comma;
        walk->rest.len -= comma;
        skip_space(&walk->rest);
        walk->is_broken = !comma || walk->rest.len == 0;
    }
    return true;
}

bool json_walk_is_whole(const struct json_walk *walk)
{
    return !walk->is_broken;
}
