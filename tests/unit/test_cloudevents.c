/* SPDX-License-Identifier: MIT */
/* CloudEvents: the three modes, what becomes of attributes and data, what is refused, and the handshake. */
#include "check.h"

#include "base/clock.h"
#include "intake/cloudevents_private.h"
#include "intake/handshake.h"

#define NOW_MS INT64_C(1769860800123) /* 2026-01-31T12:00:00.123Z */
#define REQUIRED "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a.b\""

enum { HEADERS_MAX = 8 };

struct fixture {
    struct intake intake;
    struct sender_message message;
    struct sender_header headers[HEADERS_MAX];
    struct sender_events events;
    struct intake_complaint complaint;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    fixture->intake = (struct intake){
        .arena = arena_new(), .body_max_bytes = 100, .body_head_max_bytes = 4, .now_ms = NOW_MS};
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

static bool read_body(struct fixture *fixture, const char *content_type, const char *body)
{
    fixture->message.path = STR("/api/v1/cloudevents");
    fixture->message.content_type = str_from(content_type);
    fixture->message.headers = fixture->headers;
    fixture->message.body = arena_copy(fixture->intake.arena, str_from(body));
    fixture->events = (struct sender_events){.count = 0};
    fixture->complaint = (struct intake_complaint){.status = 0};
    return cloudevents_read(&fixture->intake, &fixture->message, &fixture->events,
                            &fixture->complaint);
}

static bool read_structured(struct fixture *fixture, const char *body)
{
    return read_body(fixture, "application/cloudevents+json; charset=utf-8", body);
}

static void add_header(struct fixture *fixture, const char *name, const char *value)
{
    assert_true(fixture->message.header_count < HEADERS_MAX);
    fixture->headers[fixture->message.header_count++] =
        (struct sender_header){str_from(name), str_from(value)};
}

static void add_required(struct fixture *fixture)
{
    fixture->message.header_count = 0;
    add_header(fixture, "ce-specversion", "1.0");
    add_header(fixture, "ce-id", "1");
    add_header(fixture, "ce-source", "/s");
    add_header(fixture, "ce-type", "com.example.order.created.v2");
}

static void test_modes(void **state)
{
    static const struct {
        const char *type, *body;
        bool accepted;
        unsigned status;
        size_t count;
    } rows[] = {
        {"application/cloudevents+json", "{" REQUIRED "}", true, 0, 1},
        {"Application/CloudEvents+JSON;charset=UTF-8", "{" REQUIRED "}", true, 0, 1},
        {"application/cloudevents", "{" REQUIRED "}", true, 0, 1},
        {"application/cloudevents-batch+json", "[{" REQUIRED "},{" REQUIRED "}]", true, 0, 2},
        {"application/cloudevents-batch+json", "[]", true, 0, 0},
        {"application/cloudevents-batch+json", "{" REQUIRED "}", false, 0, 0},
        {"application/cloudevents+json", "[{" REQUIRED "}]", false, 0, 1},
        {"application/cloudevents+avro", "x", false, 415, 0},
        {"application/cloudevents-batch+protobuf", "x", false, 415, 0},
        {"application/cloudevents-batches", "[]", false, 415, 0},
        {"application/json", "{" REQUIRED "}", false, 0, 1},
        {"", "", false, 0, 1},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        EXPECT(rows[i].type, read_body(fixture, rows[i].type, rows[i].body) == rows[i].accepted);
        EXPECT(rows[i].type, fixture->events.count == rows[i].count);
        EXPECT(rows[i].type, fixture->complaint.status == rows[i].status);
        EXPECT(rows[i].type, rows[i].accepted == (fixture->complaint.sentence.len == 0));
    }
}

static void test_structured_event(void **state)
{
    struct fixture *fixture = *state;
    const struct event *event;

    assert_true(read_structured(
        fixture,
        "{\"id\":\"A-1\",\"time\":\"2024-02-29T23:59:59.123Z\",\"type\":\"com.github.pull_request"
        ".opened\",\"source\":\"/svc/ci\",\"specversion\":\"1.0\",\"subject\":\"p/\xc3\xbc\","
        "\"authtype\":\"user\",\"authid\":\"ann\",\"n\":5,\"b\":true,\"unset\":null,"
        "\"traceparent\":\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\","
        "\"data\": {\"a\":1e3, \"a\" : [] } }"));
    event = &fixture->events.events[0];
    assert_int_equal(event->kind, EVENT_KIND_EVENT);
    assert_int_equal(event->source, EVENT_SOURCE_INTEGRATION);
    assert_int_equal(event->status, 0);
    assert_true(event->has_time);
    assert_int_equal(event->occurred_ms, INT64_C(1709251199123));
    assert_true(str_equal(event->action, STR("com.github.pull_request.opened")));
    assert_true(str_equal(event->entity_type, STR("pull_request")));
    assert_true(str_equal(event->entity_id, STR("p/\xc3\xbc")));
    assert_true(str_equal(event->entity_name, STR("/svc/ci")));
    assert_true(str_equal(event->user, STR("ann")));
    assert_true(str_equal(event->trace_id, STR("4bf92f3577b34da6a3ce929d0e0e4736")));
    assert_true(str_equal(event->idempotency_key, STR("cloudevent /svc/ci A-1")));
    assert_true(str_equal(event->body, STR("{\"a\":1e3, \"a\" : [] }")));
    assert_true(str_equal(
        event->extra,
        STR("{\"cloudevent\": {\"id\": \"A-1\", \"time\": \"2024-02-29T23:59:59.123Z\", \"type\": "
            "\"com.github.pull_request.opened\", \"source\": \"/svc/ci\", \"specversion\": \"1.0\""
            ", \"subject\": \"p/\xc3\xbc\", \"authtype\": \"user\", \"authid\": \"ann\", \"n\": 5, "
            "\"b\": true, \"traceparent\": "
            "\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\"}}")));
}

static void test_data(void **state)
{
    static const struct {
        const char *members, *body;
    } rows[] = {
        {"", ""},
        {",\"data\":\"a\\u00e9\"", "\"a\\u00e9\""},
        {",\"data\":null", "null"},
        {",\"data\":1.50", "1.50"},
        {",\"data\":\"a\\u00e9\",\"datacontenttype\":\"text/plain\"", "a\xc3\xa9"},
        {",\"datacontenttype\":\"text/xml\",\"data\":\"<a b=\\\"c\\\"/>\"", "<a b=\"c\"/>"},
        {",\"data\":\"[1]\",\"datacontenttype\":\"Application/JSON; charset=utf-8\"", "\"[1]\""},
        {",\"data\":\"1\",\"datacontenttype\":\"application/problem+json\"", "\"1\""},
        {",\"data\":{\"a\":1},\"datacontenttype\":\"text/plain\"", "{\"a\":1}"},
        {",\"data_base64\":\"YWI=\"", "ab"},
        {",\"data_base64\":null,\"data\":1", "1"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str text = arena_printf(fixture->intake.arena, "{" REQUIRED "%s}", rows[i].members);

        EXPECT(rows[i].members, read_structured(fixture, text.ptr));
        EXPECT(rows[i].members, str_equal(fixture->events.events[0].body, str_from(rows[i].body)));
    }
}

static void test_binary(void **state)
{
    static const struct {
        const char *sent, *subject;
    } rows[] = {
        {"plain", "plain"},
        {"Euro%20%E2%82%AC%20%f0%9f%98%80", "Euro \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"%41%2520", "A%20"},
        {"100%", "100%"},
        {"\"quoted \\\"text\\\" %41\"", "quoted \"text\" A"},
        {"p/\xfc 1", "p/\xc3\xbc 1"},
        {"p/\xc3\xbc", "p/\xc3\xbc"},
    };
    struct fixture *fixture = *state;
    const struct event *event;

    for (size_t i = 0; i < COUNT(rows); i++) {
        add_required(fixture);
        add_header(fixture, "ce-subject", rows[i].sent);
        add_header(fixture, "authorization", "Bearer s3cret");
        add_header(fixture, "ce-datacontenttype", "text/html");
        fixture->message.query = STR("a=1&access_token=s3cret&b=2");
        EXPECT(rows[i].sent, read_body(fixture, "text/plain; charset=x", "{\"a\" : 1}\n"));
        event = &fixture->events.events[0];
        EXPECT(rows[i].sent, str_equal(event->entity_id, str_from(rows[i].subject)));
        EXPECT(rows[i].sent, str_equal(event->entity_type, STR("order")));
        EXPECT(rows[i].sent, str_equal(event->body, STR("{\"a\" : 1}\n")));
        EXPECT(rows[i].sent, str_equal(event->url, STR("/api/v1/cloudevents?a=1&b=2")));
        EXPECT(rows[i].sent, str_equal(event->method, STR("POST")));
    }
    assert_true(str_equal(
        event->headers, STR("[[\"ce-specversion\",\"1.0\"],[\"ce-id\",\"1\"],[\"ce-source\",\"/s\"]"
                            ",[\"ce-type\",\"com.example.order.created.v2\"],[\"ce-subject\",\"p/"
                            "\xc3\xbc\"],[\"ce-datacontenttype\",\"text/html\"]]")));
    assert_true(str_equal(event->extra,
                          STR("{\"cloudevent\": {\"datacontenttype\": \"text/plain; charset=x\", "
                              "\"specversion\": \"1.0\", \"id\": \"1\", \"source\": \"/s\", "
                              "\"type\": \"com.example.order.created.v2\", \"subject\": \"p/"
                              "\xc3\xbc\"}}")));
}

static void test_binary_refusals(void **state)
{
    static const struct {
        const char *name, *value, *sentence;
    } rows[] = {
        {"ce-subject", "%C0%A0", "subject is percent-encoded, but not in UTF-8."},
        {"ce-subject", "a%00", "subject must not hold a NUL character."},
        {"ce-id", "2", "id is given twice."},
        {"ce-my-ext", "2",
         "my-ext is no name of an attribute: those have the letters a to z and digits alone."},
        {"ce-", "2",
         "\"\" is no name of an attribute: those have the letters a to z and digits alone."},
        {"ce-data", "2",
         "data is no name of an attribute: those have the letters a to z and digits alone."},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        add_required(fixture);
        add_header(fixture, rows[i].name, rows[i].value);
        EXPECT(rows[i].name, !read_body(fixture, "text/plain", "x"));
        EXPECT(rows[i].name, str_equal(fixture->complaint.sentence, str_from(rows[i].sentence)));
    }
    fixture->message.header_count = 0;
    assert_false(read_body(fixture, "text/plain", "x"));
    assert_true(str_starts(fixture->complaint.sentence, STR("The message is no CloudEvent")));
}

static void test_refusals(void **state)
{
    static const struct {
        const char *body, *sentence;
    } rows[] = {
        {"{\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}", "specversion is required."},
        {"{\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\"}", "id is required."},
        {"{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"/s\",\"type\":\"t\"}",
         "id is required."},
        {"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":null,\"type\":\"t\"}",
         "source is required."},
        {"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\"}", "type is required."},
        {"{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}",
         "specversion must be \"1.0\"."},
        {"{" REQUIRED ",\"data\":1,\"data_base64\":\"YQ==\"}",
         "data and data_base64 cannot both be given."},
        {"{" REQUIRED ",\"data\":1,\"data\":1}", "data is given twice."},
        {"{" REQUIRED ",\"id\":\"2\"}", "id is given twice."},
        {"{" REQUIRED ",\"data_base64\":\"YQ\"}", "data_base64 must be base64 with its padding."},
        {"{" REQUIRED ",\"data_base64\":1}", "data_base64 must be a string of base64."},
        {"{" REQUIRED ",\"x\":{}}",
         "x must be a string, a number, true or false; what is more than that belongs into data."},
        {"{" REQUIRED ",\"Big\":1}",
         "Big is no name of an attribute: those have the letters a to z and digits alone."},
        {"{" REQUIRED ",\"x\":\"\\ud800\"}",
         "x holds half of a surrogate pair, which stands for no character."},
        {"{" REQUIRED ",\"time\":\"yesterday\"}",
         "time must be a time such as \"2026-01-31T12:00:00.123Z\", from 1970 to 2109."},
        {"{" REQUIRED ",\"datacontenttype\":\"a/b\",\"data\":\"\\udead\"}",
         "data holds half of a surrogate pair, which stands for no character."},
        {"{", "Not JSON at byte 1: "},
        {"3", "A CloudEvent must be a JSON object."},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        EXPECT(rows[i].body, !read_structured(fixture, rows[i].body));
        EXPECT(rows[i].body, str_starts(fixture->complaint.sentence, str_from(rows[i].sentence)));
    }
    assert_false(read_body(fixture, "application/cloudevents-batch+json", "[{" REQUIRED "},1]"));
    assert_true(fixture->complaint.has_index && fixture->complaint.index == 1);
}

static void test_entity_types(void **state)
{
    static const char *const rows[][2] = {
        {"com.github.pull_request.opened", "pull_request"},
        {"com.example.object.deleted.v2", "object"},
        {"google.cloud.storage.object.v1.finalized", "object"},
        {"dev.cdevents.pipelinerun.started.0.1.1", "pipelinerun"},
        {"order.created", "order"},
        {"created", ""},
        {"v1", ""},
        {"..a..b..", "a"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        EXPECT(rows[i][0],
               str_equal(cloudevent_entity_type(str_from(rows[i][0])), str_from(rows[i][1])));
}

/* Two different events never have one key, and the same one has the same. */
static void test_keys(void **state)
{
    struct fixture *fixture = *state;
    char key[2][EVENT_KEY_MAX + 1];
    char id[EVENT_KEY_MAX + 1];

    memset(id, 'i', sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';
    for (int i = 0; i < 2; i++) {
        const char *source = i ? "a" : "a b";
        struct str text = arena_printf(fixture->intake.arena,
                                       "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"%s\","
                                       "\"id\":\"%sc\"}",
                                       source, i ? "b " : "");

        assert_true(read_structured(fixture, text.ptr));
        snprintf(key[i], sizeof(key[i]), "%.*s",
                 STR_ARG(fixture->events.events[0].idempotency_key));
    }
    assert_string_not_equal(key[0], key[1]);
    assert_true(read_structured(
        fixture, arena_printf(fixture->intake.arena,
                              "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"a\","
                              "\"id\":\"%s\"}",
                              id)
                     .ptr));
    assert_int_equal(fixture->events.events[0].idempotency_key.len,
                     strlen("cloudevent sha256:") + 64);
}

static void test_long_names_are_cut(void **state)
{
    struct fixture *fixture = *state;
    struct str subject = {arena_alloc(fixture->intake.arena, 3000), 2999};
    const struct event *event;

    memset((void *)(uintptr_t)subject.ptr, 's', subject.len);
    assert_true(read_structured(
        fixture,
        arena_printf(fixture->intake.arena, "{" REQUIRED ",\"subject\":\"%.*s\"}", STR_ARG(subject))
            .ptr));
    event = &fixture->events.events[0];
    assert_int_equal(event->entity_id.len, EVENT_NAME_MAX);
    assert_true(event->extra.len > subject.len);
}

static void test_handshake(void **state)
{
    static const struct {
        const char *origin, *rate;
        unsigned per_minute;
        const char *allowed;
    } rows[] = {
        {"e.example.com", "120", 0, "120"}, {"e.example.com", "120", 60, "60"},
        {"e.example.com", "10", 60, "10"},  {"e.example.com", NULL, 60, "60"},
        {"e.example.com", NULL, 0, "*"},    {"e.example.com", "0", 0, "*"},
        {"e.example.com", "many", 0, "*"},  {NULL, "120", 0, NULL},
        {"a\r\nb: c", "1", 0, NULL},        {"a b", "1", 0, NULL},
    };
    struct fixture *fixture = *state;

    fixture->message.headers = fixture->headers;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sender_answer answer;

        fixture->message.header_count = 0;
        if (rows[i].origin)
            add_header(fixture, "webhook-request-origin", rows[i].origin);
        if (rows[i].rate)
            add_header(fixture, "webhook-request-rate", rows[i].rate);
        answer = handshake_answer(fixture->intake.arena, &fixture->message, rows[i].per_minute);
        assert_int_equal(answer.status, 200);
        assert_true(str_equal(answer.headers[0].value, STR("POST, OPTIONS")));
        assert_int_equal(answer.header_count, rows[i].allowed ? 3 : 1);
        if (rows[i].allowed) {
            assert_true(str_equal(answer.headers[1].value, str_from(rows[i].origin)));
            assert_true(str_equal(answer.headers[2].value, str_from(rows[i].allowed)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_modes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_structured_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_binary, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_binary_refusals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
        cmocka_unit_test(test_entity_types),
        cmocka_unit_test_setup_teardown(test_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_names_are_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_handshake, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
