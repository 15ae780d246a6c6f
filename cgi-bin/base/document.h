/* SPDX-License-Identifier: MIT */
/*
 * A file of settings or descriptions as a tree, the same one for JSON and YAML.  For files that an administrator hands over, not for
 * what strangers send: those texts stay as they are (base/json.h).
 *
 * Scalars stay text: 1.10, 0x1f, no and 2001-01-01 are what stands there.  YAML's aliases share what they point to and are never
 * copied, so that no file grows by them; its merge keys (<<) are followed.
 */
#ifndef DAYBOOK_BASE_DOCUMENT_H
#define DAYBOOK_BASE_DOCUMENT_H

#include "base/arena.h"

#include <stdbool.h>

enum { DOCUMENT_DEPTH_MAX = 200 };

enum document_kind { DOCUMENT_SCALAR, DOCUMENT_LIST, DOCUMENT_MAP };

struct document_node;

struct document_member {
    struct str key; /* empty in a list */
    const struct document_node *value;
};

struct document_node {
    enum document_kind kind;
    bool is_quoted;  /* a scalar that stood in quotes: text, whatever it looks like */
    unsigned line;   /* where it begins, from 1 */
    struct str text; /* of a scalar */
    const struct document_member *members;
    size_t count; /* of a list or map, in their order */
};

struct document_error {
    unsigned line;
    struct str sentence; /* "It is not YAML: did not find expected key."  In the arena */
};

/*
 * Reads `text`: as JSON when it begins with { or [, else as YAML.  The tree is in the arena and borrows from `text`.  NULL and `error`
 * when it is neither, nested deeper than DOCUMENT_DEPTH_MAX, or grown too large by merge keys.
 */
const struct document_node *document_read(struct arena *arena, struct str text,
                                          struct document_error *error);

/* The first member `key` of a map; NULL when there is none, or no map. */
const struct document_node *document_member(const struct document_node *node, struct str key);

/* Its text; empty when it is no scalar, null, or NULL. */
struct str document_text(const struct document_node *node);

/* A scalar that stands for nothing: null, ~ or empty without quotes. */
bool document_is_null(const struct document_node *node);

/* true or false without quotes; returns false for anything else. */
bool document_bool(const struct document_node *node, bool *value);

/*
 * What a reference within the document points to: "#/components/parameters/owner" (RFC 6901).  NULL when that is not there, or
 * the reference leaves the document.
 */
const struct document_node *document_pointer(struct arena *arena, const struct document_node *root,
                                             struct str reference);

#endif
