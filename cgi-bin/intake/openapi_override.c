/* SPDX-License-Identifier: MIT */
/*
 * Overrides: what an administrator knows better than a description.  Strict where descriptions are not: an unknown member or an
 * operation that is not there is a mistake that would go unseen for years.
 */
#include "intake/openapi_private.h"

enum member {
    MEMBER_METHOD,
    MEMBER_PATH,
    MEMBER_OPERATION_ID,
    MEMBER_ENTITY_TYPE,
    MEMBER_ACTION,
    MEMBER_ENTITY_ID,
    MEMBER_ENTITY_NAME,
    MEMBER_KEEP,
    MEMBER_READ,
    MEMBER_ADD,
    MEMBER_COUNT
};

static const char *const names[MEMBER_COUNT] = {
    [MEMBER_METHOD] = "method",
    [MEMBER_PATH] = "path",
    [MEMBER_OPERATION_ID] = "operation_id",
    [MEMBER_ENTITY_TYPE] = "entity_type",
    [MEMBER_ACTION] = "action",
    [MEMBER_ENTITY_ID] = "entity_id",
    [MEMBER_ENTITY_NAME] = "entity_name",
    [MEMBER_KEEP] = "keep",
    [MEMBER_READ] = "read",
    [MEMBER_ADD] = "add",
};

struct override {
    const struct document_node *node, *members[MEMBER_COUNT];
};

static struct str text(const struct override *override, enum member member)
{
    return document_text(override->members[member]);
}

static bool read_member(struct openapi *api, const struct document_member *given,
                        struct override *override, struct document_error *error)
{
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        if (!str_equal(given->key, str_from(names[i])))
            continue;
        if (given->value->kind != DOCUMENT_SCALAR)
            return openapi_fail(api, error, given->value->line, "\"%s\" of an override is no text.",
                                names[i]);
        if (override->members[i])
            return openapi_fail(api, error, given->value->line, "\"%s\" stands twice.", names[i]);
        override->members[i] = given->value;
        return true;
    }
    return openapi_fail(api, error, given->value->line,
                        "An override has no member \"%.*s\": method, path, operation_id, "
                        "entity_type, action, entity_id, entity_name, keep, read and add are "
                        "accepted.",
                        STR_ARG(given->key));
}

static bool is_method(struct str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] < 'A' || word.ptr[i] > 'Z')
            return false;
    return word.len > 0;
}

/* "PATCH /projects/{id}" or "updateProject", for complaints. */
static struct str described(struct openapi *api, const struct override *override)
{
    struct str method = text(override, MEMBER_METHOD), path = text(override, MEMBER_PATH);

    if (!method.len && !path.len)
        return text(override, MEMBER_OPERATION_ID);
    return arena_printf(api->arena, "%.*s %.*s", STR_ARG(method), STR_ARG(path));
}

static bool check_name(struct openapi *api, const struct override *override, bool adds,
                       struct document_error *error)
{
    bool by_path = override->members[MEMBER_METHOD] || override->members[MEMBER_PATH];
    bool by_id = override->members[MEMBER_OPERATION_ID];

    if (by_path && !(is_method(text(override, MEMBER_METHOD)) && text(override, MEMBER_PATH).len))
        return openapi_fail(api, error, override->node->line,
                            "An override by path needs both: \"method\", such as PATCH, and "
                            "\"path\", such as /projects/{id}.");
    if (adds && !by_path)
        return openapi_fail(api, error, override->node->line,
                            "An operation that is added needs \"method\" and \"path\".");
    if (!adds && by_path == by_id)
        return openapi_fail(api, error, override->node->line,
                            "An override names its operation by \"method\" and \"path\", or by "
                            "\"operation_id\".");
    return true;
}

/* ---- One operation ------------------------------------------------------------------------------ */

static bool set_text(struct openapi *api, const struct override *override, enum member member,
                     bool may_be_empty, struct str *target, struct document_error *error)
{
    const struct document_node *node = override->members[member];
    struct str given = document_text(node);

    if (!node)
        return true;
    if ((given.len == 0 && !may_be_empty) || given.len > OPERATION_TEXT_MAX)
        return openapi_fail(api, error, node->line, "\"%s\" has 1 to %d bytes.", names[member],
                            OPERATION_TEXT_MAX);
    *target = given;
    return true;
}

static bool set_sources(struct openapi *api, const struct override *override, enum member member,
                        struct str path, struct str *target, struct document_error *error)
{
    const struct document_node *node = override->members[member];
    struct path_template parsed;
    const char *reason;

