/* SPDX-License-Identifier: MIT */
/* The rows that a description and its overrides make: limits, rules for what nobody said, and which of them are ambiguous. */
#include <stdarg.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "intake/openapi_private.h"
#include "intake/operation_source.h"

bool openapi_fail(struct openapi *api, struct document_error *error, unsigned line,
                  const char *format, ...)
{
    struct strbuf sentence;
    char part[4096]; /* names are quoted in it: at most 1 KiB each */
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(part, sizeof(part), format, arguments);
    va_end(arguments);
    strbuf_init(&sentence);
    strbuf_add_cstr(&sentence, part);
    error->line = line;
    error->sentence = arena_copy(api->arena, strbuf_str(&sentence));
    strbuf_release(&sentence);
    return false;
}

bool openapi_read_bool(struct openapi *api, const struct document_node *node, const char *name,
                       bool *value, struct document_error *error)
{
    if (!node || document_bool(node, value))
        return true;
    return openapi_fail(api, error, node->line, "\"%s\" is neither true nor false.", name);
}

bool openapi_base_path_valid(struct str base_path)
{
    if (base_path.len == 0)
        return true;
    if (base_path.len > OPERATION_BASE_PATH_MAX || base_path.ptr[0] != '/' ||
        base_path.ptr[base_path.len - 1] == '/')
        return false;
    for (size_t i = 0; i < base_path.len; i++)
        if (base_path.ptr[i] <= ' ' || strchr("{}?#", base_path.ptr[i]))
            return false;
    return true;
}

void openapi_start(struct openapi *api, struct arena *arena, struct str base_path)
{
    *api = (struct openapi){.arena = arena, .base_path = base_path};
}

bool openapi_sources_fit(struct str sources, const struct path_template *path)
{
    struct operation_source source;

    if (!operation_sources_valid(sources))
        return false;
    while (operation_source_next(&sources, &source) == 1) {
        bool found = source.kind != OPERATION_SOURCE_PARAMS;

        for (size_t i = 0; i < path->piece_count && !found; i++)
            found = path->pieces[i].is_param && str_equal(path->pieces[i].text, source.name);
        if (!found)
            return false;
    }
    return true;
}

/* Of Daybook's own extension, which must be right; else what another one says where it can be used; else by the rules. */
static bool choose_sources(struct openapi *api, const struct openapi_said *said,
                           const struct operation_facts *facts, const struct document_node *own,
                           struct str other,
                           struct str (*rule)(struct arena *arena,
                                              const struct operation_facts *facts),
                           struct str *sources, struct document_error *error)
{
    if (own) {
        *sources = document_text(own);
        return openapi_sources_fit(*sources, facts->path) ||
               openapi_fail(api, error, own->line,
                            "%.*s %.*s: \"%.*s\" does not say where a value stands: alternatives "
                            "such as params.NAME, query.NAME, body.NAME, res.NAME, location or "
                            "\"text\", separated by |, are accepted.",
                            STR_ARG(said->method), STR_ARG(said->template), STR_ARG(*sources));
    }
    *sources = other;
    if (!other.len || !openapi_sources_fit(other, facts->path))
        *sources = rule(api->arena, facts);
    if (!openapi_sources_fit(*sources, facts->path)) /* no source can name a parameter with a | */
        *sources = STR("");
    return true;
}

static bool fits(const struct operation *operation)
{
    return operation->method.len <= OPERATION_METHOD_MAX &&
           operation->path.len <= OPERATION_TEXT_MAX &&
           operation->operation_id.len <= OPERATION_TEXT_MAX &&
           operation->entity_type.len <= OPERATION_TEXT_MAX &&
           operation->action.len <= OPERATION_TEXT_MAX &&
           operation->entity_id.len <= OPERATION_TEXT_MAX &&
           operation->entity_name.len <= OPERATION_TEXT_MAX;
}

static struct openapi_row *new_row(struct openapi *api)
{
    api->rows = arena_grow(api->arena, api->rows, api->count, &api->capacity, sizeof(*api->rows));
    return &api->rows[api->count];
}

/* A template that is one only with the base path in front of it is none either: limits are counted with it. */
static bool parse_template(struct openapi *api, const struct openapi_said *said,
                           struct path_template *path, struct str *whole,
                           struct document_error *error)
{
    const char *reason;

    *whole = arena_printf(api->arena, "%.*s%.*s", STR_ARG(api->base_path), STR_ARG(said->template));
    if ((said->template.len == 0 || said->template.ptr[0] == '/') &&
        !path_template_parse(*whole, path, &reason))
        return openapi_fail(api, error, said->line, "The path %.*s cannot be used: %s.",
                            STR_ARG(*whole), reason);
    return path_template_parse(said->template, path, &reason) ||
           openapi_fail(api, error, said->line, "The path %.*s cannot be used: %s.",
                        STR_ARG(said->template), reason);
}

