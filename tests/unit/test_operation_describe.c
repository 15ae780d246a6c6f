/* SPDX-License-Identifier: MIT */
/* Entity id and name of a call: every kind of source, alternatives, bodies and responses that are cut off. */
#include "intake/operations.h"

#include "base/json.h"
#include "intake/operation_source.h"

#include "check.h"

static void test_sources(void **state)
{
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {
        {"", true},
        {"params.id", true},
        {"params.id|query.x|body.a.b|res._id|location|\"all of | them\"", true},
        {" params.id | location ", true},
        {"\"\"", true},
        {"params.", false},
        {"params", false},
        {"header.x", false},
        {"location.x", false},
        {"locations", false},
        {"params.id|", false},
        {"|params.id", false},
        {"params.id||res.id", false},
        {"\"open", false},
        {"\"", false},
        {"\"a\"b\"", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));

        EXPECT(cases[i].text, operation_sources_valid(text) == cases[i].valid);
        free_copy(text);
    }
}

/* What is found in a text at a path; NULL: nothing. */
static void test_find(void **state)
{
    static const struct {
        const char *text, *path, *value;
    } cases[] = {
        {"{\"id\": 12}", "id", "12"},
        {" { \"a\" : {\"b\":\"x\"} , \"id\":true}", "a.b", "\"x\""},
        {"{\"a\": {\"b\": [1, 2]}}", "a.b", "[1, 2]"},
        {"{\"a\": 1, \"a\": 2}", "a", "2"},
        {"{\"a\": {\"b\": 1}, \"a\": {\"c\": 2}}", "a.b", NULL},
        {"{\"\\u0061\": 1}", "a", "1"},
        {"{\"a\\\"\": 1, \"a\": 2}", "a", "2"},
        {"[{\"a\": 1}]", "a", NULL},
        {"\"a\"", "a", NULL},
        {"", "a", NULL},
        {"{", "a", NULL},
        {"{\"a\"", "a", NULL},
        {"{\"a\":", "a", NULL},
        {"{\"a\": {\"b\": 1}}", "a.c", NULL},
        {"{\"a\": 5}", "a.b", NULL},
        /* cut off */
        {"{\"a\": 12", "a", NULL},
        {"{\"a\": 12,", "a", "12"},
        {"{\"a\": 12 ", "a", "12"},
        {"{\"a\": tru", "a", NULL},
        {"{\"a\": true", "a", NULL},
        {"{\"a\": \"x", "a", NULL},
        {"{\"a\": \"x\\", "a", NULL},
        {"{\"a\": \"x\"", "a", "\"x\""},
        {"{\"o\": {\"a\": \"x\", \"rest\": [1, {\"y\": ", "o.a", "\"x\""},
        {"{\"o\": {\"p\": 1}, \"o\": {\"a\": \"x\", \"re", "o.a", "\"x\""},
        {"{\"b\": [1, 2, {\"a\": 1", "a", NULL},
        {"{\"a\": {\"a\": 1", "a", NULL},
        {"{\"a\": 1, \"b\": \"unfinished \xff", "a", "1"},
        {"{\"bad\": \xff, \"a\": 1}", "a", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));
        struct json_value value;
        bool found = json_find(text, str_from(cases[i].path), &value);

        EXPECT(cases[i].text, found == (cases[i].value != NULL));
        EXPECT(cases[i].text, !found || str_equal(value.text, str_from(cases[i].value)));
        free_copy(text);
    }
}

/* Every beginning of a text: what is found in it is what is found in the whole. */
static void test_find_in_every_beginning(void **state)
{
    static const char whole[] =
        "{\"n\": 1234, \"a\": {\"s\": \"x\\u00fcy\", \"t\": true, \"e\": 1.5e3}, "
        "\"z\": null, \"last\": \"q\"}";
    static const char *const paths[] = {"n", "a.s", "a.t", "a.e", "z", "last", "a"};

    (void)state;
    for (size_t path = 0; path < COUNT(paths); path++) {
        struct json_value expected, value;

        assert_true(json_find(str_from(whole), str_from(paths[path]), &expected));
        for (size_t len = 0; len < sizeof(whole); len++) {
            struct str text = exact_copy((struct str){whole, len});

            if (json_find(text, str_from(paths[path]), &value))
                EXPECT(paths[path], str_equal(value.text, expected.text));
            free_copy(text);
        }
    }
}

