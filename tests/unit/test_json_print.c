/* SPDX-License-Identifier: MIT */
/* Strings to characters and back, and the two ways to print a text again. */
#include "base/json.h"

#include "check.h"

static void test_decode(void **state)
{
    static const struct {
        const char *quoted;
        struct str decoded;
        enum json_decoded result;
    } cases[] = {
        {"\"\"", TEXT(""), JSON_DECODED},
        {"\"plain \xc3\xa9\"", TEXT("plain \xc3\xa9"), JSON_DECODED},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", TEXT("\"\\/\b\f\n\r\t"), JSON_DECODED},
        {"\"\\\\n\"", TEXT("\\n"), JSON_DECODED},
        {"\"a\\u0000b\"", TEXT("a\0b"), JSON_DECODED},
        {"\"\\u0041\\u00E9\\u20ac\\uffff\"", TEXT("A\xc3\xa9\xe2\x82\xac\xef\xbf\xbf"),
         JSON_DECODED},
        {"\"\\ud83d\\uDE00\"", TEXT("\xf0\x9f\x98\x80"), JSON_DECODED},
        {"\"\\ud800\\udc00\\udbff\\udfff\"", TEXT("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"),
         JSON_DECODED},
        {"\"\\ud7ff\\ue000\"", TEXT("\xed\x9f\xbf\xee\x80\x80"), JSON_DECODED},
        {"\"ab\\ud800\"", TEXT("ab"), JSON_LONE_SURROGATE},
        {"\"ab\\udfff\"", TEXT("ab"), JSON_LONE_SURROGATE},
        {"\"ab\\ude00\\ud83d\"", TEXT("ab"), JSON_LONE_SURROGATE},
        {"\"\\n\\ud83dx\"", TEXT("\n"), JSON_LONE_SURROGATE},
        {"\"\\ud83d\\n\"", TEXT(""), JSON_LONE_SURROGATE},
        {"\"\\ud83d\\u0041\"", TEXT(""), JSON_LONE_SURROGATE},
        {"\"\\ud83d\\ud83d\\ude00\"", TEXT(""), JSON_LONE_SURROGATE},
        {"\"\\ud83d\\\\ude00\"", TEXT(""), JSON_LONE_SURROGATE},
    };
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str quoted = exact_copy(str_from(cases[i].quoted));

        strbuf_reset(&out);
        strbuf_add_char(&out, '>'); /* it appends */
        EXPECT(cases[i].quoted, json_decode(quoted, &out) == cases[i].result);
        EXPECT(cases[i].quoted,
               str_equal(str_slice(strbuf_str(&out), 1, out.len), cases[i].decoded));
        EXPECT(cases[i].quoted, out.ptr[0] == '>');
        free_copy(quoted);
    }
    strbuf_release(&out);
}

static void test_append_string(void **state)
{
    static const struct {
        struct str bytes;
        const char *quoted;
    } cases[] = {
        {TEXT(""), "\"\""},
        {{NULL, 0}, "\"\""},
        {TEXT("plain / \x7f \xc3\xa9\xf0\x9f\x98\x80"),
         "\"plain / \x7f \xc3\xa9\xf0\x9f\x98\x80\""},
        {TEXT("\"\\"), "\"\\\"\\\\\""},
        {TEXT("a\b\f\n\r\tz"), "\"a\\b\\f\\n\\r\\tz\""},
        {TEXT("\0\x01\x1f "), "\"\\u0000\\u0001\\u001f \""},
        {TEXT("\nmiddle\n"), "\"\\nmiddle\\n\""},
    };
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str bytes = cases[i].bytes.ptr ? exact_copy(cases[i].bytes) : cases[i].bytes;

        strbuf_reset(&out);
        json_append_string(&out, bytes);
        EXPECT(cases[i].quoted, strcmp(out.ptr, cases[i].quoted) == 0);
        free_copy(bytes);
    }
    strbuf_release(&out);
}

/* Every byte below 0x80 in a string, written and read back. */
static void test_string_round_trip(void **state)
{
    struct strbuf quoted, decoded;
    struct json_value value;
    struct json_error error;
    char bytes[0x80];

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)i;
    strbuf_init(&quoted);
    strbuf_init(&decoded);
    json_append_string(&quoted, (struct str){bytes, sizeof(bytes)});
    assert_true(json_read(strbuf_str(&quoted), &value, &error));
    assert_int_equal(json_decode(value.text, &decoded), JSON_DECODED);
    assert_int_equal(decoded.len, sizeof(bytes));
    assert_memory_equal(decoded.ptr, bytes, sizeof(bytes));
    strbuf_release(&quoted);
    strbuf_release(&decoded);
}

