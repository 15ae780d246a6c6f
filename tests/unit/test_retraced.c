/* SPDX-License-Identifier: MIT */
/* Retraced's events: the hash against known ones, what is read, and what is refused in which words. */
#include "check.h"

#include "base/clock.h"
#include "intake/retraced_private.h"

#define NOW_MS INT64_C(1769860800123) /* 2026-01-31T12:00:00.123Z */
#define ACTOR "\"actor\":{\"id\":\"u\"}"

struct fixture {
    struct intake intake;
    struct sender_events events;
    struct intake_complaint complaint;
    struct retraced_event event;
    struct retraced_violations violations;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    fixture->intake = (struct intake){
        .arena = arena_new(), .body_max_bytes = 1000, .body_head_max_bytes = 4, .now_ms = NOW_MS};
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    arena_free(fixture->intake.arena);
    free(fixture);
    return 0;
}

static bool read_object(struct fixture *fixture, const char *text)
{
    struct json_value object;
    struct json_error error;

    assert_true(json_read(str_from(text), &object, &error));
    return retraced_read(fixture->intake.arena, object, &fixture->event, &fixture->violations);
}

/* Whether the event may be kept is not asked here. */
static void check_hash(struct fixture *fixture, const char *id, const char *text,
                       const char *canonical, const char *hash)
{
    unsigned char bytes[DIGEST_BYTES];
    struct strbuf hex;
    struct str made;

    read_object(fixture, text);
    fixture->event.id = str_from(id);
    made = retraced_canonical(fixture->intake.arena, &fixture->event);
    EXPECT(canonical, str_equal(made, str_from(canonical)));
    digest_sha256(made, bytes);
    strbuf_init(&hex);
    digest_append_hex(&hex, (struct str){(const char *)bytes, sizeof(bytes)});
    EXPECT(canonical, !hash || str_equal(strbuf_str(&hex), str_from(hash)));
    strbuf_release(&hex);
}

/* Known hashes, and the places where the rules are easily got wrong. */
static void test_hash(void **state)
{
    static const struct {
        const char *id, *text, *canonical, *hash;
    } rows[] = {
        {"kfbr392", "{\"action\":\"largeTazoTea.purchase\",\"is_anonymous\":false,\"actor\":{}}",
         "kfbr392:largeTazoTea.purchase:::::0:0::",
         "a60b49fcbbe8569139b97997eaf8fc0b871d2bb88757ef94eae0056fd9326302"},
        {"kfbr392", "{\"action\":\"largeTazoTea.purchase\",\"group\":{\"id\":\"gold-street-id\"}}",
         "kfbr392:largeTazoTea.purchase:::gold-street-id::0:0::",
         "f17fe3079e5fe34668629f0254a0cabe7ad37ec51d97f034ec8b732e158247d6"},
        {"f59b236a449d43a5b27c8322aadc0503",
         "{\"action\":\"channel.list\",\"target\":{\"id\":\"6da2ecf53d388e107df6e4dbb061b165\"},"
         "\"actor\":{\"id\":\"060dbbd5da8c43b57b26179a3bfb7b1a\"},\"group\":{\"id\":"
         "\"602f21a3fbd3f92302133762808b39af\"},\"source_ip\":\"172.19.0.1\"}",
         "f59b236a449d43a5b27c8322aadc0503:channel.list:6da2ecf53d388e107df6e4dbb061b165:"
         "060dbbd5da8c43b57b26179a3bfb7b1a:602f21a3fbd3f92302133762808b39af:172.19.0.1:0:0::",
         "2224989b8d83d4b23920f0136f8e3b11ce034d9e0b610ee97c1c198350838a9e"},
        {"id1",
         "{\"action\":\"a:b%\",\"actor\":{\"id\":\"u=1;\"},\"group\":{\"id\":\"g\"},\"fields\":"
         "{\"k=1\":\"v;%\",\"Z\":\"\"},\"external_id\":\"x:1\",\"metadata\":{\"m\":\"1\"}}",
         "id1:a%3Ab%25::u=1;:g::0:0:Z=;k%3D1=v%3B%25;:x%3A1:m=1;",
         "bd68151e16c52c12002fc60c4993e60b8bf071ba2f8da492ff53274d402c05e6"},
        {"0123456789abcdef0123456789abcdef",
         "{\"action\":\"pipeline.update\",\"crud\":\"u\",\"actor\":{\"id\":\"u-1\"},\"group\":"
         "{\"id\":\"acme\"},\"target\":{\"id\":\"p-9\"},\"source_ip\":\"2001:db8::1\","
         "\"is_failure\":true}",
         "0123456789abcdef0123456789abcdef:pipeline.update:p-9:u-1:acme:2001%3Adb8%3A%3A1:1:0::",
         "05908517f07753b1ef77ce8c3d6fbdcc70b9e4b6743f0f35a33902a39ad7ab9f"},
        {"i", "{\"action\":\"a\",\"fields\":{},\"metadata\":{}}", "i:a:::::0:0::", NULL},
        {"i", "{\"action\":\"a\",\"fields\":null,\"metadata\":null,\"is_anonymous\":true}",
         "i:a:::::0:1::", NULL},
        {"i", "{\"action\":\"a\",\"fields\":{\"\\ue000\":\"1\",\"\\ud800\\udc00\":\"2\"}}",
         "i:a:::::0:0:\xf0\x90\x80\x80=2;\xee\x80\x80=1;", NULL},
        {"i",
         "{\"action\":\"a\",\"fields\":{\"b\":\"1\",\"a%\":\"=:;\",\"\xc3\xa4\":\"3\",\"aa\":\"4\"}"
         "}",
         "i:a:::::0:0:a%25=%3D%3A%3B;aa=4;b=1;\xc3\xa4=3;", NULL},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(rows); i++)
        check_hash(fixture, rows[i].id, rows[i].text, rows[i].canonical, rows[i].hash);
}

