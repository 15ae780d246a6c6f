/* SPDX-License-Identifier: MIT */
/* By which ids events find each other: what counts as one, and what never meets. */
#include "base/event_link.h"

#include "check.h"

#define HOUR_MS (INT64_C(60) * 60 * 1000)
#define CALL .kind = EVENT_KIND_EVENT
#define TRIGGER .kind = EVENT_KIND_TRIGGER

/* printf a | sha256sum: the first 16 digits, of a, b, c and d. */
#define A UINT64_C(0xca978112ca1bbdca)
#define B UINT64_C(0x3e23e8160039594a)
#define C UINT64_C(0x2e7d2c03a9507ae2)
#define D UINT64_C(0x18ac3e7343f01689)

static void test_shared(void **state)
{
    static const struct {
        const char *label;
        struct event event;
        uint64_t hashes[EVENT_LINK_SHARED_MAX];
    } cases[] = {
        {"none", {CALL}, {0}},
        {"request", {CALL, .request_id = STR("a")}, {A}},
        {"trace", {CALL, .trace_id = STR("a")}, {A}},
        {"both", {CALL, .request_id = STR("a"), .trace_id = STR("b")}, {A, B}},
        {"the same twice", {CALL, .request_id = STR("a"), .trace_id = STR("a")}, {A}},
        {"a delivery is the trigger's",
         {CALL, .trigger_delivery_id = STR("a"), .trace_id = STR("b")},
         {B}},
        {"delivery", {TRIGGER, .trigger_delivery_id = STR("a")}, {A}},
        {"all of a trigger",
         {TRIGGER, .request_id = STR("a"), .trace_id = STR("b"), .trigger_delivery_id = STR("c"),
          .idempotency_key = STR("capture:d")},
         {A, B, D, C}},
        {"nobody else's id",
         {CALL, .request_id = STR("a"), .idempotency_key = STR("capture:a")},
         {0}},
        {"but the trace",
         {CALL, .request_id = STR("a"), .trace_id = STR("b"), .idempotency_key = STR("capture:a")},
         {B}},
        {"the client's id",
         {CALL, .request_id = STR("a"), .idempotency_key = STR("capture:b")},
         {A}},
        {"a sender's id", {CALL, .request_id = STR("a"), .idempotency_key = STR("a")}, {A}},
        {"what a trigger's receiver hands on",
         {TRIGGER, .request_id = STR("a"), .idempotency_key = STR("capture:a")},
         {A}},
        {"the front's beside the client's",
         {TRIGGER, .request_id = STR("a"), .idempotency_key = STR("capture:b")},
         {A, B}},
        {"no trace", {CALL, .trace_id = STR("00000000000000000000000000000000")}, {0}},
        {"no request", {CALL, .request_id = STR("-"), .trace_id = STR("0-0")}, {0}},
        {"empty key of a capture",
         {TRIGGER, .idempotency_key = STR("capture:"), .request_id = STR("a")},
         {A}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t hashes[EVENT_LINK_SHARED_MAX] = {0};

        event_link_shared(&cases[i].event, hashes);
        EXPECT(cases[i].label, memcmp(hashes, cases[i].hashes, sizeof(hashes)) == 0);
    }
}

static void test_hours(void **state)
{
    static const struct {
        int64_t ms;
        uint32_t hour;
    } cases[] = {{0, 1}, {HOUR_MS - 1, 1}, {HOUR_MS, 2}, {HOUR_MS * 1000, 1001}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(event_link_hour(cases[i].ms), cases[i].hour);
}

static void test_all(void **state)
{
    struct event trigger = {TRIGGER, .request_id = STR("a"), .trigger_provider = STR("github"),
                            .trigger_delivery_id = STR("b"),
                            .trigger_signature = EVENT_SIGNATURE_INVALID};
    struct event call = trigger;
    struct event_link links[EVENT_LINK_MAX];
    uint64_t id = event_id_first(7 * HOUR_MS) | 12345;

    (void)state;
    call.kind = EVENT_KIND_EVENT;
    assert_int_equal(event_link_all(&call, id, links), 1);
    assert_int_equal(links[0].hour, 8);
    assert_true(links[0].hash == A);
    assert_int_equal(event_link_all(&trigger, id, links), 3);
    assert_int_equal(links[1].hour, 8);
    assert_true(links[1].hash == B);
    assert_int_equal(links[2].hour, EVENT_LINK_ALWAYS);
    /* printf 'delivery\0github\0b\0' | sha256sum */
    assert_true(links[2].hash == UINT64_C(0x0132bf1fc31308ce));
    trigger.trigger_delivery_id.len = 0;
    assert_int_equal(event_link_all(&trigger, id, links), 1);
}

static void test_apart(void **state)
{
    (void)state;
    assert_true(event_link_delivery(STR("a"), STR("bc")) !=
                event_link_delivery(STR("ab"), STR("c")));
    assert_true(event_link_delivery(STR("a"), STR("b")) != event_link_delivery(STR("b"), STR("a")));
    assert_true(event_link_delivery(STR(""), STR("a")) != event_link_delivery(STR("a"), STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_hours),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
