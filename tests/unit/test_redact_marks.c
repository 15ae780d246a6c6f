/* SPDX-License-Identifier: MIT */
/* The marks that stand where secrets were: how they are made, found and not cut, and what an account's rules change. */
#include "check.h"

#include "redact_event.h"

#include "redaction/redact_guess.h"

/* Made by Python's hashlib and hmac from the key "test key". */
static void test_fingerprints(void **state)
{
    struct arena *arena = arena_new();
    unsigned char key[DIGEST_BYTES];
    struct redactor *redactor, *other;
    struct str out;

    (void)state;
    digest_sha256(STR("test key"), key);
    redactor = redactor_new(key, 7, NULL, 0);
    other = redactor_new(key, 8, NULL, 0);
    assert_true(str_equal(redactor_fingerprint(redactor, arena, STR("hunter2")),
                          STR("redacted:9086bcab2bffaf7d")));
    assert_false(str_equal(redactor_fingerprint(other, arena, STR("hunter2")),
                           STR("redacted:9086bcab2bffaf7d")));
    out = redact(redactor, arena, BODY,
                 STR("{\"password\":\"hunter2\",\"token\":\"x\\\"y\\u00e9\"}"));
    assert_true(str_equal(out, STR("{\"password\":\"redacted:9086bcab2bffaf7d\",\"token\":"
                                   "\"redacted:35f5ce08629f9aac\"}")));
    out = redact(redactor, arena, URL, STR("/p?password=hunte%722"));
    assert_true(str_equal(out, STR("/p?password=redacted:9086bcab2bffaf7d")));
    assert_true(
        redact_headers(redactor, arena,
                       STR("[[\"Authorization\",\"Basic "
                           "YW5uOmh1bnRlcjI=\"],[\"Cookie\",\"a=sha256:"
                           "f52fbd32b2b3b86ff88ef6c490628285f482af15ddcb29541f94bcf526a3f6c7\"]]"),
                       &out));
    assert_true(str_equal(
        out, STR("[[\"Authorization\",\"Basic "
                 "redacted:9086bcab2bffaf7d\"],[\"Cookie\",\"a=redacted:9086bcab2bffaf7d\"]]")));
    assert_true(str_equal(redactor_fingerprint(NULL, arena, STR("hunter2")), STR("redacted")));
    redactor_free(redactor);
    redactor_free(other);
    arena_free(arena);
}

/* What was pasted, and the secrets that must be among those that are looked for; `count`: so many marks, and no other. */
static const struct {
    struct str pasted, secrets[3];
    size_t count;
    bool trimmed;
} pastes[] = {
    {TEXT("hunter2"), {TEXT("hunter2")}, 1, false},
    {TEXT(" \thunter2\r\n"), {TEXT("hunter2"), TEXT(" \thunter2\r\n")}, 2, true},
    {TEXT("  "), {TEXT("  ")}, 1, true},
    {TEXT("a b"), {TEXT("a b")}, 1, false},
    {TEXT("Bearer hunter2 "),
     {TEXT("hunter2"), TEXT("Bearer hunter2"), TEXT("Bearer hunter2 ")},
     3,
     true},
    {TEXT("tOKEN  hunter2"), {TEXT("hunter2"), TEXT("tOKEN  hunter2")}, 2, false},
    {TEXT("Basic YW5uOmh1bnRlcjI="), {TEXT("hunter2"), TEXT("Basic YW5uOmh1bnRlcjI=")}, 2, false},
    {TEXT("Authorization: Bearer hunter2"), {TEXT("hunter2"), TEXT("Bearer hunter2")}, 3, false},
    {TEXT("authorization:Basic YW5uOmh1bnRlcjI="), {TEXT("hunter2")}, 3, false},
    {TEXT("X-Api-Key: hunter2"), {TEXT("hunter2"), TEXT("X-Api-Key: hunter2")}, 2, false},
    {TEXT("X-Note: Token hunter2"), {TEXT("hunter2"), TEXT("Token hunter2")}, 3, false},
    {TEXT("Cookie: a=hunter2; b=\"other\""), {TEXT("hunter2"), TEXT("other")}, 4, false},
    {TEXT("sid=hunter2"), {TEXT("hunter2"), TEXT("sid=hunter2")}, 2, false},
    {TEXT("sid=\"hunter2\""), {TEXT("hunter2")}, 3, false},
    {TEXT("aHVudGVyMg=="), {TEXT("aHVudGVyMg==")}, 1, false},
    {TEXT("p:q\nr"), {TEXT("p:q\nr"), TEXT("q\nr")}, 2, false},
};

