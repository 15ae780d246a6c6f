/* SPDX-License-Identifier: MIT */
/*
 * One operation of an API: which calls belong to it, and what they do to what.  Imported from the API's description
 * (tools/import_openapi.c), kept by store/operation_store.h, matched by intake/operations.h.  Every text is borrowed:
 * whoever fills the struct says how long its bytes live.
 */
#ifndef DAYBOOK_BASE_OPERATION_H
#define DAYBOOK_BASE_OPERATION_H

#include "base/str.h"

#include <stdbool.h>

enum {
    OPERATION_TEXT_MAX = 1024,     /* bytes of each text below */
    OPERATION_METHOD_MAX = 32,     /* bytes of the method */
    OPERATION_BASE_PATH_MAX = 255, /* bytes of what an import puts in front of every path */
    OPERATION_PARAMS_MAX = 32,     /* parameters in one path template */
    OPERATION_SEGMENTS_MAX = 64,   /* segments of one path template */
};

struct operation {
    struct str method; /* as on the wire: "PATCH" */

    /*
     * The path with its base path: "/api/projects/{id}".  A segment may mix text and parameters ("{id}.json");
     * a parameter written {+path} may span segments.
     */
    struct str path;
    struct str operation_id; /* in the description; may be empty */
    struct str entity_type;
    struct str action;

    /*
     * Where id and name of the entity stand: alternatives separated by |, the first that gives something counts.  Each is
     * params.x, query.x, body.a.b, res.a.b (JSON of the response's first bytes), location (the last segment of that
     * header), or a text in double quotes.  Empty: it has none.
     */
    struct str entity_id, entity_name;
    bool is_read; /* changes nothing */
    bool keep;    /* false: its calls are left out of the log unless they failed */
};

#endif
