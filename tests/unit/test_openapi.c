/* SPDX-License-Identifier: MIT */
/* Descriptions and overrides: what the rules make of them, and what is refused, where and why. */
#include "intake/openapi.h"

#include "base/strbuf.h"
#include "intake/operation_rules.h"

#include "check.h"

/* One line of cells for each row, as `daybook operation SLUG list` has them. */
static void print_rows(const struct openapi *api, struct strbuf *out)
{
    for (size_t i = 0; i < api->count; i++) {
        const struct operation *row = &api->rows[i].operation;

        strbuf_printf(out, "%.*s %.*s; %.*s; %.*s; %.*s; %.*s; %s%s\n", STR_ARG(row->method),
                      STR_ARG(row->path), STR_ARG(row->entity_type), STR_ARG(row->action),
                      STR_ARG(row->entity_id), STR_ARG(row->entity_name),
                      row->is_read ? "read" : "write", row->keep ? "" : " drop");
    }
}

/* The rows of a description and overrides, or where and why there are none. */
static void import(struct arena *arena, struct str text, struct str overrides, bool drop_reads,
                   struct strbuf *out)
{
    struct document_error error = {0};
    const struct document_node *root = document_read(arena, text, &error);
    struct openapi api;

    openapi_start(&api, arena, STR("/b"));
    strbuf_reset(out);
    if (root && openapi_read(&api, root, &error) && overrides.len) {
        root = document_read(arena, overrides, &error);
        if (root)
            openapi_override(&api, root, &error);
    }
    if (drop_reads)
        openapi_drop_reads(&api);
    if (error.line)
        strbuf_printf(out, "%u: %.*s", error.line, STR_ARG(error.sentence));
    else
        print_rows(&api, out);
}

#define PATHS(paths) "{\"openapi\": \"3.1.0\", \"paths\": {" paths "}}"
#define ONE(path, method, operation) PATHS("\"" path "\": {\"" method "\": {" operation "}}")
#define MADE "res.id|res._id|res.metadata.uid|res.metadata.id|location"
#define SHOWN "res.id|res._id|res.metadata.uid|res.metadata.id"
#define RES_NAME "res.name|res.metadata.name|res.title"
#define NAME "body.name|body.metadata.name|body.title|body.displayName|body.display_name|" RES_NAME

