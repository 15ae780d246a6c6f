/* SPDX-License-Identifier: MIT */
/*
 * What changed between two JSON values, element by element.  Pure.
 *
 * Values are the same as base/json_tree.h says; of those that differ, objects are compared member by member, found by name, and arrays
 * element by element after their common beginning and their common end have been set aside, which is how programs that compare
 * files begin since Hunt and McIlroy's diff (1976): one element that was put in, anywhere, is one addition.  What is left between is
 * paired by position; an array whose middle was reordered shows as changed there.  No entry says that a value has moved.
 *
 * An object in which a name is repeated is one value, since no path leads to a single member of it.
 *
 * Paths are JSON Pointers (RFC 6901).  An index counts in the old array where an element was removed, and in the new one where it
 * was added; of one that was changed it is the same in both.  So whoever makes the changes and additions in order and then the
 * removals from the last to the first turns the old value into one that is the same as the new one.
 *
 * Time and memory are bounded by the limits below, whatever is sent: a value inside another is looked at a fixed number of times.
 */
#ifndef DAYBOOK_BASE_JSON_DIFF_H
#define DAYBOOK_BASE_JSON_DIFF_H

#include "base/arena.h"
#include "base/json.h"

enum {
    JSON_DIFF_VALUES_MAX = 65536, /* in one of the two */
    JSON_DIFF_ENTRIES_MAX = 100,
    JSON_DIFF_DEPTH_MAX = 64,        /* what lies deeper is one value */
    JSON_DIFF_PATH_BYTES_MAX = 4096, /* what lies behind a longer path is one value */
};

enum json_diff_kind { JSON_DIFF_ADDED, JSON_DIFF_REMOVED, JSON_DIFF_CHANGED };

struct json_diff_entry {
    enum json_diff_kind kind;
    struct str path; /* empty: the whole; in the arena */
    struct str before,
        after; /* as they stood; borrowed from the two texts; empty where there is none */
};

struct json_diff {
    struct json_diff_entry *
        entries; /* in the order of the old text, what was added to an object behind the rest of it; in the arena */
    size_t count;      /* 0: the values are the same, unless they are too large */
    bool has_more;     /* there are further entries */
    bool is_too_large; /* one holds too many values: nothing was compared */
};

/* Both are values that json_read() accepted. */
void json_diff(struct arena *arena, struct json_value before, struct json_value after,
               struct json_diff *diff);

/*
 * Are two such values both objects with a member of the same name?  Of others a comparison would only say that all of one went and
 * all of the other came.  False where a name is repeated in one, or one is too large.
 */
bool json_diff_is_related(struct arena *arena, struct json_value a, struct json_value b);

#endif
