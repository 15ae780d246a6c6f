/* SPDX-License-Identifier: MIT */
/* Paths into records, the map from a record to an event, and times as logs write them. */
#include "intake/record_map.h"

#include "base/clock.h"
#include "check.h"
#include "intake/format_message.h"

/* What is taken from arenas, counted: GNUmakefile leads the calls here. */
static size_t taken;

void *__real_arena_alloc(struct arena *arena, size_t size);
void *__wrap_arena_alloc(struct arena *arena, size_t size);
void *__wrap_arena_alloc(struct arena *arena, size_t size)
{
    taken += size;
    return __real_arena_alloc(arena, size);
}

struct str __real_arena_copy(struct arena *arena, struct str s);
struct str __wrap_arena_copy(struct arena *arena, struct str s);
struct str __wrap_arena_copy(struct arena *arena, struct str s)
{
    taken += s.len + 1;
    return __real_arena_copy(arena, s);
}

static struct json_value value_of(const char *text)
{
    struct json_value value;
    struct json_error error;

    assert_true(json_read(str_from(text), &value, &error));
    return value;
}

static void test_paths(void **state)
{
    static const char record_text_json[] =
        "{\"a\": {\"B\": \"x\", \"c.d\": \"flat\", \"n\": null, \"e\": \"\", \"t\": true, \"i\": "
        "1e3},"
        " \"list\": [\"one\", {\"k\": 2}, \"three\"], \"empty\": [], \"\\u0063\": \"escaped\","
        " \"pairs\": [{\"name\": \"p\", \"value\": \"v\"}, {\"name\": \"q\", \"multiValue\": "
        "[\"w\"]},"
        " {\"name\": \"r\", \"boolValue\": false}, {\"name\": \"s\"}, 7],"
        " \"json\": \"{\\\"in\\\": [\\\"side\\\"]}\", \"twice\": 1, \"TWICE\": 2,"
        " \"nul\": \"a\\u0000b\", \"lone\": \"a\\ud800b\", \"x.y.z\": \"deep\", \"part\": \"no\"}";
    static const struct {
        const char *paths, *wanted;
    } cases[] = {
        {"a.b", "x"},
        {"A.B", "x"},
        {"a.c.d", "flat"},
        {"a.n", ""},
        {"a.e|a.b", "x"},
        {"a.t", "true"},
        {"a.i", "1e3"},
        {"a", ""},
        {"a.b.c", ""},
        {"list.0", "one"},
        {"list.1.k", "2"},
        {"list.last", "three"},
        {"list.3", ""},
        {"empty.last", ""},
        {"empty.0", ""},
        {"list.x", ""},
        {"pairs.p", "v"},
        {"pairs.Q", "w"},
        {"pairs.r", "false"},
        {"pairs.s", ""},
        {"pairs.t", ""},
        {"json.in.0", "side"},
        {"json", "{\"in\": [\"side\"]}"},
        {"twice", "2"},
        {"c", "escaped"},
        {"x.y.z", "deep"},
        {"x.y", ""},
        {"none|\"own\"", "own"},
        {"part.a.b", "x"},
        {"nul", "a\xef\xbf\xbd"
                "b"},
        {"lone", "a\xef\xbf\xbd"},
        {"a.b|list.0", "x"},
        {"list.99999999999999999999", ""},
    };
    struct arena *arena = arena_new();
    struct record record;

    (void)state;
    record_open(&record, arena, value_of(record_text_json));
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < COUNT(cases); i++)
            EXPECT(cases[i].paths,
                   str_equal(record_text(&record, cases[i].paths), str_from(cases[i].wanted)));
        record.members = NULL; /* as of a record with too many members */
    }
    assert_int_equal(record_text(&record, NULL).len, 0);
    arena_free(arena);
}

static void test_many_members(void **state)
{
    struct arena *arena = arena_new();
    struct strbuf text;
    struct record record;

    (void)state;
    strbuf_init(&text);
    strbuf_add_char(&text, '{');
    for (int i = 0; i < 1000; i++)
        strbuf_printf(&text, "\"m%d\": %d, ", i, i);
    strbuf_add_cstr(&text, "\"last\": \"here\"}");
    record_open(&record, arena, value_of(text.ptr));
    assert_null(record.members);
    assert_true(str_equal(record_text(&record, "last"), STR("here")));
    assert_true(str_equal(record_text(&record, "m999"), STR("999")));
    strbuf_release(&text);
    arena_free(arena);
}

