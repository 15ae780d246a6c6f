/* SPDX-License-Identifier: MIT */
/*
 * What changed between two values.  jansson is the oracle: it makes the changes to its own tree of the old value and must come out at
 * the new one.
 */
#include "base/json_diff.h"

/* jansson's names for its types are also ours. */
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_TRUE JANSSON_TRUE
#define JSON_FALSE JANSSON_FALSE
#define JSON_NULL JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL

#include "base/arena.h"
#include "check.h"

static struct json_value must_read(const char *label, struct str text)
{
    struct json_value value;
    struct json_error error;

    EXPECT(label, json_read(text, &value, &error));
    return value;
}

static struct json_diff diff_of(struct arena *arena, struct str before, struct str after)
{
    struct json_diff diff;

    json_diff(arena, must_read(before.ptr, before), must_read(after.ptr, after), &diff);
    return diff;
}

/* "+/a 1", "-/a 1", "~/a 1 2", one behind the other. */
static void describe(struct strbuf *out, const struct json_diff *diff)
{
    static const char signs[] = {
        [JSON_DIFF_ADDED] = '+', [JSON_DIFF_REMOVED] = '-', [JSON_DIFF_CHANGED] = '~'};

    strbuf_reset(out);
    for (size_t i = 0; i < diff->count; i++) {
        const struct json_diff_entry *entry = &diff->entries[i];

        strbuf_printf(out, "%s%c%.*s%s%.*s%s%.*s", i ? "; " : "", signs[entry->kind],
                      STR_ARG(entry->path), entry->before.len ? " " : "", STR_ARG(entry->before),
                      entry->after.len ? " " : "", STR_ARG(entry->after));
    }
}

static void test_cases(void **state)
{
    static const struct {
        const char *before, *after, *found;
    } cases[] = {
        {"{}", "{}", ""},
        {" {\"a\" : 1,\n\"b\":[ 2 ]} ", "{\"b\":[2],\"a\":1}", ""},
        {"\"\\u0041\\/\"", "\"A/\"", ""},
        {"{\"\\u0061\":1}", "{\"a\":1}", ""},
        {"\"\\ud800\"", "\"\\uD800\"", "~ \"\\ud800\" \"\\uD800\""},
        {"\"\\ud800\"", "\"\\\\ud800\"", "~ \"\\ud800\" \"\\\\ud800\""},
        {"1", "1.0", "~ 1 1.0"},
        {"1e3", "1000", "~ 1e3 1000"},
        {"123456789012345678901234567890", "123456789012345678901234567891",
         "~ 123456789012345678901234567890 123456789012345678901234567891"},
        {"1", "\"1\"", "~ 1 \"1\""},
        {"null", "false", "~ null false"},
        {"{}", "[]", "~ {} []"},
        {"[]", "[[]]", "+/0 []"},
        {"{\"a\":1}", "{\"a\":2}", "~/a 1 2"},
        {"{\"a\":1}", "{}", "-/a 1"},
        {"{}", "{\"a\":null}", "+/a null"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "{\"d\":4,\"c\":3,\"a\":0}", "~/a 1 0; -/b 2; +/d 4"},
        {"{\"a\":{\"b\":{\"c\":1}}}", "{\"a\":{\"b\":{\"c\":2}}}", "~/a/b/c 1 2"},
        {"{\"a\":{\"b\":1}}", "{\"a\":[1]}", "~/a {\"b\":1} [1]"},
        {"{\"a/b\":1,\"m~n\":1,\"\":1,\"~1\":1}", "{\"a/b\":2,\"m~n\":2,\"\":2,\"~1\":2}",
         "~/a~1b 1 2; ~/m~0n 1 2; ~/ 1 2; ~/~01 1 2"},
        {"{\"a\\tb\":1}", "{\"a\\u0009b\":2}", "~/a\tb 1 2"},
        /* Arrays: beginning and end are set aside. */
        {"[1,2,3]", "[1,9,2,3]", "+/1 9"},
        {"[1,2,3]", "[9,1,2,3]", "+/0 9"},
        {"[1,2,3]", "[1,2,3,9]", "+/3 9"},
        {"[1,2,3]", "[1,3]", "-/1 2"},
        {"[1,1,1]", "[1,1]", "-/2 1"},
        {"[1,2,3,4]", "[1,4]", "-/1 2; -/2 3"},
        {"[1,2,3]", "[1,8,3]", "~/1 2 8"},
        {"[1,2,3]", "[1,8,9,3]", "~/1 2 8; +/2 9"},
        {"[1,2,3]", "[3,2,1]", "~/0 1 3; ~/2 3 1"},
        {"[]", "[1,2]", "+/0 1; +/1 2"},
        {"[{\"a\":1},{\"a\":2}]", "[{\"a\":1},{\"a\":3}]", "~/1/a 2 3"},
        {"{\"s\":[[1],[2]]}", "{\"s\":[[1],[2,3]]}", "+/s/1/1 3"},
        /* What no path leads into is one value. */
        {"{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}", ""},
        {"{\"a\":1,\"a\":2}", "{\"a\":2,\"a\":1}", "~ {\"a\":1,\"a\":2} {\"a\":2,\"a\":1}"},
        {"{\"a\":1}", "{\"a\":1,\"\\u0061\":1}", "~ {\"a\":1} {\"a\":1,\"\\u0061\":1}"},
        {"{\"x\":{\"a\":1,\"a\":2},\"y\":1}", "{\"x\":{\"a\":1},\"y\":2}",
         "~/x {\"a\":1,\"a\":2} {\"a\":1}; ~/y 1 2"},
        {"{\"\\ud800\":1}", "{\"\\ud800\":2}", "~ {\"\\ud800\":1} {\"\\ud800\":2}"},
        {"{\"\\ud800\":1}", "{\"\\\"\\\\ud800\\\"\":1}",
         "~ {\"\\ud800\":1} {\"\\\"\\\\ud800\\\"\":1}"},
        /* Nothing runs together. */
        {"{\"a\":\"b\"}", "{\"ab\":\"\"}", "-/a \"b\"; +/ab \"\""},
        {"[[1],2]", "[[1,2]]", "+/0/1 2; -/1 2"},
        {"[\"\",\"a\"]", "[\"a\",\"\"]", "~/0 \"\" \"a\"; ~/1 \"a\" \"\""},
    };
    struct arena *arena = arena_new();
    struct strbuf found;

    (void)state;
    strbuf_init(&found);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str before = exact_copy(str_from(cases[i].before)),
                   after = exact_copy(str_from(cases[i].after));
        struct json_diff diff;

        json_diff(arena, must_read(cases[i].before, before), must_read(cases[i].after, after),
                  &diff);
        describe(&found, &diff);
        if (strcmp(found.ptr, cases[i].found) != 0)
            fail_msg("%s -> %s: %s", cases[i].before, cases[i].after, found.ptr);
        assert_false(diff.has_more || diff.is_too_large);
        free_copy(before);
        free_copy(after);
    }
    strbuf_release(&found);
    arena_free(arena);
}

