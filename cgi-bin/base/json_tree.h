/* SPDX-License-Identifier: MIT */
/*
 * The values of a JSON text in one array, each before those inside it, so that values of two texts can be compared at once: what is
 * the same value has the same digest.  SHA-256, since a stranger who could make two values meet would hide a change.
 *
 * The same are: strings of the same characters, however they are escaped; numbers of the same letters (1 and 1.0 were sent
 * differently, and programs do treat them differently); objects with the same members, in any order; arrays in their order.
 */
#ifndef DAYBOOK_BASE_JSON_TREE_H
#define DAYBOOK_BASE_JSON_TREE_H

#include "base/arena.h"
#include "base/json.h"

#include <stdint.h>

enum { JSON_TREE_DIGEST_BYTES = 16 };

struct json_node {
    enum json_type type;
    /*
     * An object in which a name is repeated, or has no characters (a lone surrogate): no path leads to one of its members for certain.  It
     * is compared with its members in the order in which they stand.
     */
    bool is_opaque;
    bool has_raw_name; /* name is the text in its quotes: it has no characters */
    uint32_t end;      /* the number behind the last value inside this one */
    uint32_t count;    /* members or elements */
    uint32_t first;    /* of them, in json_tree.children */
    struct str name;   /* of a member: its characters */
    struct str text;   /* as it stood; borrowed from the input */
    unsigned char digest[JSON_TREE_DIGEST_BYTES];
};

struct json_tree {
    struct json_node *
        nodes; /* the value itself is number 0; those inside number `n` follow it, up to nodes[n].end */
    uint32_t count;
    uint32_t *
        children; /* numbers of nodes: elements in order, members sorted by name (not those of an opaque object) */
};

/* `value` is one that json_read() accepted.  Everything is in the arena.  False when it holds more than `max` values. */
bool json_tree_make(struct arena *arena, struct json_value value, uint32_t max,
                    struct json_tree *tree);

/* Are two values the same? */
bool json_node_same(const struct json_node *a, const struct json_node *b);

/* The member of that name of an object that is not opaque, or NULL. */
const struct json_node *json_tree_member(const struct json_tree *tree,
                                         const struct json_node *object, struct str name);

#endif
