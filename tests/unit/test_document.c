/* SPDX-License-Identifier: MIT */
/* JSON and YAML as one tree: the same content reads the same, and no file grows by being read. */
#include "base/document.h"

#include <stdio.h>

#include "base/json.h"
#include "base/strbuf.h"

#include "check.h"

/* The tree as JSON; plain scalars as they stand, quoted ones in quotes. */
static void print(struct strbuf *out, const struct document_node *node)
{
    if (node->kind == DOCUMENT_SCALAR) {
        if (node->is_quoted)
            json_append_string(out, node->text);
        else
            strbuf_add(out, node->text);
        return;
    }
    strbuf_add_char(out, node->kind == DOCUMENT_MAP ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            strbuf_add_char(out, ' ');
        if (node->kind == DOCUMENT_MAP)
            strbuf_printf(out, "%.*s:", STR_ARG(node->members[i].key));
        print(out, node->members[i].value);
    }
    strbuf_add_char(out, node->kind == DOCUMENT_MAP ? '}' : ']');
}

static void test_read(void **state)
{
    static const struct {
        const char *text, *tree;
    } cases[] = {
        {"{\"a\": [1, \"x\", null, true], \"b\\u00fc\": {}}",
         "{a:[1 \"x\" null true] b\xc3\xbc:{}}"},
        {"\xef\xbb\xbf{}", "{}"},
        {"[\"\\ud800\"]", "[\"\\\\ud800\"]"},
        {"a: [1, \"x\", ~, yes]\nb: {}", "{a:[1 \"x\" ~ yes] b:{}}"},
        {"a: |\n  x\n  y\n", "{a:\"x\\ny\\n\"}"},
        {"a: 1.10\nb: 0x1f\nc: 2001-01-01\nd: no\ne:\n", "{a:1.10 b:0x1f c:2001-01-01 d:no e:}"},
        {"# only\n--- \nx\n...\n", "x"},
        {"a: &x [1]\nb: *x\n", "{a:[1] b:[1]}"},
        {"a: &x 1\nb: &x 2\nc: *x\n", "{a:1 b:2 c:2}"},
        {"a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3, m: 4}\n", "{a:{k:1 l:2} b:{l:3 m:4 k:1 l:2}}"},
        {"b: {<<: [{k: 1}, {l: 2}]}\n", "{b:{k:1 l:2}}"},
        {"b: {'<<': 1}\n", "{b:{<<:1}}"},
        {"*x : 1", NULL},
        {"a: &x [*x]", NULL},
        {"a: *y", NULL},
        {"b: {<<: 1}", NULL},
        {"b: {<<: {}, <<: {}}", NULL},
        {"b: {<<: [1]}", NULL},
        {"? [1]\n: 2\n", NULL},
        {"a\n---\nb\n", NULL},
        {"a: b: c", NULL},
        {"a: \xff", NULL},
        {"%", NULL},
        {"# nothing\n", NULL},
        {" \n\t", NULL},
        {"{\"a\": 1", NULL},
        {"[1] 2", NULL},
    };
    struct arena *arena = arena_new();
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));
        struct document_error error = {0};
        const struct document_node *root = document_read(arena, text, &error);

        strbuf_reset(&out);
        EXPECT(cases[i].text, !root == !cases[i].tree);
        if (root)
            print(&out, root);
        else
            EXPECT(cases[i].text, error.line > 0 && error.sentence.len > 0);
        if (root && strcmp(out.ptr, cases[i].tree) != 0)
            fail_msg("%s: %s", cases[i].text, out.ptr);
        free_copy(text);
    }
    strbuf_release(&out);
    arena_free(arena);
}

static void test_lines(void **state)
{
    struct arena *arena = arena_new();
    struct document_error error;
    const struct document_node *json = document_read(arena, STR("{\n\"a\":\n [1,\n2]}"), &error);
    const struct document_node *yaml = document_read(arena, STR("x: 1\na:\n - 1\n - 2\n"), &error);

    (void)state;
    assert_int_equal(json->line, 1);
    assert_int_equal(document_member(json, STR("a"))->line, 3);
    assert_int_equal(document_member(json, STR("a"))->members[1].value->line, 4);
    assert_int_equal(document_member(yaml, STR("a"))->line, 3);
    assert_int_equal(document_member(yaml, STR("a"))->members[1].value->line, 4);
    arena_free(arena);
}