static const struct {
    const char *text, *overrides, *rows;
} described[] = {
    /* by rules */
    {ONE("/pets", "get", ""), "", "GET /b/pets; pets; GET /pets; ; " RES_NAME "; read\n"},
    {ONE("/", "get", ""), "", "GET /b/; ; GET /; ; " RES_NAME "; read\n"},
    {ONE("/pets", "post", "\"operationId\": \"add\""), "",
     "POST /b/pets; pets; add; " MADE "; " NAME "; write\n"},
    {ONE("/pets/", "put", "\"tags\": [\"pet\", \"x\"]"), "",
     "PUT /b/pets/; pet; PUT /pets/; " MADE "|body.id; " NAME "; write\n"},
    {ONE("/pets/{id}", "patch", ""), "",
     "PATCH /b/pets/{id}; pets; PATCH /pets/{id}; params.id; " NAME "; write\n"},
    {ONE("/pets/{id}", "delete", ""), "",
     "DELETE /b/pets/{id}; pets; DELETE /pets/{id}; params.id; ; write\n"},
    {ONE("/v1/{owner}/pets/{petName}", "get", ""), "",
     "GET /b/v1/{owner}/pets/{petName}; pets; GET /v1/{owner}/pets/{petName}; " SHOWN
     "; params.petName; read\n"},
    {ONE("/repos/{owner}/{repo}", "get", ""), "",
     "GET /b/repos/{owner}/{repo}; repos; GET /repos/{owner}/{repo}; params.repo; " RES_NAME
     "; read\n"},
    {ONE("/envs/{id}/rename/{newName}", "put", ""), "",
     "PUT /b/envs/{id}/rename/{newName}; rename; PUT /envs/{id}/rename/{newName}; params.id; "
     "params.newName; write\n"},
    {ONE("/steps/{name}/{version}", "get", ""), "",
     "GET /b/steps/{name}/{version}; steps; GET /steps/{name}/{version}; params.version; "
     "params.name; read\n"},
    {ONE("/pets/{id}/feed", "post", ""), "",
     "POST /b/pets/{id}/feed; pets; POST /pets/{id}/feed; params.id; ; write\n"},
    {ONE("/pets/{id}/toys", "post", ""), "",
     "POST /b/pets/{id}/toys; pets; POST /pets/{id}/toys; " MADE "|params.id; " NAME "; write\n"},
    /* parameters that span segments, in every notation, and by reference */
    {ONE("/f/{p}", "get",
         "\"parameters\": [{\"name\": \"p\", \"in\": \"path\", \"x-multi-segment\": true}]"),
     "", "GET /b/f/{+p}; f; GET /f/{+p}; params.p; " RES_NAME "; read\n"},
    {ONE("/f/{p}", "get",
         "\"parameters\": [{\"name\": \"p\", \"in\": \"query\", \"x-multi-segment\": true}]"),
     "", "GET /b/f/{p}; f; GET /f/{p}; params.p; " RES_NAME "; read\n"},
    {ONE("/f/{p+}", "get", ""), "",
     "GET /b/f/{+p}; f; GET /f/{+p}; params.p; " RES_NAME "; read\n"},
    {ONE("/f/{p:path}", "get", ""), "",
     "GET /b/f/{+p}; f; GET /f/{+p}; params.p; " RES_NAME "; read\n"},
    {ONE("/f/{a*}/{b*}", "get", ""), "",
     "GET /b/f/{+a}/{b}; f; GET /f/{+a}/{b}; params.b; " RES_NAME "; read\n"},
    {"{\"swagger\": \"2.0\", \"parameters\": {\"p~/x\": {\"name\": \"p\", \"in\": \"path\", "
     "\"x-multi-segment\": true}}, \"paths\": {\"x-a\": 1, \"/f/{p}\": {\"parameters\": "
     "[{\"$ref\": \"#/parameters/p~0~1x\"}], \"get\": {}}}}",
     "", "GET /b/f/{+p}; f; GET /f/{+p}; params.p; " RES_NAME "; read\n"},
    /* a path item by reference, its own members first */
    {PATHS("\"/a\": {\"$ref\": \"#/paths/~1c\", \"get\": {\"operationId\": \"own\"}}, "
           "\"/c\": {\"get\": {\"operationId\": \"c\"}, \"delete\": {\"operationId\": \"d\"}}"),
     "",
     "GET /b/a; a; own; ; " RES_NAME "; read\nDELETE /b/a; a; d; ; ; write\n"
     "GET /b/c; c; c; ; " RES_NAME "; read\nDELETE /b/c; c; d; ; ; write\n"},
    /* extensions */
    {ONE("/p/{id}", "patch",
         "\"tags\": [\"t\"], \"operationId\": \"o\", \"x-action\": \"updateP\", \"x-entityId\": "
         "{\"pathId\": \"params.id\", \"pathName\": \"body.n\"}"),
     "", "PATCH /b/p/{id}; t; updateP; params.id; body.n; write\n"},
    {ONE("/p/{id}", "delete", "\"x-entityId\": \"params.id\""), "",
     "DELETE /b/p/{id}; p; DELETE /p/{id}; params.id; ; write\n"},
    {ONE("/p/{id}", "delete", "\"x-entityId\": \"params.other\""), "",
     "DELETE /b/p/{id}; p; DELETE /p/{id}; params.id; ; write\n"},
    {ONE("/p", "post",
         "\"x-audit\": {\"name\": {\"path\": \"body.name\", \"source\": \"req\"}, \"id\": "
         "{\"path\": \"_id\", \"source\": \"res\"}}"),
     "", "POST /b/p; p; POST /p; res._id; body.name; write\n"},
    {ONE("/apis/ns/{namespace}/pods", "post",
         "\"operationId\": \"createPod\", \"tags\": [\"core\"], \"x-kubernetes-action\": \"post\", "
         "\"x-kubernetes-group-version-kind\": {\"kind\": \"Pod\", \"version\": \"v1\"}"),
     "",
     "POST /b/apis/ns/{namespace}/pods; Pod; create Pod; " MADE "|params.namespace; " NAME
     "; write\n"},
    {ONE("/pods/{name}/exec", "get",
         "\"x-kubernetes-action\": \"connect\", \"x-kubernetes-group-version-kind\": {\"kind\": "
         "\"Exec\"}"),
     "", "GET /b/pods/{name}/exec; Exec; connect Exec; ; params.name; write\n"},
    {ONE("/p/{id}", "get",
         "\"tags\": [\"t\"], \"x-action\": \"a\", \"x-daybook-action\": \"mine\", "
         "\"x-daybook-entity-type\": \"type\", \"x-daybook-entity-id\": \"query.q|params.id\", "
         "\"x-daybook-entity-name\": \"\\\"one\\\"\", \"x-daybook-read\": false, "
         "\"x-daybook-keep\": false"),
     "", "GET /b/p/{id}; type; mine; query.q|params.id; \"one\"; write drop\n"},
    /* overrides */
    {ONE("/p/{id}", "get", "\"operationId\": \"o\""),
     "[{\"method\": \"GET\", \"path\": \"/p/{other}\", \"action\": \"a\", \"keep\": false}, "
     "{\"operation_id\": \"o\", \"entity_type\": \"t\", \"entity_id\": \"\", \"entity_name\": "
     "\"params.id\", \"read\": false}]",
     "GET /b/p/{id}; t; a; ; params.id; write drop\n"},
    {PATHS(""),
     "- {add: true, method: GET, path: '/h/{id}', action: reload, operation_id: x}\n"
     "- method: GET\n  path: /h/{id}\n  entity_type: no\n",
     "GET /b/h/{id}; no; reload; params.id; " RES_NAME "; write\n"},
};

