/* SPDX-License-Identifier: MIT */
/* Query strings against a table of parameters, links back again, and CSV cells. */
#include "base/arena.h"
#include "base/strbuf.h"
#include "web/csv.h"
#include "web/fields.h"

#include <csv.h>

#include "check.h"
#include "draw.h"

enum { SHOW, PAGE, USER, Q, ASOF, SPEC_COUNT };

static const char *const show_choices[] = {"10", "25", "50", NULL};
static const struct field_spec specs[SPEC_COUNT] = {
    [SHOW] = {.name = "show", .kind = FIELD_CHOICE, .choices = show_choices},
    [PAGE] = {.name = "page", .kind = FIELD_NUMBER, .min = 1, .max = 1000},
    [USER] = {.name = "user", .kind = FIELD_TEXT, .repeatable = true, .min = 1, .max = 1024},
    [Q] = {.name = "q", .kind = FIELD_TEXT, .min = 3, .max = 100},
    [ASOF] = {.name = "asof", .kind = FIELD_ID},
};

static void test_refused(void **state)
{
    static const struct {
        const char *query, *complaint;
    } cases[] = {
        {"foo=1", "Unknown parameter \"foo\". Accepted: show, page, user, q, asof."},
        {"foo", "Unknown parameter \"foo\". Accepted: show, page, user, q, asof."},
        {"User=1", "Unknown parameter \"User\". Accepted: show, page, user, q, asof."},
        {"=1", "Unknown parameter \"\". Accepted: show, page, user, q, asof."},
        {"use=1", "Unknown parameter \"use\". Accepted: show, page, user, q, asof."},
        {"show=7", "Parameter \"show\" must be one of 10, 25, 50, not \"7\"."},
        {"show=1", "Parameter \"show\" must be one of 10, 25, 50, not \"1\"."},
        {"show=10+", "Parameter \"show\" must be one of 10, 25, 50, not \"10 \"."},
        {"page=0", "Parameter \"page\" must be a number from 1 to 1000, not \"0\"."},
        {"page=1001", "Parameter \"page\" must be a number from 1 to 1000, not \"1001\"."},
        {"page=+1", "Parameter \"page\" must be a number from 1 to 1000, not \" 1\"."},
        {"page=99999999999999999999999",
         "Parameter \"page\" must be a number from 1 to 1000, not \"99999999999999999999999\"."},
        {"page=1&page=1", "Parameter \"page\" is given more than once; it is accepted once."},
        {"q=ab", "Parameter \"q\" must be 3 to 100 bytes long, not \"ab\"."},
        {"asof=0123456789abcde",
         "Parameter \"asof\" must be 16 lower-case hexadecimal digits, not \"0123456789abcde\"."},
        {"asof=0123456789ABCDEF",
         "Parameter \"asof\" must be 16 lower-case hexadecimal digits, not \"0123456789ABCDEF\"."},
        {"user=%", "Parameter \"user\" has a % that two hexadecimal digits do not follow."},
        {"user=a%2", "Parameter \"user\" has a % that two hexadecimal digits do not follow."},
        {"user=%zz", "Parameter \"user\" has a % that two hexadecimal digits do not follow."},
        {"us%2=a", "Parameter \"us%2\" has a % that two hexadecimal digits do not follow."},
        {"user=a%00b", "Parameter \"user\" holds a NUL byte, which is not accepted."},
        {"user%00=a", "Parameter \"user%00\" holds a NUL byte, which is not accepted."},
        /* 40 bytes would end within the last é */
        {"show=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé!",
         "Parameter \"show\" must be one of 10, 25, 50, "
         "not \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\"."},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str query = exact_copy(str_from(cases[i].query));
        struct fields fields;
        struct str complaint;

        EXPECT(cases[i].query, !fields_parse(arena, query, specs, SPEC_COUNT, &fields, &complaint));
        if (!str_equal(complaint, str_from(cases[i].complaint)))
            fail_msg("%s: %.*s", cases[i].query, STR_ARG(complaint));
        free_copy(query);
    }
    arena_free(arena);
}

static struct fields must_parse(struct arena *arena, struct str query)
{
    struct fields fields;
    struct str complaint;

    if (!fields_parse(arena, query, specs, SPEC_COUNT, &fields, &complaint))
        fail_msg("%.*s", STR_ARG(complaint));
    return fields;
}

static void test_accepted(void **state)
{
    struct arena *arena = arena_new();
    struct fields fields = must_parse(
        arena,
        STR("user=b%2Bc+d&page=7&&user=%C3%A9%ff&show=50&q=&page=&asof=00000000000000ff&user"));

    (void)state;
    assert_int_equal(fields.count, 5);
    assert_int_equal(fields.items[0].spec, USER);
    assert_true(str_equal(fields.items[0].text, STR("b+c d")));
    assert_int_equal(fields.items[2].spec, USER);
    assert_true(str_equal(fields.items[2].text, STR("\xc3\xa9\xff")));
    assert_int_equal(fields_find(&fields, PAGE)->number, 7);
    assert_int_equal(fields_find(&fields, SHOW)->number, 2);
    assert_int_equal(fields_find(&fields, ASOF)->number, 255);
    assert_ptr_equal(fields_find(&fields, USER), &fields.items[0]);
    assert_null(fields_find(&fields, Q));
    assert_int_equal(must_parse(arena, STR("")).count, 0);
    assert_int_equal(must_parse(arena, STR("&&")).count, 0);
    arena_free(arena);
}

