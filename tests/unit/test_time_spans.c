/* SPDX-License-Identifier: MIT */
/* Spans of time: known ones on the days when clocks change, and what must hold of any. */
#include "base/time_spans.h"

#include "base/clock.h"

#include "check.h"

static int64_t ms_of(const char *text)
{
    int64_t ms = -1;

    EXPECT(text, clock_parse_rfc3339(str_from(text), &ms));
    return ms;
}

/* The bounds that are listed come first, ended by NULL; `count` is that of all spans. */
static const struct {
    const char *label, *zone, *from, *to;
    size_t count;
    bool days;
    const char *bounds[9];
} known[] = {
    {"one moment",
     "UTC",
     "2026-01-31T12:00:00.123Z",
     "2026-01-31T12:00:00.124Z",
     1,
     false,
     {"2026-01-31T12:00:00Z", "2026-01-31T12:00:01Z"}},
    {"a minute",
     "UTC",
     "2026-01-31T12:00:00Z",
     "2026-01-31T12:01:00Z",
     60,
     false,
     {"2026-01-31T12:00:00Z", "2026-01-31T12:00:01Z"}},
    {"a minute and a bit",
     "UTC",
     "2026-01-31T12:00:00Z",
     "2026-01-31T12:01:00.001Z",
     13,
     false,
     {"2026-01-31T12:00:00Z", "2026-01-31T12:00:05Z"}},
    {"an hour",
     "UTC",
     "2026-01-31T12:00:00Z",
     "2026-01-31T13:00:00Z",
     60,
     false,
     {"2026-01-31T12:00:00Z", "2026-01-31T12:01:00Z"}},
    {"a day",
     "UTC",
     "2026-01-31T00:00:00Z",
     "2026-02-01T00:00:00Z",
     48,
     false,
     {"2026-01-31T00:00:00Z", "2026-01-31T00:30:00Z"}},
    {"two days",
     "UTC",
     "2026-01-31T05:07:00Z",
     "2026-02-02T05:07:00Z",
     49,
     false,
     {"2026-01-31T05:00:00Z", "2026-01-31T06:00:00Z"}},
    {"half hours of Kathmandu",
     "Asia/Kathmandu",
     "2026-01-31T00:00:00Z",
     "2026-01-31T20:00:00Z",
     41,
     false,
     {"2026-01-30T23:45:00Z", "2026-01-31T00:15:00Z"}},
    {"a leap day",
     "UTC",
     "2024-02-01T00:00:00Z",
     "2024-03-01T00:00:00Z",
     58,
     false,
     {"2024-02-01T00:00:00Z", "2024-02-01T12:00:00Z"}},
    {"days around a leap day",
     "UTC",
     "2024-02-28T00:00:00Z",
     "2024-04-01T00:00:00Z",
     33,
     true,
     {"2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"}},
    {"weeks",
     "UTC",
     "2026-01-31T12:00:00Z",
     "2026-06-01T00:00:00Z",
     18,
     true,
     {"2026-01-26T00:00:00Z", "2026-02-02T00:00:00Z", "2026-02-09T00:00:00Z"}},
    {"months",
     "UTC",
     "2024-01-15T00:00:00Z",
     "2026-01-01T00:00:00Z",
     24,
     true,
     {"2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z",
      "2024-04-01T00:00:00Z"}},
    {"quarters",
     "UTC",
     "2015-02-01T00:00:00Z",
     "2026-01-01T00:00:00Z",
     44,
     true,
     {"2015-01-01T00:00:00Z", "2015-04-01T00:00:00Z", "2015-07-01T00:00:00Z"}},
    {"years",
     "UTC",
     "1970-01-01T00:00:00Z",
     "2026-01-01T00:00:01Z",
     57,
     true,
     {"1970-01-01T00:00:00Z", "1971-01-01T00:00:00Z"}},
    {"all that there can be",
     "UTC",
     "1970-01-01T00:00:00Z",
     "2109-05-15T07:35:11.103Z",
     28,
     true,
     {"1970-01-01T00:00:00Z", "1975-01-01T00:00:00Z"}},
    {"clocks go on in Berlin: a day of 23 hours",
     "Europe/Berlin",
     "2025-03-29T23:00:00Z",
     "2025-03-30T22:00:00Z",
     46,
     false,
     {"2025-03-29T23:00:00Z", "2025-03-29T23:30:00Z"}},
    {"three hours there: one is short",
     "Europe/Berlin",
     "2025-03-28T23:00:00Z",
     "2025-04-02T22:00:00Z",
     40,
     false,
     {"2025-03-28T23:00:00Z", "2025-03-29T02:00:00Z", "2025-03-29T05:00:00Z",
      "2025-03-29T08:00:00Z", "2025-03-29T11:00:00Z", "2025-03-29T14:00:00Z",
      "2025-03-29T17:00:00Z", "2025-03-29T20:00:00Z", "2025-03-29T23:00:00Z"}},
    {"the short one",
     "Europe/Berlin",
     "2025-03-29T23:00:00Z",
     "2025-04-02T22:00:00Z",
     32,
     false,
     {"2025-03-29T23:00:00Z", "2025-03-30T01:00:00Z", "2025-03-30T04:00:00Z"}},
    {"clocks go back: hours stay hours",
     "Europe/Berlin",
     "2025-10-25T22:00:00Z",
     "2025-10-27T23:00:00Z",
     49,
     false,
     {"2025-10-25T22:00:00Z", "2025-10-25T23:00:00Z", "2025-10-26T00:00:00Z",
      "2025-10-26T01:00:00Z", "2025-10-26T02:00:00Z"}},
    {"three hours there: one is long",
     "Europe/Berlin",
     "2025-10-25T22:00:00Z",
     "2025-10-29T23:00:00Z",
     32,
     false,
     {"2025-10-25T22:00:00Z", "2025-10-26T02:00:00Z", "2025-10-26T05:00:00Z"}},
    {"days of New York",
     "America/New_York",
     "2025-10-01T04:00:00Z",
     "2025-11-05T05:00:00Z",
     35,
     true,
     {"2025-10-01T04:00:00Z", "2025-10-02T04:00:00Z"}},
    {"and when they end summer time",
     "America/New_York",
     "2025-11-01T04:00:00Z",
     "2025-12-10T05:00:00Z",
     39,
     true,
     {"2025-11-01T04:00:00Z", "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z",
      "2025-11-04T05:00:00Z"}},
    {"Lord Howe goes on half an hour",
     "Australia/Lord_Howe",
     "2025-10-04T13:30:00Z",
     "2025-10-06T13:00:00Z",
     47,
     false,
     {"2025-10-04T13:30:00Z", "2025-10-04T14:30:00Z", "2025-10-04T16:00:00Z",
      "2025-10-04T17:00:00Z"}},
    {"Lord Howe goes back half an hour",
     "Australia/Lord_Howe",
     "2025-04-05T13:00:00Z",
     "2025-04-07T13:30:00Z",
     48,
     false,
     {"2025-04-05T13:00:00Z", "2025-04-05T14:00:00Z", "2025-04-05T15:30:00Z",
      "2025-04-05T16:30:00Z"}},
    {"half hours there",
     "Australia/Lord_Howe",
     "2025-10-04T13:30:00Z",
     "2025-10-05T13:00:00Z",
     47,
     false,
     {"2025-10-04T13:30:00Z", "2025-10-04T14:00:00Z", "2025-10-04T14:30:00Z",
      "2025-10-04T15:00:00Z", "2025-10-04T15:30:00Z"}},
    {"Sao Paulo skips a midnight",
     "America/Sao_Paulo",
     "2018-10-25T03:00:00Z",
     "2018-12-01T02:00:00Z",
     37,
     true,
     {"2018-10-25T03:00:00Z", "2018-10-26T03:00:00Z"}},
    {"Samoa skips a day",
     "Pacific/Apia",
     "2011-12-28T10:00:00Z",
     "2012-02-10T10:00:00Z",
     44,
     true,
     {"2011-12-28T10:00:00Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z",
      "2011-12-31T10:00:00Z"}},
    {"the first day, west of Greenwich",
     "America/New_York",
     "1970-01-01T00:30:00Z",
     "1970-02-01T05:00:00Z",
     0,
     true,
     {"1970-01-01T00:00:00Z", "1970-01-01T05:00:00Z"}},
};

