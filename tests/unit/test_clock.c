/* SPDX-License-Identifier: MIT */
/* Times against known values: the calendar, RFC 3339, and the days on which clocks change. */
#include "base/clock.h"

#include <time.h>

#include "check.h"

static const struct {
    int64_t ms;
    const char *text;
} known[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {1, "1970-01-01T00:00:00.001Z"},
    {951782399999, "2000-02-28T23:59:59.999Z"},
    {951782400000, "2000-02-29T00:00:00.000Z"},
    {1709208000000, "2024-02-29T12:00:00.000Z"},
    {1767225599999, "2025-12-31T23:59:59.999Z"},
    {1769860800123, "2026-01-31T12:00:00.123Z"},
    {2147483648000, "2038-01-19T03:14:08.000Z"},
    {4107542400000, "2100-03-01T00:00:00.000Z"},
    {CLOCK_MAX_MS, "2109-05-15T07:35:11.103Z"},
};

static void test_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        char text[CLOCK_TEXT_BYTES];
        int64_t ms = -1;

        clock_format(known[i].ms, text);
        assert_string_equal(text, known[i].text);
        EXPECT(known[i].text, clock_parse_rfc3339(str_from(known[i].text), &ms));
        EXPECT(known[i].text, ms == known[i].ms);
    }
}

static void test_round_trip(void **state)
{
    const int64_t step = INT64_C(98765432109); /* about three years */

    (void)state;
    for (int64_t ms = 0; ms <= CLOCK_MAX_MS; ms += step) {
        char text[CLOCK_TEXT_BYTES];
        int64_t again = -1;

        clock_format(ms, text);
        EXPECT(text, clock_parse_rfc3339(str_from(text), &again) && again == ms);
        clock_format_local(ms, "Asia/Kathmandu", text);
        EXPECT(text, clock_parse_rfc3339(str_from(text), &again) && again == ms);
        clock_format_local(ms, "America/New_York", text);
        EXPECT(text, clock_parse_rfc3339(str_from(text), &again) && again == ms);
    }
}

static void test_now(void **state)
{
    int64_t before = (int64_t)time(NULL) * 1000;
    int64_t now = clock_now_ms();

    (void)state;
    assert_true(now >= before - 1000); /* time() may lag by a tick */
    assert_true(now <= ((int64_t)time(NULL) + 1) * 1000);
}

static void test_rfc3339(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"2026-01-31T12:00:00Z", 1769860800000},
        {"2026-01-31t12:00:00z", 1769860800000},
        {"2026-01-31 12:00:00Z", 1769860800000},
        {"2026-01-31T12:00:00.1Z", 1769860800100},
        {"2026-01-31T12:00:00.1239999999999999999999Z", 1769860800123},
        {"2026-01-31T12:00:00.0009Z", 1769860800000},
        {"2026-01-31T13:00:00.123+01:00", 1769860800123},
        {"2026-01-31T17:45:00+05:45", 1769860800000},
        {"2026-01-31T02:30:00-09:30", 1769860800000},
        {"2026-02-01T11:59:00+23:59", 1769860800000},
        {"2026-01-31T12:00:00-00:00", 1769860800000},
        {"2026-01-01T00:30:00+01:00", 1767223800000},
        {"2016-12-31T23:59:60Z", 1483228800000},
        {"1969-12-31T23:30:00-00:30", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));
        int64_t ms = -1;

        EXPECT(cases[i].text, clock_parse_rfc3339(text, &ms));
        EXPECT(cases[i].text, ms == cases[i].ms);
        free_copy(text);
    }
}

