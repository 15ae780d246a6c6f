/* SPDX-License-Identifier: MIT */
/* What is let in from outside: checked numbers and well-formed UTF-8. */
#include "base/parse.h"
#include "base/utf8.h"

#include "check.h"

static void test_parse_u64(void **state)
{
    static const struct {
        struct str text;
        uint64_t min, max;
        bool ok;
        uint64_t value;
    } cases[] = {
        {TEXT("0"), 0, 0, true, 0},
        {TEXT("007"), 0, 10, true, 7},
        {TEXT("18446744073709551615"), 0, UINT64_MAX, true, UINT64_MAX},
        {TEXT("18446744073709551616"), 0, UINT64_MAX, false, 0},
        {TEXT("18446744073709551620"), 0, UINT64_MAX, false, 0},
        {TEXT("99999999999999999999999999"), 0, UINT64_MAX, false, 0},
        {TEXT("5"), 5, 5, true, 5},
        {TEXT("4"), 5, 9, false, 0},
        {TEXT("10"), 5, 9, false, 0},
        {TEXT(""), 0, 9, false, 0},
        {TEXT("+1"), 0, 9, false, 0},
        {TEXT("-1"), 0, 9, false, 0},
        {TEXT(" 1"), 0, 9, false, 0},
        {TEXT("1 "), 0, 9, false, 0},
        {TEXT("1\0"), 0, 9, false, 0},
        {TEXT("0x1"), 0, 9, false, 0},
        {TEXT("1e0"), 0, 9, false, 0},
        {TEXT("/"), 0, 99, false, 0},
        {TEXT(":"), 0, 99, false, 0},
        {TEXT("\xb2"), 0, 9, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(cases[i].text);
        uint64_t value = 77;
        bool ok = parse_u64(text, cases[i].min, cases[i].max, &value);

        EXPECT(cases[i].text.ptr, ok == cases[i].ok);
        EXPECT(cases[i].text.ptr, value == (ok ? cases[i].value : 77));
        free_copy(text);
    }
}

static void test_parse_hex(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
    } cases[] = {
        {"0000000000000000", true, 0},          {"0123456789abcdef", true, 0x0123456789abcdef},
        {"ffffffffffffffff", true, UINT64_MAX}, {"0123456789ABCDEF", false, 0},
        {"0123456789abcde", false, 0},          {"0123456789abcdef0", false, 0},
        {"0123456789abcdeg", false, 0},         {"0x23456789abcdef", false, 0},
        {" 123456789abcdef", false, 0},         {"", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));
        uint64_t value = 77;
        bool ok = parse_hex16(text, &value);

        EXPECT(cases[i].text, ok == cases[i].ok);
        EXPECT(cases[i].text, value == (ok ? cases[i].value : 77));
        free_copy(text);
    }
    for (int c = -128; c < 128; c++) {
        const char digits[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
        const char *found = c ? strchr(digits, c) : NULL;
        const char *found_upper = c ? strchr(upper, c) : NULL;
        int expected = found         ? (int)(found - digits)
                       : found_upper ? (int)(found_upper - upper)
                                     : -1;

        assert_int_equal(parse_hex_digit((char)c), expected);
    }
}

/* Every code point out and back. */
/* Eight bytes of ASCII are taken at a time: what is none is seen at each place of such a group, and near the end. */
static void test_utf8_places(void **state)
{
    static const struct {
        struct str text;
        bool valid;
    } cases[] = {
        {TEXT("\x7f"), true},      {TEXT("\xc3\xa9"), true},      {TEXT("\xf0\x9f\x98\x80"), true},
        {TEXT("\x80"), false},     {TEXT("\xff"), false},         {TEXT("\xe2\x82"), false},
        {TEXT("\xc3\x28"), false}, {TEXT("\xed\xa0\x80"), false},
    };

    (void)state;
    for (size_t at = 0; at < COUNT(cases) * 20 * 20; at++) {
        struct str middle = cases[at / 400].text;
        size_t before = at / 20 % 20, len = before + middle.len + at % 20;
        char bytes[64];
        struct str text;

        memset(bytes, 'a', len);
        memcpy(bytes + before, middle.ptr, middle.len);
        text = exact_copy((struct str){bytes, len});
        EXPECT(middle.ptr, utf8_valid_prefix(text) == (cases[at / 400].valid ? len : before));
        EXPECT(middle.ptr, utf8_is_text(text) == cases[at / 400].valid);
        free_copy(text);
    }
}

