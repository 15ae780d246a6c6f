/* SPDX-License-Identifier: MIT */
/*
 * What the JSON reader accepts must be walkable to the last value, every string decodable, and both prints
 * must be JSON that leads back to the same compact text.  What it refuses must have a place and a reason.
 */
#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool is_inside(struct str part, struct str whole)
{
    return part.ptr >= whole.ptr && part.len <= whole.len &&
           (size_t)(part.ptr - whole.ptr) <= whole.len - part.len;
}

static struct json_value must_read(struct str text)
{
    struct json_value value;
    struct json_error error;

    require(json_read(text, &value, &error));
    return value;
}

/* A string that has characters keeps them when it is written and decoded again. */
static void check_string(struct str quoted)
{
    struct strbuf decoded, written, again;

    strbuf_init(&decoded);
    strbuf_init(&written);
    strbuf_init(&again);
    if (json_decode(quoted, &decoded) == JSON_DECODED) {
        require(utf8_valid_prefix(strbuf_str(&decoded)) == decoded.len);
        json_append_string(&written, strbuf_str(&decoded));
        require(must_read(strbuf_str(&written)).type == JSON_STRING);
        require(json_decode(strbuf_str(&written), &again) == JSON_DECODED);
        require(str_equal(strbuf_str(&decoded), strbuf_str(&again)));
    }
    strbuf_release(&decoded);
    strbuf_release(&written);
    strbuf_release(&again);
}

static void check_value(struct json_value value);

static void check_elements(struct json_value container)
{
    struct str left = str_slice(container.text, 1, container.text.len); /* not yet walked */
    struct json_value element;
    struct json_walk walk;
    struct str key;

    json_walk_start(&walk, container);
    while (json_walk_next(&walk, &key, &element)) {
        require(is_inside(element.text, left)); /* in order, none twice */
        left = str_slice(left, (size_t)(element.text.ptr - left.ptr) + element.text.len, left.len);
        require((key.len > 0) == (container.type == JSON_OBJECT));
        if (key.len)
            check_string(key);
        check_value(element);
    }
    while (left.len && strchr(" \t\r\n", left.ptr[0])) /* none left out */
        left = str_slice(left, 1, left.len);
    require(left.len == 1);
}

/* Recursion is bounded by JSON_MAX_DEPTH. */
static void check_value(struct json_value value)
{
    struct json_value alone = must_read(value.text);

    require(alone.type == value.type && str_equal(alone.text, value.text));
    if (value.type == JSON_STRING)
        check_string(value.text);
    else if (value.type == JSON_ARRAY || value.type == JSON_OBJECT)
        check_elements(value);
}

static void check_prints(struct str text)
{
    struct strbuf indented, compact, again;

    strbuf_init(&indented);
    strbuf_init(&compact);
    strbuf_init(&again);
    json_append_indented(&indented, text);
    json_append_compact(&compact, text);
    must_read(strbuf_str(&indented));
    must_read(strbuf_str(&compact));
    json_append_compact(&again, strbuf_str(&indented));
    require(str_equal(strbuf_str(&again), strbuf_str(&compact)));
    strbuf_reset(&again);
    json_append_indented(&again, strbuf_str(&compact));
    require(str_equal(strbuf_str(&again), strbuf_str(&indented)));
    strbuf_release(&indented);
    strbuf_release(&compact);
    strbuf_release(&again);
}

/* Walking what nothing has read accepts the same, where it is not too deep to tell. */
static void check_unread(struct str text, const struct json_value *accepted)
{
    for (enum json_type type = JSON_ARRAY; type <= JSON_OBJECT; type++) {
        struct json_walk walk;
        struct json_value element;
        struct str key;
        bool whole = json_walk_unread(&walk, text, type), deep = false;

        while (whole && json_walk_next(&walk, &key, &element)) {
            require(is_inside(element.text, text));
            deep = deep || json_depth(element.text) == JSON_MAX_DEPTH;
        }
        require(deep || (whole && json_walk_is_whole(&walk)) == (accepted->type == type));
    }
}

/* json_read() accepts what json_read_first() accepts with nothing but white space behind. */
static void check_first(struct str text, bool accepted)
{
    struct json_value value;
    struct json_error error;
    struct str rest;

    if (!json_read_first(text, &value, &rest, &error)) {
        require(!accepted);
        return;
    }
    require(is_inside(value.text, text) && is_inside(rest, text));
    require(value.text.ptr + value.text.len == rest.ptr);
    require(rest.ptr + rest.len == text.ptr + text.len);
    must_read(value.text);
    while (rest.len && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t' || rest.ptr[0] == '\r' ||
                        rest.ptr[0] == '\n'))
        rest = str_slice(rest, 1, rest.len);
    require(accepted == (rest.len == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct json_value value;
    struct json_error error = {SIZE_MAX, NULL};
    bool accepted = json_read(text, &value, &error);

    check_first(text, accepted);
    check_unread(text, &value);
    if (!accepted) {
        require(error.offset <= size && error.reason);
        return 0;
    }
    require(utf8_valid_prefix(text) == size);
    check_value(value);
    check_prints(text);
    return 0;
}
