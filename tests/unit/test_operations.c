/* SPDX-License-Identifier: MIT */
/* Which operation a call belongs to: precedence, percent forms, slashes, spanning parameters, hostile paths. */
#include "intake/operations.h"

#include <time.h>

#include "base/strbuf.h"
#include "intake/path_template.h"

#include "check.h"

struct row {
    const char *method, *path;
};

static struct operations *build(const struct row *rows, size_t count)
{
    struct operation list[32] = {0};

    assert_true(count <= COUNT(list));
    for (size_t i = 0; i < count; i++) {
        list[i].method = str_from(rows[i].method);
        list[i].path = str_from(rows[i].path);
    }
    return operations_new(list, count);
}

static const struct row api[] = {
    {"GET", "/api/projects"},
    {"GET", "/api/projects/{id}"},
    {"PATCH", "/api/projects/{id}"},
    {"DELETE", "/api/projects/{name}"},
    {"GET", "/api/projects/name/{name}"},
    {"GET", "/api/projects/{id}/{part}/x"},
    {"GET", "/api/projects/name/list/y"},
    {"POST", "/api/contexts/"},
    {"GET", "/api/files/{id}"},
    {"GET", "/api/files/{id}.json"},
    {"GET", "/api/files/{id}.tar.json"},
    {"GET", "/api/compare/{base}...{head}"},
    {"GET", "/api/compare/{+basehead}"},
    {"PUT", "/api/contents/{+path}"},
    {"PUT", "/api/contents/{+path}/meta"},
    {"PUT", "/api/contents/readme"},
    {"HEAD", "/api/heads"},
    {"GET", "/api/heads"},
    {"GET", "/api/a%20b/{x}"},
    {"GET", "/api/v{major}.{minor}/{rest}"},
    {"GET", "/api/projects/{second}"}, /* never found: the first counts */
    {"GET", "/api/bad/{x"},            /* no template: matches nothing */
    {"GET", "/"},
};

