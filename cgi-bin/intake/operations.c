/* SPDX-License-Identifier: MIT */
/*
 * Builds the tree of templates.  Templates that differ only in the names of their parameters share their nodes; a parameter that may
 * span segments is there twice, as one that takes a single segment too, since single ones are tried first.
 */
#include "intake/operations.h"

#include "base/memory.h"
#include "base/percent.h"
#include "intake/operations_private.h"

static struct str decoded(struct arena *arena, struct str raw)
{
    struct strbuf buf;
    struct str text;

    if (raw.len == 0 || !memchr(raw.ptr, '%', raw.len))
        return raw;
    strbuf_init(&buf);
    percent_decode(&buf, raw, false);
    text = arena_copy(arena, strbuf_str(&buf));
    strbuf_release(&buf);
    return text;
}

/* The node behind `text`, made where it was not; the array stays sorted. */
static struct node *behind_literal(struct arena *arena, struct node *node, struct str text)
{
    size_t low = 0, high = node->literal_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(text, node->literals[middle].text);

        if (order == 0)
            return node->literals[middle].node;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    if (node->literal_count == node->literal_capacity) {
        size_t capacity = node->literal_capacity ? node->literal_capacity * 2 : 4;
        struct literal *grown = arena_array(arena, capacity, sizeof(*grown));

        if (node->literal_count)
            memcpy(grown, node->literals, node->literal_count * sizeof(*grown));
        node->literals = grown;
        node->literal_capacity = capacity;
    }
    memmove(node->literals + low + 1, node->literals + low,
            (node->literal_count - low) * sizeof(*node->literals));
    node->literals[low] = (struct literal){text, arena_alloc(arena, sizeof(struct node))};
    node->literal_count++;
    return node->literals[low].node;
}

static bool same_pieces(const struct mixture *a, const struct mixture *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->pieces[i].is_param != b->pieces[i].is_param ||
            (!a->pieces[i].is_param && !str_equal(a->pieces[i].text, b->pieces[i].text)))
            return false;
    return true;
}

static struct node *behind_mixture(struct arena *arena, struct node *node,
                                   const struct path_template *path,
                                   const struct path_segment *segment)
{
    struct path_piece *pieces = arena_array(arena, segment->count, sizeof(*pieces));
    struct mixture *mixture = arena_alloc(arena, sizeof(*mixture)), **at = &node->mixtures;

    for (size_t i = 0; i < segment->count; i++) {
        pieces[i] = path->pieces[segment->first + i];
        if (pieces[i].is_param)
            continue;
        pieces[i].text = decoded(arena, pieces[i].text);
        mixture->text_bytes += pieces[i].text.len;
    }
    mixture->pieces = pieces;
    mixture->count = segment->count;
    while (*at && (*at)->text_bytes >= mixture->text_bytes) {
        if (same_pieces(*at, mixture))
            return (*at)->node;
        at = &(*at)->next;
    }
    mixture->next = *at;
    mixture->node = arena_alloc(arena, sizeof(*mixture->node));
    *at = mixture;
    return mixture->node;
}

static struct node *behind(struct arena *arena, struct node **node)
{
    if (!*node)
        *node = arena_alloc(arena, sizeof(**node));
    return *node;
}

static struct node *descend(struct arena *arena, struct node *node,
                            const struct path_template *path, const struct path_segment *segment,
                            bool spanning)
{
    if (path_segment_is_text(path, segment))
        return behind_literal(arena, node, decoded(arena, path_segment_text(path, segment)));
    if (!path_segment_is_param(path, segment))
        return behind_mixture(arena, node, path, segment);
    return behind(arena, segment->spans && spanning ? &node->span : &node->param);
}

/* At the end, so that of two with the same method the first is found. */
static void add_terminal(struct node *node, struct terminal *terminal)
{
    struct terminal **at = &node->terminals;

    while (*at)
        at = &(*at)->next;
    *at = terminal;
}

static void add_template(struct operations *operations, const struct operation *operation,
                         const struct path_template *path, bool spanning)
{
    struct arena *arena = operations->arena;
    struct node *node = operations->root;
    struct terminal *terminal = arena_alloc(arena, sizeof(*terminal));
    struct str *names = arena_array(arena, path->param_count, sizeof(*names));

    for (size_t i = 0; i < path->segment_count; i++)
        node = descend(arena, node, path, &path->segments[i], spanning);
    for (size_t i = 0; i < path->piece_count; i++)
        if (path->pieces[i].is_param)
            names[terminal->count++] = path->pieces[i].text;
    terminal->operation = operation;
    terminal->names = names;
    add_terminal(node, terminal);
}

static bool has_span(const struct path_template *path)
{
    for (size_t i = 0; i < path->segment_count; i++)
        if (path->segments[i].spans)
            return true;
    return false;
}

struct operations *operations_new(const struct operation *list, size_t count)
{
    struct operations *operations = memory_new(sizeof(*operations));
    struct operation *copies;

    operations->arena = arena_new();
    operations->root = arena_alloc(operations->arena, sizeof(*operations->root));
    copies = arena_array(operations->arena, count, sizeof(*copies));
    for (size_t i = 0; i < count; i++) {
        struct path_template path;
        const char *reason;

        copies[i] = list[i];
        if (!path_template_parse(list[i].path, &path, &reason))
            continue;
        add_template(operations, &copies[i], &path, false);
        if (has_span(&path))
            add_template(operations, &copies[i], &path, true);
    }
    return operations;
}

void operations_free(struct operations *operations)
{
    if (!operations)
        return;
    arena_free(operations->arena);
    free(operations);
}
