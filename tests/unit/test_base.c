/* SPDX-License-Identifier: MIT */
/* The lowest layer: borrowed text, built text, and the memory of a request. */
#include "base/arena.h"
#include "base/strbuf.h"

#include "check.h"

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void test_str_compare(void **state)
{
    static const struct {
        struct str a, b;
        int order;
        bool folded_equal;
    } cases[] = {
        {{NULL, 0}, TEXT(""), 0, true},
        {TEXT("a"), TEXT(""), 1, false},
        {TEXT("deploy"), TEXT("deploy"), 0, true},
        {TEXT("Deploy"), TEXT("dEPLOY"), -1, true},
        {TEXT("deploy"), TEXT("deploy "), -1, false},
        {TEXT("b"), TEXT("abc"), 1, false},
        {TEXT("\xff"), TEXT("a"), 1, false},
        {TEXT("a\0b"), TEXT("a\0c"), -1, false},
        {TEXT("\xc3\x84"), TEXT("\xc3\xa4"), -1, false}, /* only ASCII letters fold */
        {TEXT("@"), TEXT("`"), -1, false},               /* neighbours of the letters */
        {TEXT("["), TEXT("{"), -1, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str a = cases[i].a, b = cases[i].b;
        const char *label = b.ptr;

        EXPECT(label, sign(str_compare(a, b)) == cases[i].order);
        EXPECT(label, sign(str_compare(b, a)) == -cases[i].order);
        EXPECT(label, str_equal(a, b) == (cases[i].order == 0));
        EXPECT(label, str_equal_folded(a, b) == cases[i].folded_equal);
        EXPECT(label, str_equal_folded(b, a) == cases[i].folded_equal);
    }
}

static void test_str_starts(void **state)
{
    static const struct {
        const char *s, *prefix;
        bool starts, starts_folded;
    } cases[] = {
        {"", "", true, true},
        {"a", "", true, true},
        {"", "a", false, false},
        {"Bearer x", "Bearer ", true, true},
        {"bearer x", "Bearer ", false, true},
        {"Bear", "Bearer", false, false},
        {"xBearer", "Bearer", false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str s = str_from(cases[i].s), prefix = str_from(cases[i].prefix);

        EXPECT(cases[i].s, str_starts(s, prefix) == cases[i].starts);
        EXPECT(cases[i].s, str_starts_folded(s, prefix) == cases[i].starts_folded);
    }
}

static void test_str_contains(void **state)
{
    static const struct {
        struct str haystack, needle;
        bool found;
    } cases[] = {
        {{NULL, 0}, TEXT(""), true},
        {{NULL, 0}, TEXT("a"), false},
        {TEXT("abc"), TEXT(""), true},
        {TEXT("abc"), TEXT("abcd"), false},
        {TEXT("a"), TEXT("abc"), false},
        {TEXT("abc"), TEXT("abc"), true},
        {TEXT("xxABC"), TEXT("abc"), true},
        {TEXT("ABCxx"), TEXT("abc"), true},
        {TEXT("aAaAb"), TEXT("aab"), true},
        {TEXT("Ab ab aB abC"), TEXT("abc"), true},
        {TEXT("ab ab aB ab"), TEXT("abc"), false},
        {TEXT("a\0B"), TEXT("\0b"), true},
        {TEXT("a@B"), TEXT("a`b"), false},
        {TEXT("x1234"), TEXT("34"), true},
        {TEXT("\xc3\x84"), TEXT("\xc3\xa4"), false},
        {TEXT("\xc3\xa4"), TEXT("\xa4"), true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str haystack = exact_copy(cases[i].haystack);

        EXPECT(cases[i].needle.ptr,
               str_contains_folded(haystack, cases[i].needle) == cases[i].found);
        free_copy(haystack);
    }
}

static void test_str_cut(void **state)
{
    const struct str abc = STR("abc");
    char folded[4];

    (void)state;
    assert_true(str_equal(str_slice(abc, 1, 1), STR("b")));
    assert_true(str_equal(str_slice(abc, 1, SIZE_MAX), STR("bc")));
    assert_true(str_equal(str_slice(abc, 3, 1), STR("")));
    assert_true(str_equal(str_slice(abc, SIZE_MAX, SIZE_MAX), STR("")));
    assert_true(str_equal(str_slice(str_from(NULL), 1, 1), STR("")));
    assert_true(str_equal(str_trim(STR(" \t a b\t ")), STR("a b")));
    assert_true(str_equal(str_trim(STR(" \t ")), STR("")));
    assert_true(str_equal(str_trim(STR("\na\r")), STR("\na\r")));
    str_fold(STR("aZ@\xc4"), folded);
    assert_memory_equal(folded, "az@\xc4", 4);
}

static void test_str_next(void **state)
{
    static const struct {
        const char *text;
        const char *pieces; /* joined by '|', each ended by it */
    } cases[] = {
        {"", ""},      {"a", "a|"}, {"a,b", "a|b|"},   {"a,", "a|"},
        {",a", "|a|"}, {",", "|"},  {"a,,b", "a||b|"}, {"a;b,c", "a;b|c|"},
    };
    struct strbuf got;

    (void)state;
    strbuf_init(&got);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str rest = exact_copy(str_from(cases[i].text));
        struct str copy = rest, piece;

        strbuf_reset(&got);
        while (str_next(&rest, ',', &piece)) {
            strbuf_add(&got, piece);
            strbuf_add_char(&got, '|');
        }
        EXPECT(cases[i].text, strcmp(got.ptr, cases[i].pieces) == 0);
        free_copy(copy);
    }
    strbuf_release(&got);
}

static void test_strbuf(void **state)
{
    struct strbuf buf;

    (void)state;
    strbuf_init(&buf);
    assert_string_equal(buf.ptr, "");
    strbuf_add(&buf, STR("a\0b"));
    strbuf_add(&buf, (struct str){NULL, 0});
    strbuf_add_cstr(&buf, "cd");
    strbuf_add_char(&buf, 'e');
    strbuf_printf(&buf, "%s-%d", "f", 7);
    assert_int_equal(buf.len, 9);
    assert_memory_equal(buf.ptr, "a\0bcdef-7", 10);
    assert_true(str_equal(strbuf_str(&buf), STR("a\0bcdef-7")));
    memcpy(strbuf_reserve(&buf, 3), "xyz", 4);
    buf.len += 3;
    assert_memory_equal(buf.ptr, "a\0bcdef-7xyz", 13);
    strbuf_reset(&buf);
    assert_int_equal(buf.len, 0);
    assert_string_equal(buf.ptr, "");
    strbuf_release(&buf);
    strbuf_init(&buf); /* as the header promises after a release */
    strbuf_release(&buf);
}

/* Content and its NUL fit, whatever the length added to a new buffer. */
static void test_strbuf_lengths(void **state)
{
    char bytes[1100];

    (void)state;
    memset(bytes, 'x', sizeof(bytes));
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        struct strbuf buf;

        strbuf_init(&buf);
        strbuf_add(&buf, (struct str){bytes, len});
        assert_int_equal(strlen(buf.ptr), len);
        assert_true(buf.len < buf.capacity);
        strbuf_release(&buf);
    }
}

static void test_strbuf_growth(void **state)
{
    enum { LINES = 300000 };
    struct strbuf buf;

    (void)state;
    strbuf_init(&buf);
    for (int i = 0; i < LINES; i++) {
        strbuf_printf(&buf, "%06d\n", i);
        assert_true(buf.len < buf.capacity);
    }
    assert_int_equal(buf.len, LINES * 7);
    for (int i = 0; i < LINES; i++)
        assert_int_equal(strtol(buf.ptr + (size_t)i * 7, NULL, 10), i);
    strbuf_reset(&buf);
    assert_true(buf.capacity <= 1024 * 1024); /* a large one gives its memory back */
    strbuf_add_cstr(&buf, "again");
    assert_string_equal(buf.ptr, "again");
    strbuf_release(&buf);
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

/* Pieces of many sizes, around the size of a block too: zeroed, aligned, none overlaps another. */
static void test_arena_pieces(void **state)
{
    static const size_t sizes[] = {0,     1,     7,     8,     15,    16,   17,      1000,
                                   30000, 65535, 65536, 65537, 40000, 3000, 1000000, 5};
    unsigned char *pieces[COUNT(sizes)];
    struct arena *arena = arena_new();

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT(sizes); i++) {
            pieces[i] = arena_alloc(arena, sizes[i]);
            EXPECT("aligned", (uintptr_t)pieces[i] % _Alignof(max_align_t) == 0);
            EXPECT("zeroed", is_zero(pieces[i], sizes[i]));
            memset(pieces[i], (int)i + 1, sizes[i]);
        }
        for (size_t i = 0; i < COUNT(sizes); i++)
            for (size_t at = 0; at < sizes[i]; at++)
                if (pieces[i][at] != i + 1)
                    fail_msg("piece %zu of round %d is written over", i, round);
        arena_reset(arena);
    }
    arena_free(arena);
    arena_free(NULL);
}

