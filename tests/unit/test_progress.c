/* SPDX-License-Identifier: MIT */
/* How far work has come, in words of a given width; rates and times left of a clock that the test turns. */
#include "tools/progress_pace.h"
#include "tools/progress_text.h"

#include "check.h"

#define MIB (UINT64_C(1) << 20)

/* ---- Words ------------------------------------------------------------------------------------- */

static const struct {
    struct progress_view view;
    const char *text;
} views[] = {
    {{"verify", "rows", 0, 0, NULL, 0, 0, -1}, "verify: 0 rows"},
    {{"verify", "rows", 999, 0, NULL, 0, 0, -1}, "verify: 999 rows"},
    {{"verify", "rows", 1000, 0, NULL, 0, 0, -1}, "verify: 1,000 rows"},
    {{"verify", "rows", 1234567, 0, NULL, 0, 12345.6, -1}, "verify: 1,234,567 rows, 12,345/s"},
    {{"verify", "rows", 1, 3, NULL, 0, 0, -1}, "verify: 1 of 3 rows, 33 %"},
    {{"verify", "rows", 3, 3, NULL, 0, 0, 0}, "verify: 3 of 3 rows, 100 %"},
    {{"verify", "rows", 99999, 100000, NULL, 0, 0, -1}, "verify: 99,999 of 100,000 rows, 99 %"},
    /* the total was wrong: there is more */
    {{"verify", "rows", 4, 3, NULL, 0, 2.55, -1}, "verify: 4 rows, 2.5/s"},
    {{"verify", "rows", 0, 3, NULL, 0, 0, -1}, "verify: 0 of 3 rows, 0 %"},
    {{"verify", "rows", UINT64_MAX - 1, UINT64_MAX, NULL, 0, 0, -1},
     "verify: 18,446,744,073,709,551,614 of 18,446,744,073,709,551,615 rows, 99 %"},
    {{"texts", "segments", 2, 9, NULL, 0, 0.25, 28000},
     "texts: 2 of 9 segments, 22 %, 0.2/s, 28 seconds left"},
    {{"load a", NULL, 1023, 0, NULL, 0, 0, -1}, "load a: 1023 bytes"},
    {{"load a", NULL, 1024, 0, NULL, 0, 0, -1}, "load a: 1.0 KiB"},
    {{"load a", NULL, 0, 100 * MIB, NULL, 0, 0, -1}, "load a: 0.0 of 100.0 MiB, 0 %"},
    {{"load a", NULL, 50 * MIB, 100 * MIB, "events", 123456, 1.75 * MIB, 30001},
     "load a: 50.0 of 100.0 MiB, 50 %, 123,456 events, 1.8 MiB/s, 31 seconds left"},
    {{"load a", NULL, 50 * MIB, 0, "events", 1, 512, -1},
     "load a: 50.0 MiB, 1 events, 512 bytes/s"},
    {{"load a", NULL, 1, 2, NULL, 0, 0, 1}, "load a: 1 of 2 bytes, 50 %, 1 second left"},
    {{"load a", NULL, 1, 2, NULL, 0, 0, 0}, "load a: 1 of 2 bytes, 50 %"},
    {{"load a", NULL, 1, 2, NULL, 0, 0, 7200000}, "load a: 1 of 2 bytes, 50 %, 2 hours left"},
};

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(views); i++) {
        char text[PROGRESS_TEXT_BYTES];

        assert_int_equal(progress_text(&views[i].view, sizeof(text) - 1, text),
                         strlen(views[i].text));
        assert_string_equal(text, views[i].text);
    }
}