/* ---- What jansson makes of the changes ---- */

static json_t *load(struct str text)
{
    json_error_t error;
    json_t *value = json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

    if (!value)
        fail_msg("%.*s: %s", STR_ARG(text), error.text);
    return value;
}

static void unescape(char *name)
{
    char *out = name;

    for (const char *in = name; *in; in++) {
        bool is_escape = *in == '~';

        *out++ = !is_escape ? *in : in[1] == '1' ? '/' : '~';
        in += is_escape;
    }
    *out = '\0';
}

/* The container that the path ends in, and its last name. */
static json_t *follow(json_t *value, char *path, char **last)
{
    char *next;

    assert_int_equal('/', *path++);
    while ((next = strchr(path, '/'))) {
        *next = '\0';
        unescape(path);
        value = json_typeof(value) == JANSSON_ARRAY ? json_array_get(value, strtoul(path, NULL, 10))
                                                    : json_object_get(value, path);
        assert_non_null(value);
        path = next + 1;
    }
    unescape(path);
    *last = path;
    return value;
}

static void apply(json_t **value, const struct json_diff_entry *entry)
{
    char path[8192], *last;
    json_t *container, *after = entry->kind == JSON_DIFF_REMOVED ? NULL : load(entry->after);
    size_t index;

    if (entry->path.len == 0) {
        assert_int_equal(JSON_DIFF_CHANGED, entry->kind);
        json_decref(*value);
        *value = after;
        return;
    }
    assert_true(entry->path.len < sizeof(path));
    memcpy(path, entry->path.ptr, entry->path.len);
    path[entry->path.len] = '\0';
    container = follow(*value, path, &last);
    index = strtoul(last, NULL, 10);
    if (json_typeof(container) == JANSSON_ARRAY)
        assert_int_equal(0, entry->kind == JSON_DIFF_REMOVED ? json_array_remove(container, index)
                            : entry->kind == JSON_DIFF_ADDED
                                ? json_array_insert_new(container, index, after)
                                : json_array_set_new(container, index, after));
    else
        assert_int_equal(0, entry->kind == JSON_DIFF_REMOVED
                                ? json_object_del(container, last)
                                : json_object_set_new(container, last, after));
}

