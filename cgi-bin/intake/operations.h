/* SPDX-License-Identifier: MIT */
/*
 * Which operation a call belongs to, by its method and raw path, and which entity it was about.  Pure: knows no
 * table; made once from what store/operation_store.h read, then asked for every call.
 *
 * A path is split at `/` before anything is decoded, so `%2F` stays within its segment; each segment is
 * percent-decoded before it is compared with text of a template, so `%70rojects` is `projects`.  In each segment text goes
 * before a mixture ("{id}.json") and that before a parameter; where that leads nowhere the next is tried.  A parameter
 * takes neither nothing nor a segment `.` or `..`.  When nothing matches, one slash at the end may be too many or too few;
 * when still nothing matches, parameters that may span segments do.  Methods are compared exactly; HEAD is also GET.
 * The work is bounded by the number of templates, whatever the path.
 */
#ifndef DAYBOOK_INTAKE_OPERATIONS_H
#define DAYBOOK_INTAKE_OPERATIONS_H

#include "base/arena.h"
#include "base/operation.h"

struct operations;

/*
 * `list` is copied; what it borrows is not and must live as long as the result.  Of two that match the same calls the first
 * counts.  One whose path is no template (path_template.h) matches nothing.
 */
struct operations *operations_new(const struct operation *list, size_t count);

/* NULL is allowed. */
void operations_free(struct operations *operations);

/* The value of a path parameter in a call. */
struct operation_param {
    struct str name; /* in the template */
    struct str raw;  /* as it stands in the target that was matched: bytes of it, not a copy */
};

struct operation_match {
    const struct operation *operation;
    struct operation_param params[OPERATION_PARAMS_MAX];
    size_t count;
};

/*
 * The operation of a call, also in match->operation with its parameters; or NULL.  `target` is the request target as sent:
 * "/api/projects/x?y=z" or "http://host/api/projects/x"; what begins with ? or # is not looked at.
 */
const struct operation *operations_match(const struct operations *operations, struct str method,
                                         struct str target, struct operation_match *match);

/* The percent-decoded value: any byte may be in it. */
struct str operation_param_value(struct arena *arena, const struct operation_param *param);

/*
 * The parameters as a JSON object, {} when there is none.  Values are decoded; one that is no UTF-8 then stays
 * as it was sent.
 */
struct str operation_params_json(struct arena *arena, const struct operation_match *match);

/* What is known of a call beside its path; empty texts where nothing is. */
struct operation_call {
    struct str query;         /* raw, without the ? */
    struct str body;          /* of the request; may be cut */
    struct str content_type;  /* of the request: a form is read as one, everything else as JSON */
    struct str response_head; /* first bytes of the response */
    struct str location;      /* header of the response */
    unsigned status;          /* the response counts only below 400; 0: not known, counts */
};

struct operation_entity {
    struct str id, name; /* empty: has none.  Not shortened, any byte may be in it */
};

/* Id and name of the entity by the sources of the operation; texts are in the arena. */
struct operation_entity operation_describe(struct arena *arena, const struct operation_match *match,
                                           const struct operation_call *call);

#endif
