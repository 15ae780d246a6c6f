/* SPDX-License-Identifier: MIT */
/* Hooks without a database: labels, which calls are theirs, and that an address stays unknown to whoever reads what it got. */
#include "base/hook.h"

#include "base/json.h"
#include "base/strbuf.h"
#include "check.h"
#include "intake/capture_webhook.h"
#include "intake/hook_routes.h"
#include "redaction/redact.h"

#define KEY "0123456789abcdef0123456789abcdef"

static void test_labels(void **state)
{
    static const struct {
        struct str label;
        bool valid;
    } cases[] = {
        {TEXT("a"), true},
        {TEXT("0-a"), true},
        {TEXT("git-hub"), true},
        {TEXT(""), false},
        {TEXT("-a"), false},
        {TEXT("A"), false},
        {TEXT("a b"), false},
        {TEXT("a/b"), false},
        {TEXT("a_b"), false},
        {TEXT("\xc3\xa4"), false},
        {TEXT("0123456789012345678901234567890123456789012345678901234567890123"), true},
        {TEXT("01234567890123456789012345678901234567890123456789012345678901234"), false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        EXPECT(cases[i].label.ptr, hook_label_valid(cases[i].label) == cases[i].valid);
}

static void test_routes(void **state)
{
    static const struct hook hooks[] = {
        {.id = 1, .label = TEXT("here")},
        {.id = 2, .label = TEXT("any"), .path = TEXT("/webhooks/{provider}")},
        {.id = 3, .label = TEXT("one"), .path = TEXT("/webhooks/github")},
        {.id = 4, .label = TEXT("span"), .path = TEXT("/in/{+rest}")},
    };
    static const struct {
        const char *method, *target;
        uint32_t id;
    } cases[] = {
        {"POST", "/webhooks/gitlab", 2},
        {"POST", "/webhooks/github", 3},
        {"POST", "/webhooks/github?a=b", 3},
        {"POST", "/webhooks/git%68ub", 3},
        {"POST", "/webhooks/a%2Fb", 2},
        {"POST", "/in/a/b/c", 4},
        {"POST", "/webhooks/a/b", 0},
        {"POST", "/webhooks", 0},
        {"POST", "/", 0},
        {"POST", "", 0},
        {"GET", "/webhooks/github", 0},
        {"PUT", "/webhooks/github", 0},
        {"post", "/webhooks/github", 0},
        {"", "/webhooks/github", 0},
    };
    struct hook_routes *routes = hook_routes_new(hooks, COUNT(hooks));

    (void)state;
    assert_non_null(routes);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct operation_match match;
        const struct hook *hook =
            hook_routes_match(routes, str_from(cases[i].method), str_from(cases[i].target), &match);

        EXPECT(cases[i].target, (hook ? hook->id : 0) == cases[i].id);
    }
    hook_routes_free(routes);
    assert_null(hook_routes_new(hooks, 1));
    assert_null(hook_routes_new(NULL, 0));
    hook_routes_free(NULL);
}

/* A webhook that repeats its address wherever it can. */
static void receive(struct arena *arena, const struct hook *hook, struct event *event)
{
    static const struct webhook_header headers[] = {
        {TEXT("user-agent"), TEXT("agent " KEY), false},
        {TEXT("x-github-event"), TEXT("push " KEY), false},
        {TEXT("x-github-delivery"), TEXT(KEY), false},
        {TEXT("x-latin"), TEXT("\xfc \"\\"), false},
        {TEXT("x-request-id"), TEXT("r-" KEY), false},
        {TEXT("x-forwarded-for"), TEXT("192.0.2.1"), false},
        {TEXT("traceparent"), TEXT("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
         false},
    };
    static const struct capture_received received = {
        .name = TEXT("gh-" KEY),
        .query = TEXT("a=" KEY "&b=%C3%BC"),
        .headers = headers,
        .header_count = COUNT(headers),
        .body = TEXT("{\"repository\": {\"id\": 7, \"full_name\": \"a/" KEY "\"}, "
                     "\"sender\": {\"login\": \"" KEY "\"}}" KEY),
        .request_id = TEXT("0f"),
        .client_address = TEXT("192.0.2.7"),
    };
    struct intake intake = {.arena = arena,
                            .body_max_bytes = 1000,
                            .body_head_max_bytes = 10,
                            .now_ms = INT64_C(1700000000000)};
    struct capture_webhook found;
    struct intake_complaint complaint;

    capture_receive(&intake, hook, &received, &found, event);
    assert_true(intake_complete(&intake, event, &complaint));
}

static void test_address_is_hidden(void **state)
{
    static const struct hook hook = {.account = TEXT("acme"), .label = TEXT("gh")};
    struct arena *arena = arena_new();
    struct event event;

    (void)state;
    receive(arena, &hook, &event);
    const struct str texts[] = {event.url,           event.query,
                                event.headers,       event.body,
                                event.user_agent,    event.user,
                                event.entity_id,     event.entity_name,
                                event.trigger_event, event.trigger_delivery_id,
                                event.request_id,    event.idempotency_key,
                                event.extra};

    for (size_t i = 0; i < COUNT(texts); i++)
        assert_null(texts[i].len ? memmem(texts[i].ptr, texts[i].len, KEY, strlen(KEY)) : NULL);
    assert_true(str_equal(event.url, STR("/hooks/acme/gh-" REDACTED "?a=" REDACTED "&b=%C3%BC")));
    assert_true(str_equal(event.entity_name, STR("a/" REDACTED)));
    assert_int_equal(event.body_bytes, event.body.len);
    arena_free(arena);
}

static void test_what_is_kept(void **state)
{
    static const struct hook bound = {
        .account = TEXT("acme"), .label = TEXT("gh"), .trigger_id = TEXT("deploy")};
    static const struct hook unbound = {.account = TEXT("acme"), .label = TEXT("gh")};
    struct arena *arena = arena_new();
    struct json_value headers;
    struct json_error error;
    struct event event;

    (void)state;
    receive(arena, &bound, &event);
    assert_int_equal(event.kind, EVENT_KIND_TRIGGER);
    assert_int_equal(event.source, EVENT_SOURCE_WEBHOOK);
    assert_int_equal(event.status, 202);
    assert_int_equal(event.trigger_signature, EVENT_SIGNATURE_UNCHECKED);
    assert_int_equal(event.occurred_ms, INT64_C(1700000000000));
    assert_true(str_equal(event.entity_type, STR("trigger")));
    assert_true(str_equal(event.entity_id, STR("deploy")));
    assert_true(str_equal(event.action, STR("receiveWebhook")));
    assert_true(str_equal(event.trigger_provider, STR("github")));
    assert_true(str_equal(event.idempotency_key, STR("hook:0f")));
    assert_true(str_equal(event.client_address, STR("192.0.2.7")));
    assert_true(str_equal(event.forwarded_for, STR("192.0.2.1")));
    assert_true(str_equal(event.trace_id, STR("4bf92f3577b34da6a3ce929d0e0e4736")));
    assert_true(json_read(event.headers, &headers, &error));
    assert_non_null(memmem(event.headers.ptr, event.headers.len, "\xc3\xbc \\\"\\\\", 7));
    receive(arena, &unbound, &event);
    assert_true(str_equal(event.entity_type, STR("provider")));
    assert_true(str_equal(event.entity_id, STR("7")));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_address_is_hidden),
        cmocka_unit_test(test_what_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
