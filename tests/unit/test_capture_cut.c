/* SPDX-License-Identifier: MIT */
/* What is no whole line of a capture file, and where in it the next one begins. */
#include "check.h"

#include "capture_line.h"
#include "base/strbuf.h"
#include "intake/capture.h"

static void test_no_lines(void **state)
{
    static const struct {
        const char *label;
        struct str line;
        enum capture_result result;
    } rows[] = {
        {"empty", TEXT(""), CAPTURE_NO_LINE},
        {"text", TEXT("GET / 200"), CAPTURE_NO_LINE},
        {"other JSON", TEXT("{\"id\":1}"), CAPTURE_NO_LINE},
        {"space in front", TEXT(" " PLAIN "}"), CAPTURE_NO_LINE},
        {"later form", TEXT(PLAIN ",\"daybook\":2}"), CAPTURE_NO_LINE},
        {"nothing in it", TEXT("{\"daybook\":1}"), CAPTURE_NO_LINE},
        {"no id", TEXT(PLAIN ",\"id\":\"\"}"), CAPTURE_NO_LINE},
        {"no time", TEXT(PLAIN ",\"time\":\"-\"}"), CAPTURE_NO_LINE},
        {"odd time", TEXT(PLAIN ",\"msec\":\"1769860800\"}"), CAPTURE_NO_LINE},
        {"number for a text", TEXT(PLAIN ",\"status\":200}"), CAPTURE_NO_LINE},
        {"character that is no byte", TEXT(PLAIN ",\"uri\":\"\\u0100\"}"), CAPTURE_NO_LINE},
        {"half a surrogate", TEXT(PLAIN ",\"uri\":\"\\ud800\"}"), CAPTURE_NO_LINE},
        {"cut", TEXT(PLAIN), CAPTURE_CUT},
        {"cut in a text", TEXT(PLAIN ",\"uri\":\"/a"), CAPTURE_CUT},
        {"cut at once", TEXT("{\"daybook\":"), CAPTURE_CUT},
        {"cut with another behind it", TEXT(PLAIN ",\"uri\":\"/a" PLAIN "}"), CAPTURE_CUT},
        {"unknown members", TEXT(PLAIN ",\"later\":{\"a\":[1]}}"), CAPTURE_READ},
        {"no line break", TEXT(PLAIN "}"), CAPTURE_READ},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct intake intake = {.arena = arena_new()};
        struct str copy = exact_copy(rows[i].line);
        struct capture_call call;

        EXPECT(rows[i].label, capture_read_line(&intake, copy, &call) == rows[i].result);
        free_copy(copy);
        arena_free(intake.arena);
    }
}

static void test_beginnings(void **state)
{
    static const char plain[] = PLAIN "}", quoted[] = "{\"a\":\"{\\\"daybook\\\":1\"}";
    struct strbuf text;
    struct str line;
    size_t first, second;

    (void)state;
    strbuf_init(&text);
    strbuf_add_cstr(&text, "tail of one\"}");
    first = text.len;
    strbuf_add(&text, str_slice(str_from(plain), 0, 100));
    second = text.len;
    strbuf_add_cstr(&text, plain);
    line = strbuf_str(&text);
    assert_int_equal(first, capture_find_beginning(line, 0));
    assert_int_equal(second, capture_find_beginning(line, first + 1));
    assert_int_equal(line.len, capture_find_beginning(line, second + 1));
    assert_int_equal(line.len, capture_find_beginning(line, line.len));
    strbuf_release(&text);
    assert_int_equal(sizeof(quoted) - 1, capture_find_beginning(str_from(quoted), 0));
    assert_int_equal(0, capture_find_beginning(STR(""), 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_lines),
        cmocka_unit_test(test_beginnings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