    if (!set_text(api, override, member, true, target, error))
        return false;
    if (!node ||
        (path_template_parse(path, &parsed, &reason) && openapi_sources_fit(*target, &parsed)))
        return true;
    return openapi_fail(api, error, node->line,
                        "\"%s\" does not say where a value stands in %.*s: alternatives such as "
                        "params.NAME (of the path), query.NAME, body.NAME, res.NAME, location or "
                        "\"text\", separated by |, are accepted.",
                        names[member], STR_ARG(path));
}

static bool apply(struct openapi *api, const struct override *override, struct openapi_row *row,
                  struct document_error *error)
{
    struct operation *operation = &row->operation;

    row->is_overridden = true;
    row->keep_is_said |= override->members[MEMBER_KEEP] != NULL;
    return set_text(api, override, MEMBER_ENTITY_TYPE, true, &operation->entity_type, error) &&
           set_text(api, override, MEMBER_ACTION, false, &operation->action, error) &&
           set_sources(api, override, MEMBER_ENTITY_ID, operation->path, &operation->entity_id,
                       error) &&
           set_sources(api, override, MEMBER_ENTITY_NAME, operation->path, &operation->entity_name,
                       error) &&
           openapi_read_bool(api, override->members[MEMBER_KEEP], "keep", &operation->keep,
                             error) &&
           openapi_read_bool(api, override->members[MEMBER_READ], "read", &operation->is_read,
                             error);
}

/* The row with this method and a template that differs in names of parameters at most; NULL when there is none. */
static struct openapi_row *find_by_path(struct openapi *api, const struct override *override)
{
    struct str wanted = openapi_shape(api->arena, text(override, MEMBER_METHOD),
                                      text(override, MEMBER_PATH), false);

    for (size_t i = 0; i < api->count; i++) {
        struct openapi_row *row = &api->rows[i];

        if (str_equal(row->operation.method, text(override, MEMBER_METHOD)) &&
            str_equal(openapi_shape(api->arena, row->operation.method, row->template, false),
                      wanted))
            return row;
    }
    return NULL;
}

static bool add(struct openapi *api, const struct override *override, struct document_error *error)
{
    struct openapi_said said = {
        .method = text(override, MEMBER_METHOD),
        .template = text(override, MEMBER_PATH),
        .operation_id = text(override, MEMBER_OPERATION_ID),
        .action = text(override, MEMBER_ACTION),
        .line = override->node->line,
    };

    if (find_by_path(api, override)) {
        struct str name = described(api, override);

        return openapi_fail(api, error, override->node->line,
                            "%.*s is described already: without \"add\" the override changes it.",
                            STR_ARG(name));
    }
    return openapi_add(api, &said, error) &&
           apply(api, override, &api->rows[api->count - 1], error);
}

static bool change(struct openapi *api, const struct override *override,
                   struct document_error *error)
{
    struct str operation_id = text(override, MEMBER_OPERATION_ID);
    struct str name = described(api, override);
    bool found = false;

    if (!operation_id.len) {
        struct openapi_row *row = find_by_path(api, override);

        found = row != NULL;
        if (row && !apply(api, override, row, error))
            return false;
    }
    for (size_t i = 0; operation_id.len && i < api->count; i++)
        if (str_equal(api->rows[i].operation.operation_id, operation_id)) {
            found = true;
            if (!apply(api, override, &api->rows[i], error))
                return false;
        }
    return found || openapi_fail(api, error, override->node->line,
                                 "There is no operation %.*s for this override: an added one says "
                                 "\"add\": true.",
                                 STR_ARG(name));
}

static bool read_override(struct openapi *api, const struct document_node *node,
                          struct document_error *error)
{
    struct override override = {.node = node};
    bool adds = false;

    if (node->kind != DOCUMENT_MAP)
        return openapi_fail(api, error, node->line, "An override is an object.");
    for (size_t i = 0; i < node->count; i++)
        if (!read_member(api, &node->members[i], &override, error))
            return false;
    if (!openapi_read_bool(api, override.members[MEMBER_ADD], "add", &adds, error) ||
        !check_name(api, &override, adds, error))
        return false;
    return adds ? add(api, &override, error) : change(api, &override, error);
}

bool openapi_override(struct openapi *api, const struct document_node *root,
                      struct document_error *error)
{
    if (root->kind != DOCUMENT_LIST)
        return openapi_fail(api, error, root->line, "Overrides are a list of objects.");
    for (size_t i = 0; i < root->count; i++)
        if (!read_override(api, root->members[i].value, error))
            return false;
    return true;
}
