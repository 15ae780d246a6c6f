/* SPDX-License-Identifier: MIT */
/*
 * Two passes, none of which recurses: forwards over the tokens, which gives the values in order; then backwards over the values, so
 * that what is inside a value is known before it.
 */
#include "base/json_tree.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/json_private.h"

/* ---- Forwards: the values ---- */

struct maker {
    struct arena *arena;
    struct json_tree *tree;
    size_t capacity;
    struct strbuf scratch;
    uint32_t open[JSON_MAX_DEPTH]; /* numbers of the containers that are open */
    size_t depth;
    bool wants_name; /* in an object: a name comes next */
    struct str name;
    bool has_raw_name;
};

static void read_name(struct maker *maker, struct str quoted)
{
    struct json_node *object = &maker->tree->nodes[maker->open[maker->depth - 1]];

    maker->name = str_slice(quoted, 1, quoted.len - 2);
    maker->has_raw_name = false;
    maker->wants_name = false;
    if (maker->name.len == 0 || !memchr(maker->name.ptr, '\\', maker->name.len))
        return;
    strbuf_reset(&maker->scratch);
    maker->has_raw_name = json_decode(quoted, &maker->scratch) != JSON_DECODED;
    object->is_opaque = object->is_opaque || maker->has_raw_name;
    maker->name =
        maker->has_raw_name ? quoted : arena_copy(maker->arena, strbuf_str(&maker->scratch));
}

static void add_node(struct maker *maker, struct str token)
{
    struct json_tree *tree = maker->tree;
    struct json_node *node;

    if (maker->depth)
        tree->nodes[maker->open[maker->depth - 1]].count++;
    tree->nodes =
        arena_grow(maker->arena, tree->nodes, tree->count, &maker->capacity, sizeof(*tree->nodes));
    node = &tree->nodes[tree->count++];
    *node = (struct json_node){
        .type = json_type_of(token.ptr[0]),
        .has_raw_name = maker->has_raw_name,
        .end = tree->count,
        .name = maker->name,
        .text = token,
    };
    maker->name = (struct str){NULL, 0};
    maker->has_raw_name = false;
    if (node->type == JSON_OBJECT || node->type == JSON_ARRAY) {
        maker->open[maker->depth++] = tree->count - 1;
        maker->wants_name = node->type == JSON_OBJECT;
    }
}

static void close_node(struct maker *maker, struct str token)
{
    struct json_node *node = &maker->tree->nodes[maker->open[--maker->depth]];

    node->text.len = (size_t)(token.ptr - node->text.ptr) + 1;
    node->end = maker->tree->count;
    maker->wants_name = false;
}

static bool read_nodes(struct maker *maker, struct str rest, uint32_t max)
{
    struct str token;

    while (json_next_token(&rest, &token)) {
        char c = token.ptr[0];

        if (c == '}' || c == ']') {
            close_node(maker, token);
        } else if (c == ',') {
            const struct json_node *in = &maker->tree->nodes[maker->open[maker->depth - 1]];

            maker->wants_name = in->type == JSON_OBJECT;
        } else if (c == '"' && maker->wants_name) {
            read_name(maker, token);
        } else if (c != ':') {
            if (maker->tree->count == max)
                return false;
            add_node(maker, token);
        }
    }
    return true;
}

/* ---- Backwards: order and digests ---- */

/* Without `nodes` qsort() could not know the names. */
static int by_name(const void *a, const void *b, void *nodes)
{
    const struct json_node *all = nodes;

    return str_compare(all[*(const uint32_t *)a].name, all[*(const uint32_t *)b].name);
}

/* The children of node `number`, in the order in which they stand. */
static void list_children(struct json_tree *tree, uint32_t number)
{
    const struct json_node *node = &tree->nodes[number];
    uint32_t child = number + 1;

    for (uint32_t i = 0; i < node->count; i++) {
        tree->children[node->first + i] = child;
        child = tree->nodes[child].end;
    }
}

