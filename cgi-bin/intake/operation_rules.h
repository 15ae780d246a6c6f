/* SPDX-License-Identifier: MIT */
/*
 * What is taken for an operation's entity, and whether it only reads, where its description does not say so.  The rules are told
 * in plain words in man/daybook-operations.5.
 */
#ifndef DAYBOOK_INTAKE_OPERATION_RULES_H
#define DAYBOOK_INTAKE_OPERATION_RULES_H

#include "base/arena.h"
#include "intake/path_template.h"

/* What the rules look at; an empty text is one that the description lacks. */
struct operation_facts {
    struct str method;
    const struct path_template *path; /* without the base path */
    struct str operation_id, action, summary;
};

/* The last text segment in front of the last parameter, or the last one; may be empty. */
struct str operation_rules_entity_type(const struct path_template *path);

/* Sources (base/operation.h), in the arena or static; may be empty. */
struct str operation_rules_entity_id(struct arena *arena, const struct operation_facts *facts);
struct str operation_rules_entity_name(struct arena *arena, const struct operation_facts *facts);

/* GET and HEAD, unless a word of their name, path or summary says that they change something. */
bool operation_rules_is_read(const struct operation_facts *facts);

#endif