static void apply_all(json_t **value, const struct json_diff *diff)
{
    for (size_t i = 0; i < diff->count; i++)
        if (diff->entries[i].kind != JSON_DIFF_REMOVED)
            apply(value, &diff->entries[i]);
    for (size_t i = diff->count; i-- > 0;)
        if (diff->entries[i].kind == JSON_DIFF_REMOVED)
            apply(value, &diff->entries[i]);
}

static void append_value(struct strbuf *out, uint64_t *seed, unsigned depth)
{
    static const char *const scalars[] = {"1", "2", "null", "true", "\"x\"", "\"\\u0078\"", "-1.5"};
    static const char *const names[] = {"a", "b", "c/d", "~", "", "0", "\\u00e9"};
    size_t kind = depth ? pick(seed, 5) : 0, count = pick(seed, 5);

    if (kind < 2) {
        strbuf_add_cstr(out, scalars[pick(seed, COUNT(scalars))]);
        return;
    }
    strbuf_add_char(out, kind == 2 ? '[' : '{');
    for (size_t i = 0; i < count; i++) {
        strbuf_add_cstr(out, i ? ", " : "");
        if (kind != 2) /* one behind the other, so that none is repeated */
            strbuf_printf(out, "\"%s%zu\":", names[pick(seed, COUNT(names))], i);
        append_value(out, seed, depth - 1);
    }
    strbuf_add_char(out, kind == 2 ? ']' : '}');
}

static void test_old_and_changes_are_new(void **state)
{
    uint64_t seed = 7;
    struct strbuf texts[2];
    size_t changes = 0, same = 0;

    (void)state;
    strbuf_init(&texts[0]);
    strbuf_init(&texts[1]);
    for (size_t round = 0; round < rounds(20000); round++) {
        struct arena *arena = arena_new();
        struct json_diff diff;
        json_t *value, *wanted;

        for (int i = 0; i < 2; i++) {
            strbuf_reset(&texts[i]);
            strbuf_add_char(&texts[i], '[');
            append_value(&texts[i], &seed, 4);
            strbuf_add_char(&texts[i], ']');
        }
        diff = diff_of(arena, strbuf_str(&texts[0]), strbuf_str(&texts[1]));
        value = load(strbuf_str(&texts[0]));
        wanted = load(strbuf_str(&texts[1]));
        if ((diff.count == 0) != json_equal(value, wanted))
            fail_msg("%s and %s: %zu changes", texts[0].ptr, texts[1].ptr, diff.count);
        changes += diff.count;
        same += diff.count == 0;
        apply_all(&value, &diff);
        if (!json_equal(value, wanted))
            fail_msg("from %s it does not lead to %s", texts[0].ptr, texts[1].ptr);
        json_decref(value);
        json_decref(wanted);
        arena_free(arena);
    }
    assert_true(changes > rounds(20000) && same > rounds(100));
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);
}

/* ---- Hostile ---- */

static void append_times(struct strbuf *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        strbuf_add_cstr(out, text);
}

static void test_too_many_values(void **state)
{
    struct arena *arena = arena_new();
    struct strbuf text;
    struct json_diff diff;

    (void)state;
    strbuf_init(&text);
    strbuf_add_cstr(&text, "[0");
    append_times(&text, ",0", JSON_DIFF_VALUES_MAX - 2);
    strbuf_add_cstr(&text, "]");
    diff = diff_of(arena, STR("[]"), strbuf_str(&text));
    assert_false(diff.is_too_large);
    assert_true(diff.has_more && diff.count == JSON_DIFF_ENTRIES_MAX);
    text.ptr[text.len - 1] = ',';
    strbuf_add_cstr(&text, "0]");
    diff = diff_of(arena, STR("[]"), strbuf_str(&text));
    assert_true(diff.is_too_large && diff.count == 0 && !diff.has_more);
    diff = diff_of(arena, strbuf_str(&text), STR("[]"));
    assert_true(diff.is_too_large);
    strbuf_release(&text);
    arena_free(arena);
}

