/* SPDX-License-Identifier: MIT */
/* One walk over JSON: its tokens are in redact_json.c, what its objects mean in redact_json_shape.c. */
#ifndef DAYBOOK_INTAKE_REDACT_JSON_PRIVATE_H
#define DAYBOOK_INTAKE_REDACT_JSON_PRIVATE_H

#include "redaction/redact_private.h"

/* A value that was passed by, and may turn out to be secret when the rest of its object is known. */
struct redact_passed {
    size_t begin, end;
    struct redact_passed *before; /* of the same role in the same object; or NULL */
};

/* An open container. */
struct redact_frame {
    bool object;
    bool secret_data;  /* members `data` and `stringData` are secret */
    bool names_secret; /* a member `name` or `path` names a secret */
    bool is_masked;    /* a member says that `value` is secret */
    bool is_secret;    /* a member `kind` or `type` says that `data` and `value` are secret */
    bool is_list;      /* kind: SecretList */
    bool is_place;     /* of an array: its strings name what is in the object around it */
    enum redact_class inside; /* of all values in it */
    enum redact_class next;   /* of the next element of an array: --password, x */
    size_t index;             /* of an array's next element */
    struct redact_passed *passed[ROLE_PASSED_COUNT]; /* the last ones, by the role of the member */
    enum redact_role target; /* of the present member; ROLE_NONE: it is not noted */
};

struct redact_walk {
    struct redact_job *job;
    const struct redact_view *view;
    size_t at, end;
    enum redact_place place;
    size_t base;                /* the frames of this walk are those of the job from here on */
    struct redact_ahead *ahead; /* of the text that ends at `end` */
    bool whole;                 /* a value was read to its end */
    size_t resume; /* where a reader of text would begin: at the member whose value is no JSON */
    enum redact_role role; /* of the present member */
};

/* Is there a stem in [begin, end)?  To be called with ever later ranges, so that no byte is looked at twice. */
bool redact_json_has_hit(struct redact_walk *walk, size_t begin, size_t end);

/*
 * Once more over a value, for another reason.  Where that would come to more than twice the text, the value is replaced as a whole.
 */
void redact_json_again(struct redact_walk *walk, const struct redact_passed *range,
                       enum redact_class inside, bool secret_data);

/* Notes where the present member's value is, when that may matter later.  `frame` may be NULL. */
void redact_json_note_value(struct redact_walk *walk, struct redact_frame *frame, size_t begin,
                            size_t end);

/* Notes what the string in [begin, end) says of other values: their kind, or the name of one. */
void redact_json_note_string(struct redact_walk *walk, struct redact_frame *frame, size_t begin,
                             size_t end);

/* At the end of an object: replaces the values that were passed by and turned out to be secret. */
void redact_json_look_back(struct redact_walk *walk, const struct redact_frame *frame);

#endif
