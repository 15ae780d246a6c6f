/* SPDX-License-Identifier: MIT */
/* The parser of "params.id|res.id|location". */
#include "intake/operation_source.h"

static const struct str prefixes[OPERATION_SOURCE_COUNT] = {
    [OPERATION_SOURCE_PARAMS] = STR("params."),    [OPERATION_SOURCE_QUERY] = STR("query."),
    [OPERATION_SOURCE_BODY] = STR("body."),        [OPERATION_SOURCE_RESPONSE] = STR("res."),
    [OPERATION_SOURCE_LOCATION] = STR("location"), [OPERATION_SOURCE_TEXT] = STR("\""),
};

/* Where the alternative ends: at a | outside of quotes. */
static size_t length_of_first(struct str sources)
{
    bool quoted = false;
    size_t len = 0;

    while (len < sources.len && (quoted || sources.ptr[len] != '|')) {
        quoted ^= sources.ptr[len] == '"';
        len++;
    }
    return len;
}

static bool take_name(struct operation_source *source, struct str rest)
{
    switch (source->kind) {
    case OPERATION_SOURCE_LOCATION:
        return rest.len == 0;
    case OPERATION_SOURCE_TEXT:
        if (rest.len == 0 || rest.ptr[rest.len - 1] != '"')
            return false;
        source->name = str_slice(rest, 0, rest.len - 1);
        return !source->name.len || !memchr(source->name.ptr, '"', source->name.len);
    default:
        source->name = rest;
        return rest.len > 0;
    }
}

int operation_source_next(struct str *rest, struct operation_source *source)
{
    struct str first = str_slice(*rest, 0, length_of_first(*rest));

    if (rest->len == 0)
        return 0;
    *rest = str_slice(*rest, first.len, rest->len);
    if (rest->len == 1) /* a | with nothing behind it */
        return -1;
    *rest = str_slice(*rest, 1, rest->len);
    first = str_trim(first);
    source->name = (struct str){NULL, 0};
    for (unsigned kind = 0; kind < OPERATION_SOURCE_COUNT; kind++)
        if (str_starts(first, prefixes[kind])) {
            source->kind = (enum operation_source_kind)kind;
            return take_name(source, str_slice(first, prefixes[kind].len, first.len)) ? 1 : -1;
        }
    return -1;
}

bool operation_sources_valid(struct str sources)
{
    struct operation_source source;
    int more;

    while ((more = operation_source_next(&sources, &source)) == 1)
        ;
    return more == 0;
}