static void test_rfc3339_refused(void **state)
{
    static const struct str cases[] = {
        TEXT(""),
        TEXT("2026-01-31"),
        TEXT("2026-01-31Z"),
        TEXT("2026-01-31T12:00:00"),
        TEXT("2026-01-31T12:00Z"),
        TEXT("2026-01-31T12:00+01:00"),
        TEXT("2026-01-31T12Z"),
        TEXT("2026-01-31T12:00:00 Z"),
        TEXT("2026-01-31  12:00:00Z"),
        TEXT("2026-01-31T12:00:00.Z"),
        TEXT("2026-01-31T12:00:00,5Z"),
        TEXT("2026-01-31T12:00:00Zx"),
        TEXT("2026-01-31T12:00:00Z\0"),
        TEXT("2026-01-31\0T12:00:00Z"),
        TEXT(" 2026-01-31T12:00:00Z"),
        TEXT("2026-01-31T12:00:00+0100"),
        TEXT("2026-01-31T12:00:00+01"),
        TEXT("2026-01-31T12:00:00+1:00"),
        TEXT("2026-01-31T12:00:00+24:00"),
        TEXT("2026-01-31T12:00:00+01:60"),
        TEXT("2026-01-31T24:00:00Z"),
        TEXT("2026-01-31T12:60:00Z"),
        TEXT("2026-01-31T12:00:61Z"),
        TEXT("2026-1-31T12:00:00Z"),
        TEXT("26-01-31T12:00:00Z"),
        TEXT("+026-01-31T12:00:00Z"),
        TEXT("2026-00-10T12:00:00Z"),
        TEXT("2026-13-10T12:00:00Z"),
        TEXT("2026-01-00T12:00:00Z"),
        TEXT("2026-01-32T12:00:00Z"),
        TEXT("2026-04-31T12:00:00Z"),
        TEXT("2026-02-29T12:00:00Z"),
        TEXT("2100-02-29T12:00:00Z"),
        TEXT("2024-02-30T12:00:00Z"),
        TEXT("1769860800123"),
        TEXT("1969-12-31T23:59:59.999Z"),
        TEXT("1970-01-01T00:00:00+00:01"),
        TEXT("2109-05-15T07:35:11.104Z"),
        TEXT("9999-12-31T23:59:59Z"),
        TEXT("0000-01-01T00:00:00Z"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(cases[i]);
        int64_t ms;

        EXPECT(cases[i].ptr, !clock_parse_rfc3339(text, &ms));
        free_copy(text);
    }
}

static void test_fields(void **state)
{
    static const struct {
        const char *text;
        struct clock_fields fields;
        bool has_time;
        const char *rest;
    } cases[] = {
        {"2026-01-31", {.year = 2026, .month = 1, .day = 31}, false, ""},
        {"2024-02-29Z", {.year = 2024, .month = 2, .day = 29}, false, "Z"},
        {"2026-01-31T09:05", {2026, 1, 31, 9, 5, 0, 0}, true, ""},
        {"2026-01-31 23:59:58Z", {2026, 1, 31, 23, 59, 58, 0}, true, "Z"},
        {"2026-01-31T00:00:00.04567+01:00", {2026, 1, 31, 0, 0, 0, 45}, true, "+01:00"},
        {"1969-07-20T20:17", {1969, 7, 20, 20, 17, 0, 0}, true, ""},
        {"2026-01-311", {.year = 2026, .month = 1, .day = 31}, false, "1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));
        struct clock_fields got;
        bool has_time;
        struct str rest;

        EXPECT(cases[i].text, clock_parse_fields(text, &got, &has_time, &rest));
        EXPECT(cases[i].text, memcmp(&got, &cases[i].fields, sizeof(got)) == 0);
        EXPECT(cases[i].text, has_time == cases[i].has_time);
        EXPECT(cases[i].text, str_equal(rest, str_from(cases[i].rest)));
        free_copy(text);
    }
}

static void test_fields_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "2026",
        "2026-01",
        "2026-01-3",
        "2026/01/31",
        "2026-02-29",
        "2026-01-31T",
        "2026-01-31 ",
        "2026-01-31T1",
        "2026-01-31T12",
        "yesterday",
        "2026-01--1",
        "2026-01-31T12:0x",
        "2026-01-31T12:00:",
        "2026-01-31T12:00:00.",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i]));
        struct clock_fields fields;
        bool has_time;
        struct str rest;

        EXPECT(cases[i], !clock_parse_fields(text, &fields, &has_time, &rest));
        free_copy(text);
    }
}

static struct clock_fields fields_of(const char *text)
{
    struct clock_fields fields;
    bool has_time;
    struct str rest;

    EXPECT(text, clock_parse_fields(str_from(text), &fields, &has_time, &rest));
    return fields;
}

static void test_from_utc(void **state)
{
    struct clock_fields moon = fields_of("1969-07-20T20:17:40.500");
    struct clock_fields day = fields_of("2026-01-31");

    (void)state;
    assert_int_equal(clock_from_utc(&moon), -14182939500);
    assert_int_equal(clock_from_utc(&day), 1769817600000);
}

/* In both seasons: a zone that was used must not stay. */
static bool process_is_in_utc(void)
{
    const time_t january = 1769860800, july = 1785499200;
    struct tm in_january, in_july;

    localtime_r(&january, &in_january);
    localtime_r(&july, &in_july);
    return in_january.tm_hour == 12 && in_july.tm_hour == 12;
}

