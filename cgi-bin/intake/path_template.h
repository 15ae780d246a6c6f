/* SPDX-License-Identifier: MIT */
/*
 * Path templates, as descriptions of APIs write them: "/repos/{owner}/{repo}/compare/{base}...{head}", and with
 * {+path} for a parameter that may span segments (RFC 6570's way to write it).
 */
#ifndef DAYBOOK_INTAKE_PATH_TEMPLATE_H
#define DAYBOOK_INTAKE_PATH_TEMPLATE_H

#include "base/operation.h"

#include <stdbool.h>
#include <stddef.h>

enum { PATH_PIECES_MAX = OPERATION_SEGMENTS_MAX + 2 * OPERATION_PARAMS_MAX };

/* A run of text, or a parameter. */
struct path_piece {
    bool is_param;
    struct str text; /* as written, or the parameter's name without + */
};

struct path_segment {
    size_t first, count; /* its pieces; none in an empty segment, such as behind a final slash */
    bool spans;          /* one parameter that may span segments */
};

struct path_template {
    struct path_piece pieces[PATH_PIECES_MAX];
    struct path_segment segments[OPERATION_SEGMENTS_MAX];
    size_t piece_count, segment_count, param_count;
};

/*
 * Reads `path` into `out`, whose texts are borrowed from it.  False, and one clause in `reason`, when it is no template: it begins
 * with no slash, a brace has no partner within its segment, a parameter has no name, or a limit is exceeded.
 */
bool path_template_parse(struct str path, struct path_template *out, const char **reason);

/* The segment is text alone (or empty), and one parameter alone. */
bool path_segment_is_text(const struct path_template *path, const struct path_segment *segment);
bool path_segment_is_param(const struct path_template *path, const struct path_segment *segment);

/* The text of a segment that is text alone, as written. */
struct str path_segment_text(const struct path_template *path, const struct path_segment *segment);

#endif