/* The same as byte by byte, for random texts of every length around a machine word and one of many pieces. */
static void test_string_oracle(void **state)
{
    enum { LENGTHS = 70, TEXTS = 200, LONG = 5000 };
    struct strbuf out, expected;
    uint64_t random = 1;
    char bytes[LONG];

    (void)state;
    strbuf_init(&out);
    strbuf_init(&expected);
    for (size_t i = 0; i <= LENGTHS * TEXTS; i++) {
        size_t len = i == LENGTHS * TEXTS ? LONG : i % LENGTHS;
        struct str value;

        strbuf_reset(&out);
        strbuf_reset(&expected);
        strbuf_add_char(&expected, '"');
        for (size_t j = 0; j < len; j++) {
            unsigned char byte = (unsigned char)"\"\\ \x1f\0\xa2\xdc!]a\x9f\x80"[pick(&random, 12)];

            bytes[j] = (char)byte;
            if (byte < ' ')
                strbuf_printf(&expected, "\\u%04x", byte);
            else
                strbuf_printf(&expected, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
        }
        strbuf_add_char(&expected, '"');
        value = exact_copy((struct str){bytes, len});
        json_append_string(&out, value);
        assert_true(str_equal(strbuf_str(&out), strbuf_str(&expected)));
        free_copy(value);
    }
    strbuf_release(&out);
    strbuf_release(&expected);
}

static void test_print(void **state)
{
    static const struct {
        const char *text, *indented, *compact;
    } cases[] = {
        {"1.50E+007", "1.50E+007", "1.50E+007"},
        {" true\n", "true", "true"},
        {"\" a ,\\\"{ \"", "\" a ,\\\"{ \"", "\" a ,\\\"{ \""},
        {"[\n]", "[]", "[]"},
        {"{ \t}", "{}", "{}"},
        {"[[], {} ,[ ] ]", "[\n  [],\n  {},\n  []\n]", "[[],{},[]]"},
        {"[1,\r\n2]", "[\n  1,\n  2\n]", "[1,2]"},
        {"[\"\\\\\",\"\\\"]\"]", "[\n  \"\\\\\",\n  \"\\\"]\"\n]", "[\"\\\\\",\"\\\"]\"]"},
        {"{\"b\":1,\"a\":2,\"b\" : 3}", "{\n  \"b\": 1,\n  \"a\": 2,\n  \"b\": 3\n}",
         "{\"b\":1,\"a\":2,\"b\":3}"},
        {"{\"a\": {\"b\" :[null,-0.0, 123456789012345678901234567890]}}",
         "{\n  \"a\": {\n    \"b\": [\n      null,\n      -0.0,\n"
         "      123456789012345678901234567890\n    ]\n  }\n}",
         "{\"a\":{\"b\":[null,-0.0,123456789012345678901234567890]}}"},
        {"{\"a:b\":\"\\u0041\\/\", \"\":false}", "{\n  \"a:b\": \"\\u0041\\/\",\n  \"\": false\n}",
         "{\"a:b\":\"\\u0041\\/\",\"\":false}"},
    };
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));

        strbuf_reset(&out);
        json_append_indented(&out, text);
        EXPECT(cases[i].text, strcmp(out.ptr, cases[i].indented) == 0);
        strbuf_reset(&out);
        strbuf_add_char(&out, '>'); /* it appends */
        json_append_compact(&out, text);
        EXPECT(cases[i].text, out.ptr[0] == '>' && strcmp(out.ptr + 1, cases[i].compact) == 0);
        free_copy(text);
    }
    strbuf_release(&out);
}

static void test_print_deepest(void **state)
{
    struct strbuf text, indented, compact;

    (void)state;
    strbuf_init(&text);
    strbuf_init(&indented);
    strbuf_init(&compact);
    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        strbuf_add_char(&text, '[');
    strbuf_add_char(&text, '1');
    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        strbuf_add_char(&text, ']');
    json_append_indented(&indented, strbuf_str(&text));
    assert_string_equal(indented.ptr + indented.len - 6, "\n  ]\n]");
    assert_int_equal(strcspn(indented.ptr, "1"),
                     JSON_MAX_DEPTH * 2 + JSON_MAX_DEPTH * (JSON_MAX_DEPTH + 1));
    json_append_compact(&compact, strbuf_str(&indented));
    assert_string_equal(compact.ptr, text.ptr);
    strbuf_release(&text);
    strbuf_release(&indented);
    strbuf_release(&compact);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),        cmocka_unit_test(test_append_string),
        cmocka_unit_test(test_string_oracle), cmocka_unit_test(test_string_round_trip),
        cmocka_unit_test(test_print),         cmocka_unit_test(test_print_deepest),
    };

    return cmocka_run_group_tests_name("json_print", tests, NULL, NULL);
}