/* Blocks filled to their last byte; after a reset the first is filled again from its front. */
static void test_arena_edge(void **state)
{
    enum { PIECE_BYTES = 16, PIECES = 10000 };
    struct arena *arena = arena_new();
    void *first = arena_alloc(arena, PIECE_BYTES);

    (void)state;
    arena_reset(arena);
    assert_ptr_equal(arena_alloc(arena, PIECE_BYTES), first);
    for (int i = 0; i < PIECES; i++)
        memset(arena_alloc(arena, PIECE_BYTES), 0xff, PIECE_BYTES);
    arena_free(arena);
}

static void test_arena_text(void **state)
{
    struct arena *arena = arena_new();
    struct str copy = arena_copy(arena, STR("a\0b"));
    struct str empty = arena_copy(arena, (struct str){NULL, 0});
    struct str printed = arena_printf(arena, "%0*d", 70000, 7);
    uint64_t *numbers = arena_array(arena, 1000, sizeof(*numbers));

    (void)state;
    assert_int_equal(copy.len, 3);
    assert_memory_equal(copy.ptr, "a\0b", 4);
    assert_int_equal(empty.len, 0);
    assert_string_equal(empty.ptr, "");
    assert_string_equal(arena_cstr(arena, STR("text")), "text");
    assert_int_equal(printed.len, 70000);
    assert_string_equal(printed.ptr + 69998, "07");
    assert_true(is_zero((unsigned char *)numbers, 1000 * sizeof(*numbers)));
    arena_free(arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_str_compare),    cmocka_unit_test(test_str_starts),
        cmocka_unit_test(test_str_contains),   cmocka_unit_test(test_str_cut),
        cmocka_unit_test(test_str_next),       cmocka_unit_test(test_strbuf),
        cmocka_unit_test(test_strbuf_lengths), cmocka_unit_test(test_strbuf_growth),
        cmocka_unit_test(test_arena_pieces),   cmocka_unit_test(test_arena_edge),
        cmocka_unit_test(test_arena_text),
    };

    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
