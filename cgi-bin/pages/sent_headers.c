/* SPDX-License-Identifier: MIT */
/* The text was accepted when it was recorded; here it is read leniently, since nothing but a page depends on it. */
#include "pages/sent_headers.h"

#include "base/json.h"

struct list {
    struct arena *arena;
    struct sent_header *items;
    size_t count, capacity;
};

static void add(struct list *list, struct str name, struct str value)
{
    if (name.len == 0)
        return;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 32;
        struct sent_header *grown = arena_array(list->arena, capacity, sizeof(*grown));

        if (list->count)
            memcpy(grown, list->items, list->count * sizeof(*grown));
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->count++] = (struct sent_header){name, value};
}

/* What a string stands for, a number or word as it stands, nothing for null. */
static struct str text_of(struct arena *arena, struct json_value value)
{
    struct strbuf bytes;
    struct str text;

    if (value.type == JSON_NULL || value.type == JSON_NONE)
        return (struct str){NULL, 0};
    if (value.type != JSON_STRING)
        return value.text;
    strbuf_init(&bytes);
    json_decode(value.text, &bytes);
    text = arena_copy(arena, strbuf_str(&bytes));
    strbuf_release(&bytes);
    return text;
}

static void add_value(struct list *list, struct str name, struct json_value value)
{
    struct json_walk walk;
    struct json_value element;
    struct str key;

    if (value.type != JSON_ARRAY) {
        add(list, name, text_of(list->arena, value));
        return;
    }
    json_walk_start(&walk, value);
    while (json_walk_next(&walk, &key, &element))
        add(list, name, text_of(list->arena, element));
}

static void read_object(struct list *list, struct json_value object)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;

    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value))
        add_value(list, text_of(list->arena, (struct json_value){JSON_STRING, key}), value);
}

/* [name, value, value …] */
static void read_pair(struct list *list, struct json_value pair)
{
    struct json_walk walk;
    struct json_value name, value;
    struct str key;

    json_walk_start(&walk, pair);
    if (!json_walk_next(&walk, &key, &name))
        return;
    while (json_walk_next(&walk, &key, &value))
        add(list, text_of(list->arena, name), text_of(list->arena, value));
}

/* {"name": …, "value": …} */
static void read_named(struct list *list, struct json_value object)
{
    struct json_value name, value;

    if (json_find(object.text, STR("name"), &name) && json_find(object.text, STR("value"), &value))
        add_value(list, text_of(list->arena, name), value);
}

static void read_array(struct list *list, struct json_value array)
{
    struct str name = {NULL, 0}, key;
    struct json_value element;
    struct json_walk walk;

    json_walk_start(&walk, array);
    while (json_walk_next(&walk, &key, &element)) {
        if (element.type == JSON_ARRAY) {
            read_pair(list, element);
        } else if (element.type == JSON_OBJECT) {
            read_named(list, element);
        } else if (name.len == 0) { /* name, value, name, value … */
            name = text_of(list->arena, element);
        } else {
            add(list, name, text_of(list->arena, element));
            name.len = 0;
        }
    }
}

/* Lines as on the wire. */
static void read_lines(struct list *list, struct str text)
{
    struct str line, name;

    while (str_next(&text, '\n', &line)) {
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len && memchr(line.ptr, ':', line.len) && str_next(&line, ':', &name))
            add(list, str_trim(name), str_trim(line));
    }
}

struct sent_header *sent_headers_read(struct arena *arena, struct str headers, size_t *count)
{
    struct list list = {.arena = arena};
    struct json_value value;
    struct json_error error;

    while (json_read(headers, &value, &error) && value.type == JSON_STRING)
        headers = text_of(arena, value);
    if (value.type == JSON_OBJECT)
        read_object(&list, value);
    else if (value.type == JSON_ARRAY)
        read_array(&list, value);
    else
        read_lines(&list, headers);
    *count = list.count;
    return list.items;
}
