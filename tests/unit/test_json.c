/* SPDX-License-Identifier: MIT */
/*
 * The JSON reader and the walk against hand-written cases.  Texts are read from blocks of exactly their
 * size, so that a sanitizer sees a single byte read too far.
 */
#include "base/json.h"

#include "check.h"

static struct json_value must_read(struct str text)
{
    struct json_value value;
    struct json_error error;

    if (!json_read(text, &value, &error))
        fail_msg("%.*s: %s at %zu", STR_ARG(text), error.reason, error.offset);
    return value;
}

static void test_accepted(void **state)
{
    static const struct {
        struct str text, value;
        enum json_type type;
    } cases[] = {
        {TEXT("null"), TEXT("null"), JSON_NULL},
        {TEXT("\r\n\t true \n"), TEXT("true"), JSON_TRUE},
        {TEXT("false"), TEXT("false"), JSON_FALSE},
        {TEXT("0"), TEXT("0"), JSON_NUMBER},
        {TEXT("-0"), TEXT("-0"), JSON_NUMBER},
        {TEXT("-12.50e+007 "), TEXT("-12.50e+007"), JSON_NUMBER},
        {TEXT("123456789012345678901234567890"), TEXT("123456789012345678901234567890"),
         JSON_NUMBER},
        {TEXT("1E999"), TEXT("1E999"), JSON_NUMBER},
        {TEXT("\"\""), TEXT("\"\""), JSON_STRING},
        {TEXT(" \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00eF\\u0000\\uD800\" "),
         TEXT("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00eF\\u0000\\uD800\""), JSON_STRING},
        {TEXT("\"\x7f \xc3\xa9 \xe2\x82\xac \xf4\x8f\xbf\xbf\""),
         TEXT("\"\x7f \xc3\xa9 \xe2\x82\xac \xf4\x8f\xbf\xbf\""), JSON_STRING},
        {TEXT("[ ]"), TEXT("[ ]"), JSON_ARRAY},
        {TEXT("[1,[],{},[[\"]\"]] ]"), TEXT("[1,[],{},[[\"]\"]] ]"), JSON_ARRAY},
        {TEXT("{ }"), TEXT("{ }"), JSON_OBJECT},
        {TEXT("{\"a\" : [1] , \"a\":{\"\":2}}"), TEXT("{\"a\" : [1] , \"a\":{\"\":2}}"),
         JSON_OBJECT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(cases[i].text);
        struct json_value value = must_read(text);

        EXPECT(cases[i].text.ptr, value.type == cases[i].type);
        EXPECT(cases[i].text.ptr, str_equal(value.text, cases[i].value));
        free_copy(text);
    }
}

static void test_refused(void **state)
{
    static const struct {
        struct str text;
        size_t offset;
        const char *reason;
    } cases[] = {
        {{NULL, 0}, 0, "there is no value"},
        {TEXT(" \n"), 2, "there is no value"},
        {TEXT("\xef\xbb\xbf{}"), 0, "a byte order mark stands in front"},
        {TEXT("\xff\xfe{\0}\0"), 0, "no value begins here"},
        {TEXT("\0"), 0, "no value begins here"},
        {TEXT("NaN"), 0, "no value begins here"},
        {TEXT("'a'"), 0, "no value begins here"},
        {TEXT("+1"), 0, "no value begins here"},
        {TEXT(".5"), 0, "no value begins here"},
        {TEXT("tru"), 0, "neither true, false nor null"},
        {TEXT("nul\0"), 0, "neither true, false nor null"},
        {TEXT("1 2"), 2, "something stands after the value"},
        {TEXT("{}\0"), 2, "something stands after the value"},
        {TEXT("trueish"), 4, "something stands after the value"},
        {TEXT("[]]"), 2, "something stands after the value"},
        {TEXT("-"), 1, "a number lacks a digit"},
        {TEXT("-a"), 1, "a number lacks a digit"},
        {TEXT("[1.]"), 3, "a number lacks a digit"},
        {TEXT("1e+"), 3, "a number lacks a digit"},
        {TEXT("1e+-1"), 3, "a number lacks a digit"},
        {TEXT("-012"), 2, "a number begins with a needless 0"},
        {TEXT("\""), 0, "a string is not closed"},
        {TEXT("[\"ab"), 1, "a string is not closed"},
        {TEXT("\"\\\""), 0, "a string is not closed"},
        {TEXT("\"a\nb\""), 2, "a control character must be escaped"},
        {TEXT("\"a\0b\""), 2, "a control character must be escaped"},
        {TEXT("\"\\"), 1, "no such escape: a backslash stands as \\\\"},
        {TEXT("\"\\x41\""), 1, "no such escape: a backslash stands as \\\\"},
        {TEXT("\"\\\0\""), 1, "no such escape: a backslash stands as \\\\"},
        {TEXT("\"a\\u12g4\""), 2, "\\u needs four hexadecimal digits"},
        {TEXT("\"\\u123"), 1, "\\u needs four hexadecimal digits"},
        {TEXT("\"\\u\xc3\xa9\""), 1, "\\u needs four hexadecimal digits"},
        {TEXT("\"a\xff\""), 2, "not UTF-8"},
        {TEXT("\"\xc0\xaf\""), 1, "not UTF-8"},
        {TEXT("\"\xed\xa0\x80\""), 1, "not UTF-8"},
        {TEXT("\"\xe2\x82\""), 1, "not UTF-8"},
        {TEXT("\"\xe2\x82"), 1, "not UTF-8"},
        {TEXT("["), 1, "an array is not closed"},
        {TEXT("[1"), 2, "an array is not closed"},
        {TEXT("[1,"), 3, "an array is not closed"},
        {TEXT("[1 2]"), 3, "a comma or ] is missing"},
        {TEXT("[1}"), 2, "a comma or ] is missing"},
        {TEXT("[1,]"), 3, "no value begins here"},
        {TEXT("[,1]"), 1, "no value begins here"},
        {TEXT("[1:2]"), 2, "a comma or ] is missing"},
        {TEXT("{"), 1, "an object is not closed"},
        {TEXT("[{\"a\""), 5, "an object is not closed"},
        {TEXT("{\"a\":"), 5, "an object is not closed"},
        {TEXT("{\"a\":1"), 6, "an object is not closed"},
        {TEXT("{\"a\":[]"), 7, "an object is not closed"},
        {TEXT("{\"a\" 1}"), 5, "a colon is missing behind a name"},
        {TEXT("{\"a\"=1}"), 4, "a colon is missing behind a name"},
        {TEXT("{\"a\"}"), 4, "a colon is missing behind a name"},
        {TEXT("{\"a\":}"), 5, "no value begins here"},
        {TEXT("{a:1}"), 1, "a member begins with its name in quotes"},
        {TEXT("{\"a\":1,}"), 7, "a member begins with its name in quotes"},
        {TEXT("{\"a\":[1}"), 7, "a comma or ] is missing"},
        {TEXT("{\"a\":1]"), 6, "a comma or } is missing"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *label = cases[i].text.ptr ? cases[i].text.ptr : "(nothing)";
        struct str text = cases[i].text.ptr ? exact_copy(cases[i].text) : cases[i].text;
        struct json_value value = {JSON_TRUE, STR("stale")};
        struct json_error error = {0, ""};

        EXPECT(label, !json_read(text, &value, &error));
        EXPECT(label, value.type == JSON_NONE && value.text.len == 0);
        if (error.offset != cases[i].offset || strcmp(error.reason, cases[i].reason) != 0)
            fail_msg("%s: got \"%s\" at %zu", label, error.reason, error.offset);
        free_copy(text);
    }
}

/* `depth` arrays and objects in turn around `core`. */
static void nest(struct strbuf *out, size_t depth, const char *core)
{
    strbuf_reset(out);
    for (size_t i = 0; i < depth; i++)
        strbuf_add_cstr(out, i % 3 ? "{\"a\":" : "[");
    strbuf_add_cstr(out, core);
    while (depth-- > 0)
        strbuf_add_char(out, depth % 3 ? '}' : ']');
}

static void test_depth(void **state)
{
    struct json_value value;
    struct json_error error;
    struct strbuf text;

    (void)state;
    strbuf_init(&text);
    nest(&text, JSON_MAX_DEPTH, "0");
    must_read(strbuf_str(&text));
    nest(&text, JSON_MAX_DEPTH - 1, "[],[]");
    must_read(strbuf_str(&text));
    nest(&text, JSON_MAX_DEPTH, "{}");
    assert_false(json_read(strbuf_str(&text), &value, &error));
    assert_string_equal(error.reason, "nested deeper than 512");
    assert_int_equal(text.ptr[error.offset], '{');
    assert_int_equal(text.ptr[error.offset + 1], '}');
    strbuf_release(&text);
}

static void test_first(void **state)
{
    static const struct {
        const char *text, *value, *rest;
    } cases[] = {
        {" {\"a\":1}\n[2]", "{\"a\":1}", "\n[2]"},
        {"1 2", "1", " 2"},
        {"1,2", "1", ",2"},
        {"truefalse", "true", "false"},
        {"\"a\"\"b\"", "\"a\"", "\"b\""},
        {"[] ", "[]", " "},
        {"{}", "{}", ""},
        {"  ", NULL, NULL},
        {"[1\n", NULL, NULL},
        {"01", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));
        struct json_value value;
        struct json_error error;
        struct str rest = {NULL, 0};

        EXPECT(cases[i].text, json_read_first(text, &value, &rest, &error) == !!cases[i].value);
        EXPECT(cases[i].text, str_equal(value.text, str_from(cases[i].value)));
        EXPECT(cases[i].text, str_equal(rest, str_from(cases[i].rest)));
        free_copy(text);
    }
}

/* The elements as "key=value" lines, to be compared at a glance. */
static void append_elements(struct strbuf *out, struct json_value container)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;

    json_walk_start(&walk, container);
    while (json_walk_next(&walk, &key, &value))
        strbuf_printf(out, "%.*s=%.*s\n", STR_ARG(key), STR_ARG(value.text));
    assert_false(json_walk_next(&walk, &key, &value));
}

