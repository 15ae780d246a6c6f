/* SPDX-License-Identifier: MIT */
/* What the readers of the two notations share: members that wait for the end of their container. */
#ifndef DAYBOOK_BASE_DOCUMENT_PRIVATE_H
#define DAYBOOK_BASE_DOCUMENT_PRIVATE_H

#include "base/document.h"

/* A stack: each open container's members lie above those of the one around it. */
struct document_stack {
    struct document_member *members; /* on the heap */
    size_t count, capacity;
};

void document_push(struct document_stack *stack, struct str key, const struct document_node *value);

/* Gives `node` the members above `from`, in the arena, and takes them off the stack. */
void document_pop(struct document_stack *stack, struct arena *arena, size_t from,
                  struct document_node *node);

struct document_node *document_node_new(struct arena *arena, enum document_kind kind,
                                        unsigned line);

/* Both return NULL with `error` filled. */
const struct document_node *document_fail(struct arena *arena, struct document_error *error,
                                          unsigned line, const char *sentence);
const struct document_node *document_json(struct arena *arena, struct str text,
                                          struct document_error *error);
const struct document_node *document_yaml(struct arena *arena, struct str text,
                                          struct document_error *error);

#endif