/* The template that is found, and the raw values, separated by spaces. */
static const struct {
    const char *method, *target, *path, *values;
} cases[] = {
    {"GET", "/api/projects", "/api/projects", ""},
    {"GET", "/api/projects?x=/1", "/api/projects", ""},
    {"GET", "/api/projects#x", "/api/projects", ""},
    {"GET", "/api/projects/", "/api/projects", ""},
    {"GET", "/api/projects//", NULL, NULL},
    {"GET", "//api/projects", NULL, NULL},
    {"GET", "/api//projects", NULL, NULL},
    {"GET", "api/projects", NULL, NULL},
    {"GET", "", NULL, NULL},
    {"GET", "*", NULL, NULL},
    {"GET", "/", "/", ""},
    {"GET", "http://host", "/", ""},
    {"GET", "http://host?x", "/", ""},
    {"GET", "HTTP://u:p@host:80/api/projects/7?x", "/api/projects/{id}", "7"},
    {"GET", "https://host/api/projects/7", "/api/projects/{id}", "7"},
    {"GET", "ftp://host/api/projects/7", NULL, NULL},
    {"get", "/api/projects", NULL, NULL},
    {"POST", "/api/projects", NULL, NULL},
    {"GET", "/api/projects/a%2Fb", "/api/projects/{id}", "a%2Fb"},
    {"GET", "/api/projects/a%252Fb%C3%BC", "/api/projects/{id}", "a%252Fb%C3%BC"},
    {"GET", "/api/projects/a b\x80", "/api/projects/{id}", "a b\x80"},
    {"GET", "/api/%70rojects/7", "/api/projects/{id}", "7"},
    {"GET", "/%61%70%69/%70%72%6F%6a%65%63%74%73/7", "/api/projects/{id}", "7"},
    {"GET", "/api%2Fprojects/7", NULL, NULL},
    {"GET", "/api/projects%00", NULL, NULL},
    {"GET", "/api/projects%", NULL, NULL},
    {"GET", "/api/projects%2", NULL, NULL},
    {"GET", "/API/projects", NULL, NULL},
    {"PATCH", "/api/projects/7/", "/api/projects/{id}", "7"},
    {"DELETE", "/api/projects/7", "/api/projects/{name}", "7"},
    {"HEAD", "/api/projects/7", "/api/projects/{id}", "7"},
    {"HEAD", "/api/heads", "HEAD /api/heads", ""},
    /* text before parameter, and back where that leads nowhere */
    {"GET", "/api/projects/name/x", "/api/projects/name/{name}", "x"},
    {"GET", "/api/projects/name", "/api/projects/{id}", "name"},
    {"GET", "/api/projects/n%61me/x", "/api/projects/name/{name}", "x"},
    {"GET", "/api/projects/name/list/y", "/api/projects/name/list/y", ""},
    {"GET", "/api/projects/name/list/x", "/api/projects/{id}/{part}/x", "name list"},
    {"DELETE", "/api/projects/name", "/api/projects/{name}", "name"},
    /* no value is empty or leads upward */
    {"DELETE", "/api/projects/", NULL, NULL},
    {"DELETE", "/api/projects/.", NULL, NULL},
    {"DELETE", "/api/projects/..", NULL, NULL},
    {"DELETE", "/api/projects/%2e%2E", NULL, NULL},
    {"DELETE", "/api/projects/.%2e", NULL, NULL},
    {"DELETE", "/api/projects/...", "/api/projects/{name}", "..."},
    {"GET", "/api/projects/x/../x", NULL, NULL},
    /* slashes at the end */
    {"POST", "/api/contexts/", "/api/contexts/", ""},
    {"POST", "/api/contexts", "/api/contexts/", ""},
    {"POST", "/api/contexts//", NULL, NULL},
    /* mixtures */
    {"GET", "/api/files/7", "/api/files/{id}", "7"},
    {"GET", "/api/files/7.json", "/api/files/{id}.json", "7"},
    {"GET", "/api/files/7%2ejson", "/api/files/{id}.json", "7"},
    {"GET", "/api/files/7.tar.json", "/api/files/{id}.tar.json", "7"},
    {"GET", "/api/files/7.json.json", "/api/files/{id}.json", "7.json"},
    {"GET", "/api/files/.json", "/api/files/{id}", ".json"},
    {"GET", "/api/files/7.jsonx", "/api/files/{id}", "7.jsonx"},
    {"GET", "/api/compare/a...b", "/api/compare/{base}...{head}", "a b"},
    {"GET", "/api/compare/a....b", "/api/compare/{base}...{head}", "a .b"},
    {"GET", "/api/compare/a...", "/api/compare/{+basehead}", "a..."},
    {"GET", "/api/compare/a%2Fb%2e..c", "/api/compare/{base}...{head}", "a%2Fb c"},
    {"GET", "/api/compare/a/b...c", "/api/compare/{+basehead}", "a/b...c"},
    {"GET", "/api/v1.22/z", "/api/v{major}.{minor}/{rest}", "1 22 z"},
    {"GET", "/api/v1./z", NULL, NULL},
    {"GET", "/api/w1.2/z", NULL, NULL},
    {"GET", "/api/a%20b/z", "/api/a%20b/{x}", "z"},
    {"GET", "/api/a b/z", "/api/a%20b/{x}", "z"},
    /* parameters that span segments, last */
    {"PUT", "/api/contents/a", "/api/contents/{+path}", "a"},
    {"PUT", "/api/contents/a/b/c.md?x", "/api/contents/{+path}", "a/b/c.md"},
    {"PUT", "/api/contents/a//c/", "/api/contents/{+path}", "a//c/"},
    {"PUT", "/api/contents/readme", "/api/contents/readme", ""},
    {"PUT", "/api/contents/readme/x", "/api/contents/{+path}", "readme/x"},
    {"PUT", "/api/contents/a/meta", "/api/contents/{+path}/meta", "a"},
    {"PUT", "/api/contents/a/b/meta", "/api/contents/{+path}", "a/b/meta"},
    {"PUT", "/api/contents/a/../b", NULL, NULL},
    {"PUT", "/api/contents/%2e%2e/b", NULL, NULL},
    {"PUT", "/api/contents//b", NULL, NULL},
    {"GET", "/api/bad/{x", NULL, NULL},
};

static void test_match(void **state)
{
    struct operations *operations = build(api, COUNT(api));

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str target = exact_copy(str_from(cases[i].target));
        const char *path = cases[i].path;
        struct operation_match match;
        const struct operation *found =
            operations_match(operations, str_from(cases[i].method), target, &match);
        struct strbuf values;

        strbuf_init(&values);
        EXPECT(cases[i].target, found == match.operation);
        EXPECT(cases[i].target, !found == !path);
        if (found && str_starts(str_from(path), STR("HEAD "))) {
            EXPECT(cases[i].target, str_equal(found->method, STR("HEAD")));
            path += 5;
        }
        if (found && !str_equal(found->path, str_from(path)))
            fail_msg("%s: %.*s", cases[i].target, STR_ARG(found->path));
        for (size_t j = 0; j < match.count; j++) {
            struct str raw = match.params[j].raw;

            EXPECT(cases[i].target, raw.ptr >= target.ptr);
            EXPECT(cases[i].target, raw.ptr + raw.len <= target.ptr + target.len);
            if (j)
                strbuf_add_char(&values, ' ');
            strbuf_add(&values, raw);
        }
        if (found && !str_equal(strbuf_str(&values), str_from(cases[i].values)))
            fail_msg("%s: values %s", cases[i].target, values.ptr);
        strbuf_release(&values);
        free_copy(target);
    }
    operations_free(operations);
    operations_free(NULL);
}