static void test_walk(void **state)
{
    static const struct {
        const char *text, *elements;
    } cases[] = {
        {"[]", ""},
        {" { } ", ""},
        {"[ 1e3 , [2,[3]] ,\"],\", null]", "=1e3\n=[2,[3]]\n=\"],\"\n=null\n"},
        {"{\"b\":1,\"a\" : {\"x\":[ ]} ,\"b\":2, \"\":\"}\"}",
         "\"b\"=1\n\"a\"={\"x\":[ ]}\n\"b\"=2\n\"\"=\"}\"\n"},
    };
    struct strbuf got;

    (void)state;
    strbuf_init(&got);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));

        strbuf_reset(&got);
        append_elements(&got, must_read(text));
        EXPECT(cases[i].text, strcmp(got.ptr, cases[i].elements) == 0);
        free_copy(text);
    }
    strbuf_release(&got);
}

/* The contract wants accepted text; a mistake must still end, and inside the text. */
static void test_walk_unchecked(void **state)
{
    static const char *const texts[] = {"[1 2]", "[\"a]", "[[[]",    "[,]",       "[\\]",
                                        "{1:2}", "{\"a}", "{\"a\"}", "{\"a\":}}", "{\"a\":1 2}"};
    struct strbuf got;

    (void)state;
    strbuf_init(&got);
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct str text = exact_copy(str_from(texts[i]));
        enum json_type type = texts[i][0] == '[' ? JSON_ARRAY : JSON_OBJECT;

        append_elements(&got, (struct json_value){type, text});
        free_copy(text);
    }
    strbuf_release(&got);
}

