/* SPDX-License-Identifier: MIT */
/* What counts as a value in a text, in whatever form it is written, and what does not. */
#include "check.h"

#include "base/erase_text.h"
#include "base/memory.h"

static const struct {
    struct str plain, mark;
} table[] = {
    {TEXT("ann"), TEXT("M1")},
    {TEXT("ann@example.com"), TEXT("M2")},
    {TEXT("Ann Smith"), TEXT("M3")},
    {TEXT("Zo\xc3\xab/\"x\""), TEXT("M4")},
    {TEXT("DOM\\nick"), TEXT("M5")},
    {TEXT("12345"), TEXT("M6")},
    {TEXT("\xf0\x9f\x98\x80me"), TEXT("M7")},
    {TEXT("true"), TEXT("M8")},
};

/* NULL: nothing is replaced. */
static const struct {
    const char *label, *text, *result;
} cases[] = {
    {"empty", "", NULL},
    {"all of it", "ann", "M1"},
    {"in a sentence", "ann, (ann) and ann.", "M1, (M1) and M1."},
    {"part of a word", "annual joann ann1 ann_b 1ann _ann", NULL},
    {"another case", "Ann ANN", NULL},
    {"cut", "an", NULL},
    {"words end at signs", "/u/ann/x?ann=ann&b=ann-ann:ann", "/u/M1/x?M1=M1&b=M1-M1:M1"},
    {"the longer one", "ann@example.com ann@example.org", "M2 M1@example.org"},
    {"a longer one that goes on", "ann@example.community", "M1@example.community"},
    {"percent", "?a=%61nn&b=a%6E%6e&c=ann%40example%2Ecom", "?a=M1&b=M1&c=M2"},
    {"percent twice", "?to=%2Fu%3Dann%2540example.com", "?to=%2Fu%3DM2"},
    {"space", "?a=Ann+Smith&b=Ann%20Smith&c=Ann%2bSmith", "?a=M3&b=M3&c=Ann%2bSmith"},
    {"percent before", "%2Fann %3dann %41ann", "%2FM1 %3dM1 %41ann"},
    {"percent behind", "ann%2F ann%41 ann%C3%A9 ann%", "M1%2F ann%41 ann%C3%A9 M1%"},
    {"letters that are no ASCII",
     "\xc3\xa9"
     "ann ann\xc3\xa9 ann\xe4\xb8\x80",
     NULL},
    {"and written as percent",
     "%C3%A9"
     "ann",
     NULL},
    {"signs that are no ASCII",
     "\xc2\xab"
     "ann\xc2\xbb \xe2\x80\x9c"
     "ann\xe2\x80\x9d ann\xc2\xa0",
     "\xc2\xab"
     "M1\xc2\xbb \xe2\x80\x9c"
     "M1\xe2\x80\x9d M1\xc2\xa0"},
    {"and written as percent", "%C2%ABann%C2%BB", "%C2%ABM1%C2%BB"},
    {"escapes", "{\"a\":\"Zo\\u00eb\\/\\\"x\\\"\",\"b\":\"\\u0061n\\u006E\"}",
     "{\"a\":\"M4\",\"b\":\"M1\"}"},
    {"JSON in JSON", "{\"a\":\"{\\\"b\\\":\\\"Zo\\\\u00eb\\\\/\\\\\\\"x\\\\\\\"\\\"}\"}",
     "{\"a\":\"{\\\"b\\\":\\\"M4\\\"}\"}"},
    {"a pair of surrogates", "[\"\\ud83d\\ude00me\", \"\\uD83D\\uDE00me\", \"\\ude00me\"]",
     "[\"M7\", \"M7\", \"\\ude00me\"]"},
    {"as it stands", "Zo\xc3\xab/\"x\" \xf0\x9f\x98\x80me", "M4 M7"},
    {"an escape before",
     "{\"a\":\"\\nann\\tann\\u0020ann \\u00e9"
     "ann\"}",
     "{\"a\":\"\\nM1\\tM1\\u0020M1 \\u00e9"
     "ann\"}"},
    {"an escape behind", "{\"a\":\"ann\\n ann\\u00e9 ann\\u0020\"}",
     "{\"a\":\"M1\\n ann\\u00e9 M1\\u0020\"}"},
    {"a backslash", "{\"a\":\"DOM\\\\nick\"}", "{\"a\":\"M5\"}"},
    {"a backslash as it stands", "DOM\\nick DOM%5cnick", "M5 M5"},
    {"a number", "{\"a\":12345,\"b\":[12345 ,12345],\"c\":\"12345\"}",
     "{\"a\":\"M6\",\"b\":[\"M6\" ,\"M6\"],\"c\":\"M6\"}"},
    {"part of a number", "{\"a\":-12345,\"b\":[12345.5,1.12345,12345e3,123456]}", NULL},
    {"a number in text", "12345 a 12345.", "M6 a M6."},
    {"a name and a literal", "{\"true\":true}", "{\"M8\":true}"},
    {"a quote in a string", "{\"a\":\"\\\"\",\"b\":12345}", "{\"a\":\"\\\"\",\"b\":\"M6\"}"},
    {"cut JSON", "{\"a\":\"ann", "{\"a\":\"M1"},
    {"bytes that are no text",
     "\xff"
     "ann\xfe ann\x80",
     NULL},
    {"escapes that are none", "\\u00 \\u \\ %4 %zz ann\\", "\\u00 \\u \\ %4 %zz M1\\"},
};

static struct erase_values make_values(void)
{
    struct erase_values values = {memory_new(sizeof(table)), COUNT(table)};

    for (size_t i = 0; i < COUNT(table); i++)
        values.items[i] = (struct erase_value){table[i].plain, table[i].mark};
    erase_values_sort(&values);
    return values;
}

static void test_cases(void **state)
{
    struct erase_values values = make_values();
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));
        bool replaced = erase_text(&values, text, &out);

        EXPECT(cases[i].label, replaced == (cases[i].result != NULL));
        if (replaced && !str_equal(strbuf_str(&out), str_from(cases[i].result)))
            fail_msg("%s: %.*s", cases[i].label, STR_ARG(strbuf_str(&out)));
        if (replaced) { /* and nothing is left */
            struct str again = exact_copy(strbuf_str(&out));

            EXPECT(cases[i].label, !erase_text(&values, again, &out));
            free((void *)(uintptr_t)again.ptr);
        }
        free((void *)(uintptr_t)text.ptr);
    }
    strbuf_release(&out);
    free(values.items);
}

/* A text that is all beginnings takes no longer than any other: this would not end. */
static void test_hostile(void **state)
{
    static const char *const pieces[] = {"\\", "%25", "%", "\\u", "\\u0061",
                                         "a",  "an",  "+", "\"\\"};
    const size_t size = rounds(256 * 1024);
    struct erase_values values = make_values();
    char *text = memory_new(size);
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        size_t len = strlen(pieces[i]);

        for (size_t at = 0; at < size; at++)
            text[at] = pieces[i][at % len];
        EXPECT(pieces[i], !erase_text(&values, (struct str){text, size}, &out));
    }
    strbuf_release(&out);
    free(values.items);
    free(text);
}

static void test_nothing_wanted(void **state)
{
    const struct erase_values none = {NULL, 0};
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    assert_false(erase_text(&none, STR("ann %61 \\u0061"), &out));
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_nothing_wanted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