static void test_utf8_points(void **state)
{
    struct strbuf buf;

    (void)state;
    strbuf_init(&buf);
    for (uint32_t point = 0; point <= 0x10ffff; point++) {
        uint32_t decoded = UINT32_MAX;
        size_t bytes;

        if (point >= 0xd800 && point <= 0xdfff)
            continue;
        strbuf_reset(&buf);
        utf8_append(&buf, point);
        bytes = utf8_decode(strbuf_str(&buf), 0, &decoded);
        if (bytes != buf.len || decoded != point || utf8_valid_prefix(strbuf_str(&buf)) != bytes)
            fail_msg("U+%04X", point);
    }
    strbuf_release(&buf);
}

/* Well-formed sequences of two bytes, all counted: no encoding but the shortest, no surrogate. */
static void test_utf8_pairs(void **state)
{
    int well_formed = 0;
    uint32_t point;

    (void)state;
    for (int first = 0x80; first < 0x100; first++)
        for (int second = 0; second < 0x100; second++) {
            char bytes[] = {(char)first, (char)second};

            well_formed += utf8_decode((struct str){bytes, 2}, 0, &point) == 2;
        }
    assert_int_equal(well_formed, 0x800 - 0x80);
}

static void test_utf8_prefix(void **state)
{
    static const struct {
        struct str text;
        size_t valid;
    } cases[] = {
        {{NULL, 0}, 0},
        {TEXT("a\0b"), 3},
        {TEXT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), 9},
        {TEXT("a\x80"), 1},
        {TEXT("\xc0\x80"), 0},
        {TEXT("\xc1\xbf"), 0},
        {TEXT("\xe0\x9f\xbf"), 0},
        {TEXT("\xe0\xa0\x80"), 3},
        {TEXT("\xed\x9f\xbf"), 3},
        {TEXT("\xed\xa0\x80"), 0},
        {TEXT("\xed\xbf\xbf"), 0},
        {TEXT("\xee\x80\x80"), 3},
        {TEXT("\xef\xbf\xbf"), 3},
        {TEXT("\xf0\x8f\xbf\xbf"), 0},
        {TEXT("\xf0\x90\x80\x80"), 4},
        {TEXT("\xf4\x8f\xbf\xbf"), 4},
        {TEXT("\xf4\x90\x80\x80"), 0},
        {TEXT("\xf5\x80\x80\x80"), 0},
        {TEXT("\xff"), 0},
        {TEXT("ab\xc3"), 2},
        {TEXT("ab\xe2\x82"), 2},
        {TEXT("ab\xf0\x9f\x98"), 2},
        {TEXT("ab\xe2\x28\xa1"), 2},
        {TEXT("ab\xe2\x82\x28"), 2},
        {TEXT("ab\xf0\x28\x98\x80"), 2},
        {TEXT("ab\xf0\x9f\x28\x80"), 2},
        {TEXT("ab\xf0\x9f\x98\x28"), 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(cases[i].text);
        size_t valid = utf8_valid_prefix(text);

        if (valid != cases[i].valid)
            fail_msg("row %zu: %zu", i, valid);
        free_copy(text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_u64),   cmocka_unit_test(test_parse_hex),
        cmocka_unit_test(test_utf8_points), cmocka_unit_test(test_utf8_places),
        cmocka_unit_test(test_utf8_pairs),  cmocka_unit_test(test_utf8_prefix),
    };

    return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
