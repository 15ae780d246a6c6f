/* SPDX-License-Identifier: MIT */
/* Ids in order of arrival, packed and back; and what is no block. */
#include "check.h"

#include <stdlib.h>

#include "index/arrival_block.h"

enum { MANY = 5000 };

static void expect_back(const char *label, const uint64_t *ids, size_t count)
{
    uint64_t *back = calloc(count + 1, sizeof(*back));
    struct strbuf block;

    strbuf_init(&block);
    arrival_block_pack(ids, count, &block);
    EXPECT(label, arrival_block_unpack(strbuf_str(&block), back, count) == 0);
    EXPECT(label, count == 0 || memcmp(ids, back, count * sizeof(*ids)) == 0);
    EXPECT(label, arrival_block_unpack(strbuf_str(&block), back, count + 1) < 0);
    if (count)
        EXPECT(label, arrival_block_unpack(strbuf_str(&block), back, count - 1) < 0);
    for (size_t cut = 0; cut < block.len; cut += 1 + block.len / 50)
        EXPECT(label, arrival_block_unpack(str_slice(strbuf_str(&block), 0, cut), back, count) < 0);
    strbuf_release(&block);
    free(back);
}

static void test_round_trip(void **state)
{
    static const uint64_t awkward[] = {
        0, UINT64_MAX, 0, 1, UINT64_MAX - 1, INT64_MAX, (uint64_t)INT64_MAX + 1, 42, 42, 7};
    uint64_t many[MANY];

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        many[i] = ((uint64_t)1738324800000 + i * 3) << 22 | ((i * 2654435761U & 0x3fffff));
    for (size_t i = 0; i < MANY; i += 97)
        many[i] -= (i * 7919U % 100000) << 22; /* late ones */
    expect_back("none", awkward, 0);
    expect_back("one", awkward + 1, 1);
    expect_back("awkward", awkward, COUNT(awkward));
    expect_back("many", many, MANY);
}

static void test_small(void **state)
{
    uint64_t ids[MANY];
    struct strbuf block;

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        ids[i] = ((uint64_t)1738324800000 + i) << 22 | (i * 2654435761U & 0x3fffff);
    strbuf_init(&block);
    arrival_block_pack(ids, MANY, &block);
    assert_true(block.len < MANY * 5);
    strbuf_release(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_small)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