static void test_logged_times(void **state)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: none */
    } cases[] = {
        {"2024-01-15T10:30:00Z", 1705314600000},
        {"2024-01-15T10:30:00.123456Z", 1705314600123},
        {"2024-01-15 10:30:00", 1705314600000},
        {"2024-01-15 10:30:00.3", 1705314600300},
        {"2024-01-15 10:30:00.123000000", 1705314600123},
        {"2024-01-15 10:30:00Z", 1705314600000},
        {"2024-01-15 10:30:00 UTC", 1705314600000},
        {"2024-01-15T11:30:00+0100", 1705314600000},
        {"2024-01-15T11:30:00+01:00", 1705314600000},
        {"2024-01-15 05:00:00 -0530", 1705314600000},
        {"1705314600", 1705314600000},
        {"1705314600.5", 1705314600500},
        {"1705314600.123456", 1705314600123},
        {"1705314600123", 1705314600123},
        {"1621305118553.0", 1621305118553},
        {"1705314600123456", 1705314600123},
        {"1705314600123456789", 1705314600123},
        {"0", 0},
        {"15/Jan/2024:10:30:00 +0000", 1705314600000},
        {"15/Jan/2024:12:30:00 +0200", 1705314600000},
        {"29/Feb/2024:00:00:00 +0000", 1709164800000},
        {"29/Feb/2023:00:00:00 +0000", -1},
        {"15/Foo/2024:10:30:00 +0000", -1},
        {"15/anF/2024:10:30:00 +0000", -1},
        {"15/Jan/2024:25:30:00 +0000", -1},
        {"15/Jan/2024:10:30:00 +0000x", -1},
        {"15/Jan/2024:10:30:00 +00000000000", -1},
        {"2024-12-17 00:00:00000000", -1},
        {"2023-09-20T23:00:000.000000Z", -1},
        {"2024-01-15", -1},
        {"2024-13-15T10:30:00Z", -1},
        {"2024-01-15T10:30:00+1", -1},
        {"2024-01-15T10:30:00 CET", -1},
        {"redacted", -1},
        {"", -1},
        {"-1", -1},
        {"1.", -1},
        {".5", -1},
        {"1.5e3", -1},
        {"1 ", -1},
        {"99999999999999999999", -1},
        {"1950-01-01T00:00:00Z", -1},
        {"2200-01-01T00:00:00Z", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = exact_copy(str_from(cases[i].text));
        int64_t ms = -1;
        bool read = clock_parse_logged(text, &ms);

        EXPECT(cases[i].text, read == (cases[i].ms >= 0));
        EXPECT(cases[i].text, ms == cases[i].ms);
        free_copy(text);
    }
}

/* ---- The map ---- */

static const struct record_outcome outcomes[] = {{"deny", 403}, {"ok", 200}, {NULL, 0}};

static void note(struct record_reading *reading)
{
    reading->item->event.entity_id = STR("adjusted");
}

static const struct record_map map = {
    .name = "test",
    .paths =
        {
            [RECORD_KEY] = "id",
            [RECORD_TIME] = "time|second",
            [RECORD_ACTION] = "action",
            [RECORD_STATUS] = "code",
            [RECORD_OUTCOME] = "outcome",
            [RECORD_URL] = "url",
            [RECORD_USER] = "user",
        },
    .outcomes = outcomes,
    .status_unsaid = 204,
    .adjust = note,
};

static bool read_map(struct arena *arena, const char *text, struct event *event,
                     struct intake_complaint *complaint)
{
    const struct intake intake = {
        .arena = arena, .body_max_bytes = 1000, .now_ms = INT64_C(1800000000000)};
    const struct format_record record = {.whole = value_of(text), .part = value_of(text)};
    struct format_item item = {0};
    bool read = record_map_read(&map, &intake, &record, &item, complaint);

    *event = item.event;
    return read;
}

static void test_status(void **state)
{
    static const struct {
        const char *text;
        unsigned status;
    } cases[] = {
        {"{\"action\": \"a\"}", 204},
        {"{\"action\": \"a\", \"code\": 418}", 418},
        {"{\"action\": \"a\", \"code\": \"599\", \"outcome\": \"ok\"}", 599},
        {"{\"action\": \"a\", \"code\": 600, \"outcome\": \"ok\"}", 200},
        {"{\"action\": \"a\", \"code\": 4.5}", 204},
        {"{\"action\": \"a\", \"outcome\": \"ACCESS_DENY\"}", 403},
        {"{\"action\": \"a\", \"outcome\": \"what\"}", 0},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct intake_complaint complaint = {0};
        struct event event;

        EXPECT(cases[i].text, read_map(arena, cases[i].text, &event, &complaint));
        EXPECT(cases[i].text, event.status == cases[i].status);
        EXPECT(cases[i].text, str_equal(event.entity_id, STR("adjusted")));
        EXPECT(cases[i].text, str_equal(event.body, str_from(cases[i].text)));
    }
    arena_free(arena);
}

