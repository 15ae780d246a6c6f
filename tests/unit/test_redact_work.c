/* SPDX-License-Identifier: MIT */
/*
 * Redaction is one pass over the text, however hostile: twice as much text is about twice as much work.  That is counted, not timed:
 * GNUmakefile links objects that call __sanitizer_cov_trace_pc() at each branch.
 */
#define _GNU_SOURCE
#include "redact_event.h"

#include <string.h>

enum { FEW_BYTES = 24 * 1024, DOUBLE_MAX = 3 /* a square would be 4 */ };

static size_t steps;

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    steps++;
}

void *__real_memchr(const void *text, int c, size_t len);
void *__wrap_memchr(const void *text, int c, size_t len);
void *__wrap_memchr(const void *text, int c, size_t len)
{
    const char *found = __real_memchr(text, c, len);

    steps += found ? (size_t)(found - (const char *)text) : len;
    return (void *)(uintptr_t)found;
}

void *__real_memmem(const void *text, size_t len, const void *part, size_t part_len);
void *__wrap_memmem(const void *text, size_t len, const void *part, size_t part_len);
void *__wrap_memmem(const void *text, size_t len, const void *part, size_t part_len)
{
    const char *found = __real_memmem(text, len, part, part_len);

    steps += found ? (size_t)(found - (const char *)text) : len;
    return (void *)(uintptr_t)found;
}

/* Texts that begin and end so, and repeat the middle. */
struct shape {
    const char *begin, *unit, *end;
};

static size_t put(char *text, size_t at, const char *piece)
{
    size_t len = strlen(piece);

    memcpy(text + at, piece, len);
    return at + len;
}

/* About `bytes` of the shape. */
static struct str text_of(const struct shape *shape, char *text, size_t bytes)
{
    size_t at = put(text, 0, shape->begin);

    while (at + strlen(shape->unit) + strlen(shape->end) <= bytes)
        at = put(text, at, shape->unit);
    return (struct str){text, put(text, at, shape->end)};
}

/* The steps of redacting a text in that place; PLACE_COUNT is that of headers. */
static size_t work(enum place place, struct str text)
{
    struct arena *arena = arena_new();
    struct str result;

    steps = 0;
    if (place == PLACE_COUNT)
        redact_headers(NULL, arena, text, &result);
    else
        redact(NULL, arena, place, text);
    arena_free(arena);
    return steps;
}

static void check_shape(const struct shape *shape, enum place place)
{
    static char text[FEW_BYTES * 2];
    size_t few = work(place, text_of(shape, text, FEW_BYTES));
    size_t many = work(place, text_of(shape, text, sizeof(text)));

    if (few == 0 || many > few * DOUBLE_MAX)
        fail_msg("place %d, %s%s…%s: %zu steps, twice as much: %zu", (int)place, shape->begin,
                 shape->unit, shape->end, few, many);
}

static void test_units(void **state)
{
    static const char *const units[] = {
        "\"",
        "\\",
        "{",
        "[",
        "{\"a\":",
        "password",
        "password=",
        "password: ",
        "password=\"",
        "password: |\n",
        "eyJ",
        "-eyJ",
        ".eyJ",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "://",
        "a:b@tcp(",
        "Basic ",
        "basic/",
        "bearer-",
        "/AKIAABCDEFGHABCDEFGH",
        "<password ",
        "a=1;",
        "%70",
        "\\u0070",
        "{\"name\":\"token\",\"value\":{",
        "{\"kind\":\"SecretList\",\"items\":[",
        "key ",
        "--password",
        "\xff",
        "{\"password\":",
        "\"{\\\"",
        "name: password\n",
        "<name>password</name>",
        "name=\"password\">",
        "\nkind: Secret",
        "\n---",
        "identified by '",
        "grant identified by x ",
        "identified ",
        "password for \n",
        "password=f(\\",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(units); i++)
        for (enum place place = BODY; place < PLACE_COUNT; place++)
            check_shape(&(struct shape){"", units[i], ""}, place);
}

static void test_shapes(void **state)
{
    static const struct {
        enum place place;
        struct shape shape;
    } rows[] = {
        {BODY, {"", "\"a\"", ",\"password\""}},
        {BODY, {"", "{\"a\":1}\n", "password"}},
        {BODY, {"{\"a\":\"", "\\\"a\\\"", "password\"}"}},
        {HEAD, {"", "\"a\" ", "\"password\""}},
        {EXTRA, {"", "\"a\"", "\"password\""}},
        {QUERY, {"{\"a\":1}", "\"a\"", "password"}},
        {QUERY, {"a=", "%22a%22", "password"}},
        {PARAMS, {"{\"a\":1}", "\"a\"", "password"}},
        {PLACE_COUNT, {"{\"a\":\"", "\\\"a\\\"", "password\"}"}},
        {PLACE_COUNT, {"a: ", "\"a\"", "password"}},
        {PLACE_COUNT, {"", "a: password=b\r\n", ""}},
        {PLACE_COUNT, {"[{\"name\":\"a\",\"value\":\"password\"", ",\"v\":\"b\"", "}]"}},
        {PLACE_COUNT, {"{\"cookie\":[\"a=b\"", ",[1]", "]}"}},
        {BODY, {"[", "\"a\",", "\"password\"]"}},
        {BODY, {"[", "{\"type\":\"secret\",\"value\":\"x\"},", "1]"}},
        {BODY, {"{\"kind\":\"SecretList\",\"items\":[", "{\"data\":\"x\"},", "1]}"}},
        {BODY, {"basic ", "basic/", ""}},
        {BODY, {"bearer redacted", "/bearer", ""}},
        {BODY, {"a=1", ";a", ""}},
        {BODY, {"a=1", "&a=%70in", ""}},
        {BODY, {"password=", "a;", ""}},
        {BODY, {"\npassword=", "a ", ""}},
        {BODY, {"cookie: ", "a;", ""}},
        {BODY, {"", "pin='\npin=\"\npin=`\n", ""}},
        {BODY, {"", "\"pin\"    ", ""}},
        {BODY, {"", "password: |\n\n\n  a\n", ""}},
        {BODY, {"", "name: password, a: ", "value: x"}},
        {BODY, {"kind: Secret\ndata:", "\n a: |\n  b", ""}},
        {BODY, {"kind: Secret\ndata:", "\n a: \"", ""}},
        {BODY, {"kind: Secret", "\ndata:\n a", ""}},
        {BODY, {"kind: Secret", "\n data:\ndata:", ""}},
        {BODY, {"", "- data:\n", "kind: Secret"}},
        {BODY, {"", "a:\n data:\n  data:\n", "kind: Secret"}},
        {BODY, {"", "<a name=\"password\">", ""}},
        {BODY, {"", "<name>password</name><!--", ""}},
        {BODY, {"Secret", "\n{\"password\":", ""}},
        {BODY, {"", "password='a''", ""}},
        {BODY, {"--a\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n", "--a\r\n\r\npin", ""}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_shape(&rows[i].shape, rows[i].place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_shapes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