static void test_number_of_parameters(void **state)
{
    struct arena *arena = arena_new();
    struct fields fields;
    struct strbuf query;
    struct str complaint;

    (void)state;
    strbuf_init(&query);
    for (int i = 0; i < 1000; i++)
        strbuf_add_cstr(&query, "user=x&");
    assert_int_equal(must_parse(arena, strbuf_str(&query)).count, 1000);
    strbuf_add_cstr(&query, "user=x");
    assert_false(fields_parse(arena, strbuf_str(&query), specs, SPEC_COUNT, &fields, &complaint));
    assert_true(str_equal(complaint, STR("The query has more than 1,000 parameters.")));
    strbuf_release(&query);
    arena_free(arena);
}

/* Every byte but NUL goes into a link and comes back. */
static void test_round_trip(void **state)
{
    struct arena *arena = arena_new();
    struct strbuf link;
    struct fields fields;
    char bytes[255];

    (void)state;
    for (int i = 0; i < 255; i++)
        bytes[i] = (char)(i + 1);
    strbuf_init(&link);
    strbuf_add_cstr(&link, "/acme/events");
    fields_append(&link, "user", (struct str){bytes, sizeof(bytes)});
    fields_append(&link, "page", STR("3"));
    fields = must_parse(arena, str_slice(strbuf_str(&link), 13, link.len));
    assert_int_equal(fields.count, 2);
    assert_true(str_equal(fields.items[0].text, (struct str){bytes, sizeof(bytes)}));
    assert_int_equal(fields.items[1].number, 3);

    strbuf_reset(&link);
    strbuf_add_cstr(&link, "/x");
    fields_append(&link, "a b", STR("-._~/?&=%+\xc3\xa9"));
    fields_append(&link, "c", STR(""));
    assert_string_equal(link.ptr, "/x?a%20b=-._~%2F%3F%26%3D%25%2B%C3%A9&c=");
    strbuf_release(&link);
    arena_free(arena);
}

/* Cells of any length are what libcsv makes of them. */
static void test_csv_is_that_of_libcsv(void **state)
{
    enum { LENGTHS = 200, ROUNDS = 5 };
    char bytes[LENGTHS], expected[2 * LENGTHS + 2];
    uint64_t seed = 1;
    struct strbuf out;

    (void)state;
    strbuf_init(&out);
    for (uint32_t i = 0; i < LENGTHS * ROUNDS; i++) {
        uint32_t quotes = 1 + draw_below(&seed, 40);
        struct csv_row row;
        struct str value;
        size_t len;

        for (size_t at = 0; at < i / ROUNDS; at++)
            bytes[at] = draw_below(&seed, quotes) ? (char)draw(&seed) : '"';
        value = exact_copy((struct str){bytes, i / ROUNDS});
        len = csv_write2(expected, sizeof(expected), value.ptr, value.len, '"');
        strbuf_reset(&out);
        csv_row_start(&row, &out, false);
        csv_cell(&row, value);
        EXPECT("cell", str_equal(strbuf_str(&out), (struct str){expected, len}));
        free_copy(value);
    }
    strbuf_release(&out);
}

static void test_csv(void **state)
{
    static const struct {
        struct str value;
        const char *plain, *defused;
    } cases[] = {
        {TEXT(""), "\"\"", "\"\""},
        {TEXT("a"), "\"a\"", "\"a\""},
        {TEXT("a,\"b\"\r\n"), "\"a,\"\"b\"\"\r\n\"", "\"a,\"\"b\"\"\r\n\""},
        {TEXT("\"\"\"\""), "\"\"\"\"\"\"\"\"\"\"", "\"\"\"\"\"\"\"\"\"\""},
        {TEXT("=1+1"), "\"=1+1\"", "\"'=1+1\""},
        {TEXT("=\"x\""), "\"=\"\"x\"\"\"", "\"'=\"\"x\"\"\""},
        {TEXT("+1"), "\"+1\"", "\"'+1\""},
        {TEXT("-1"), "\"-1\"", "\"'-1\""},
        {TEXT("@x"), "\"@x\"", "\"'@x\""},
        {TEXT("\tx"), "\"\tx\"", "\"'\tx\""},
        {TEXT("\rx"), "\"\rx\"", "\"'\rx\""},
        {TEXT("\nx"), "\"\nx\"", "\"'\nx\""},
        {TEXT("'x"), "\"'x\"", "\"''x\""},
        {TEXT("\uff1dx"), "\"\uff1dx\"", "\"'\uff1dx\""},
        {TEXT("\uff1c"), "\"\uff1c\"", "\"\uff1c\""},
        {TEXT(" =1"), "\" =1\"", "\" =1\""},
    };
    struct strbuf out;
    struct csv_row row;

    (void)state;
    strbuf_init(&out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str value = exact_copy(cases[i].value);

        strbuf_reset(&out);
        csv_row_start(&row, &out, false);
        csv_cell(&row, value);
        EXPECT(cases[i].value.ptr, str_equal(strbuf_str(&out), str_from(cases[i].plain)));
        strbuf_reset(&out);
        csv_row_start(&row, &out, true);
        csv_cell(&row, value);
        EXPECT(cases[i].value.ptr, str_equal(strbuf_str(&out), str_from(cases[i].defused)));
        free_copy(value);
    }
    strbuf_reset(&out);
    for (int i = 0; i < 2; i++) {
        csv_row_start(&row, &out, true);
        csv_cell(&row, STR("a"));
        csv_cell(&row, (struct str){NULL, 0});
        csv_cell(&row, STR("\0b"));
        csv_row_end(&row);
    }
    assert_true(str_equal(strbuf_str(&out), STR("\"a\",\"\",\"'\0b\"\r\n\"a\",\"\",\"'\0b\"\r\n")));
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_number_of_parameters),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_is_that_of_libcsv),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
