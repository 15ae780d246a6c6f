/* SPDX-License-Identifier: MIT */
/* Goes down both trees at once, only where digests differ.  Recursion ends at JSON_DIFF_DEPTH_MAX. */
#include "base/json_diff.h"

#include "base/json_tree.h"

struct comparison {
    struct arena *arena;
    const struct json_tree *old, *new;
    struct json_diff *diff;
    struct strbuf path;
    size_t depth;
};

static void compare(struct comparison *c, const struct json_node *before,
                    const struct json_node *after);

/* "/" and the name, in which "~" and "/" are escaped. */
static void push_name(struct comparison *c, struct str name)
{
    strbuf_add_char(&c->path, '/');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '~')
            strbuf_add_cstr(&c->path, "~0");
        else if (name.ptr[i] == '/')
            strbuf_add_cstr(&c->path, "~1");
        else
            strbuf_add_char(&c->path, name.ptr[i]);
    }
}

static void push_index(struct comparison *c, uint32_t index)
{
    strbuf_add_char(&c->path, '/');
    strbuf_add_number(&c->path, index);
}

static void pop(struct comparison *c, size_t len)
{
    c->path.len = len;
    c->path.ptr[len] = '\0';
}

static void add(struct comparison *c, enum json_diff_kind kind, const struct json_node *before,
                const struct json_node *after)
{
    const struct str none = {NULL, 0};
    struct json_diff *diff = c->diff;

    if (diff->count == JSON_DIFF_ENTRIES_MAX) {
        diff->has_more = true;
        return;
    }
    diff->entries[diff->count++] = (struct json_diff_entry){
        kind,
        arena_copy(c->arena, strbuf_str(&c->path)),
        before ? before->text : none,
        after ? after->text : none,
    };
}

static void compare_objects(struct comparison *c, const struct json_node *before,
                            const struct json_node *after)
{
    size_t len = c->path.len;

    for (const struct json_node *old = before + 1; old < c->old->nodes + before->end;
         old = c->old->nodes + old->end) {
        const struct json_node *new = json_tree_member(c->new, after, old->name);

        push_name(c, old->name);
        if (new)
            compare(c, old, new);
        else
            add(c, JSON_DIFF_REMOVED, old, NULL);
        pop(c, len);
        if (c->diff->has_more)
            return;
    }
    for (const struct json_node *new = after + 1; new < c->new->nodes + after->end;
         new = c->new->nodes + new->end) {
        if (json_tree_member(c->old, before, new->name))
            continue;
        push_name(c, new->name);
        add(c, JSON_DIFF_ADDED, NULL, new);
        pop(c, len);
        if (c->diff->has_more)
            return;
    }
}

static const struct json_node *element(const struct json_tree *tree, const struct json_node *array,
                                       uint32_t index)
{
    return &tree->nodes[tree->children[array->first + index]];
}

static void compare_arrays(struct comparison *c, const struct json_node *before,
                           const struct json_node *after)
{
    uint32_t old_end = before->count, new_end = after->count, first = 0;
    size_t len = c->path.len;

    while (first < old_end && first < new_end &&
           json_node_same(element(c->old, before, first), element(c->new, after, first)))
        first++;
    while (
        old_end > first && new_end > first &&
        json_node_same(element(c->old, before, old_end - 1), element(c->new, after, new_end - 1))) {
        old_end--;
        new_end--;
    }
    for (uint32_t i = first; (i < old_end || i < new_end) && !c->diff->has_more; i++) {
        push_index(c, i);
        if (i >= new_end)
            add(c, JSON_DIFF_REMOVED, element(c->old, before, i), NULL);
        else if (i >= old_end)
            add(c, JSON_DIFF_ADDED, NULL, element(c->new, after, i));
        else
            compare(c, element(c->old, before, i), element(c->new, after, i));
        pop(c, len);
    }
}

static void compare(struct comparison *c, const struct json_node *before,
                    const struct json_node *after)
{
    bool can_descend = c->depth < JSON_DIFF_DEPTH_MAX && c->path.len <= JSON_DIFF_PATH_BYTES_MAX &&
                       before->type == after->type && !before->is_opaque && !after->is_opaque;

    if (json_node_same(before, after))
        return;
    c->depth++;
    if (can_descend && before->type == JSON_OBJECT)
        compare_objects(c, before, after);
    else if (can_descend && before->type == JSON_ARRAY)
        compare_arrays(c, before, after);
    else
        add(c, JSON_DIFF_CHANGED, before, after);
    c->depth--;
}

void json_diff(struct arena *arena, struct json_value before, struct json_value after,
               struct json_diff *diff)
{
    struct json_tree old, new;
    struct comparison c = {.arena = arena, .old = &old, .new = &new, .diff = diff};

    *diff = (struct json_diff){0};
    diff->is_too_large = !json_tree_make(arena, before, JSON_DIFF_VALUES_MAX, &old) ||
                         !json_tree_make(arena, after, JSON_DIFF_VALUES_MAX, &new);
    if (diff->is_too_large)
        return;
    diff->entries = arena_array(arena, JSON_DIFF_ENTRIES_MAX, sizeof(*diff->entries));
    strbuf_init(&c.path);
    compare(&c, &old.nodes[0], &new.nodes[0]);
    strbuf_release(&c.path);
}

bool json_diff_is_related(struct arena *arena, struct json_value a, struct json_value b)
{
    struct json_tree one, other;

    if (a.type != JSON_OBJECT || b.type != JSON_OBJECT ||
        !json_tree_make(arena, a, JSON_DIFF_VALUES_MAX, &one) ||
        !json_tree_make(arena, b, JSON_DIFF_VALUES_MAX, &other) || one.nodes[0].is_opaque ||
        other.nodes[0].is_opaque)
        return false;
    for (uint32_t at = 1; at < one.nodes[0].end; at = one.nodes[at].end)
        if (json_tree_member(&other, &other.nodes[0], one.nodes[at].name))
            return true;
    return false;
}
