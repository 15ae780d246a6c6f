/* SPDX-License-Identifier: MIT */
/* The notation of where an entity's id or name stands (base/operation.h): "params.id|res.id|location". */
#ifndef DAYBOOK_INTAKE_OPERATION_SOURCE_H
#define DAYBOOK_INTAKE_OPERATION_SOURCE_H

#include "base/str.h"

#include <stdbool.h>

enum operation_source_kind {
    OPERATION_SOURCE_PARAMS,
    OPERATION_SOURCE_QUERY,
    OPERATION_SOURCE_BODY,
    OPERATION_SOURCE_RESPONSE,
    OPERATION_SOURCE_LOCATION,
    OPERATION_SOURCE_TEXT,
    OPERATION_SOURCE_COUNT
};

/* One alternative. */
struct operation_source {
    enum operation_source_kind kind;
    struct str name; /* of the parameter, of the members ("metadata.name"), or the text itself */
};

/* Cuts the next alternative off `rest`.  1; 0 at the end; -1 when what stands there is none. */
int operation_source_next(struct str *rest, struct operation_source *source);

/* Are all alternatives in `sources` of this notation?  Empty is allowed: there is no such value. */
bool operation_sources_valid(struct str sources);

#endif