static void test_described(void **state)
{
    struct arena *arena = arena_new();
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    for (size_t i = 0; i < COUNT(described); i++) {
        struct str text = exact_copy(str_from(described[i].text));

        import(arena, text, str_from(described[i].overrides), false, &out);
        if (strcmp(out.ptr, described[i].rows) != 0)
            fail_msg("%s:\n%s\nnot\n%s", described[i].text, out.ptr, described[i].rows);
        free_copy(text);
    }
    strbuf_release(&out);
    arena_free(arena);
}

/* What is dropped: reads of which nobody said anything. */
static void test_drop_reads(void **state)
{
    struct arena *arena = arena_new();
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    import(arena,
           STR(PATHS("\"/a\": {\"get\": {}, \"post\": {}}, \"/b\": {\"get\": {\"x-daybook-keep\": "
                     "true}}, \"/c\": {\"get\": {}}, \"/d\": {\"get\": {}}, "
                     "\"/e/restart\": {\"get\": {}}")),
           STR("[{\"method\": \"GET\", \"path\": \"/c\", \"keep\": true}, "
               "{\"method\": \"GET\", \"path\": \"/d\", \"read\": false}]"),
           true, &out);
    assert_non_null(strstr(out.ptr, "GET /b/a; a; GET /a; ; " RES_NAME "; read drop\n"));
    assert_non_null(strstr(out.ptr, "write\nGET /b/b; b; GET /b; ; " RES_NAME "; read\n"));
    assert_non_null(strstr(out.ptr, "GET /b/c; c; GET /c; ; " RES_NAME "; read\n"));
    assert_non_null(strstr(out.ptr, "GET /b/d; d; GET /d; ; " RES_NAME "; write\n"));
    assert_non_null(strstr(out.ptr, "; write\n\0"));
    assert_null(strstr(strstr(out.ptr, "/e/restart"), "drop"));
    strbuf_release(&out);
    arena_free(arena);
}

