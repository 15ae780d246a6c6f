/* SPDX-License-Identifier: MIT */
/* Encrypted secrets: what comes back, and that nothing does for another key, another owner or a changed byte. */
#include "base/cipher.h"

#include "check.h"

static const unsigned char key[DIGEST_BYTES] = "an installation's key, 32 bytes.";
static const unsigned char other_key[DIGEST_BYTES] = "an installation's key, 32 bytes!";

static struct strbuf encrypted(struct str about, struct str plain)
{
    struct strbuf out;

    strbuf_init(&out);
    cipher_encrypt(key, about, plain, &out);
    return out;
}

static void test_there_and_back(void **state)
{
    static const struct str plains[] = {TEXT(""), TEXT("a"), TEXT("\0\xff secret"),
                                        TEXT("0123456789abcdef0123456789abcdef0")};

    (void)state;
    for (size_t i = 0; i < COUNT(plains); i++) {
        struct strbuf kept = encrypted(STR("hook 1 a"), plains[i]);
        struct strbuf again = encrypted(STR("hook 1 a"), plains[i]);
        struct str exact = exact_copy(strbuf_str(&kept));
        struct strbuf plain;

        strbuf_init(&plain);
        strbuf_add_cstr(&plain, "before ");
        assert_int_equal(kept.len, plains[i].len + CIPHER_EXTRA_BYTES);
        assert_false(str_equal(strbuf_str(&kept), strbuf_str(&again)));
        assert_true(cipher_decrypt(key, STR("hook 1 a"), exact, &plain));
        assert_true(str_starts(strbuf_str(&plain), STR("before ")));
        assert_true(str_equal(str_slice(strbuf_str(&plain), 7, plain.len), plains[i]));
        free((void *)(uintptr_t)exact.ptr);
        strbuf_release(&plain);
        strbuf_release(&again);
        strbuf_release(&kept);
    }
}

static void test_nothing_else_fits(void **state)
{
    struct strbuf kept = encrypted(STR("hook 1 a"), STR("the secret")), plain;

    (void)state;
    strbuf_init(&plain);
    assert_false(cipher_decrypt(other_key, STR("hook 1 a"), strbuf_str(&kept), &plain));
    assert_false(cipher_decrypt(key, STR("hook 1 b"), strbuf_str(&kept), &plain));
    assert_false(cipher_decrypt(key, STR("hook 11 a"), strbuf_str(&kept), &plain));
    for (size_t i = 0; i < kept.len; i++) {
        struct str shorter = str_slice(strbuf_str(&kept), 0, i);

        assert_false(cipher_decrypt(key, STR("hook 1 a"), shorter, &plain));
        kept.ptr[i] ^= 1;
        assert_false(cipher_decrypt(key, STR("hook 1 a"), strbuf_str(&kept), &plain));
        kept.ptr[i] ^= 1;
    }
    assert_int_equal(plain.len, 0);
    assert_true(cipher_decrypt(key, STR("hook 1 a"), strbuf_str(&kept), &plain));
    assert_string_equal(plain.ptr, "the secret");
    strbuf_release(&plain);
    strbuf_release(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_nothing_else_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
