/* SPDX-License-Identifier: MIT */
/*
 * From the description of an API (OpenAPI 3.0, 3.1, Swagger 2.0) to its operations, by the rules of man/daybook-operations.5, and what
 * an administrator puts over them.  Pure: whoever asks stores the result.
 *
 * All texts are in the arena, or borrowed from the documents, which must live as long.
 */
#ifndef DAYBOOK_INTAKE_OPENAPI_H
#define DAYBOOK_INTAKE_OPENAPI_H

#include "base/document.h"
#include "base/operation.h"

enum { OPENAPI_OPERATIONS_MAX = 20000 };

struct openapi_row {
    struct operation operation;
    struct str template; /* its path without the base path */
    bool keep_is_said;   /* by the description or an override */
    bool is_overridden;
};

struct openapi {
    struct arena *arena;
    struct str base_path; /* in front of every path; empty or "/api" */
    struct openapi_row *rows;
    size_t count, capacity;
};

/* May this stand in front of every path?  Empty, or it begins with / and does not end with one; no braces, ? or #. */
bool openapi_base_path_valid(struct str base_path);

/* An empty list; `base_path` must be valid. */
void openapi_start(struct openapi *api, struct arena *arena, struct str base_path);

/* Adds the operations of a description.  False and `error` when it is none, or one of its operations cannot be. */
bool openapi_read(struct openapi *api, const struct document_node *root,
                  struct document_error *error);

/* Applies a list of overrides, in their order.  False and `error` when one is not understood or meets no operation. */
bool openapi_override(struct openapi *api, const struct document_node *root,
                      struct document_error *error);

/* Reads are left out of the log where nobody said otherwise. */
void openapi_drop_reads(struct openapi *api);

/*
 * Calls report() for each operation that shares all or some of its calls with another one of the same method, because their templates
 * differ in parameters alone: `first` is the one that counts.  Returns how many.
 */
size_t openapi_ambiguous(const struct openapi *api,
                         void (*report)(void *context, const struct operation *first,
                                        const struct operation *second),
                         void *context);

#endif