static const struct {
    const char *text, *overrides, *complaint;
} refused[] = {
    {"", "", "1: There is nothing in it."},
    {"\n\n{\"openapi\": \"3.0.0\",\n \"paths\": {}\n", "", "5: It is not JSON"},
    {"a: [\n", "", "2: It is not YAML"},
    {"[]", "", "1: It is no description of an API"},
    {"{\"openapi\": \"2.0\", \"paths\": {}}", "", "1: It is no description of an API"},
    {"swagger: 1.2\npaths: {}\n", "", "1: It is no description of an API"},
    {"{\"openapi\": \"3.0.0\"}", "", "1: It describes no paths"},
    {"{\"openapi\": \"3.0.0\",\n\"paths\": []}", "", "2: It describes no paths"},
    {"{\"openapi\": \"3.0.0\", \"paths\": {\n\"/a\": 5}}", "",
     "2: The path /a holds no operations"},
    {"{\"openapi\": \"3.0.0\", \"paths\": {\"/a\":\n{\"get\":\n[]}}}", "",
     "3: GET /a is no operation"},
    {ONE("a", "get", ""), "", "1: The path a cannot be used: it does not begin with /."},
    {ONE("/{a", "get", ""), "", "1: The path /b/{a cannot be used: a { is not closed"},
    {PATHS("\"/a\": {\"$ref\": \"other.json#/a\"}"), "",
     "1: The path /a refers to \"other.json#/a\""},
    {PATHS("\"/a\": {\"$ref\": \"#/paths/~1a\"}"), "", "1: The path /a refers to"},
    {ONE("/a", "get", "\"x-daybook-entity-id\": \"params.x\""), "",
     "1: GET /a: \"params.x\" does not say where"},
    {ONE("/a", "get", "\"x-daybook-keep\": \"true\""), "",
     "1: \"x-daybook-keep\" is neither true nor false."},
    {PATHS(""), "{\"a\": 1}", "1: Overrides are a list"},
    {PATHS(""), "[1]", "1: An override is an object."},
    {PATHS(""), "[{\"method\": \"GET\", \"path\": \"/a\"}]", "1: There is no operation GET /a for"},
    {PATHS(""), "[{\"operation_id\": \"x\"}]", "1: There is no operation x for this override"},
    {PATHS(""), "[\n{\"metod\": \"GET\"}]", "2: An override has no member \"metod\""},
    {PATHS(""), "[{\"keep\": true}]", "1: An override names its operation by"},
    {PATHS(""), "[{\"method\": \"get\", \"path\": \"/a\"}]", "1: An override by path needs both"},
    {PATHS(""), "[{\"add\": true, \"operation_id\": \"a\"}]",
     "1: An operation that is added needs"},
    {ONE("/a/{b}", "get", ""), "[{\"add\": true, \"method\": \"GET\", \"path\": \"/a/{c}\"}]",
     "1: GET /a/{c} is described already"},
    {ONE("/a", "get", ""), "[{\"method\": \"GET\", \"path\": \"/a\", \"entity_id\": \"params.x\"}]",
     "1: \"entity_id\" does not say where"},
    {ONE("/a", "get", ""), "[{\"method\": \"GET\", \"path\": \"/a\", \"action\": \"\"}]",
     "1: \"action\" has 1 to 1024 bytes."},
    {ONE("/a", "get", ""), "[{\"method\": \"GET\", \"path\": \"/a\", \"keep\": \"no\"}]",
     "1: \"keep\" is neither true nor false."},
    {ONE("/a", "get", ""), "[{\"method\": \"GET\", \"path\": \"/a\", \"keep\": [true]}]",
     "1: \"keep\" of an override is no text."},
};

