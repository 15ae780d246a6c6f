/* SPDX-License-Identifier: MIT */
/*
 * Walks the paths of a description.  Looks only at what it needs: schemas, examples and answers, by far the most of such a file,
 * stay untouched.  References are followed within the document, a bounded number of times.
 */
#include "intake/openapi.h"

#include "base/strbuf.h"
#include "intake/openapi_private.h"

enum { REFERENCES_MAX = 32 };

struct reading {
    struct openapi *api;
    const struct document_node *root;
    struct document_error *error;
};

static const struct {
    struct str member, method;
} methods[] = {
    {STR("get"), STR("GET")},         {STR("put"), STR("PUT")},     {STR("post"), STR("POST")},
    {STR("delete"), STR("DELETE")},   {STR("patch"), STR("PATCH")}, {STR("head"), STR("HEAD")},
    {STR("options"), STR("OPTIONS")}, {STR("trace"), STR("TRACE")},
};

/* ---- References --------------------------------------------------------------------------------- */

/* What `node` stands for; NULL when a reference leads nowhere, in a circle, or out of the document. */
static const struct document_node *resolved(const struct reading *reading,
                                            const struct document_node *node)
{
    for (int i = 0; i < REFERENCES_MAX && node; i++) {
        const struct document_node *reference = document_member(node, STR("$ref"));

        if (!reference)
            return node;
        node = document_pointer(reading->api->arena, reading->root, document_text(reference));
    }
    return NULL;
}

/* A member of a path item: its own, else the one of what it refers to. */
static const struct document_node *item_member(const struct reading *reading,
                                               const struct document_node *item, struct str name)
{
    const struct document_node *own = document_member(item, name);

    return own ? own : document_member(resolved(reading, item), name);
}

/* ---- Templates ---------------------------------------------------------------------------------- */

static bool list_says_spanning(const struct reading *reading, const struct document_node *list,
                               struct str name)
{
    for (size_t i = 0; list && list->kind == DOCUMENT_LIST && i < list->count; i++) {
        const struct document_node *param = resolved(reading, list->members[i].value);
        bool spans;

        if (str_equal(document_text(document_member(param, STR("name"))), name) &&
            str_equal(document_text(document_member(param, STR("in"))), STR("path")) &&
            (document_bool(document_member(param, STR("x-multi-segment")), &spans) ||
             document_bool(document_member(param, STR("x-daybook-multi-segment")), &spans)))
            return spans;
    }
    return false;
}

/* Takes the mark of a spanning parameter off its name: {+path}, {path+}, {path*}, {path:path}. */
static bool take_mark(struct str *name)
{
    static const struct str marks[] = {STR("+"), STR("*"), STR(":path")};

    if (name->len > 1 && name->ptr[0] == '+') {
        *name = str_slice(*name, 1, name->len);
        return true;
    }
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (name->len > marks[i].len &&
            str_equal(str_slice(*name, name->len - marks[i].len, name->len), marks[i])) {
            *name = str_slice(*name, 0, name->len - marks[i].len);
            return true;
        }
    return false;
}

static bool is_whole_segment(struct str path, size_t open, size_t close)
{
    return open > 0 && path.ptr[open - 1] == '/' &&
           (close + 1 == path.len || path.ptr[close + 1] == '/');
}

/* The path with its spanning parameter as {+name}: the first that is said to be one and can be. */
static struct str template_of(const struct reading *reading, struct str path,
                              const struct document_node *const params[2])
{
    struct strbuf out;
    struct str text;
    size_t at = 0;
    bool has_span = false;

    strbuf_init(&out);
    while (at < path.len) {
        const char *end = path.ptr[at] == '{' ? memchr(path.ptr + at, '}', path.len - at) : NULL;
        size_t close = end ? (size_t)(end - path.ptr) : at;
        struct str name = str_slice(path, at + 1, close - at - 1);
        bool spans;

        if (!end) {
            strbuf_add_char(&out, path.ptr[at++]);
            continue;
        }
        spans = take_mark(&name) || list_says_spanning(reading, params[0], name) ||
                list_says_spanning(reading, params[1], name);
        spans = spans && !has_span && is_whole_segment(path, at, close);
        has_span |= spans;
        strbuf_printf(&out, spans ? "{+%.*s}" : "{%.*s}", STR_ARG(name));
        at = close + 1;
    }
    text = arena_copy(reading->api->arena, strbuf_str(&out));
    strbuf_release(&out);
    return text;
}

/* ---- What extensions say ------------------------------------------------------------------------ */

static struct str kubernetes_action(const struct reading *reading,
                                    const struct document_node *operation, struct str kind)
{
    static const struct {
        struct str said, meant;
    } verbs[] = {{STR("post"), STR("create")},
                 {STR("put"), STR("update")},
                 {STR("watchlist"), STR("watch")}};
    struct str verb = document_text(document_member(operation, STR("x-kubernetes-action")));

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (str_equal(verb, verbs[i].said))
            verb = verbs[i].meant;
    if (!verb.len || !kind.len)
        return verb;
    return arena_printf(reading->api->arena, "%.*s %.*s", STR_ARG(verb), STR_ARG(kind));
}

