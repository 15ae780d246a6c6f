/* SPDX-License-Identifier: MIT */
/*
 * A request target is anything that a stranger sends.  Values must lie within it; put back into the template they must lead to the same
 * operation again; what is made of them must be JSON.  The rest of the call comes from the same bytes.
 */
#include "intake/operations.h"

#include <assert.h>
#include <stdint.h>

#include "base/json.h"
#include "base/strbuf.h"

static const char *const templates[] = {
    "/api/projects",
    "/api/projects/{id}",
    "/api/projects/name/{name}",
    "/api/projects/{id}/{part}/x",
    "/api/contexts/",
    "/api/files/{id}.json",
    "/api/compare/{base}...{head}",
    "/api/compare/{+basehead}",
    "/api/contents/{+path}",
    "/api/contents/{+path}/meta",
    "/{a}/{b}{c}/{d}",
    "/api/v{major}.{minor}",
    "/",
};
enum { TEMPLATE_COUNT = sizeof(templates) / sizeof(templates[0]) };

static struct operations *build(void)
{
    struct operation list[TEMPLATE_COUNT] = {0};

    for (size_t i = 0; i < TEMPLATE_COUNT; i++) {
        list[i].method = STR("GET");
        list[i].path = str_from(templates[i]);
        list[i].entity_id = STR("params.id|query.id|res.id|location");
        list[i].entity_name = STR("params.name|body.name|body.a.b.c|\"none\"");
    }
    return operations_new(list, TEMPLATE_COUNT);
}

/* The template with the values in the place of its parameters. */
static void fill(struct strbuf *out, const struct operation_match *match)
{
    struct str rest = match->operation->path;
    size_t next = 0;

    while (rest.len) {
        const char *end = rest.ptr[0] == '{' ? memchr(rest.ptr, '}', rest.len) : NULL;
        size_t len = end ? (size_t)(end - rest.ptr) + 1 : 1;

        strbuf_add(out, end ? match->params[next++].raw : str_slice(rest, 0, 1));
        rest = str_slice(rest, len, rest.len);
    }
    assert(next == match->count);
}

static void check_again(const struct operations *operations, const struct operation_match *match)
{
    struct operation_match again;
    struct strbuf path;

    strbuf_init(&path);
    fill(&path, match);
    assert(operations_match(operations, STR("GET"), strbuf_str(&path), &again) == match->operation);
    for (size_t i = 0; i < match->count; i++)
        assert(str_equal(again.params[i].raw, match->params[i].raw));
    strbuf_release(&path);
}

static void check_call(struct arena *arena, const struct operation_match *match, struct str bytes)
{
    const struct operation_call call = {
        .query = bytes, .body = bytes, .response_head = bytes, .location = bytes};
    struct operation_call form = call;
    struct json_value value;
    struct json_error error;

    assert(json_read(operation_params_json(arena, match), &value, &error));
    assert(operation_describe(arena, match, &call).name.len > 0);
    form.content_type = STR("application/x-www-form-urlencoded");
    assert(operation_describe(arena, match, &form).name.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct operations *operations;
    struct arena *arena = arena_new();
    struct str target = {(const char *)data, size};
    struct operation_match match;

    if (!operations)
        operations = build();
    if (operations_match(operations, STR("GET"), target, &match)) {
        for (size_t i = 0; i < match.count; i++) {
            assert(match.params[i].raw.len > 0);
            assert(match.params[i].raw.ptr >= target.ptr);
            assert(match.params[i].raw.ptr + match.params[i].raw.len <= target.ptr + target.len);
        }
        check_again(operations, &match);
    } else {
        operations_match(operations, STR("GET"), STR("/api/projects/1"), &match);
    }
    check_call(arena, &match, target);
    arena_free(arena);
    return 0;
}
