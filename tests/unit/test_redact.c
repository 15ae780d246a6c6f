/* SPDX-License-Identifier: MIT */
/* Secrets in every form in which headers come, and that nothing else is touched. */
#include "check.h"

#include "redaction/redact.h"

struct row {
    const char *label;
    struct str in, out;
};

static const struct row rows[] = {
    {"object", TEXT("{\"Authorization\": \"Bearer s\", \"A\":1e3 }"),
     TEXT("{\"Authorization\": \"Bearer redacted\", \"A\":1e3 }")},
    {"any case", TEXT("{\"COOKIE\":\"a=b\"}"), TEXT("{\"COOKIE\":\"a=redacted\"}")},
    {"escaped name", TEXT("{\"\\u0041uthorization\":\"s\"}"),
     TEXT("{\"\\u0041uthorization\":\"redacted\"}")},
    {"spaces around the name", TEXT("{\" Cookie \":\"s\"}"), TEXT("{\" Cookie \":\"redacted\"}")},
    {"array of values", TEXT("{\"Set-Cookie\":[\"a\",\"b\"]}"),
     TEXT("{\"Set-Cookie\":[\"redacted\",\"redacted\"]}")},
    {"a secret of an unknown form", TEXT("{\"Cookie\":{\"a\":[{}]}}"),
     TEXT("{\"Cookie\":\"redacted\"}")},
    {"repeated member", TEXT("{\"cookie\":\"a\",\"x\":2,\"cookie\":\"b\"}"),
     TEXT("{\"cookie\":\"redacted\",\"x\":2,\"cookie\":\"redacted\"}")},
    {"pairs", TEXT("[[\"Host\",\"h\"],[\"authorization\",\"s\"]]"),
     TEXT("[[\"Host\",\"h\"],[\"authorization\",\"redacted\"]]")},
    {"all values of a pair", TEXT("[[\"Set-Cookie\",\"a\",\"b\"]]"),
     TEXT("[[\"Set-Cookie\",\"redacted\",\"redacted\"]]")},
    {"flat list", TEXT("[\"Host\",\"h\",\"Cookie\",\"s\",\"A\",\"b\"]"),
     TEXT("[\"Host\",\"h\",\"Cookie\",\"redacted\",\"A\",\"b\"]")},
    {"flat list with a name as value", TEXT("[\"Vary\",\"Cookie\",\"Authorization\",\"s\"]"),
     TEXT("[\"Vary\",\"Cookie\",\"Authorization\",\"redacted\"]")},
    {"name and value",
     TEXT("[{\"value\":\"s\",\"name\":\"Proxy-Authorization\",\"other\":[\"s\"]}]"),
     TEXT("[{\"value\":\"redacted\",\"name\":\"Proxy-Authorization\",\"other\":[\"redacted\"]}]")},
    {"escaped members", TEXT("[{\"n\\u0061me\":\"Cookie\",\"v\\u0061lue\":\"s\"}]"),
     TEXT("[{\"n\\u0061me\":\"Cookie\",\"v\\u0061lue\":\"redacted\"}]")},
    {"null is no secret", TEXT("{\"Cookie\":null}"), TEXT("{\"Cookie\":null}")},
    {"a value that looks like a name", TEXT("{\"Vary\":[\"Cookie\",\"Accept\"]}"),
     TEXT("{\"Vary\":[\"Cookie\",\"Accept\"]}")},
    {"pseudo-headers", TEXT("{\":path\":\"/\",\"cookie\":\"s\"}"),
     TEXT("{\":path\":\"/\",\"cookie\":\"redacted\"}")},
    {"lines", TEXT("Host: h\r\nAuthorization: Basic s\r\nA: b\r\n\r\n"),
     TEXT("Host: h\r\nAuthorization: Basic redacted\r\nA: b\r\n\r\n")},
    {"a folded line", TEXT("Cookie: s\n  more\nA: b"), TEXT("Cookie: redacted\n  redacted\nA: b")},
    {"names that the front hides as well",
     TEXT("{\"X-Registry-Auth\":\"eyJ1Ijoi\",\"Ocp-Apim-Subscription-Key\":\"s\",\"X-Functions-"
          "Key\":"
          "\"s\",\"X-Authorisation\":\"Bearer "
          "s\",\"X-Cache-Key\":\"a\",\"X-Auth-Request-User\":\"b\"}"),
     TEXT("{\"X-Registry-Auth\":\"redacted\",\"Ocp-Apim-Subscription-Key\":\"redacted\","
          "\"X-Functions-Key\":\"redacted\",\"X-Authorisation\":\"Bearer "
          "redacted\",\"X-Cache-Key\":\"a\","
          "\"X-Auth-Request-User\":\"b\"}")},
    {"a token among protocols",
     TEXT("Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.ZXlKaGJHY2lPaUpT, "
          "v4.channel.k8s.io"),
     TEXT("Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.redacted, "
          "v4.channel.k8s.io")},
    {"empty", TEXT(""), TEXT("")},
    {"empty containers", TEXT("[{\"name\":\"A\"}]"), TEXT("[{\"name\":\"A\"}]")},
};

static void test_headers(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str in = exact_copy(rows[i].in), out;

        EXPECT(rows[i].label, redact_headers(NULL, arena, in, &out));
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
        TEXT("Host: a\rAuthorization: s"),
        TEXT(" Authorization: s"),
        TEXT("Host: a\n  Authorization: s"),
        TEXT("Host: a\n\nAuthorization: s"),
        TEXT("Authorization : s"),
        TEXT("[\"Host: a\\r\\nAuthorization: s\"]"),
        TEXT("[\"Authorization: s\"]"),
        TEXT("[\"Authorization: Basic\",\" s\"]"),
        TEXT("[\"Set-Cookie\",\"a\",\"b\"]"),
        TEXT("{\"Authorization: s\":\"\"}"),
        TEXT("{\"Authorization\\u0000\":\"s\"}"),
        TEXT("{\"A\":\"b\\r\\nAuthorization: s\"}"),
        TEXT("{\"A\":[[\"Authorization\",\"s\"]]}"),
        TEXT("{\"request\":{\"headers\":{\"Cookie\":\"s\"}}}"),
        TEXT("[{\"header\":\"Authorization\",\"value\":\"s\"}]"),
        TEXT("[{\"name\":\"A\",\"name\":\"Cookie\",\"value\":\"s\"}]"),
        TEXT("[[\"A\",\"b\"],\"Cookie\",\"s\"]"),
        TEXT("[[]]"),
        TEXT("3"),
    };
    struct arena *arena = arena_new();
    struct str out;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        EXPECT(texts[i].ptr, !redact_headers(NULL, arena, texts[i], &out));
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
