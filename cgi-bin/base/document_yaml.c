/* SPDX-License-Identifier: MIT */
/*
 * YAML to the tree, through libyaml: the only user of yaml.h.  Bounded against files that grow when they are read: aliases share
 * nodes, merged members are counted.
 */
#include <stdlib.h>

#include <yaml.h>

#include "base/document_private.h"

enum { ANCHORS_MAX = 10000, MERGED_MAX = 1000000 };

/* A container that is open. */
struct frame {
    struct document_node *node;
    size_t from;     /* its members on the stack begin here */
    bool has_key;    /* in a map: `key` waits for its value */
    bool key_merges; /* and is << */
    struct str key, anchor;
    const struct document_node *merged; /* the value of << */
};

struct anchor {
    struct str name;
    const struct document_node *node;
    struct anchor *next;
};

struct reading {
    struct arena *arena;
    struct document_error *error;
    struct document_stack stack;
    struct frame frames[DOCUMENT_DEPTH_MAX];
    size_t depth, anchor_count, merged;
    struct anchor *anchors; /* newest first: a name may be used again */
    const struct document_node *root;
};

static int fail(struct reading *reading, unsigned line, const char *sentence)
{
    document_fail(reading->arena, reading->error, line, sentence);
    return -1;
}

static struct str copied(struct reading *reading, const yaml_char_t *bytes, size_t len)
{
    return arena_copy(reading->arena, (struct str){(const char *)bytes, len});
}

/* A container is known by its anchor from its end on, so that no alias can lead into itself. */
static int remember(struct reading *reading, struct str name, const struct document_node *node)
{
    struct anchor *anchor;

    if (!name.len)
        return 0;
    if (reading->anchor_count++ == ANCHORS_MAX)
        return fail(reading, node->line, "It has more than 10000 anchors.");
    anchor = arena_alloc(reading->arena, sizeof(*anchor));
    *anchor = (struct anchor){name, node, reading->anchors};
    reading->anchors = anchor;
    return 0;
}

/* Behind the map's own members, which are found first. */
static int merge(struct reading *reading, unsigned line, const struct document_node *node)
{
    if (node->kind == DOCUMENT_LIST) {
        for (size_t i = 0; i < node->count; i++) {
            if (node->members[i].value->kind != DOCUMENT_MAP)
                return fail(reading, line, "A merge key (<<) takes maps only.");
            if (merge(reading, line, node->members[i].value) < 0)
                return -1;
        }
        return 0;
    }
    if (node->kind != DOCUMENT_MAP)
        return fail(reading, line, "A merge key (<<) takes maps only.");
    reading->merged += node->count;
    if (reading->merged > MERGED_MAX)
        return fail(reading, line, "Its merge keys (<<) make it too large.");
    for (size_t i = 0; i < node->count; i++)
        document_push(&reading->stack, node->members[i].key, node->members[i].value);
    return 0;
}

static int place(struct reading *reading, const struct document_node *node, bool is_plain)
{
    struct frame *frame = reading->depth ? &reading->frames[reading->depth - 1] : NULL;

    if (!frame) {
        reading->root = node;
        return 0;
    }
    if (frame->node->kind == DOCUMENT_LIST) {
        document_push(&reading->stack, STR(""), node);
        return 0;
    }
    if (!frame->has_key) {
        if (node->kind != DOCUMENT_SCALAR)
            return fail(reading, node->line, "A key must be plain text.");
        frame->has_key = true;
        frame->key = node->text;
        frame->key_merges = is_plain && str_equal(node->text, STR("<<"));
        return 0;
    }
    frame->has_key = false;
    if (!frame->key_merges)
        document_push(&reading->stack, frame->key, node);
    else if (!frame->merged)
        frame->merged = node;
    else
        return fail(reading, node->line, "A merge key (<<) stands twice in a map.");
    return 0;
}