static bool has_guess(const struct redact_guesses *guesses, struct str mark)
{
    for (size_t i = 0; i < guesses->count; i++)
        if (str_equal(guesses->items[i].mark, mark))
            return true;
    return false;
}

static void test_guesses(void **state)
{
    static const unsigned char key[DIGEST_BYTES] = {1};
    struct redactor *redactor = redactor_new(key, 1, NULL, 0);
    struct arena *arena = arena_new();
    struct redact_guesses guesses;

    (void)state;
    for (size_t i = 0; i < COUNT(pastes); i++) {
        struct str pasted = exact_copy(pastes[i].pasted);

        redact_guess(redactor, arena, pasted, &guesses);
        free_copy(pasted);
        EXPECT(pastes[i].pasted.ptr, guesses.count == pastes[i].count);
        EXPECT(pastes[i].pasted.ptr, guesses.trimmed == pastes[i].trimmed && !guesses.more);
        for (size_t j = 0; j < COUNT(pastes[i].secrets) && pastes[i].secrets[j].len; j++)
            EXPECT(
                pastes[i].pasted.ptr,
                has_guess(&guesses, redactor_fingerprint(redactor, arena, pastes[i].secrets[j])));
    }
    redact_guess(redactor, arena, STR("Cookie: a=1; b=2; c=3; d=4; e=5; f=6; g=7"), &guesses);
    assert_int_equal(REDACT_GUESSES_MAX, guesses.count);
    assert_true(guesses.more);
    redact_guess(redactor, arena, STR("redacted:0123456789abcdef"), &guesses);
    assert_true(has_guess(&guesses, STR("redacted:0123456789abcdef")));
    redactor_free(redactor);
    arena_free(arena);
}

/* However its lines were broken, a private key has one mark. */
static void test_private_keys(void **state)
{
    static const unsigned char key[DIGEST_BYTES] = {1};
    struct redactor *redactor = redactor_new(key, 1, NULL, 0);
    struct arena *arena = arena_new();
    struct str mark =
        redactor_fingerprint(redactor, arena, STR(PEM_BEGIN "\nMIIE\nabc=\n" PEM_END));
    static const struct str texts[] = {
        TEXT("{\"a\":\"" PEM_BEGIN "\\nMIIE\\nabc=\\n" PEM_END "\\n\"}"),
        TEXT("{\"private_key\":\"" PEM_BEGIN "\\r\\nMIIE\\r\\nabc=\\r\\n" PEM_END "\\r\\n\"}"),
        TEXT("x " PEM_BEGIN "\nMIIEabc=\n" PEM_END),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct str out = redact(redactor, arena, BODY, texts[i]);

        EXPECT(texts[i].ptr, memmem(out.ptr, out.len, mark.ptr, mark.len));
    }
    redactor_free(redactor);
    arena_free(arena);
}