/* Quadratic work on these would take hours. */
/* A string with `text` in the middle, between quotes. */
static struct str quoted(struct str text, size_t before, size_t behind)
{
    struct str made = {NULL, 1 + before + text.len + behind + 1};
    char bytes[64];

    assert_true(made.len <= sizeof(bytes));
    memset(bytes, '#', made.len); /* plain, but close to a quote */
    memcpy(bytes + 1 + before, text.ptr, text.len);
    bytes[0] = bytes[made.len - 1] = '"';
    made.ptr = bytes;
    return exact_copy(made);
}

static void expect_decoded(const char *label, struct str text, size_t before, size_t behind,
                           struct str characters)
{
    struct strbuf out;

    strbuf_init(&out);
    while (out.len < 200)
        strbuf_add_char(&out, '!'); /* what stood there before does not show through */
    strbuf_reset(&out);
    strbuf_add(&out, STR("kept "));
    EXPECT(label, json_decode(text, &out) == JSON_DECODED);
    EXPECT(label, out.len == strlen("kept ") + before + characters.len + behind);
    EXPECT(label, str_starts(strbuf_str(&out), STR("kept ")));
    for (size_t i = 0; i < before; i++)
        EXPECT(label, out.ptr[strlen("kept ") + i] == '#');
    EXPECT(label, memcmp(out.ptr + strlen("kept ") + before, characters.ptr, characters.len) == 0);
    for (size_t i = 1; i <= behind; i++)
        EXPECT(label, out.ptr[out.len - i] == '#');
    EXPECT(label, out.ptr[out.len] == '\0');
    strbuf_release(&out);
}