static void sort_members(struct json_tree *tree, uint32_t number)
{
    struct json_node *object = &tree->nodes[number];
    uint32_t *members = tree->children + object->first;

    if (object->is_opaque)
        return;
    qsort_r(members, object->count, sizeof(*members), by_name, tree->nodes);
    for (uint32_t i = 1; i < object->count && !object->is_opaque; i++)
        object->is_opaque =
            str_equal(tree->nodes[members[i - 1]].name, tree->nodes[members[i]].name);
    if (object->is_opaque)
        list_children(tree, number);
}

/* Lengths stand before what could run together. */
static void append_member(struct strbuf *out, const struct json_node *member)
{
    strbuf_add_char(out, member->has_raw_name ? 'r' : 'n');
    strbuf_add_number(out, member->name.len);
    strbuf_add_char(out, ':');
    strbuf_add(out, member->name);
}

static void append_scalar(struct strbuf *out, const struct json_node *node)
{
    if (node->type != JSON_STRING || !memchr(node->text.ptr, '\\', node->text.len)) {
        strbuf_add(out, node->type == JSON_STRING ? str_slice(node->text, 1, node->text.len - 2)
                                                  : node->text);
        return;
    }
    if (json_decode(node->text, out) == JSON_DECODED)
        return;
    strbuf_reset(out);
    strbuf_add_char(out, 'r');
    strbuf_add(out, node->text);
}

static void make_digest(struct json_tree *tree, uint32_t number, struct strbuf *scratch)
{
    struct json_node *node = &tree->nodes[number];
    unsigned char digest[DIGEST_BYTES];

    strbuf_reset(scratch);
    strbuf_add_char(scratch, (char)('0' + node->type));
    if (node->type == JSON_OBJECT)
        strbuf_add_char(scratch, node->is_opaque ? 'o' : 's');
    if (node->type != JSON_OBJECT && node->type != JSON_ARRAY)
        append_scalar(scratch, node);
    for (uint32_t i = 0; i < node->count; i++) {
        const struct json_node *child = &tree->nodes[tree->children[node->first + i]];

        if (node->type == JSON_OBJECT)
            append_member(scratch, child);
        strbuf_add(scratch, (struct str){(const char *)child->digest, sizeof(child->digest)});
    }
    digest_sha256(strbuf_str(scratch), digest);
    memcpy(node->digest, digest, sizeof(node->digest));
}

static void finish_nodes(struct maker *maker)
{
    struct json_tree *tree = maker->tree;
    uint32_t used = 0;

    tree->children = arena_array(maker->arena, tree->count, sizeof(*tree->children));
    for (uint32_t i = tree->count; i-- > 0;) {
        struct json_node *node = &tree->nodes[i];

        node->first = used;
        used += node->count;
        list_children(tree, i);
        if (node->type == JSON_OBJECT)
            sort_members(tree, i);
        make_digest(tree, i, &maker->scratch);
    }
}

bool json_tree_make(struct arena *arena, struct json_value value, uint32_t max,
                    struct json_tree *tree)
{
    struct maker maker = {.arena = arena, .tree = tree};
    bool fits;

    *tree = (struct json_tree){0};
    strbuf_init(&maker.scratch);
    fits = read_nodes(&maker, value.text, max);
    if (fits)
        finish_nodes(&maker);
    strbuf_release(&maker.scratch);
    return fits;
}

bool json_node_same(const struct json_node *a, const struct json_node *b)
{
    return memcmp(a->digest, b->digest, sizeof(a->digest)) == 0;
}

const struct json_node *json_tree_member(const struct json_tree *tree,
                                         const struct json_node *object, struct str name)
{
    uint32_t low = 0, high = object->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct json_node *member = &tree->nodes[tree->children[object->first + middle]];
        int order = str_compare(name, member->name);

        if (order == 0)
            return member;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
