/* SPDX-License-Identifier: MIT */
/* What reading a description and putting overrides over it share. */
#ifndef DAYBOOK_INTAKE_OPENAPI_PRIVATE_H
#define DAYBOOK_INTAKE_OPENAPI_PRIVATE_H

#include "intake/openapi.h"
#include "intake/operation_rules.h"

/* What is said about an operation; empty texts and NULL where nothing is. */
struct openapi_said {
    struct str method, template, operation_id, summary;
    struct str entity_type, action;            /* said for it, by whichever extension */
    struct str tag, entity_id, entity_name;    /* sources: valid ones */
    const struct document_node *read, *keep;   /* booleans */
    const struct document_node *id_of_daybook; /* of Daybook's own extensions: must be valid */
    const struct document_node *name_of_daybook;
    unsigned line;
};

/* Adds a row for it, with the rules for what nobody said. */
bool openapi_add(struct openapi *api, const struct openapi_said *said,
                 struct document_error *error);

/* Sources that are well-formed and name no parameter that `path` lacks. */
bool openapi_sources_fit(struct str sources, const struct path_template *path);

/* Order of two templates where only the names of parameters differ: 0.  `mixed_too`: also where text stands beside them. */
struct str openapi_shape(struct arena *arena, struct str method, struct str template,
                         bool mixed_too);

/* Both false, with `error` filled. */
bool openapi_fail(struct openapi *api, struct document_error *error, unsigned line,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
bool openapi_read_bool(struct openapi *api, const struct document_node *node, const char *name,
                       bool *value, struct document_error *error);

#endif