static int open_container(struct reading *reading, enum document_kind kind, struct str anchor,
                          unsigned line)
{
    if (reading->depth == DOCUMENT_DEPTH_MAX)
        return fail(reading, line, "It is nested deeper than 200.");
    reading->frames[reading->depth++] = (struct frame){
        .node = document_node_new(reading->arena, kind, line),
        .from = reading->stack.count,
        .anchor = anchor,
    };
    return 0;
}

static int close_container(struct reading *reading)
{
    struct frame *frame = &reading->frames[reading->depth - 1];

    if (frame->merged && merge(reading, frame->node->line, frame->merged) < 0)
        return -1;
    document_pop(&reading->stack, reading->arena, frame->from, frame->node);
    reading->depth--;
    return remember(reading, frame->anchor, frame->node) < 0 ? -1
                                                             : place(reading, frame->node, false);
}

static int read_alias(struct reading *reading, struct str name, unsigned line)
{
    const struct anchor *anchor = reading->anchors;

    while (anchor && !str_equal(anchor->name, name))
        anchor = anchor->next;
    if (!anchor)
        return fail(reading, line, "An alias (*) stands for nothing that is complete before it.");
    return place(reading, anchor->node, false);
}

static int read_scalar(struct reading *reading, const yaml_event_t *event, struct str anchor,
                       unsigned line)
{
    struct document_node *node = document_node_new(reading->arena, DOCUMENT_SCALAR, line);

    node->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = copied(reading, event->data.scalar.value, event->data.scalar.length);
    return remember(reading, anchor, node) < 0 ? -1 : place(reading, node, !node->is_quoted);
}

static struct str name_of(struct reading *reading, const yaml_char_t *name)
{
    return name ? copied(reading, name, strlen((const char *)name)) : STR("");
}

/* 1: that was the end; 0: more is to come; -1. */
static int read_event(struct reading *reading, const yaml_event_t *event)
{
    unsigned line = (unsigned)event->start_mark.line + 1;

    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return reading->root ? fail(reading, line, "It holds more than one document.") : 0;
    case YAML_SCALAR_EVENT:
        return read_scalar(reading, event, name_of(reading, event->data.scalar.anchor), line);
    case YAML_SEQUENCE_START_EVENT:
        return open_container(reading, DOCUMENT_LIST,
                              name_of(reading, event->data.sequence_start.anchor), line);
    case YAML_MAPPING_START_EVENT:
        return open_container(reading, DOCUMENT_MAP,
                              name_of(reading, event->data.mapping_start.anchor), line);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_container(reading);
    case YAML_ALIAS_EVENT:
        return read_alias(reading, name_of(reading, event->data.alias.anchor), line);
    case YAML_STREAM_END_EVENT:
        return 1;
    default:
        return 0;
    }
}

static int fail_parser(struct reading *reading, const yaml_parser_t *parser)
{
    reading->error->line = (unsigned)parser->problem_mark.line + 1;
    reading->error->sentence = arena_printf(reading->arena, "It is not YAML: %s.",
                                            parser->problem ? parser->problem : "out of memory");
    return -1;
}

static int read_events(struct reading *reading, yaml_parser_t *parser)
{
    int result = 0;

    while (result == 0) {
        yaml_event_t event;

        if (!yaml_parser_parse(parser, &event))
            return fail_parser(reading, parser);
        result = read_event(reading, &event);
        yaml_event_delete(&event);
    }
    if (result > 0 && !reading->root)
        return fail(reading, 1, "There is nothing in it.");
    return result;
}

const struct document_node *document_yaml(struct arena *arena, struct str text,
                                          struct document_error *error)
{
    struct reading reading = {.arena = arena, .error = error};
    yaml_parser_t parser;
    int result;

    if (!yaml_parser_initialize(&parser))
        return document_fail(arena, error, 1, "There is not enough memory to read it.");
    yaml_parser_set_input_string(&parser, (const yaml_char_t *)text.ptr, text.len);
    result = read_events(&reading, &parser);
    yaml_parser_delete(&parser);
    free(reading.stack.members);
    return result > 0 ? reading.root : NULL;
}
