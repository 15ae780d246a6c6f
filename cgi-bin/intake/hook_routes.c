/* SPDX-License-Identifier: MIT */
/* Each path becomes an operation of the method POST; which hook it was is known by the path that both borrow. */
#include "intake/hook_routes.h"

#include <stdlib.h>

#include "base/memory.h"

static const struct str method_post = STR("POST");

struct hook_routes {
    struct operations *operations;
    const struct hook *hooks;
    size_t count;
};

struct hook_routes *hook_routes_new(const struct hook *hooks, size_t count)
{
    struct operation *list = memory_new((count ? count : 1) * sizeof(*list));
    struct hook_routes *routes = NULL;
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        if (hooks[i].path.len)
            list[found++] = (struct operation){.method = method_post, .path = hooks[i].path};
    if (found) {
        routes = memory_new(sizeof(*routes));
        *routes = (struct hook_routes){operations_new(list, found), hooks, count};
    }
    free(list);
    return routes;
}

void hook_routes_free(struct hook_routes *routes)
{
    if (!routes)
        return;
    operations_free(routes->operations);
    free(routes);
}

const struct hook *hook_routes_match(const struct hook_routes *routes, struct str method,
                                     struct str target, struct operation_match *match)
{
    if (!str_equal(method, method_post) ||
        !operations_match(routes->operations, method, target, match))
        return NULL;
    for (size_t i = 0; i < routes->count; i++)
        if (routes->hooks[i].path.ptr == match->operation->path.ptr)
            return &routes->hooks[i];
    return NULL;
}