static void test_as_many_entries_as_there_may_be(void **state)
{
    struct arena *arena = arena_new();
    struct strbuf text;
    struct json_diff diff;

    (void)state;
    strbuf_init(&text);
    for (size_t count = JSON_DIFF_ENTRIES_MAX - 1; count <= JSON_DIFF_ENTRIES_MAX + 1; count++) {
        strbuf_reset(&text);
        strbuf_add_cstr(&text, "{\"n0\":0");
        for (size_t i = 1; i < count; i++)
            strbuf_printf(&text, ",\"n%zu\":0", i);
        strbuf_add_cstr(&text, "}");
        for (int i = 0; i < 2; i++) {
            diff = i ? diff_of(arena, strbuf_str(&text), STR("{}"))
                     : diff_of(arena, STR("{}"), strbuf_str(&text));
            assert_int_equal(diff.count,
                             count < JSON_DIFF_ENTRIES_MAX ? count : JSON_DIFF_ENTRIES_MAX);
            assert_int_equal(diff.has_more, count > JSON_DIFF_ENTRIES_MAX);
        }
    }
    strbuf_release(&text);
    arena_free(arena);
}

/* As deep as the reader takes it: compared down to the limit, and below that as one value. */
static void test_deep(void **state)
{
    struct arena *arena = arena_new();
    struct strbuf texts[2];
    struct json_diff diff;

    (void)state;
    for (int i = 0; i < 2; i++) {
        strbuf_init(&texts[i]);
        append_times(&texts[i], "[", JSON_MAX_DEPTH);
        strbuf_add_char(&texts[i], (char)('1' + i));
        append_times(&texts[i], "]", JSON_MAX_DEPTH);
    }
    diff = diff_of(arena, strbuf_str(&texts[0]), strbuf_str(&texts[1]));
    assert_int_equal(1, diff.count);
    assert_int_equal(JSON_DIFF_CHANGED, diff.entries[0].kind);
    assert_int_equal(2 * JSON_DIFF_DEPTH_MAX, diff.entries[0].path.len);
    diff = diff_of(arena, strbuf_str(&texts[0]), strbuf_str(&texts[0]));
    assert_int_equal(0, diff.count);
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);
    arena_free(arena);
}

/* Long names one in another do not make long paths longer and longer. */
static void test_long_names(void **state)
{
    struct arena *arena = arena_new();
    struct strbuf texts[2];
    struct json_diff diff;

    (void)state;
    for (int i = 0; i < 2; i++) {
        strbuf_init(&texts[i]);
        for (int level = 0; level < 20; level++) {
            strbuf_add_cstr(&texts[i], "{\"");
            append_times(&texts[i], "n", 1000);
            strbuf_add_cstr(&texts[i], "\":");
        }
        strbuf_add_char(&texts[i], (char)('1' + i));
        append_times(&texts[i], "}", 20);
    }
    diff = diff_of(arena, strbuf_str(&texts[0]), strbuf_str(&texts[1]));
    assert_int_equal(1, diff.count);
    assert_int_equal(1001 * (JSON_DIFF_PATH_BYTES_MAX / 1001 + 1), diff.entries[0].path.len);
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);
    arena_free(arena);
}

static void test_related(void **state)
{
    static const struct {
        const char *one, *other;
        bool is_related;
    } cases[] = {
        {"{\"a\":1}", "{\"a\":[]}", true},
        {"{\"a\":1,\"b\":2}", "{\"c\":1,\"b\":2,\"d\":3}", true},
        {"{\"\\u0061\":1}", "{\"a\":1}", true},
        {"{\"\":1}", "{\"\":1}", true},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"{\"a\":1}", "{\"A\":1}", false},
        {"{\"a\":{\"b\":1}}", "{\"b\":1}", false}, /* only at the top */
        {"{}", "{}", false},
        {"{\"a\":1}", "{}", false},
        {"[1]", "[1]", false},
        {"\"a\"", "\"a\"", false},
        {"{\"a\":1,\"a\":1}", "{\"a\":1}", false},
        {"[]", "{\"a\":1}", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena *arena = arena_new();
        struct json_value one = must_read(cases[i].one, str_from(cases[i].one)),
                          other = must_read(cases[i].other, str_from(cases[i].other));

        EXPECT(cases[i].one, json_diff_is_related(arena, one, other) == cases[i].is_related);
        EXPECT(cases[i].other, json_diff_is_related(arena, other, one) == cases[i].is_related);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_old_and_changes_are_new),
        cmocka_unit_test(test_too_many_values),
        cmocka_unit_test(test_as_many_entries_as_there_may_be),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_related),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
