/* SPDX-License-Identifier: MIT */
/* JSON to the tree.  base/json.c has checked the whole text before, so what is walked here is well-formed. */
#include <stdlib.h>

#include "base/document_private.h"
#include "base/json.h"

struct reading {
    struct arena *arena;
    struct document_stack stack;
    const char *counted; /* line feeds in front of this are counted in `line` */
    unsigned line, too_deep_line;
};

/* Positions are asked for in their order, so the text is gone over once. */
static unsigned line_at(struct reading *reading, const char *at)
{
    const char *feed;

    while (reading->counted < at &&
           (feed = memchr(reading->counted, '\n', (size_t)(at - reading->counted)))) {
        reading->line++;
        reading->counted = feed + 1;
    }
    if (reading->counted < at)
        reading->counted = at;
    return reading->line;
}

/* What has no form in UTF-8 stays as it was written. */
static struct str string_text(struct arena *arena, struct str quoted)
{
    struct str text = str_slice(quoted, 1, quoted.len - 2);
    struct strbuf buf;

    if (text.len == 0 || !memchr(text.ptr, '\\', text.len))
        return text;
    strbuf_init(&buf);
    if (json_decode(quoted, &buf) == JSON_DECODED)
        text = arena_copy(arena, strbuf_str(&buf));
    strbuf_release(&buf);
    return text;
}

static const struct document_node *read_node(struct reading *reading, struct json_value value,
                                             unsigned depth)
{
    unsigned line = line_at(reading, value.text.ptr);
    bool is_map = value.type == JSON_OBJECT;
    size_t from = reading->stack.count;
    struct document_node *node;
    struct json_walk walk;
    struct json_value child;
    struct str key;

    if (!is_map && value.type != JSON_ARRAY) {
        node = document_node_new(reading->arena, DOCUMENT_SCALAR, line);
        node->is_quoted = value.type == JSON_STRING;
        node->text = node->is_quoted ? string_text(reading->arena, value.text) : value.text;
        return node;
    }
    node = document_node_new(reading->arena, is_map ? DOCUMENT_MAP : DOCUMENT_LIST, line);
    if (depth == DOCUMENT_DEPTH_MAX) {
        reading->too_deep_line = line;
        return node;
    }
    json_walk_start(&walk, value);
    while (!reading->too_deep_line && json_walk_next(&walk, &key, &child)) {
        const struct document_node *child_node;

        if (is_map)
            key = string_text(reading->arena, key);
        child_node = read_node(reading, child, depth + 1);
        document_push(&reading->stack, key, child_node);
    }
    document_pop(&reading->stack, reading->arena, from, node);
    return node;
}

const struct document_node *document_json(struct arena *arena, struct str text,
                                          struct document_error *error)
{
    struct reading reading = {.arena = arena, .counted = text.ptr, .line = 1};
    const struct document_node *root;
    struct json_error reason;
    struct json_value value;

    if (!json_read(text, &value, &reason)) {
        error->line = line_at(&reading, text.ptr + reason.offset);
        error->sentence = arena_printf(arena, "It is not JSON: %s.", reason.reason);
        return NULL;
    }
    root = read_node(&reading, value, 0);
    free(reading.stack.members);
    if (reading.too_deep_line)
        return document_fail(arena, error, reading.too_deep_line, "It is nested deeper than 200.");
    return root;
}