static void test_refused(void **state)
{
    struct arena *arena = arena_new();
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct str text = exact_copy(str_from(refused[i].text));

        import(arena, text, str_from(refused[i].overrides), false, &out);
        if (!str_starts(strbuf_str(&out), str_from(refused[i].complaint)))
            fail_msg("%s, %s:\n%s", refused[i].text, refused[i].overrides, out.ptr);
        free_copy(text);
    }
    strbuf_release(&out);
    arena_free(arena);
}

static void test_reads(void **state)
{
    static const struct {
        const char *method, *path, *operation_id, *summary;
        bool is_read;
    } cases[] = {
        {"GET", "/a", "", "", true},
        {"HEAD", "/a", "", "", true},
        {"POST", "/search", "search", "Search", false},
        {"OPTIONS", "/a", "", "", false},
        {"GET", "/builds/rebuild/{id}", "", "", false},
        {"GET", "/builds/{rebuild}", "", "", true},
        {"GET", "/a", "envs-terminate", "", false},
        {"GET", "/a", "getOrCreateToken", "", false},
        {"GET", "/a", "notifyContextCreated", "", false},
        {"GET", "/a", "RESTARTBuild", "", false},
        {"GET", "/a", "HTTPRestart", "", false},
        {"GET", "/a", "updates-list", "", true},
        {"GET", "/a", "", "Restart a build", false},
        {"GET", "/a", "", "Restarts a build", false},
        {"GET", "/a", "", "Approves it", false},
        {"GET", "/a", "", "The state after a restart", true},
        {"GET", "/runs/{id}", "actions/get-workflow-run", "Get a run", true},
        {"GET", "/pipelines/run", "", "", false},
        {"GET", "/pipelines/{id}", "pipelines-run", "", false},
        {"GET", "/pipelines/run", "get-run", "", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct path_template path;
        const char *reason;
        struct operation_facts facts = {
            .method = str_from(cases[i].method),
            .path = &path,
            .operation_id = str_from(cases[i].operation_id),
            .summary = str_from(cases[i].summary),
        };

        assert_true(path_template_parse(str_from(cases[i].path), &path, &reason));
        if (operation_rules_is_read(&facts) != cases[i].is_read)
            fail_msg("row %zu", i);
    }
}

static void test_base_path(void **state)
{
    static const struct {
        const char *path;
        bool valid;
    } cases[] = {{"", true},      {"/api", true},  {"/api/v3", true},
                 {"/", false},    {"api", false},  {"/api/", false},
                 {"/a?b", false}, {"/{a}", false}, {"/a b", false}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        EXPECT(cases[i].path, openapi_base_path_valid(str_from(cases[i].path)) == cases[i].valid);
}

static void count_pair(void *context, const struct operation *first, const struct operation *second)
{
    struct strbuf *out = context;

    strbuf_printf(out, "%.*s before %.*s;", STR_ARG(first->path), STR_ARG(second->path));
}

static void test_ambiguous(void **state)
{
    struct document_error error;
    struct arena *arena = arena_new();
    struct openapi api;
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    openapi_start(&api, arena, STR(""));
    assert_true(openapi_read(
        &api,
        document_read(
            arena,
            STR(PATHS("\"/a/{x}\": {\"get\": {}, \"put\": {}}, \"/a/{y}\": {\"get\": {}}, "
                      "\"/a/{z}.json\": {\"get\": {}, \"post\": {}}, \"/a/b\": {\"get\": "
                      "{}}")),
            &error),
        &error));
    assert_int_equal(openapi_ambiguous(&api, count_pair, &out), 2);
    assert_string_equal(out.ptr, "/a/{z}.json before /a/{x};/a/{x} before /a/{y};");
    strbuf_release(&out);
    arena_free(arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_described), cmocka_unit_test(test_drop_reads),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_reads),
        cmocka_unit_test(test_base_path), cmocka_unit_test(test_ambiguous),
    };

    return cmocka_run_group_tests_name("openapi", tests, NULL, NULL);
}