static void test_describe(void **state)
{
    static const struct {
        const char *label, *sources, *value;
        struct operation_call call;
    } cases[] = {
        {"nowhere", "", "", {.status = 200}},
        {"parameter, decoded", "params.id", "a/b \xc3\xbc", {.status = 200}},
        {"parameter that is not there", "params.none|\"all\"", "all", {.status = 200}},
        {"query", "query.a b", "x&y", {.query = TEXT("z=1&a+b=x%26y&a+b=2")}},
        {"query without a value", "query.a|query.b|query.c", "1", {.query = TEXT("a&b=&c=1")}},
        {"body", "body.metadata.name", "x", {.body = TEXT("{\"metadata\": {\"name\": \"x\"}}")}},
        {"number, as it stood", "body.id", "1.50", {.body = TEXT("{\"id\": 1.50}")}},
        {"boolean", "body.id", "false", {.body = TEXT("{\"id\": false}")}},
        {"null is no value",
         "body.id|body.name",
         "n",
         {.body = TEXT("{\"id\": null, \"name\": \"n\"}")}},
        {"empty is no value",
         "body.id|body.name",
         "n",
         {.body = TEXT("{\"id\": \"\", \"name\": \"n\"}")}},
        {"containers are no value",
         "body.id|body.name",
         "n",
         {.body = TEXT("{\"id\": {\"x\": 1}, \"name\": \"n\"}")}},
        {"lone surrogate", "body.id|\"-\"", "-", {.body = TEXT("{\"id\": \"\\ud800\"}")}},
        {"escapes", "body.id", "\xc3\xbc\n", {.body = TEXT("{\"id\": \"\\u00fc\\n\"}")}},
        {"body that is cut",
         "body.name",
         "n",
         {.body = TEXT("{\"name\": \"n\", \"data\": \"AAAA")}},
        {"form",
         "body.user name",
         "ann lee",
         {.body = TEXT("x=1&user+name=ann+lee"),
          .content_type = TEXT("Application/x-www-form-urlencoded; charset=utf-8")}},
        {"form is no JSON",
         "body.id|\"-\"",
         "-",
         {.body = TEXT("{\"id\": 1}"), .content_type = TEXT("application/x-www-form-urlencoded")}},
        {"response",
         "res._id",
         "5f",
         {.response_head = TEXT("{\"_id\": \"5f\", \"more\": [1"), .status = 201}},
        {"response of unknown status",
         "res._id",
         "5f",
         {.response_head = TEXT("{\"_id\":\"5f\"}")}},
        {"response that refuses",
         "res.id|\"-\"",
         "-",
         {.response_head = TEXT("{\"id\": \"error\"}"), .status = 400}},
        {"redirection's body",
         "res.id",
         "x",
         {.response_head = TEXT("{\"id\":\"x\"}"), .status = 302}},
        {"id cut in the response",
         "res.id|\"-\"",
         "-",
         {.response_head = TEXT("{\"id\": 123"), .status = 200}},
        {"location", "location", "a b", {.location = TEXT("/api/x/a%20b?y=/z#/w"), .status = 201}},
        {"location, whole URL",
         "location",
         "7",
         {.location = TEXT("https://host:1/x/7/"), .status = 201}},
        {"location without path",
         "location|\"-\"",
         "-",
         {.location = TEXT("https://host"), .status = 201}},
        {"location with a URL in its query",
         "location",
         "7",
         {.location = TEXT("/x/7?to=http://y/z"), .status = 201}},
        {"location of a redirection",
         "location|\"-\"",
         "-",
         {.location = TEXT("/login"), .status = 302}},
        {"first alternative that gives something",
         "params.x|query.x|body.x|res.x|location",
         "q",
         {.query = TEXT("x=q"), .location = TEXT("/l"), .body = TEXT("{\"x\": 1}")}},
    };
    struct operation operation = {.method = STR("POST"), .path = STR("/x/{id}")};
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct operations *operations;
        struct operation_match match;
        struct operation_entity entity;

        operation.entity_id = operation.entity_name = str_from(cases[i].sources);
        operations = operations_new(&operation, 1);
        operations_match(operations, STR("POST"), STR("/x/a%2Fb%20%C3%BC"), &match);
        entity = operation_describe(arena, &match, &cases[i].call);
        if (!str_equal(entity.id, str_from(cases[i].value)))
            fail_msg("%s: %.*s", cases[i].label, STR_ARG(entity.id));
        EXPECT(cases[i].label, str_equal(entity.id, entity.name));
        operations_free(operations);
    }
    arena_free(arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_find_in_every_beginning),
        cmocka_unit_test(test_describe),
    };

    return cmocka_run_group_tests_name("operation_describe", tests, NULL, NULL);
}