static void test_times(void **state)
{
    static const struct {
        const char *created;
        bool accepted, has_time;
        int64_t ms;
    } rows[] = {
        {"\"2023-11-14T22:13:20.000Z\"", true, true, INT64_C(1700000000000)},
        {"\"2023-11-14T23:13:20+01:00\"", true, true, INT64_C(1700000000000)},
        {"\"2023-11-14T22:13:20\"", true, true, INT64_C(1700000000000)},
        {"\"2023-11-14\"", true, true, INT64_C(1699920000000)},
        {"\"0001-01-01T00:00:00Z\"", true, false, 0},
        {"\"\"", true, false, 0},
        {"null", true, false, 0},
        {"1700000000000", true, true, INT64_C(1700000000000)},
        {"1700000000000000", true, true, INT64_C(1700000000000)},
        {"1700000000000000000", true, true, INT64_C(1700000000000)},
        {"0", true, true, 0},
        {"5000000000000", false, false, 0},
        {"-1", false, false, 0},
        {"1e3", false, false, 0},
        {"99999999999999999999999", false, false, 0},
        {"\"yesterday\"", false, false, 0},
        {"\"1969-12-31T23:59:59Z\"", false, false, 0},
        {"\"2023-11-14 x\"", false, false, 0},
        {"true", false, false, 0},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str text = arena_printf(
            fixture->intake.arena, "{\"action\":\"a\"," ACTOR ",\"created\":%s}", rows[i].created);

        EXPECT(rows[i].created, read_object(fixture, text.ptr) == rows[i].accepted);
        if (!rows[i].accepted)
            continue;
        EXPECT(rows[i].created, fixture->event.has_time == rows[i].has_time);
        EXPECT(rows[i].created, !rows[i].has_time || fixture->event.created_ms == rows[i].ms);
    }
}