static void choose_words(struct openapi *api, const struct openapi_said *said,
                         const struct path_template *path, struct operation *operation)
{
    operation->entity_type = said->entity_type.len ? said->entity_type
                             : said->tag.len       ? said->tag
                                                   : operation_rules_entity_type(path);
    operation->action =
        said->action.len ? said->action
        : said->operation_id.len
            ? said->operation_id
            : arena_printf(api->arena, "%.*s %.*s", STR_ARG(said->method), STR_ARG(said->template));
}

bool openapi_add(struct openapi *api, const struct openapi_said *said, struct document_error *error)
{
    struct openapi_row *row = new_row(api);
    struct operation *operation = &row->operation;
    struct path_template path;
    struct operation_facts facts = {said->method, &path, said->operation_id, said->action,
                                    said->summary};

    *row = (struct openapi_row){.template = said->template, .keep_is_said = said->keep};
    operation->method = said->method;
    operation->operation_id = said->operation_id;
    operation->keep = true;
    if (!parse_template(api, said, &path, &operation->path, error) ||
        !choose_sources(api, said, &facts, said->id_of_daybook, said->entity_id,
                        operation_rules_entity_id, &operation->entity_id, error) ||
        !choose_sources(api, said, &facts, said->name_of_daybook, said->entity_name,
                        operation_rules_entity_name, &operation->entity_name, error))
        return false;
    choose_words(api, said, &path, operation);
    operation->is_read = operation_rules_is_read(&facts);
    if (!openapi_read_bool(api, said->read, "x-daybook-read", &operation->is_read, error) ||
        !openapi_read_bool(api, said->keep, "x-daybook-keep", &operation->keep, error))
        return false;
    if (!fits(operation))
        return openapi_fail(api, error, said->line,
                            "%.*s %.*s has a text above 1024 bytes: shorter ones are accepted.",
                            STR_ARG(said->method), STR_ARG(said->template));
    if (api->count == OPENAPI_OPERATIONS_MAX)
        return openapi_fail(api, error, said->line,
                            "It has more than %d operations: fewer are accepted.",
                            OPENAPI_OPERATIONS_MAX);
    api->count++;
    return true;
}

void openapi_drop_reads(struct openapi *api)
{
    for (size_t i = 0; i < api->count; i++)
        if (api->rows[i].operation.is_read && !api->rows[i].keep_is_said)
            api->rows[i].operation.keep = false;
}

/* ---- Ambiguity ---------------------------------------------------------------------------------- */

struct str openapi_shape(struct arena *arena, struct str method, struct str template,
                         bool mixed_too)
{
    struct path_template path;
    const char *reason;
    struct strbuf out;
    struct str shape;

    strbuf_init(&out);
    strbuf_add(&out, method);
    if (!path_template_parse(template, &path, &reason))
        strbuf_add(&out, template);
    else
        for (size_t i = 0; i < path.segment_count; i++) {
            const struct path_segment *segment = &path.segments[i];

            strbuf_add_char(&out, '/');
            if (mixed_too && !path_segment_is_text(&path, segment)) {
                strbuf_add_cstr(&out, "{}");
                continue;
            }
            for (size_t j = segment->first; j < segment->first + segment->count; j++)
                strbuf_add(&out, path.pieces[j].is_param ? STR("{}") : path.pieces[j].text);
        }
    shape = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return shape;
}

struct shaped {
    struct str shape, exact;
    const struct operation *operation;
};

static int compare_shapes(const void *a, const void *b)
{
    const struct shaped *left = a, *right = b;
    int order = str_compare(left->shape, right->shape);

    if (order == 0)
        order = (left->exact.len < right->exact.len) - (left->exact.len > right->exact.len);
    if (order == 0)
        order = (left->operation > right->operation) - (left->operation < right->operation);
    return order;
}

size_t openapi_ambiguous(const struct openapi *api,
                         void (*report)(void *context, const struct operation *first,
                                        const struct operation *second),
                         void *context)
{
    struct shaped *shaped = memory_resize(NULL, api->count ? api->count : 1, sizeof(*shaped));
    size_t found = 0;

    for (size_t i = 0; i < api->count; i++) {
        const struct operation *operation = &api->rows[i].operation;

        shaped[i] = (struct shaped){
            .shape = openapi_shape(api->arena, operation->method, operation->path, true),
            .exact = openapi_shape(api->arena, operation->method, operation->path, false),
            .operation = operation,
        };
    }
    qsort(shaped, api->count, sizeof(*shaped), compare_shapes);
    for (size_t i = 1; i < api->count; i++)
        if (str_equal(shaped[i - 1].shape, shaped[i].shape)) {
            report(context, shaped[i - 1].operation, shaped[i].operation);
            found++;
        }
    free(shaped);
    return found;
}