static void test_widths(void **state)
{
    static const struct progress_view view = {"load a", NULL,   50 * MIB,   100 * MIB,
                                              "events", 123456, 1.75 * MIB, 31000};
    static const struct {
        size_t columns;
        const char *text;
    } cases[] = {
        {75, "load a: 50.0 of 100.0 MiB, 50 %, 123,456 events, 1.8 MiB/s, 31 seconds left"},
        {74, "load a: 50.0 of 100.0 MiB, 50 %, 123,456 events, 31 seconds left"},
        {64, "load a: 50.0 of 100.0 MiB, 50 %, 123,456 events, 31 seconds left"},
        {63, "load a: 50.0 of 100.0 MiB, 50 %, 31 seconds left"},
        {48, "load a: 50.0 of 100.0 MiB, 50 %, 31 seconds left"},
        {47, "load a: 50.0 of 100.0 MiB, 50 %"},
        {31, "load a: 50.0 of 100.0 MiB, 50 %"},
        {30, "load a: 50.0 of 100.0 MiB, 50 "},
        {1, "l"},
        {0, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[PROGRESS_TEXT_BYTES];

        assert_int_equal(progress_text(&view, cases[i].columns, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

/* ---- Pace -------------------------------------------------------------------------------------- */

static void test_rate(void **state)
{
    struct progress_pace pace;

    (void)state;
    progress_pace_start(&pace, 5000);
    assert_true(progress_pace_rate(&pace, 5000, 0) == 0);
    assert_true(progress_pace_rate(&pace, 5999, 500) == 0); /* too early to tell */
    assert_true(progress_pace_rate(&pace, 6000, 500) == 500);
    assert_true(progress_pace_rate(&pace, 9000, 500) == 125);
    assert_true(progress_pace_rate(&pace, 9000, 0) == 0);
}

/* What was long ago says nothing about now. */
static void test_a_change_of_pace(void **state)
{
    struct progress_pace pace;
    uint64_t done = 0;
    int64_t now_ms = 0;

    (void)state;
    progress_pace_start(&pace, now_ms);
    for (int i = 0; i < 1000; i++)
        progress_pace_note(&pace, now_ms += 100, done += 1000);
    assert_true(progress_pace_rate(&pace, now_ms, done) == 10000);
    for (int i = 0; i < 200; i++)
        progress_pace_note(&pace, now_ms += 100, done += 1);
    assert_true(progress_pace_rate(&pace, now_ms, done) == 10);
    now_ms += 100000;
    assert_true(progress_pace_rate(&pace, now_ms, done) < 10);
}

static void test_nothing_comes_any_more(void **state)
{
    struct progress_pace pace;
    int64_t now_ms = 0;

    (void)state;
    progress_pace_start(&pace, now_ms);
    for (int i = 0; i < 20; i++)
        progress_pace_note(&pace, now_ms += 2000, 100);
    assert_true(progress_pace_rate(&pace, now_ms, 100) == 0);
    assert_int_equal(progress_pace_left_ms(&pace, now_ms, 100, 200), -1);
}

static void test_time_left(void **state)
{
    static const struct {
        const char *label;
        int64_t now_ms;
        uint64_t done, total;
        int64_t left_ms;
    } cases[] = {
        {"in the first seconds", 2999, 100, 200, -1},
        {"half", 4000, 100, 200, 4000},
        {"a quarter", 4000, 100, 400, 12000},
        {"all", 4000, 100, 100, 0},
        {"more than all", 4000, 101, 100, -1},
        {"no total", 4000, 100, 0, -1},
        {"nothing yet", 4000, 0, 100, -1},
        {"no end in sight", 4000, 1, UINT64_MAX, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct progress_pace pace;

        progress_pace_start(&pace, 0);
        EXPECT(cases[i].label, progress_pace_left_ms(&pace, cases[i].now_ms, cases[i].done,
                                                     cases[i].total) == cases[i].left_ms);
    }
}

/* At most this many lines in such a time, and none sooner than ten seconds after the one before. */
static void test_lines(void **state)
{
    static const struct {
        const char *label;
        int64_t ms;
        int least, most;
    } cases[] = {
        {"a minute", 60 * 1000, 5, 6},
        {"an hour", 3600 * 1000, 40, 50},
        {"a day", 24 * 3600 * 1000, 75, 90},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct progress_pace pace;
        int64_t at_ms = PROGRESS_FIRST_LINE_MS;
        int lines = 0;

        progress_pace_start(&pace, 0);
        for (; at_ms <= cases[i].ms; lines++) {
            int64_t next_ms = progress_pace_next_line_ms(&pace, at_ms);

            EXPECT(cases[i].label, next_ms >= at_ms + 10000);
            at_ms = next_ms;
        }
        EXPECT(cases[i].label, lines >= cases[i].least && lines <= cases[i].most);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),     cmocka_unit_test(test_widths),
        cmocka_unit_test(test_rate),      cmocka_unit_test(test_a_change_of_pace),
        cmocka_unit_test(test_time_left), cmocka_unit_test(test_nothing_comes_any_more),
        cmocka_unit_test(test_lines),
    };

    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