static void test_violations(void **state)
{
    static const struct {
        const char *text, *field, *kind, *message;
    } rows[] = {
        {"{" ACTOR "}", "action", "missing", "action is required."},
        {"{\"action\":\"\"," ACTOR "}", "action", "missing", "action is required."},
        {"{\"action\":1," ACTOR "}", "action", "invalid", "action must be a string."},
        {"{\"action\":\"a\"}", "actor", "missing",
         "actor is required unless is_anonymous is true."},
        {"{\"action\":\"a\",\"actor\":{}}", "actor", "missing",
         "actor is required unless is_anonymous is true."},
        {"{\"action\":\"a\",\"actor\":{\"name\":\"n\"}}", "actor.id", "missing",
         "actor.id is required where actor is given."},
        {"{\"action\":\"a\"," ACTOR ",\"group\":{\"id\":\"\",\"name\":\"\"}}", "group.id",
         "missing", "group.id is required where group is given."},
        {"{\"action\":\"a\"," ACTOR ",\"target\":[]}", "target", "invalid",
         "target must be an object."},
        {"{\"action\":\"a\"," ACTOR ",\"crud\":\"x\"}", "crud", "invalid",
         "crud must be \"c\", \"r\", \"u\" or \"d\"."},
        {"{\"action\":\"a\"," ACTOR ",\"source_ip\":\"1.2.3\"}", "source_ip", "invalid",
         "source_ip must be an IPv4 or IPv6 address."},
        {"{\"action\":\"a\"," ACTOR ",\"is_failure\":\"true\"}", "is_failure", "invalid",
         "is_failure must be true or false."},
        {"{\"action\":\"a\"," ACTOR ",\"fields\":{\"n\":1}}", "fields", "invalid",
         "fields must be an object of strings."},
        {"{\"action\":\"a\"," ACTOR ",\"metadata\":{\"n\":\"1\",\"\\u006e\":\"2\"}}", "metadata",
         "invalid", "metadata gives the same name twice."},
        {"{\"action\":\"a\"," ACTOR ",\"action\":\"b\"}", "action", "invalid",
         "action is given twice."},
        {"{\"action\":\"a\\u0000\"," ACTOR "}", "action", "invalid",
         "action must not hold a NUL character."},
        {"{\"action\":\"a\",\"actor\":{\"id\":\"\\udead\"}}", "actor.id", "invalid",
         "actor.id holds half of a surrogate pair, which stands for no character."},
        {"[]", "event", "invalid", "event must be a JSON object."},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct retraced_violation *violation = fixture->violations.list;

        EXPECT(rows[i].text, !read_object(fixture, rows[i].text));
        EXPECT(rows[i].text, fixture->violations.count == 1);
        EXPECT(rows[i].text, str_equal(violation->field, str_from(rows[i].field)));
        EXPECT(rows[i].text, str_equal(violation->message, str_from(rows[i].message)));
        EXPECT(rows[i].text, strcmp(violation->kind, rows[i].kind) == 0);
    }
}

static void test_accepted(void **state)
{
    static const char *const rows[] = {
        "{\"action\":\"a\",\"is_anonymous\":true}",
        "{\"action\":\"a\"," ACTOR ",\"crud\":\"\",\"source_ip\":\"\",\"description\":null}",
        "{\"action\":\"a\"," ACTOR ",\"source_ip\":\"2001:db8::1\"}",
        "{\"action\":\"a\"," ACTOR ",\"source_ip\":\"::\"}",
        "{\"action\":\"a\"," ACTOR ",\"group\":{\"id\":\"g\",\"name\":\"\"},\"target\":{}}",
        "{\"action\":\"a\"," ACTOR ",\"unknown\":{\"deep\":[1]},\"fields\":{}}",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(rows); i++)
        EXPECT(rows[i], read_object(fixture, rows[i]));
}

static bool read_message(struct fixture *fixture, bool is_bulk, const char *body)
{
    static const struct sender_header headers[] = {{{"x-request-uuid", 14}, {"0123456789", 10}}};
    const struct sender_message message = {.path = STR("/publisher/v1/project/acme/event"),
                                           .headers = headers,
                                           .header_count = COUNT(headers),
                                           .body = str_from(body)};

    fixture->events = (struct sender_events){.count = 0};
    fixture->complaint = (struct intake_complaint){.status = 0};
    return (is_bulk ? retraced_read_bulk : retraced_read_event)(
        &fixture->intake, &message, &fixture->events, &fixture->complaint);
}