static void test_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        struct time_spans spans;

        time_spans_choose(ms_of(known[i].from), ms_of(known[i].to), known[i].zone, &spans);
        if (known[i].count && spans.count != known[i].count)
            fail_msg("%s: %zu spans", known[i].label, spans.count);
        EXPECT(known[i].label, spans.days == known[i].days);
        for (size_t k = 0; spans.minutes && k < spans.count; k++)
            EXPECT(known[i].label, spans.bounds_ms[k] % 60000 == 0);
        EXPECT(known[i].label, spans.minutes || spans.bounds_ms[1] - spans.bounds_ms[0] < 60000);
        for (size_t k = 0; k < COUNT(known[i].bounds) && known[i].bounds[k]; k++)
            if (spans.bounds_ms[k] != ms_of(known[i].bounds[k]))
                fail_msg("%s: bound %zu is %lld", known[i].label, k, (long long)spans.bounds_ms[k]);
    }
}

static const char *const zones[] = {"UTC",
                                    "Europe/Berlin",
                                    "America/New_York",
                                    "Australia/Lord_Howe",
                                    "Asia/Kathmandu",
                                    "America/Sao_Paulo",
                                    "Pacific/Apia",
                                    "Africa/Casablanca",
                                    "Europe/Dublin",
                                    "America/St_Johns"};

