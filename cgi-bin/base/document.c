/* SPDX-License-Identifier: MIT */
/* The tree: how it is made and looked into.  The readers are in document_json.c and document_yaml.c. */
#include "base/document.h"

#include "base/document_private.h"
#include "base/memory.h"
#include "base/parse.h"
#include "base/percent.h"

void document_push(struct document_stack *stack, struct str key, const struct document_node *value)
{
    if (stack->count == stack->capacity) {
        stack->capacity = stack->capacity ? stack->capacity * 2 : 256;
        stack->members = memory_resize(stack->members, stack->capacity, sizeof(*stack->members));
    }
    stack->members[stack->count++] = (struct document_member){key, value};
}

void document_pop(struct document_stack *stack, struct arena *arena, size_t from,
                  struct document_node *node)
{
    size_t count = stack->count - from;
    struct document_member *members = arena_array(arena, count, sizeof(*members));

    if (count)
        memcpy(members, stack->members + from, count * sizeof(*members));
    node->members = members;
    node->count = count;
    stack->count = from;
}

struct document_node *document_node_new(struct arena *arena, enum document_kind kind, unsigned line)
{
    struct document_node *node = arena_alloc(arena, sizeof(*node));

    node->kind = kind;
    node->line = line;
    return node;
}

const struct document_node *document_fail(struct arena *arena, struct document_error *error,
                                          unsigned line, const char *sentence)
{
    error->line = line;
    error->sentence = arena_copy(arena, str_from(sentence));
    return NULL;
}

const struct document_node *document_read(struct arena *arena, struct str text,
                                          struct document_error *error)
{
    size_t at = 0;

    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_slice(text, 3, text.len);
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t' || text.ptr[at] == '\r' ||
                             text.ptr[at] == '\n'))
        at++;
    if (at == text.len)
        return document_fail(arena, error, 1, "There is nothing in it.");
    if (text.ptr[at] == '{' || text.ptr[at] == '[')
        return document_json(arena, text, error);
    return document_yaml(arena, text, error);
}

const struct document_node *document_member(const struct document_node *node, struct str key)
{
    if (node && node->kind == DOCUMENT_MAP)
        for (size_t i = 0; i < node->count; i++)
            if (str_equal(node->members[i].key, key))
                return node->members[i].value;
    return NULL;
}

bool document_is_null(const struct document_node *node)
{
    return node->kind == DOCUMENT_SCALAR && !node->is_quoted &&
           (node->text.len == 0 || str_equal(node->text, STR("~")) ||
            str_equal_folded(node->text, STR("null")));
}

struct str document_text(const struct document_node *node)
{
    if (!node || node->kind != DOCUMENT_SCALAR || document_is_null(node))
        return STR("");
    return node->text;
}

bool document_bool(const struct document_node *node, bool *value)
{
    if (!node || node->kind != DOCUMENT_SCALAR || node->is_quoted)
        return false;
    *value = str_equal_folded(node->text, STR("true"));
    return *value || str_equal_folded(node->text, STR("false"));
}

/* A token of a pointer: percent-decoded, then ~1 is / and ~0 is ~. */
static struct str token_text(struct arena *arena, struct str token)
{
    struct strbuf buf;
    struct str text;
    char *out;

    strbuf_init(&buf);
    percent_decode(&buf, token, false);
    out = buf.ptr;
    for (size_t i = 0; i < buf.len; i++) {
        bool escaped = buf.ptr[i] == '~' && (buf.ptr[i + 1] == '0' || buf.ptr[i + 1] == '1');

        *out++ = !escaped ? buf.ptr[i] : buf.ptr[++i] == '0' ? '~' : '/';
    }
    text = arena_copy(arena, (struct str){buf.ptr, (size_t)(out - buf.ptr)});
    strbuf_release(&buf);
    return text;
}

static const struct document_node *step(const struct document_node *node, struct str token)
{
    uint64_t index;

    if (node->kind == DOCUMENT_LIST)
        return node->count && parse_u64(token, 0, node->count - 1, &index)
                   ? node->members[index].value
                   : NULL;
    return document_member(node, token);
}

const struct document_node *document_pointer(struct arena *arena, const struct document_node *root,
                                             struct str reference)
{
    struct str token, rest = str_slice(reference, 1, reference.len);

    if (reference.len == 0 || reference.ptr[0] != '#' || (rest.len && rest.ptr[0] != '/'))
        return NULL;
    rest = str_slice(rest, 1, rest.len);
    while (root && str_next(&rest, '/', &token))
        root = step(root, token_text(arena, token));
    return root;
}
