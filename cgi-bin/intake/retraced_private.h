/* SPDX-License-Identifier: MIT */
/* The parts of the reader of Retraced's events: members, what was wrong with them, and the hash. */
#ifndef DAYBOOK_INTAKE_RETRACED_PRIVATE_H
#define DAYBOOK_INTAKE_RETRACED_PRIVATE_H

#include "base/digest.h"
#include "base/json.h"
#include "intake/retraced.h"

enum { RETRACED_ID_BYTES = 32, RETRACED_VIOLATIONS_MAX = 20, RETRACED_INVALID_MAX = 100 };

struct retraced_pair {
    struct str name, value;
};

/* An object of strings. */
struct retraced_pairs {
    bool is_given; /* {} too */
    struct retraced_pair *pairs;
    size_t count;
};

/* An actor, target or group. */
struct retraced_party {
    bool is_given; /* not when it is absent, null or {} */
    struct str id, name, href, type;
    struct retraced_pairs fields;
};

/* One event with its members as text; empty where they are absent, null or "". */
struct retraced_event {
    struct str id; /* ours: 32 lower-case hexadecimal digits */
    struct str action, crud, source_ip, description, component, version, external_id;
    struct retraced_party actor, target, group;
    struct retraced_pairs fields, metadata;
    bool is_anonymous, is_failure, has_time;
    int64_t created_ms;
};

/* What is wrong with one member. */
struct retraced_violation {
    struct str message;  /* one sentence */
    struct str field;    /* "actor.id" */
    const char *kind;    /* "missing" or "invalid" */
    struct str received; /* JSON text, or empty */
};

struct retraced_violations {
    struct retraced_violation list[RETRACED_VIOLATIONS_MAX]; /* the first ones */
    size_t count;
};

/*
 * Reads `object` into `event`, all but its id.  False when there are violations.  Members that are not known do not matter: they are kept
 * with the rest.
 */
bool retraced_read(struct arena *arena, struct json_value object, struct retraced_event *event,
                   struct retraced_violations *violations);

/*
 * Milliseconds since 1970 for `created`: a text of ISO 8601, or a number, which may count microseconds or less.  False when it is no time
 * from 1970 to 2109.  The year 1 is what Go sends for "no time": `is_given` is false then.
 */
bool retraced_time(struct json_value created, struct str text, bool *is_given, int64_t *ms);

/* The text whose SHA-256 is the hash of the event, in the arena. */
struct str retraced_canonical(struct arena *arena, struct retraced_event *event);

#endif