/* What a person's local time means, and how the moment is shown to them again. */
static void test_local(void **state)
{
    static const struct {
        const char *zone, *wanted, *utc, *shown;
    } cases[] = {
        {"UTC", "2026-10-25T02:30", "2026-10-25T02:30", "2026-10-25T02:30:00.000Z"},
        {"Asia/Tokyo", "2026-07-01T00:00:00.007", "2026-06-30T15:00:00.007",
         "2026-07-01T00:00:00.007+09:00"},
        {"Asia/Kathmandu", "2026-07-01T12:00", "2026-07-01T06:15", "2026-07-01T12:00:00.000+05:45"},
        {"America/St_Johns", "2026-01-01T12:00", "2026-01-01T15:30",
         "2026-01-01T12:00:00.000-03:30"},
        {"Europe/Berlin", "2026-01-31T13:00", "2026-01-31T12:00", "2026-01-31T13:00:00.000+01:00"},
        {"Europe/Berlin", "2026-07-31T14:00", "2026-07-31T12:00", "2026-07-31T14:00:00.000+02:00"},
        /* clocks go back: 02:30 occurs twice, the earlier counts; the hours around it once */
        {"Europe/Berlin", "2026-10-25T01:59", "2026-10-24T23:59", "2026-10-25T01:59:00.000+02:00"},
        {"Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30", "2026-10-25T02:30:00.000+02:00"},
        {"Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00", "2026-10-25T03:00:00.000+01:00"},
        {"America/New_York", "2026-11-01T01:30", "2026-11-01T05:30",
         "2026-11-01T01:30:00.000-04:00"},
        {"Europe/Moscow", "2014-10-26T01:30", "2014-10-25T21:30", "2014-10-26T01:30:00.000+04:00"},
        {"Europe/Dublin", "2026-10-25T01:30", "2026-10-25T00:30", "2026-10-25T01:30:00.000+01:00"},
        /* clocks go forward: 02:30 does not exist and is moved by the gap */
        {"Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59", "2026-03-29T01:59:00.000+01:00"},
        {"Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30", "2026-03-29T03:30:00.000+02:00"},
        {"Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00", "2026-03-29T03:00:00.000+02:00"},
        {"America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00",
         "2018-11-04T01:00:00.000-02:00"},
        {"Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45",
         "2026-10-04T02:45:00.000+11:00"},
        {"Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00", "2011-12-31T12:00:00.000+14:00"},
        /* where "summer time" is the smaller offset */
        {"Europe/Dublin", "2026-03-29T01:30", "2026-03-29T01:30", "2026-03-29T02:30:00.000+01:00"},
        {"Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:30",
         "2026-03-22T03:30:00.000+01:00"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct clock_fields wanted = fields_of(cases[i].wanted);
        struct clock_fields utc = fields_of(cases[i].utc);
        char shown[CLOCK_TEXT_BYTES];
        int64_t ms = clock_from_local(&wanted, cases[i].zone);

        EXPECT(cases[i].wanted, ms == clock_from_utc(&utc));
        EXPECT(cases[i].wanted, process_is_in_utc());
        clock_format_local(ms, cases[i].zone, shown);
        assert_string_equal(shown, cases[i].shown);
        EXPECT(cases[i].wanted, process_is_in_utc());
    }
}

static void test_zone_exists(void **state)
{
    static const struct {
        struct str zone;
        bool exists;
    } cases[] = {
        {TEXT("UTC"), true},
        {TEXT("Europe/Berlin"), true},
        {TEXT("America/Argentina/Buenos_Aires"), true},
        {TEXT("America/Port-au-Prince"), true},
        {TEXT("Etc/GMT+5"), true},
        {TEXT(""), false},
        {TEXT("Europe"), false},
        {TEXT("Europe/"), false},
        {TEXT("Europe/Berlin/"), false},
        {TEXT("Europe/berlin"), false},
        {TEXT("Europe/Atlantis"), false},
        {TEXT("Europe/Berlin\0"), false},
        {TEXT("Europe/../Europe/Berlin"), false},
        {TEXT("/usr/share/zoneinfo/Europe/Berlin"), false},
        {TEXT("../../../etc/passwd"), false},
        {TEXT("CET-1CEST,M3.5.0,M10.5.0/3"), false},
        {TEXT(":Europe/Berlin"), false},
        {TEXT(" Europe/Berlin"), false},
        {TEXT("right/Europe/Berlin"), false}, /* leap seconds are counted there */
        {TEXT("Europe////////////////////////////////////////////////////Berlinx"), false},
        {TEXT("Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str zone = exact_copy(cases[i].zone);

        EXPECT(cases[i].zone.ptr, clock_zone_exists(zone) == cases[i].exists);
        free_copy(zone);
    }
}

static void test_span(void **state)
{
    static const struct {
        int64_t ms;
        const char *span;
    } cases[] = {
        {-5, "0 ms"},
        {0, "0 ms"},
        {999, "999 ms"},
        {1000, "1 second"},
        {1001, "1.0 seconds"},
        {1999, "1.9 seconds"},
        {2000, "2 seconds"},
        {59999, "59 seconds"},
        {60000, "1 minute"},
        {60001, "60 seconds"},
        {119999, "119 seconds"},
        {120000, "2 minutes"},
        {3600000, "1 hour"},
        {5400000, "90 minutes"},
        {7200000, "2 hours"},
        {86400000, "1 day"},
        {86400001, "24 hours"},
        {172800000, "2 days"},
        {CLOCK_MAX_MS, "50903 days"},
    };
    char span[CLOCK_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        clock_span(cases[i].ms, span);
        EXPECT(cases[i].span, strcmp(span, cases[i].span) == 0);
    }
}

/* What is shown of a time, and where the local time occurs twice. */
static void test_show(void **state)
{
    static const struct {
        const char *utc, *zone;
        enum clock_unit unit;
        const char *shown;
    } cases[] = {
        {"2026-01-31T12:00:59.123Z", "UTC", CLOCK_MINUTE, "2026-01-31 12:00"},
        {"2026-01-31T12:00:59.123Z", "UTC", CLOCK_MS, "2026-01-31 12:00:59.123"},
        {"2026-10-24T23:59:59.999Z", "Europe/Berlin", CLOCK_MS, "2026-10-25 01:59:59.999"},
        {"2026-10-25T00:00:00Z", "Europe/Berlin", CLOCK_MS, "2026-10-25 02:00:00.000 +02:00"},
        {"2026-10-25T00:15:00Z", "Europe/Berlin", CLOCK_MINUTE, "2026-10-25 02:15 +02:00"},
        {"2026-10-25T00:59:59.999Z", "Europe/Berlin", CLOCK_SECOND, "2026-10-25 02:59:59 +02:00"},
        {"2026-10-25T01:00:00Z", "Europe/Berlin", CLOCK_SECOND, "2026-10-25 02:00:00 +01:00"},
        {"2026-10-25T01:59:59.999Z", "Europe/Berlin", CLOCK_MINUTE, "2026-10-25 02:59 +01:00"},
        {"2026-10-25T01:59:59.999Z", "Europe/Berlin", CLOCK_DAY, "2026-10-25"},
        {"2026-10-25T02:00:00Z", "Europe/Berlin", CLOCK_MINUTE, "2026-10-25 03:00"},
        {"2026-03-29T01:00:00Z", "Europe/Berlin", CLOCK_MINUTE, "2026-03-29 03:00"},
        {"2026-11-01T05:30:00Z", "America/New_York", CLOCK_MINUTE, "2026-11-01 01:30 -04:00"},
        {"2026-10-25T00:30:00Z", "Europe/Dublin", CLOCK_MINUTE, "2026-10-25 01:30 +01:00"},
        {"2026-04-04T15:15:00Z", "Australia/Lord_Howe", CLOCK_MINUTE, "2026-04-05 01:45 +10:30"},
        {"1970-01-01T00:00:00Z", "America/New_York", CLOCK_MINUTE, "1969-12-31 19:00"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char shown[CLOCK_TEXT_BYTES];
        int64_t ms = 0;

        EXPECT(cases[i].utc, clock_parse_rfc3339(str_from(cases[i].utc), &ms));
        clock_show(ms, cases[i].zone, cases[i].unit, shown);
        EXPECT(cases[i].shown, strcmp(shown, cases[i].shown) == 0);
        assert_true(process_is_in_utc());
    }
}

/* Held zones and others by turns. */
static void test_hold(void **state)
{
    static const struct clock_fields noon = {.year = 2026, .month = 1, .day = 31, .hour = 12};

    (void)state;
    clock_hold_zone("Asia/Tokyo");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(clock_from_local(&noon, "Asia/Tokyo"), 1769828400000);
        assert_int_equal(clock_from_local(&noon, "Europe/Berlin"), 1769857200000);
        assert_int_equal(clock_from_local(&noon, "UTC"), 1769860800000);
    }
    assert_false(process_is_in_utc());
    clock_let_go();
    assert_true(process_is_in_utc());
    assert_int_equal(clock_from_local(&noon, "Europe/Berlin"), 1769857200000);
    assert_true(process_is_in_utc());
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_now),
        cmocka_unit_test(test_rfc3339),
        cmocka_unit_test(test_rfc3339_refused),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_fields_refused),
        cmocka_unit_test(test_from_utc),
        cmocka_unit_test(test_local),
        cmocka_unit_test(test_show),
        cmocka_unit_test(test_hold),
        cmocka_unit_test(test_zone_exists),
        cmocka_unit_test(test_span),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