/* Each level ten times the one below, by aliases and by merge keys: shared, or refused. */
static void test_laughs(void **state)
{
    struct arena *arena = arena_new();
    struct document_error error;
    struct strbuf text;

    (void)state;
    strbuf_init(&text);
    strbuf_add_cstr(&text, "a0: &a0 [x]\n");
    for (int level = 1; level < 100; level++) {
        strbuf_printf(&text, "a%d: &a%d [", level, level);
        for (int i = 0; i < 10; i++)
            strbuf_printf(&text, "%s*a%d", i ? ", " : "", level - 1);
        strbuf_add_cstr(&text, "]\n");
    }
    assert_non_null(document_read(arena, strbuf_str(&text), &error));
    strbuf_reset(&text);
    strbuf_add_cstr(&text, "a0: &a0 {x: 1}\n");
    for (int level = 1; level < 100; level++) {
        strbuf_printf(&text, "a%d: &a%d {<<: [", level, level);
        for (int i = 0; i < 10; i++)
            strbuf_printf(&text, "%s*a%d", i ? ", " : "", level - 1);
        strbuf_add_cstr(&text, "]}\n");
    }
    assert_null(document_read(arena, strbuf_str(&text), &error));
    assert_non_null(strstr(arena_cstr(arena, error.sentence), "too large"));
    strbuf_release(&text);
    arena_free(arena);
}

static void check_depth(const char *open, const char *close)
{
    struct arena *arena = arena_new();
    struct document_error error = {0};
    struct strbuf text;

    strbuf_init(&text);
    for (int depth = DOCUMENT_DEPTH_MAX - 1; depth <= DOCUMENT_DEPTH_MAX + 1; depth++) {
        strbuf_reset(&text);
        for (int i = 0; i < depth; i++)
            strbuf_add_cstr(&text, open);
        strbuf_add_cstr(&text, "1");
        for (int i = 0; i < depth; i++)
            strbuf_add_cstr(&text, close);
        assert_int_equal(document_read(arena, strbuf_str(&text), &error) != NULL,
                         depth <= DOCUMENT_DEPTH_MAX);
    }
    strbuf_release(&text);
    arena_free(arena);
}

static void test_depth(void **state)
{
    (void)state;
    check_depth("- ", "");
    check_depth("[", "]");
}

static void test_pointer(void **state)
{
    static const struct {
        const char *reference, *text;
    } cases[] = {
        {"#/a~1b/c~0d", "1"},
        {"#/list/1", "y"},
        {"#/%61~1b/c~0d", "1"},
        {"#/list/2", NULL},
        {"#/list/01x", NULL},
        {"#/none/x", NULL},
        {"#a", NULL},
        {"other#/list", NULL},
        {"", NULL},
        {"#/a~1b/c~0d/x", NULL},
    };
    struct arena *arena = arena_new();
    struct document_error error;
    const struct document_node *root =
        document_read(arena, STR("{\"a/b\": {\"c~d\": 1}, \"list\": [\"x\", \"y\"]}"), &error);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str reference = exact_copy(str_from(cases[i].reference));
        const struct document_node *node = document_pointer(arena, root, reference);

        EXPECT(cases[i].reference, !node == !cases[i].text);
        EXPECT(cases[i].reference,
               !node || str_equal(document_text(node), str_from(cases[i].text)));
        free_copy(reference);
    }
    assert_ptr_equal(document_pointer(arena, root, STR("#")), root);
    arena_free(arena);
}

static void test_scalars(void **state)
{
    static const struct {
        const char *text;
        bool is_bool, value, is_null;
    } cases[] = {
        {"true", true, true, false},     {"False", true, false, false},
        {"'true'", false, false, false}, {"yes", false, false, false},
        {"1", false, false, false},      {"~", false, false, true},
        {"null", false, false, true},    {"'null'", false, false, false},
        {"''", false, false, false},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct document_error error;
        const struct document_node *node = document_read(arena, str_from(cases[i].text), &error);
        bool value = false;

        EXPECT(cases[i].text, document_bool(node, &value) == cases[i].is_bool);
        EXPECT(cases[i].text, value == cases[i].value);
        EXPECT(cases[i].text, document_is_null(node) == cases[i].is_null);
    }
    assert_null(document_member(NULL, STR("a")));
    assert_int_equal(document_text(NULL).len, 0);
    arena_free(arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),    cmocka_unit_test(test_lines),
        cmocka_unit_test(test_laughs),  cmocka_unit_test(test_depth),
        cmocka_unit_test(test_pointer), cmocka_unit_test(test_scalars),
    };

    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
