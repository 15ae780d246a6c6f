/* SPDX-License-Identifier: MIT */
/* States, words and attention of capturing, from what the tables may say. */
#include "check.h"

#include "base/health.h"
#include "base/strbuf.h"

#define NOW INT64_C(1769860800000) /* 2026-01-31T12:00:00Z */
enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static struct health_whole whole;

static void test_state_and_words(void **state)
{
    static const struct {
        struct health_source source;
        enum health_state state;
        const char *words;
    } cases[] = {
        {{.seen_ms = NOW}, HEALTH_RUNNING, "running"},
        {{.seen_ms = NOW - 30 * SECOND}, HEALTH_RUNNING, "running"},
        {{.seen_ms = NOW + 5 * SECOND}, HEALTH_RUNNING, "running"}, /* another machine's clock */
        {{.seen_ms = NOW - 30001}, HEALTH_UNSEEN, "not seen for 30 seconds"},
        {{.seen_ms = NOW - 90 * MINUTE}, HEALTH_UNSEEN, "not seen for 90 minutes"},
        {{.seen_ms = NOW - 90 * MINUTE, .stopped_ms = NOW - HOUR},
         HEALTH_STOPPED,
         "stopped in order at 2026-01-31 11:00:00 UTC"},
        /* silence */
        {{.seen_ms = NOW, .silent_after_ms = HOUR, .last_line_ms = NOW - HOUR, .whole = &whole},
         HEALTH_RUNNING,
         "running"},
        {{.seen_ms = NOW, .silent_after_ms = HOUR, .last_line_ms = NOW - HOUR - 1, .whole = &whole},
         HEALTH_SILENT,
         "silent: no call for 60 minutes, although one is expected every 1 hour"},
        {{.seen_ms = NOW, .silent_after_ms = 90 * MINUTE, .last_line_ms = NOW - 3 * HOUR},
         HEALTH_SILENT,
         "silent: no call, although one is expected every 90 minutes"},
        {{.seen_ms = NOW, .silent_after_ms = 0, .last_line_ms = 1}, HEALTH_RUNNING, "running"},
        {{.seen_ms = NOW, .silent_after_ms = MINUTE, .started_ms = NOW - SECOND},
         HEALTH_RUNNING,
         "running"},
        {{.seen_ms = NOW,
          .silent_after_ms = MINUTE,
          .started_ms = NOW - 2 * MINUTE,
          .whole = &whole},
         HEALTH_SILENT,
         "silent: no call for 2 minutes, although one is expected every 1 minute"},
        /* what is not seen cannot know whether it is silent */
        {{.seen_ms = NOW - HOUR, .silent_after_ms = SECOND, .last_line_ms = 1},
         HEALTH_UNSEEN,
         "not seen for 1 hour"},
    };
    struct strbuf words;

    (void)state;
    strbuf_init(&words);
    for (size_t i = 0; i < COUNT(cases); i++) {
        strbuf_reset(&words);
        health_state_words(&words, &cases[i].source, NOW);
        EXPECT(cases[i].words, health_state(&cases[i].source, NOW) == cases[i].state);
        EXPECT(words.ptr, str_equal(strbuf_str(&words), str_from(cases[i].words)));
    }
    strbuf_release(&words);
}

static void test_attention(void **state)
{
    struct health_trouble gap = {.reason = CAPTURE_TROUBLE_VANISHED, .count = 3};
    struct health_trouble cut = {.reason = CAPTURE_TROUBLE_CUT, .count = 2, .next = &gap};
    struct health_whole bad = {.troubles = &cut}, fine = {.lines = 5};
    struct health_source source = {.seen_ms = NOW, .whole = &fine};

    (void)state;
    assert_false(health_needs_attention(&source, NOW));
    assert_true(health_needs_attention(&source, NOW + MINUTE));
    source.silent_after_ms = SECOND;
    source.last_line_ms = NOW - HOUR;
    assert_true(health_needs_attention(&source, NOW));
    source.stopped_ms = NOW;
    assert_false(health_needs_attention(&source, NOW + HOUR));
    source.whole = &bad;
    assert_true(health_needs_attention(&source, NOW));
    cut.acknowledged = 2;
    assert_true(health_needs_attention(&source, NOW));
    gap.acknowledged = 3;
    assert_false(health_needs_attention(&source, NOW));
    gap.count = 4;
    assert_true(health_needs_attention(&source, NOW));
    source.whole = NULL;
    assert_false(health_needs_attention(&source, NOW));
    assert_int_equal(health_count(&bad, CAPTURE_TROUBLE_VANISHED), 4);
    assert_int_equal(health_count(&bad, CAPTURE_TROUBLE_CUT), 2);
    assert_int_equal(health_count(&bad, CAPTURE_TROUBLE_NO_LINE), 0);
}

static void test_reasons_have_words(void **state)
{
    (void)state;
    for (unsigned i = 1; i < CAPTURE_TROUBLE_COUNT; i++)
        for (unsigned k = 0; k < i; k++)
            assert_false(str_equal(capture_trouble_words(i), capture_trouble_words(k)));
    assert_true(str_equal(capture_trouble_words(CAPTURE_TROUBLE_COUNT), capture_trouble_words(0)));
    assert_true(capture_trouble_words(UINT32_MAX).len > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state_and_words),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_reasons_have_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
