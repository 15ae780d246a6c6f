/* SPDX-License-Identifier: MIT */
/*
 * A record of another product, a JSON object, asked for its members by path.
 *
 * A path is names with dots between them: `userIdentity.arn`.  Names are compared without regard to case, since databases that records
 * pass through make them lower; of several the last counts.  The rest of a path may also be one name with its dots (`addr.remote`).
 * In an array `0` is its first element, `last` its last one, and any other name finds the element whose own member `name` is that, and there
 * `value`, `intValue`, `boolValue` or the first of `multiValue`.  A text that holds JSON is entered as what it holds.
 * Alternatives stand with | between them, the first that gives something counts; in double quotes stands a text of its own.
 */
#ifndef DAYBOOK_INTAKE_RECORD_H
#define DAYBOOK_INTAKE_RECORD_H

#include "base/arena.h"
#include "base/json.h"

struct record_member {
    struct str key;
    struct json_value value;
};

struct record {
    struct arena *arena;
    struct json_value whole,
        part; /* `part.x` is a path into the part: all of it unless the caller says otherwise */
    const struct record_member
        *members; /* private: those of `whole`; NULL when they are too many */
    size_t count;
    struct record_texts *texts; /* private: what strings in it hold that were entered last */
};

/* `whole` must be an object that json_read() accepted. */
void record_open(struct record *record, struct arena *arena, struct json_value whole);

/* The value at one path.  False when there is none, or it is null. */
bool record_find(const struct record *record, struct str path, struct json_value *value);

/* The same from any value on: the empty path is the value itself. */
bool record_find_in(struct arena *arena, struct json_value from, struct str path,
                    struct json_value *value);

/*
 * The characters of a string, or a number, true, false as it stands; empty for anything else.  It is text: a NUL is U+FFFD in it, and so is a
 * surrogate without its partner with what follows.  In the arena or borrowed.
 */
struct str record_text_of(struct arena *arena, struct json_value value);

/* The first of the alternatives `paths` that gives such a text; empty when none does, or for NULL. */
struct str record_text(const struct record *record, const char *paths);

#endif
