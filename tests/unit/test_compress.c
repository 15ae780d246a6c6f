/* SPDX-License-Identifier: MIT */
/* Packed bytes: what comes back, and that what is damaged, cut, too large or not packed at all is refused. */
#include "base/compress.h"

#include "check.h"

static struct strbuf packed_of(struct str bytes)
{
    struct strbuf packed;

    strbuf_init(&packed);
    compress_pack(bytes, &packed);
    return packed;
}

static void test_there_and_back(void **state)
{
    static const size_t sizes[] = {0, 1, 100, 65536, 1000003};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct strbuf bytes, packed, again;

        strbuf_init(&bytes);
        strbuf_init(&again);
        strbuf_add_cstr(&again, "before");
        for (size_t at = 0; at < sizes[i]; at++)
            strbuf_add_char(&bytes, (char)(at * at >> 7));
        packed = packed_of(strbuf_str(&bytes));
        assert_int_equal(compress_unpack(strbuf_str(&packed), sizes[i], &again), 0);
        assert_true(str_equal(str_slice(strbuf_str(&again), 0, 6), STR("before")));
        assert_true(str_equal(str_slice(strbuf_str(&again), 6, again.len), strbuf_str(&bytes)));
        assert_true(sizes[i] < 1000 || packed.len < sizes[i] / 2);
        strbuf_release(&bytes);
        strbuf_release(&packed);
        strbuf_release(&again);
    }
}

static void test_refused(void **state)
{
    struct str text = STR("what is kept, and kept, and kept, and kept, and kept as it was");
    struct strbuf packed = packed_of(text), twice, out;

    (void)state;
    strbuf_init(&out);
    assert_int_equal(compress_unpack(strbuf_str(&packed), text.len - 1, &out), -1);
    assert_int_equal(compress_unpack(STR("not packed at all"), 1000, &out), -1);
    for (size_t len = 0; len < packed.len; len++) {
        struct str cut = exact_copy(str_slice(strbuf_str(&packed), 0, len));

        assert_int_equal(compress_unpack(cut, 1000, &out), -1);
        free_copy(cut);
    }
    for (size_t bit = 0; bit < packed.len * 8; bit++) {
        struct str copy = exact_copy(strbuf_str(&packed));

        ((char *)(uintptr_t)copy.ptr)[bit / 8] ^= (char)(1 << bit % 8);
        /* A bit of the frame may have no meaning; what comes back must be the same then. */
        if (compress_unpack(copy, 1000, &out) == 0) {
            assert_true(str_equal(strbuf_str(&out), text));
            strbuf_reset(&out);
        }
        free_copy(copy);
    }
    twice = packed_of(text);
    strbuf_add(&twice, strbuf_str(&packed));
    assert_int_equal(compress_unpack(strbuf_str(&twice), 1000, &out), -1);
    assert_int_equal(out.len, 0);
    strbuf_release(&twice);
    strbuf_release(&out);
    strbuf_release(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