/* Strings are read and decoded eight bytes at a time: each kind of byte at each place of such a group, and near the end. */
static void test_string_places(void **state)
{
    static const struct {
        const char *label;
        struct str text, characters;
        const char *reason; /* NULL: accepted */
    } cases[] = {
        {"nothing", TEXT(""), TEXT(""), NULL},
        {"plain", TEXT("~"), TEXT("~"), NULL},
        {"space", TEXT(" "), TEXT(" "), NULL},
        {"DEL", TEXT("\x7f"), TEXT("\x7f"), NULL},
        {"character beyond ASCII", TEXT("\xc3\xa9"), TEXT("\xc3\xa9"), NULL},
        {"neighbours of the backslash", TEXT("[]"), TEXT("[]"), NULL},
        {"escape", TEXT("\\\""), TEXT("\""), NULL},
        {"escapes", TEXT("\\\\\\n"), TEXT("\\\n"), NULL},
        {"escaped character", TEXT("\\u20ac"), TEXT("\xe2\x82\xac"), NULL},
        {"escaped pair", TEXT("\\ud83d\\ude00"), TEXT("\xf0\x9f\x98\x80"), NULL},
        {"NUL", TEXT("\0"), {NULL, 0}, "a control character must be escaped"},
        {"control", TEXT("\x1f"), {NULL, 0}, "a control character must be escaped"},
        {"stray byte", TEXT("\x80"), {NULL, 0}, "not UTF-8"},
        {"no escape", TEXT("\\!"), {NULL, 0}, "no such escape: a backslash stands as \\\\"},
    };

    (void)state;
    for (size_t at = 0; at < COUNT(cases) * 20 * 20; at++) {
        size_t i = at / 400, before = at / 20 % 20, behind = at % 20;
        struct str text = quoted(cases[i].text, before, behind);
        struct json_value value;
        struct json_error error = {0};

        EXPECT(cases[i].label, json_read(text, &value, &error) == !cases[i].reason);
        EXPECT(cases[i].label, error.offset == (cases[i].reason ? 1 + before : 0));
        EXPECT(cases[i].label, str_equal(str_from(error.reason), str_from(cases[i].reason)));
        if (!cases[i].reason)
            expect_decoded(cases[i].label, text, before, behind, cases[i].characters);
        free_copy(text);
    }
}

static void test_long_texts(void **state)
{
    enum { ELEMENTS = 500000 };
    struct json_value value, element;
    struct json_walk walk;
    struct strbuf text;
    struct str key;
    size_t count = 0;

    (void)state;
    strbuf_init(&text);
    for (int i = 0; i < ELEMENTS; i++)
        strbuf_add_cstr(&text, i ? ",[\"\\n\"]" : "[[]");
    strbuf_add_char(&text, ']');
    value = must_read(strbuf_str(&text));
    json_walk_start(&walk, value);
    while (json_walk_next(&walk, &key, &element))
        count++;
    assert_int_equal(count, ELEMENTS);
    strbuf_release(&text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_depth),      cmocka_unit_test(test_first),
        cmocka_unit_test(test_walk),       cmocka_unit_test(test_walk_unchecked),
        cmocka_unit_test(test_long_texts), cmocka_unit_test(test_string_places),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