static void test_event(void **state)
{
    struct fixture *fixture = *state;
    const struct event *event;
    struct sender_answer answer;

    assert_true(read_message(
        fixture, false,
        "{\"action\":\"some.record.created\",\"group\":{\"id\":\"grp\"},\"crud\":\"c\",\"created\":"
        "\"2023-11-14T22:13:20.000Z\",\"actor\":{\"id\":\"jdoe\",\"name\":\"Jane \\\"JD\\\"\"},"
        "\"target\":{\"id\":\"rec1\",\"name\":\"record, one\",\"type\":\"Record\"},\"source_ip\":"
        "\"192.0.2.7\",\"is_failure\":true}"));
    event = fixture->events.events;
    assert_int_equal(event->source, EVENT_SOURCE_INTEGRATION);
    assert_int_equal(event->kind, EVENT_KIND_EVENT);
    assert_int_equal(event->status, 0);
    assert_int_equal(event->occurred_ms, INT64_C(1700000000000));
    assert_true(str_equal(event->action, STR("some.record.created")));
    assert_true(str_equal(event->entity_type, STR("Record")));
    assert_true(str_equal(event->entity_id, STR("rec1")));
    assert_true(str_equal(event->entity_name, STR("record, one")));
    assert_true(str_equal(event->user, STR("Jane \"JD\"")));
    assert_true(str_equal(event->client_address, STR("192.0.2.7")));
    assert_true(str_starts(event->body, STR("{\"action\":")));
    assert_true(str_starts(event->extra, STR("{\"retraced\": {\"id\": \"")));
    assert_true(str_starts(event->idempotency_key, STR("retraced ")));
    answer = retraced_answer_event(fixture->intake.arena, &fixture->events);
    assert_int_equal(answer.status, 201);
    assert_true(str_starts(answer.headers[0].value, STR("createEvent:")));
    assert_true(str_equal(str_slice(answer.headers[0].value, answer.headers[0].value.len - 9, 9),
                          STR(".01234567")));
    assert_true(
        read_message(fixture, false, "{\"action\":\"a\",\"actor\":{\"id\":\"u\",\"name\":\"\"}}"));
    assert_true(str_equal(fixture->events.events->user, STR("u")));
    assert_false(fixture->events.events->has_time);
}

static void test_bulk(void **state)
{
    static const struct {
        const char *body, *answer; /* of a refusal */
    } rows[] = {
        {"{\"events\":[{\"action\":\"a\"," ACTOR "},{\"action\":\"a\"},3]}",
         "{\"status\": 400, \"type\": \"Error\", \"error\": \"2 of 3 events cannot be taken, so "
         "none "
         "was: see \\\"invalid\\\".\", \"invalid\": [{\"message\": \"Event 1: actor is required "
         "unless "
         "is_anonymous is true.\", \"index\": 1, \"violations\": [{\"message\": \"actor is "
         "required "
         "unless is_anonymous is true.\", \"field\": \"actor\", \"violation\": \"missing\"}]}, "
         "{\"message\": \"Event 2: event must be a JSON object.\", \"index\": 2, \"violations\": "
         "[{\"message\": \"event must be a JSON object.\", \"field\": \"event\", \"violation\": "
         "\"invalid\", \"received\": 3}]}]}\n"},
        {"[]", "{\"status\": 400, \"type\": \"Error\", \"error\": \"The message must be a JSON "
               "object with "
               "the member events, an array of events.\"}\n"},
        {"{\"events\":[",
         "{\"status\": 400, \"type\": \"Error\", \"error\": \"Not JSON at byte 11: "},
    };
    struct fixture *fixture = *state;
    struct sender_answer answer;

    for (size_t i = 0; i < COUNT(rows); i++) {
        EXPECT(rows[i].body, !read_message(fixture, true, rows[i].body));
        answer = retraced_refuse(fixture->intake.arena, &fixture->complaint);
        EXPECT(rows[i].body, answer.status == 400);
        EXPECT(rows[i].body, str_starts(answer.body, str_from(rows[i].answer)));
        EXPECT(rows[i].body, str_starts(answer.headers[0].value, STR("createEventBulk:")));
    }
    assert_true(read_message(fixture, true, "{\"events\":[]}"));
    answer = retraced_answer_bulk(fixture->intake.arena, &fixture->events);
    assert_true(str_equal(answer.body, STR("[]\n")));
    assert_true(read_message(fixture, true,
                             "{\"events\": [ {\"action\":\"a\"," ACTOR "}, {\"action\":\"b\"," ACTOR
                             "}]}"));
    assert_int_equal(fixture->events.count, 2);
    assert_true(str_equal(fixture->events.events[1].body, STR("{\"action\":\"b\"," ACTOR "}")));
    answer = retraced_answer_bulk(fixture->intake.arena, &fixture->events);
    assert_int_equal(answer.body.len, 3 + 2 + 2 * strlen("{'id': '', 'hash': ''}") + 2 * (32 + 64));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_times, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_violations, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_accepted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bulk, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
