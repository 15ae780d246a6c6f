/* SPDX-License-Identifier: MIT */
#include "pages/kept_pages.h"

#include <stdlib.h>

#include "base/arena.h"
#include "check.h"

enum { ROOM = 8000, PAGE = ROOM / 8 };

static struct str page_of(struct arena *arena, size_t len, char c)
{
    char *bytes = arena_alloc(arena, len);

    memset(bytes, c, len);
    return (struct str){bytes, len};
}

static void add(struct kept_pages *kept, const char *key, struct str html, size_t rows)
{
    kept_pages_add(kept, str_from(key), &(struct kept_page){html, rows});
}

static bool has(struct kept_pages *kept, const char *key)
{
    struct kept_page page;

    return kept_pages_find(kept, str_from(key), &page);
}

static void test_found(void **state)
{
    struct kept_pages *kept = kept_pages_new(ROOM);
    struct kept_page page;

    (void)state;
    assert_false(has(kept, "a"));
    add(kept, "a", STR("one"), 1);
    add(kept, "ab", STR("two"), 2);
    add(kept, "b", STR(""), 0);
    assert_true(kept_pages_find(kept, STR("a"), &page));
    assert_true(str_equal(page.html, STR("one")) && page.rows == 1);
    assert_true(kept_pages_find(kept, STR("ab"), &page));
    assert_true(str_equal(page.html, STR("two")) && page.rows == 2);
    assert_true(kept_pages_find(kept, STR("b"), &page));
    assert_true(page.html.len == 0 && page.rows == 0);
    assert_false(has(kept, "abo"));
    assert_false(has(kept, ""));
    kept_pages_free(kept);
    kept_pages_free(NULL);
}

/* What was given longest ago goes, by room and by number. */
static void test_full(void **state)
{
    struct kept_pages *kept = kept_pages_new(ROOM);
    struct arena *arena = arena_new();
    char key[8];

    (void)state;
    for (char c = 'a'; c < 'a' + 8; c++)
        add(kept, (char[]){c, 0}, page_of(arena, PAGE - 1, c), 1);
    for (char c = 'a'; c < 'a' + 8; c++)
        assert_true(has(kept, (char[]){c, 0}));
    assert_true(has(kept, "a"));
    add(kept, "x", page_of(arena, PAGE - 1, 'x'), 1);
    assert_true(has(kept, "a") && has(kept, "x"));
    assert_false(has(kept, "b"));
    add(kept, "large", page_of(arena, PAGE, 'l'), 1); /* with its key too large */
    assert_false(has(kept, "large"));
    assert_true(has(kept, "c"));
    for (int i = 0; i < 40; i++) {
        snprintf(key, sizeof(key), "n%d", i);
        add(kept, key, STR("small"), 1);
    }
    assert_true(has(kept, "n39") && has(kept, "n24"));
    assert_false(has(kept, "n23"));
    arena_free(arena);
    kept_pages_free(kept);
}

static void test_off(void **state)
{
    struct kept_pages *kept = kept_pages_new(0);

    (void)state;
    add(kept, "a", STR("one"), 1);
    assert_false(has(kept, "a"));
    kept_pages_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_found), cmocka_unit_test(test_full),
                                       cmocka_unit_test(test_off)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