static void check_any(const char *zone, int64_t from_ms, int64_t to_ms)
{
    struct time_spans spans;

    time_spans_choose(from_ms, to_ms, zone, &spans);
    EXPECT(zone, spans.count >= 1 && spans.count <= TIME_SPANS_MAX);
    EXPECT(zone, spans.bounds_ms[0] <= from_ms && spans.bounds_ms[1] > from_ms);
    EXPECT(zone, spans.bounds_ms[spans.count] >= to_ms && spans.bounds_ms[spans.count - 1] < to_ms);
    for (size_t i = 0; i < spans.count; i++)
        EXPECT(zone, spans.bounds_ms[i] < spans.bounds_ms[i + 1]);
    clock_hold_zone(zone);
    for (size_t i = 0; i <= spans.count && from_ms > 86400000; i++) {
        char text[CLOCK_TEXT_BYTES];

        clock_format_local(spans.bounds_ms[i], zone, text);
        if (spans.bounds_ms[i] < CLOCK_MAX_MS &&
            strncmp(text + sizeof("2026-01-31T12:00:00") - 1, ".000", 4) != 0)
            fail_msg("%s: %s", zone, text);
    }
    clock_let_go();
}

static void test_any(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        const char *zone = zones[pick(&seed, COUNT(zones))];
        int64_t length = (int64_t)1 << pick(&seed, 42),
                from = (int64_t)(((uint64_t)pick(&seed, 1 << 30) << 12 | pick(&seed, 4096)) %
                                 (uint64_t)(CLOCK_MAX_MS - length));

        check_any(zone, from,
                  from + length - (int64_t)pick(&seed, (size_t)(length < 1000 ? length : 1000)));
    }
}

static void test_around(void **state)
{
    static const struct {
        const char *label, *zone, *from, *to, *first, *end;
    } cases[] = {
        {"five minutes", "UTC", "2026-01-31T12:05:00Z", "2026-01-31T12:10:00Z",
         "2026-01-31T12:00:00Z", "2026-01-31T13:00:00Z"},
        {"an hour", "UTC", "2026-01-31T12:00:00Z", "2026-01-31T13:00:00Z", "2026-01-31T00:00:00Z",
         "2026-02-01T00:00:00Z"},
        {"across midnight", "UTC", "2026-01-30T23:00:00Z", "2026-01-31T01:00:00Z",
         "2026-01-26T00:00:00Z", "2026-02-02T00:00:00Z"},
        {"a day of 25 hours", "Europe/Berlin", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z",
         "2025-10-19T22:00:00Z", "2025-10-26T23:00:00Z"},
        {"a week of two months", "UTC", "2026-01-26T00:00:00Z", "2026-02-02T00:00:00Z",
         "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
        {"a month", "America/New_York", "2025-11-01T04:00:00Z", "2025-12-01T05:00:00Z",
         "2025-01-01T05:00:00Z", "2026-01-01T05:00:00Z"},
        {"the last day of all", "Pacific/Apia", "2109-05-15T06:00:00Z", "2109-05-15T06:10:00Z",
         "2109-05-15T06:00:00Z", "2109-05-15T07:00:00Z"},
        {"up to its end", "Pacific/Apia", "2109-05-15T06:25:01.091Z", "2109-05-15T07:35:11.103Z",
         "2109-05-14T18:35:11.103Z", "2109-05-15T07:35:11.103Z"},
    };
    int64_t around[2];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        EXPECT(cases[i].label,
               time_spans_around(ms_of(cases[i].from), ms_of(cases[i].to), cases[i].zone, around));
        EXPECT(cases[i].label, around[0] == ms_of(cases[i].first));
        EXPECT(cases[i].label, around[1] == ms_of(cases[i].end));
    }
    assert_false(time_spans_around(ms_of("2026-01-01T00:00:00Z"), ms_of("2027-01-01T00:00:00Z"),
                                   "UTC", around));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_any),
        cmocka_unit_test(test_around),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