/* x-audit: {"id": {"path": "_id", "source": "res"}, …}. */
static struct str audit_source(const struct reading *reading, const struct document_node *audit,
                               struct str name)
{
    const struct document_node *entry = document_member(audit, name);
    struct str path = document_text(document_member(entry, STR("path")));
    struct str prefix = STR("");

    if (str_equal(document_text(document_member(entry, STR("source"))), STR("res")))
        prefix = STR("res.");
    if (!path.len || str_starts(path, prefix))
        return path;
    return arena_printf(reading->api->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(path));
}

static void read_sources(const struct reading *reading, const struct document_node *operation,
                         struct openapi_said *said)
{
    const struct document_node *audit = document_member(operation, STR("x-audit"));
    const struct document_node *id = document_member(operation, STR("x-entityId"));

    said->entity_id = audit_source(reading, audit, STR("id"));
    said->entity_name = audit_source(reading, audit, STR("name"));
    if (!said->entity_id.len)
        said->entity_id = document_text(id);
    if (!said->entity_id.len)
        said->entity_id = document_text(document_member(id, STR("pathId")));
    if (!said->entity_name.len)
        said->entity_name = document_text(document_member(id, STR("pathName")));
    said->id_of_daybook = document_member(operation, STR("x-daybook-entity-id"));
    said->name_of_daybook = document_member(operation, STR("x-daybook-entity-name"));
}

static struct str first_of(struct str a, struct str b)
{
    return a.len ? a : b;
}

static void read_words(const struct reading *reading, const struct document_node *operation,
                       struct openapi_said *said)
{
    const struct document_node *kind =
        document_member(operation, STR("x-kubernetes-group-version-kind"));
    const struct document_node *tags = document_member(operation, STR("tags"));
    struct str kind_name = document_text(document_member(kind, STR("kind")));

    said->operation_id = document_text(document_member(operation, STR("operationId")));
    said->summary = document_text(document_member(operation, STR("summary")));
    said->entity_type = first_of(
        document_text(document_member(operation, STR("x-daybook-entity-type"))), kind_name);
    said->action = first_of(document_text(document_member(operation, STR("x-daybook-action"))),
                            first_of(document_text(document_member(operation, STR("x-action"))),
                                     kubernetes_action(reading, operation, kind_name)));
    if (tags && tags->kind == DOCUMENT_LIST && tags->count)
        said->tag = document_text(tags->members[0].value);
    said->read = document_member(operation, STR("x-daybook-read"));
    said->keep = document_member(operation, STR("x-daybook-keep"));
}

/* ---- The walk ----------------------------------------------------------------------------------- */

static bool read_operation(const struct reading *reading, struct str path, struct str method,
                           const struct document_node *item, const struct document_node *operation)
{
    const struct document_node *params[2] = {
        document_member(operation, STR("parameters")),
        item_member(reading, item, STR("parameters")),
    };
    struct openapi_said said = {.method = method, .line = operation->line};

    if (operation->kind != DOCUMENT_MAP)
        return openapi_fail(reading->api, reading->error, operation->line,
                            "%.*s %.*s is no operation: an object is accepted.", STR_ARG(method),
                            STR_ARG(path));
    said.template = template_of(reading, path, params);
    read_words(reading, operation, &said);
    read_sources(reading, operation, &said);
    return openapi_add(reading->api, &said, reading->error);
}

static bool read_item(const struct reading *reading, struct str path,
                      const struct document_node *item)
{
    if (item->kind != DOCUMENT_MAP)
        return document_is_null(item) ||
               openapi_fail(reading->api, reading->error, item->line,
                            "The path %.*s holds no operations: an object is accepted.",
                            STR_ARG(path));
    if (!resolved(reading, item)) {
        struct str reference = document_text(document_member(item, STR("$ref")));

        return openapi_fail(reading->api, reading->error, item->line,
                            "The path %.*s refers to \"%.*s\", which is not in this file: "
                            "references are followed within the file.",
                            STR_ARG(path), STR_ARG(reference));
    }
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        const struct document_node *operation = item_member(reading, item, methods[i].member);

        if (operation && !read_operation(reading, path, methods[i].method, item, operation))
            return false;
    }
    return true;
}

static bool is_description(const struct document_node *root)
{
    struct str openapi = document_text(document_member(root, STR("openapi")));
    struct str swagger = document_text(document_member(root, STR("swagger")));

    return str_starts(openapi, STR("3.")) || str_equal(swagger, STR("2.0")) ||
           str_equal(swagger, STR("2"));
}

bool openapi_read(struct openapi *api, const struct document_node *root,
                  struct document_error *error)
{
    struct reading reading = {api, root, error};
    const struct document_node *paths = document_member(root, STR("paths"));

    if (!is_description(root))
        return openapi_fail(api, error, root->line,
                            "It is no description of an API: \"openapi\": \"3.…\" or \"swagger\": "
                            "\"2.0\" is accepted.");
    if (!paths || paths->kind != DOCUMENT_MAP)
        return openapi_fail(api, error, paths ? paths->line : root->line,
                            "It describes no paths: an object \"paths\" is accepted.");
    for (size_t i = 0; i < paths->count; i++) {
        struct str path = paths->members[i].key;

        if (!str_starts(path, STR("x-")) && !read_item(&reading, path, paths->members[i].value))
            return false;
    }
    return true;
}
