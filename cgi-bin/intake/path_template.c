/* SPDX-License-Identifier: MIT */
/* The parser of path templates.  Keeps to fixed sizes, so that a template fits on the stack. */
#include "intake/path_template.h"

static bool add_piece(struct path_template *out, bool is_param, struct str text)
{
    if (out->piece_count == PATH_PIECES_MAX ||
        (is_param && out->param_count == OPERATION_PARAMS_MAX))
        return false;
    out->pieces[out->piece_count++] = (struct path_piece){is_param, text};
    out->param_count += is_param;
    return true;
}

/* Takes "{name}" off `rest`. */
static const char *take_param(struct str *rest, struct path_template *out, bool *spans)
{
    const char *end = memchr(rest->ptr, '}', rest->len);
    struct str name;

    if (!end)
        return "a { is not closed in its segment";
    name = str_slice(*rest, 1, (size_t)(end - rest->ptr) - 1);
    *rest = str_slice(*rest, name.len + 2, rest->len);
    *spans = name.len > 0 && name.ptr[0] == '+';
    if (*spans)
        name = str_slice(name, 1, name.len);
    if (name.len == 0)
        return "a parameter has no name";
    if (memchr(name.ptr, '{', name.len))
        return "a { stands within braces";
    return add_piece(out, true, name) ? NULL : "it has more than 32 parameters";
}

static const char *take_text(struct str *rest, struct path_template *out)
{
    size_t len = 0;

    while (len < rest->len && rest->ptr[len] != '{' && rest->ptr[len] != '}')
        len++;
    if (len < rest->len && rest->ptr[len] == '}')
        return "a } has no { in its segment";
    if (!add_piece(out, false, str_slice(*rest, 0, len)))
        return "it has too many parts";
    *rest = str_slice(*rest, len, rest->len);
    return NULL;
}

static const char *take_segment(struct str text, struct path_template *out)
{
    struct path_segment *segment = &out->segments[out->segment_count];
    const char *reason = NULL;
    bool spans = false;

    if (out->segment_count == OPERATION_SEGMENTS_MAX)
        return "it has more than 64 segments";
    *segment = (struct path_segment){.first = out->piece_count};
    while (text.len && !reason) {
        bool piece_spans = false;

        reason = text.ptr[0] == '{' ? take_param(&text, out, &piece_spans) : take_text(&text, out);
        spans |= piece_spans;
    }
    segment->count = out->piece_count - segment->first;
    segment->spans = spans;
    out->segment_count++;
    if (!reason && spans && segment->count > 1)
        return "a parameter that spans segments must be the whole of its segment";
    return reason;
}

bool path_template_parse(struct str path, struct path_template *out, const char **reason)
{
    struct str rest = path;
    size_t spans = 0;
    bool more = path.len > 0 && path.ptr[0] == '/';

    out->piece_count = out->segment_count = out->param_count = 0;
    *reason = more ? NULL : "it does not begin with /";
    while (more && !*reason) {
        const char *slash;
        struct str segment;

        rest = str_slice(rest, 1, rest.len);
        slash = rest.len ? memchr(rest.ptr, '/', rest.len) : NULL;
        more = slash != NULL;
        segment = str_slice(rest, 0, more ? (size_t)(slash - rest.ptr) : rest.len);
        rest = str_slice(rest, segment.len, rest.len);
        *reason = take_segment(segment, out);
        if (!*reason && out->segments[out->segment_count - 1].spans && spans++)
            *reason = "two of its parameters span segments";
    }
    return !*reason;
}

bool path_segment_is_text(const struct path_template *path, const struct path_segment *segment)
{
    return segment->count == 0 || (segment->count == 1 && !path->pieces[segment->first].is_param);
}

bool path_segment_is_param(const struct path_template *path, const struct path_segment *segment)
{
    return segment->count == 1 && path->pieces[segment->first].is_param;
}

struct str path_segment_text(const struct path_template *path, const struct path_segment *segment)
{
    return segment->count ? path->pieces[segment->first].text : STR("");
}