static void test_names(void **state)
{
    struct operations *operations = build(api, COUNT(api));
    struct arena *arena = arena_new();
    struct operation_match match;

    (void)state;
    operations_match(operations, STR("GET"), STR("/api/compare/a%2Fb%22...%ff"), &match);
    assert_int_equal(match.count, 2);
    assert_true(str_equal(match.params[0].name, STR("base")));
    assert_true(str_equal(match.params[1].name, STR("head")));
    assert_true(str_equal(operation_param_value(arena, &match.params[0]), STR("a/b\"")));
    assert_true(str_equal(operation_param_value(arena, &match.params[1]), STR("\xff")));
    assert_true(str_equal(operation_params_json(arena, &match),
                          STR("{\"base\": \"a/b\\\"\", \"head\": \"%ff\"}")));
    operations_match(operations, STR("GET"), STR("/api/projects/\xff%41"), &match);
    assert_true(str_equal(operation_params_json(arena, &match), STR("{\"id\": \"%FF%41\"}")));
    operations_match(operations, STR("GET"), STR("/api/projects"), &match);
    assert_true(str_equal(operation_params_json(arena, &match), STR("{}")));
    arena_free(arena);
    operations_free(operations);
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Templates in which every prefix fits in two ways, and paths that fail at their very end, thousands of times. */
static void test_hostile(void **state)
{
    static struct operation list[2048];
    static char paths[2048][64];
    struct operations *operations;
    struct operation_match match;
    struct strbuf path;
    double begin = seconds();

    (void)state;
    for (size_t i = 0; i < 2047; i++) { /* /a or /{x}, eleven times, in all ways */
        size_t at = 0;

        for (size_t bit = 0; bit < 11; bit++)
            at += (size_t)snprintf(paths[i] + at, sizeof(paths[i]) - at, "/%s",
                                   i >> bit & 1 ? "a" : "{x}");
        list[i].method = STR("GET");
        list[i].path = str_from(paths[i]);
    }
    list[2047].method = STR("GET");
    list[2047].path = STR("/{+x}/a/a/{y}/a/a/z");
    operations = operations_new(list, 2048);
    strbuf_init(&path);
    for (int i = 0; i < 200; i++)
        strbuf_add_cstr(&path, "/a");
    for (int i = 0; i < 1000; i++) {
        assert_non_null(
            operations_match(operations, STR("GET"), STR("/a/a/a/a/a/a/a/a/a/a/b"), &match));
        assert_null(
            operations_match(operations, STR("PUT"), STR("/a/a/a/a/a/a/a/a/a/a/a"), &match));
        assert_null(operations_match(operations, STR("GET"), strbuf_str(&path), &match));
    }
    while (path.len < 1000000)
        strbuf_add_cstr(&path, "/%61");
    assert_null(operations_match(operations, STR("GET"), strbuf_str(&path), &match));
    strbuf_release(&path);
    operations_free(operations);
    assert_true(seconds() - begin < 10);
}

static void test_templates(void **state)
{
    static const struct {
        const char *path;
        bool ok;
        size_t segments, params;
    } rows[] = {
        {"/", true, 1, 0},       {"/a/", true, 2, 0},         {"/{a}{b}/x{c}y", true, 2, 3},
        {"/x/{+a}", true, 2, 1}, {"", false, 0, 0},           {"x/{a}", false, 0, 0},
        {"/{a", false, 0, 0},    {"/{a/b}", false, 0, 0},     {"/a}", false, 0, 0},
        {"/{}", false, 0, 0},    {"/{+}", false, 0, 0},       {"/{a{b}}", false, 0, 0},
        {"/x{+a}", false, 0, 0}, {"/{+a}/{+b}", false, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str path = exact_copy(str_from(rows[i].path));
        struct path_template parsed;
        const char *reason;

        EXPECT(rows[i].path, path_template_parse(path, &parsed, &reason) == rows[i].ok);
        EXPECT(rows[i].path, !reason == rows[i].ok);
        EXPECT(rows[i].path, !rows[i].ok || parsed.segment_count == rows[i].segments);
        EXPECT(rows[i].path, !rows[i].ok || parsed.param_count == rows[i].params);
        free_copy(path);
    }
}

static void test_template_limits(void **state)
{
    struct path_template parsed;
    const char *reason;
    struct strbuf path;

    (void)state;
    strbuf_init(&path);
    for (int i = 0; i < OPERATION_SEGMENTS_MAX; i++)
        strbuf_add_cstr(&path, "/a");
    assert_true(path_template_parse(strbuf_str(&path), &parsed, &reason));
    strbuf_add_cstr(&path, "/a");
    assert_false(path_template_parse(strbuf_str(&path), &parsed, &reason));
    strbuf_reset(&path);
    for (int i = 0; i < OPERATION_PARAMS_MAX; i++)
        strbuf_add_cstr(&path, "/a{b}c");
    assert_true(path_template_parse(strbuf_str(&path), &parsed, &reason));
    strbuf_add_cstr(&path, "{d}");
    assert_false(path_template_parse(strbuf_str(&path), &parsed, &reason));
    strbuf_release(&path);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match),           cmocka_unit_test(test_names),
        cmocka_unit_test(test_hostile),         cmocka_unit_test(test_templates),
        cmocka_unit_test(test_template_limits),
    };

    return cmocka_run_group_tests_name("operations", tests, NULL, NULL);
}