static void test_times_and_keys(void **state)
{
    struct arena *arena = arena_new();
    struct intake_complaint complaint = {0};
    struct event event, other;

    (void)state;
    assert_true(read_map(arena, "{\"action\": \"a\", \"time\": \"x\", \"second\": 5, \"id\": 1}",
                         &event, &complaint));
    assert_true(event.has_time && event.occurred_ms == 5000 && event.extra.len == 0);
    assert_true(str_starts(event.idempotency_key, STR("test:1:")));
    assert_true(
        read_map(arena, "{\"action\": \"a\", \"time\": \"x\", \"id\": 1}", &other, &complaint));
    assert_false(other.has_time);
    assert_true(str_equal(other.extra, STR("{\"unreadable_time\": \"x\"}")));
    assert_false(str_equal(event.idempotency_key, other.idempotency_key));
    assert_true(read_map(arena, "{\"action\": \"a\"}", &event, &complaint));
    assert_int_equal(event.idempotency_key.len, 0);
    assert_false(read_map(arena, "{\"user\": \"a\"}", &event, &complaint));
    assert_true(str_equal(complaint.field, STR("action")));
    arena_free(arena);
}

/* However many paths go through a record, it takes a few times its own length. */
static void test_memory(void **state)
{
    static const struct {
        const char *format, *begin, *unit, *end;
    } rows[] = {
        {"gsuite", "{\"name\":\"a\"", ",\"\\u0061\":1", "}"},
        {"gsuite", "{\"events\":[{\"name\":\"a\",\"parameters\":{\"b\":1", ",\"\\n\":1", "}}]}"},
        {"gsuite", "{\"events\":[{\"name\":\"a\",\"parameters\":[1", ",{\"name\":\"\\n\"}", "]}]}"},
        {"gsuite", "{\"events\":[{\"name\":\"a\",\"parameters\":\"[1", ",{\\\"name\\\":1}",
         "]\"}]}"},
        {"gsuite",
         "{\"events\":[{\"name\":\"a\",\"parameters\":\"{\\\"message_info\\\":\\\"{"
         "\\\\\\\"a\\\\\\\":1",
         ",\\\\\\\"b\\\\\\\":1", "}\\\"}\"}]}"},
        {"cloudtrail", "{\"eventName\":\"a\",\"userIdentity\":\"{\\\"a\\\":1", ",\\\"b\\\":1",
         "}\"}"},
        {"okta", "{\"eventType\":\"a\"", ",\"\\u0061\":1", "}"},
        {"okta", "{\"eventType\":\"a\",\"b\":[1", ",\"\\u0061\"", "]}"},
        {"nginx-json", "{\"msec\":\"1\",\"status\":\"200\",\"request_body\":\"a=1", "&a=%31",
         "\"}"},
        {"kubernetes", "{\"verb\":\"a\",\"stage\":\"ResponseComplete\"", ",\"\\u0061\":1", "}"},
    };
    enum { BYTES = 64 * 1024, BODY_MAX = 2 * BYTES, TIMES_MAX = 4 };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new();
        const struct intake intake = {
            .arena = arena, .body_max_bytes = BODY_MAX, .now_ms = INT64_C(1800000000000)};
        struct sender_events events = {0};
        struct intake_complaint complaint = {0};
        struct strbuf text;

        strbuf_init(&text);
        strbuf_add_cstr(&text, rows[i].begin);
        while (text.len < BYTES)
            strbuf_add_cstr(&text, rows[i].unit);
        strbuf_add_cstr(&text, rows[i].end);
        taken = 0;
        EXPECT(rows[i].begin, format_message_read(format_find(str_from(rows[i].format)), &intake,
                                                  strbuf_str(&text), &events, &complaint));
        EXPECT(rows[i].begin, taken <= text.len * TIMES_MAX);
        strbuf_release(&text);
        arena_free(arena);
    }
}

/* ---- The table ---- */

static void test_formats(void **state)
{
    struct arena *arena = arena_new();
    struct intake_complaint complaint;
    size_t count = 0;

    (void)state;
    for (const struct format *format; (format = format_at(count)) != NULL; count++)
        EXPECT(format->name, format_find(str_from(format->name)) == format && format->read);
    assert_int_equal(count, 11);
    assert_true(format_of_query(arena, STR(""), &complaint) == format_at(0));
    assert_true(format_of_query(arena, STR("a=b&format=%6Fkta"), &complaint) ==
                format_find(STR("okta")));
    assert_null(format_of_query(arena, STR("format=okta&format=okta"), &complaint));
    assert_null(format_of_query(arena, STR("format=nothing"), &complaint));
    assert_true(str_equal(complaint.field, STR("format")));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),       cmocka_unit_test(test_paths),
        cmocka_unit_test(test_many_members), cmocka_unit_test(test_logged_times),
        cmocka_unit_test(test_status),       cmocka_unit_test(test_times_and_keys),
        cmocka_unit_test(test_formats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
