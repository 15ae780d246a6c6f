/* SPDX-License-Identifier: MIT */
/* The tree of templates that operations.c builds and operations_match.c walks: one level for each segment. */
#ifndef DAYBOOK_INTAKE_OPERATIONS_PRIVATE_H
#define DAYBOOK_INTAKE_OPERATIONS_PRIVATE_H

#include "intake/operations.h"
#include "intake/path_template.h"

struct node;

/* A segment that is text: sorted by it, percent-decoded. */
struct literal {
    struct str text;
    struct node *node;
};

/* A segment that mixes text and parameters; the one with more text comes first. */
struct mixture {
    const struct path_piece *pieces; /* texts percent-decoded; names mean nothing here */
    size_t count, text_bytes;
    struct node *node;
    struct mixture *next;
};

/* A template ends here. */
struct terminal {
    const struct operation *operation;
    const struct str *names; /* of its parameters, in order */
    size_t count;
    struct terminal *next;
};

struct node {
    struct literal *literals;
    size_t literal_count, literal_capacity;
    struct mixture *mixtures;
    struct node *param; /* any one segment */
    struct node *span;  /* two segments or more */
    struct terminal *terminals;
};

struct operations {
    struct arena *arena;
    struct node *root;
};

#endif
