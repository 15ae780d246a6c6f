/* SPDX-License-Identifier: MIT */
/* Secrets in every form in which headers come, and that nothing else is touched. */
#include "check.h"

#include "intake/redact.h"

struct row {
    const char *label;
    struct str in, out;
};

static const struct row rows[] = {
    {"object", TEXT("{\"Authorization\": \"Bearer s\", \"A\":1e3 }"),
     TEXT("{\"Authorization\": \"redacted\", \"A\":1e3 }")},
    {"any case", TEXT("{\"COOKIE\":\"a=b\"}"), TEXT("{\"COOKIE\":\"redacted\"}")},
    {"escaped name", TEXT("{\"\\u0041uthorization\":\"s\"}"),
     TEXT("{\"\\u0041uthorization\":\"redacted\"}")},
    {"spaces around the name", TEXT("{\" Cookie \":\"s\"}"), TEXT("{\" Cookie \":\"redacted\"}")},
    {"array of values", TEXT("{\"Set-Cookie\":[\"a\",\"b\"]}"),
     TEXT("{\"Set-Cookie\":\"redacted\"}")},
    {"repeated member", TEXT("{\"cookie\":\"a\",\"x\":2,\"cookie\":\"b\"}"),
     TEXT("{\"cookie\":\"redacted\",\"x\":2,\"cookie\":\"redacted\"}")},
    {"pairs", TEXT("[[\"Host\",\"h\"],[\"authorization\",\"s\"]]"),
     TEXT("[[\"Host\",\"h\"],[\"authorization\",\"redacted\"]]")},
    {"flat list", TEXT("[\"Host\",\"h\",\"Cookie\",\"s\",\"A\",\"b\"]"),
     TEXT("[\"Host\",\"h\",\"Cookie\",\"redacted\",\"A\",\"b\"]")},
    {"name and value", TEXT("[{\"value\":\"s\",\"name\":\"Proxy-Authorization\"}]"),
     TEXT("[{\"value\":\"redacted\",\"name\":\"Proxy-Authorization\"}]")},
    {"whole lines in a list", TEXT("[\"Host: h\",\"Cookie: s\"]"),
     TEXT("[\"Host: h\",\"redacted\"]")},
    {"nested", TEXT("{\"request\":{\"headers\":{\"Cookie\":\"s\"}}}"),
     TEXT("{\"request\":{\"headers\":{\"Cookie\":\"redacted\"}}}")},
    {"a line as a value", TEXT("{\"name\":\"Cookie: s\",\"x\":\"Cookie: s\"}"),
     TEXT("{\"name\":\"redacted\",\"x\":\"redacted\"}")},
    {"null is no secret", TEXT("{\"Cookie\":null}"), TEXT("{\"Cookie\":null}")},
    {"a value that looks like a name", TEXT("{\"Vary\":\"Cookie\"}"),
     TEXT("{\"Vary\":\"Cookie\"}")},
    {"lines", TEXT("Host: h\r\nAuthorization: Basic s\r\nA: b\r\n"),
     TEXT("Host: h\r\nAuthorization: \"redacted\"\r\nA: b\r\n")},
    {"a folded line", TEXT("Cookie: s\n  more\nA: b"),
     TEXT("Cookie: \"redacted\"\n  \"redacted\"\nA: b")},
    {"empty", TEXT(""), TEXT("")},
};

static void test_headers(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str in = exact_copy(rows[i].in), out;

        EXPECT(rows[i].label, redact_headers(arena, in, &out));
        EXPECT(rows[i].label, str_equal(out, rows[i].out));
        free_copy(in);
    }
    arena_free(arena);
}

/* Where it cannot be known what is a header, nothing may be kept. */
static void test_unknown_forms(void **state)
{
    static const struct str texts[] = {
        TEXT("{\"Authorization\": \"Bearer s\""),
        TEXT("Authorization Bearer s"),
        TEXT("\"Cookie: s\""),
        TEXT(": s"),
    };
    struct arena *arena = arena_new();
    struct str out;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        EXPECT(texts[i].ptr, !redact_headers(arena, texts[i], &out));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_unknown_forms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
