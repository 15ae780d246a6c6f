/* SPDX-License-Identifier: MIT */
/* A file taken for a description and for overrides: refused with a place and a reason, or rows that keep every promise. */
#include "intake/openapi.h"

#include <assert.h>
#include <stdint.h>

#include "base/utf8.h"
#include "intake/operation_source.h"
#include "intake/operations.h"
#include "intake/path_template.h"

static void check_row(const struct operation *row)
{
    struct path_template path;
    const char *reason;

    assert(path_template_parse(row->path, &path, &reason));
    assert(operation_sources_valid(row->entity_id));
    assert(operation_sources_valid(row->entity_name));
    assert(row->action.len > 0 && row->action.len <= OPERATION_TEXT_MAX);
    assert(row->path.len <= OPERATION_TEXT_MAX && row->entity_type.len <= OPERATION_TEXT_MAX);
    assert(!row->is_read || str_equal(row->method, STR("GET")) ||
           str_equal(row->method, STR("HEAD")) || row->keep);
}

static void ignore(void *context, const struct operation *first, const struct operation *second)
{
    (void)context;
    assert(first != second);
    assert(str_equal(first->method, second->method));
}

static void check_complaint(const struct document_error *error)
{
    assert(error->line > 0);
    assert(error->sentence.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct document_error error = {0};
    const struct document_node *root =
        document_read(arena, (struct str){(const char *)data, size}, &error);
    struct openapi api;

    openapi_start(&api, arena, STR("/base"));
    if (!root)
        check_complaint(&error);
    else if (!openapi_read(&api, root, &error))
        check_complaint(&error);
    else {
        for (size_t i = 0; i < api.count; i++)
            check_row(&api.rows[i].operation);
        openapi_drop_reads(&api);
        assert(openapi_ambiguous(&api, ignore, NULL) <= api.count);
    }
    if (root && !openapi_override(&api, root, &error))
        check_complaint(&error);
    arena_free(arena);
    return 0;
}
