/* SPDX-License-Identifier: MIT */
/* One name, or all that begin alike: whatever a name holds, its word means it alone. */
#include "store/filter_words.h"

#include "check.h"

static void test_words_of_names(void **state)
{
    static const struct {
        struct str name, word;
    } cases[] = {
        {TEXT("getPipeline"), TEXT("getPipeline")},
        {TEXT(""), TEXT("")},
        {TEXT("*"), TEXT("\\*")},
        {TEXT("get*"), TEXT("get\\*")},
        {TEXT("get**"), TEXT("get*\\*")},
        {TEXT("get\\*"), TEXT("get\\\\*")},
        {TEXT("*get"), TEXT("*get")},
        {TEXT("get\\"), TEXT("get\\")},
        {TEXT("a\0b*"), TEXT("a\0b\\*")},
        {TEXT("\\*"), TEXT("\\\\*")},
    };
    struct arena *arena = arena_new();
    struct str prefix;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str word = filter_word(arena, cases[i].name);

        assert_true(str_equal(word, cases[i].word));
        assert_false(filter_word_is_prefix(word, &prefix));
        assert_true(str_equal(filter_word_name(arena, word), cases[i].name));
    }
    arena_free(arena);
}

static void test_beginnings(void **state)
{
    static const struct {
        struct str word, prefix;
    } cases[] = {
        {TEXT("*"), TEXT("")},         {TEXT("get*"), TEXT("get")}, {TEXT("get**"), TEXT("get*")},
        {TEXT("a\0b*"), TEXT("a\0b")}, {TEXT("\\x*"), TEXT("\\x")},
    };
    struct str prefix;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(filter_word_is_prefix(cases[i].word, &prefix));
        assert_true(str_equal(prefix, cases[i].prefix));
    }
    assert_false(filter_word_is_prefix(STR(""), &prefix));
    assert_false(filter_word_is_prefix(STR("get*x"), &prefix));
}

/* Every name of these letters, against what the bytes of the name itself say. */
static void test_what_begins(void **state)
{
    static const char letters[] = "a*\\";
    struct arena *arena = arena_new();
    char name[4], prefix[4];

    (void)state;
    for (unsigned n = 0; n < 81 * 81; n++) {
        size_t name_len = 0, prefix_len = 0;
        struct str word, before;

        for (unsigned k = n % 81, at = 0; at < 4 && k; at++, k /= 3)
            name[name_len++] = letters[k % 3];
        for (unsigned k = n / 81, at = 0; at < 4 && k; at++, k /= 3)
            prefix[prefix_len++] = letters[k % 3];
        word = filter_word(arena, (struct str){name, name_len});
        before = (struct str){prefix, prefix_len};
        if (filter_word_begins(word, before) != str_starts((struct str){name, name_len}, before))
            fail_msg("%.*s and %.*s", (int)name_len, name, (int)prefix_len, prefix);
    }
    arena_free(arena);
}

static void test_ends_of_beginnings(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_true(str_equal(filter_prefix_end(arena, STR("get")), STR("geu")));
    assert_true(str_equal(filter_prefix_end(arena, STR("a\xff\xff")), STR("b")));
    assert_true(str_equal(filter_prefix_end(arena, STR("\xff")), STR("")));
    assert_true(str_equal(filter_prefix_end(arena, STR("")), STR("")));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_of_names),
        cmocka_unit_test(test_beginnings),
        cmocka_unit_test(test_what_begins),
        cmocka_unit_test(test_ends_of_beginnings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
