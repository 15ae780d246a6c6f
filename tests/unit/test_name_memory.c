/* SPDX-License-Identifier: MIT */
/* The recorder's memory of names: what was added is found, what differs in one part is not. */
#include "store/name_memory.h"

#include <stdio.h>

#include "check.h"

enum { NAMES = 5000, LONG_NAMES = 40000, LONG_BYTES = 1000 };

static void test_one_difference(void **state)
{
    static const struct name_key key = {.table = NAME_TABLE_ENTITY,
                                        .numbers = {1, 2},
                                        .texts = {TEXT("0123456789"), TEXT("demo/build")}};
    static const struct {
        const char *label;
        struct name_key key;
    } others[] = {
        {"table", {NAME_TABLE_USER, {1, 2}, {TEXT("0123456789"), TEXT("demo/build")}}},
        {"first number", {NAME_TABLE_ENTITY, {2, 2}, {TEXT("0123456789"), TEXT("demo/build")}}},
        {"second number", {NAME_TABLE_ENTITY, {1, 1}, {TEXT("0123456789"), TEXT("demo/build")}}},
        {"case", {NAME_TABLE_ENTITY, {1, 2}, {TEXT("0123456789"), TEXT("demo/Build")}}},
        {"white space", {NAME_TABLE_ENTITY, {1, 2}, {TEXT("0123456789"), TEXT("demo/build ")}}},
        {"NUL", {NAME_TABLE_ENTITY, {1, 2}, {TEXT("0123456789"), TEXT("demo/build\0")}}},
        {"where it is cut", {NAME_TABLE_ENTITY, {1, 2}, {TEXT("0123456789d"), TEXT("emo/build")}}},
        {"no name", {NAME_TABLE_ENTITY, {1, 2}, {TEXT("0123456789"), {NULL, 0}}}},
    };
    struct name_memory *memory = name_memory_new();

    (void)state;
    assert_int_equal(name_memory_find(memory, &key), 0);
    name_memory_add(memory, &key, 7);
    assert_int_equal(name_memory_find(memory, &key), 7);
    for (size_t i = 0; i < COUNT(others); i++) {
        EXPECT(others[i].label, name_memory_find(memory, &others[i].key) == 0);
        EXPECT(others[i].label,
               name_key_compare(&key, &others[i].key) == -name_key_compare(&others[i].key, &key));
        EXPECT(others[i].label, name_key_compare(&key, &others[i].key) != 0);
        name_memory_add(memory, &others[i].key, (uint32_t)(100 + i));
    }
    for (size_t i = 0; i < COUNT(others); i++)
        EXPECT(others[i].label, name_memory_find(memory, &others[i].key) == 100 + i);
    assert_int_equal(name_memory_find(memory, &key), 7);
    name_memory_free(memory);
}

/* A key whose text is only as long as needed, so that a sanitizer sees a byte read too far. */
static struct name_key user(size_t number, char *text, size_t size)
{
    int len = snprintf(text, size, "user %zu", number);

    return (struct name_key){
        .table = NAME_TABLE_USER, .numbers = {1}, .texts = {{text, (size_t)len}}};
}

static void test_many(void **state)
{
    struct name_memory *memory = name_memory_new();
    char added[32], text[32];

    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        struct name_key key = user(i, added, sizeof(added)); /* of which the memory has a copy */

        assert_int_equal(name_memory_find(memory, &key), 0);
        name_memory_add(memory, &key, (uint32_t)(i + 1));
    }
    for (size_t i = 0; i < NAMES; i++) {
        struct name_key key = user(i, text, sizeof(text));

        assert_int_equal(name_memory_find(memory, &key), i + 1);
    }
    name_memory_bound(memory);
    assert_int_equal(name_memory_find(memory, &(struct name_key){.table = NAME_TABLE_USER}), 0);
    name_memory_free(memory);
}

/* Senders choose names: the memory must not grow with them for ever. */
static void test_bound(void **state)
{
    struct name_memory *memory = name_memory_new();
    static char text[LONG_BYTES];
    struct name_key key = {.table = NAME_TABLE_ACTION, .texts = {{text, sizeof(text)}}};
    size_t first = 0;

    (void)state;
    memcpy(text, &first, sizeof(first));
    for (size_t i = 0; i < LONG_NAMES; i++) {
        memcpy(text, &i, sizeof(i));
        name_memory_add(memory, &key, 1);
    }
    memcpy(text, &first, sizeof(first));
    assert_int_equal(name_memory_find(memory, &key), 1);
    name_memory_bound(memory);
    assert_int_equal(name_memory_find(memory, &key), 0);
    name_memory_add(memory, &key, 2);
    name_memory_bound(memory);
    assert_int_equal(name_memory_find(memory, &key), 2);
    name_memory_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_difference),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