static void test_rules(void **state)
{
    static const struct redaction_rule names[] = {{REDACTION_ADD, TEXT("X-Corp thing")},
                                                  {REDACTION_KEEP, TEXT("api-key")}};
    static const struct redaction_rule no_patterns[] = {{REDACTION_PATTERNS_OFF, {NULL, 0}}};
    static const struct redaction_rule off[] = {{REDACTION_OFF, {NULL, 0}}};
    static const struct str text = TEXT("{\"xCorpThing\":\"a\",\"apiKey\":\"b\",\"password\":\"c\","
                                        "\"d\":\"ghp_0123456789abcdefghijABCDEFGHIJ012345\"}");
    static const struct {
        const char *label;
        const struct redaction_rule *rules;
        size_t count;
        struct str out;
    } cases[] = {
        {"names", names, COUNT(names),
         TEXT("{\"xCorpThing\":\"redacted\",\"apiKey\":\"b\",\"password\":\"redacted\",\"d\":"
              "\"redacted\"}")},
        {"no patterns", no_patterns, 1,
         TEXT("{\"xCorpThing\":\"a\",\"apiKey\":\"redacted\",\"password\":\"redacted\",\"d\":\"ghp_"
              "0123456789abcdefghijABCDEFGHIJ012345\"}")},
        {"off", off, 1, {NULL, 0}},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct redactor *redactor = redactor_new(NULL, 1, cases[i].rules, cases[i].count);
        struct str out = redact(redactor, arena, BODY, text), headers;

        EXPECT(cases[i].label, str_equal(out, cases[i].out.ptr ? cases[i].out : text));
        EXPECT(cases[i].label,
               redact_headers(redactor, arena, STR("Cookie: a=b\nX-Api-Key: c"), &headers));
        EXPECT(cases[i].label, str_starts(headers, STR("Cookie: a=redacted\n")));
        EXPECT(cases[i].label, redactor_is_secret_name(redactor, STR("x_corp_thing")) == (i == 0));
        redactor_free(redactor);
    }
    arena_free(arena);
}

/* What is a secret among the parameters of the path is one in the path. */
static void test_path(void **state)
{
    struct event event = {.params = STR("{\"token\":\"ab cd\",\"id\":\"5\"}"),
                          .url = STR("/r/ab%20cd/5?x=1"),
                          .entity_id = STR("ab cd")};
    struct arena *arena = arena_new();

    (void)state;
    assert_true(redactor_event(NULL, arena, &event));
    assert_true(str_equal(event.url, STR("/r/redacted/5?x=1")));
    assert_true(str_equal(event.entity_id, STR("redacted")));
    event = (struct event){.url = STR("/api/v1/namespaces/n/secrets/s?x"),
                           .body = STR("{\"data\":{\"a\":\"b\"},\"metadata\":{\"c\":\"d\"}}")};
    assert_true(redactor_event(NULL, arena, &event));
    assert_true(
        str_equal(event.body, STR("{\"data\":{\"a\":\"redacted\"},\"metadata\":{\"c\":\"d\"}}")));
    arena_free(arena);
}

static void test_find_mark(void **state)
{
    static const struct {
        const char *label;
        struct str text;
        size_t at, len; /* len 0: none */
    } cases[] = {
        {"with digits", TEXT("a=redacted:0123456789abcdef0"), 2, 25},
        {"alone", TEXT("redacted"), 0, 8},
        {"in quotes", TEXT("{\"a\":\"redacted\"}"), 6, 8},
        {"a word", TEXT("the redacted: text"), 0, 0},
        {"part of a word", TEXT("unredacted redacted_x"), 0, 0},
        {"too few digits", TEXT("redacted:0123"), 0, 0},
        {"nothing", TEXT(""), 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t at = 0, len = 0;
        bool found = redact_find_mark(cases[i].text, &at, &len);

        EXPECT(cases[i].label, found == (cases[i].len > 0));
        EXPECT(cases[i].label, !found || (at == cases[i].at && len == cases[i].len));
    }
}

static void test_cut(void **state)
{
    static const struct str text = TEXT("ab redacted:0123456789abcdef cd\xc3\xa9");

    (void)state;
    for (size_t max = 0; max <= text.len; max++) {
        size_t expected = max > 3 && max < 28 ? 3 : max == text.len - 1 ? max - 1 : max;

        assert_int_equal(redact_cut(text, max).len, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fingerprints), cmocka_unit_test(test_guesses),
        cmocka_unit_test(test_private_keys), cmocka_unit_test(test_rules),
        cmocka_unit_test(test_path),         cmocka_unit_test(test_find_mark),
        cmocka_unit_test(test_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
