/* SPDX-License-Identifier: MIT */
/* What a webhook says of itself: each provider by its headers or payload, each text from the first place that has one. */
#include "base/arena.h"

#include "intake/webhook_private.h"
#include "webhook_call.h"

#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"

/* As Gitea and Forgejo send it: their own headers beside those of whom they began as. */
#define GITHUB_EVENT SENT("X-GitHub-Event", "push"), SENT("X-GitHub-Delivery", "d-1")
#define GOGS_EVENT SENT("X-Gogs-Event", "push"), SENT("X-Gogs-Delivery", "d-1")
#define GITEA_EVENT SENT("X-Gitea-Event", "push"), SENT("X-Gitea-Delivery", "d-1")
#define GITLAB_SYSTEM SENT("X-Gitlab-Event", "System Hook"), SENT("Idempotency-Key", "i-1")
#define SLACK_SIGNED SENT("X-Slack-Signature", "v0=00")

static const struct read_case {
    const char *label, *provider; /* configured */
    struct call_text call;
    struct {
        const char *provider, *event, *delivery_id, *entity_id, *entity_name, *user;
    } expected;
} cases[] = {
    {"github",
     "",
     {{GITHUB_EVENT},
      JSON,
      TEXT("{\"repository\":{\"id\":12,\"full_name\":\"o/r\"},\"organization\":{\"id\":9,"
           "\"login\":\"o\"},\"sender\":{\"login\":\"ann\"}}")},
     {"github", "push", "d-1", "12", "o/r", "ann"}},
    {"names of headers in any case, values trimmed",
     "",
     {{SENT("x-github-EVENT", " push\t"), SENT("x-github-delivery", "d-2")}, JSON, TEXT("{}")},
     {"github", "push", "d-2", "", "", ""}},
    {"github: organization",
     "",
     {{GITHUB_EVENT},
      JSON,
      TEXT("{\"organization\":{\"id\":9,\"login\":\"o\"},\"installation\":{\"id\":1},"
           "\"sender\":{\"login\":\"ann\"}}")},
     {"github", "push", "d-1", "9", "o", "ann"}},
    {"github: installation",
     "",
     {{GITHUB_EVENT}, JSON, TEXT("{\"installation\":{\"id\":1,\"account\":{\"login\":\"acme\"}}}")},
     {"github", "push", "d-1", "1", "acme", ""}},
    {"github: marketplace",
     "",
     {{GITHUB_EVENT},
      JSON,
      TEXT("{\"marketplace_purchase\":{\"account\":{\"id\":3,\"login\":\"acme\"}},"
           "\"sender\":{\"login\":\"ann\"}}")},
     {"github", "push", "d-1", "3", "acme", "ann"}},
    {"github: ping of an app",
     "",
     {{GITHUB_EVENT}, JSON, TEXT("{\"hook_id\":5,\"hook\":{\"type\":\"App\"}}")},
     {"github", "push", "d-1", "5", "App", ""}},
    {"github: form",
     "",
     {{GITHUB_EVENT},
      FORM "; charset=utf-8",
      TEXT("x=1&payload=%7B%22repository%22%3A%7B%22full_name%22%3A%22o%2Fa+b%22%7D%7D")},
     {"github", "push", "d-1", "", "o/a b", ""}},
    {"JSON that says it is a form",
     "",
     {{GITHUB_EVENT}, FORM, TEXT("\r\n{\"sender\":{\"login\":\"ann\"}}")},
     {"github", "push", "d-1", "", "ann", "ann"}},
    {"a form that does not say so",
     "",
     {{GITHUB_EVENT}, NULL, TEXT("payload=%7B%22sender%22%3A%7B%22login%22%3A%22ann%22%7D%7D")},
     {"github", "push", "d-1", "", "ann", "ann"}},
    {"of repeated members the last, names with escapes",
     "",
     {{GITHUB_EVENT},
      JSON,
      TEXT("{\"sender\":{\"login\":\"eve\"},\"s\\u0065nder\":{\"login\":\"\\u00e4nn\"}}")},
     {"github", "push", "d-1", "", "\xc3\xa4nn", "\xc3\xa4nn"}},
    {"no text: null, object, true, a lone surrogate, a NUL",
     "",
     {{GITHUB_EVENT},
      JSON,
      TEXT("{\"repository\":{\"id\":null,\"full_name\":\"\\ud800\"},\"sender\":{\"login\":{}},"
           "\"pusher\":{\"name\":\"a\\u0000b\"},\"organization\":{\"id\":true}}")},
     {"github", "push", "d-1", "", "", ""}},
    {"a body that is cut",
     "",
     {{GITHUB_EVENT}, JSON, TEXT("{\"repository\":{\"id\":12,\"full_name\":\"o/r\",\"own")},
     {"github", "push", "d-1", "12", "o/r", ""}},
    {"a body that is cut in a member's member, and a number that may go on",
     "",
     {{GITHUB_EVENT},
      JSON,
      TEXT("{\"sender\":{\"login\":\"ann\"},\"organization\":{\"login\":\"o\",\"id\":12")},
     {"github", "push", "d-1", "", "o", "ann"}},
    {"no JSON behind some point",
     "",
     {{GITHUB_EVENT}, JSON, TEXT("{\"sender\":{\"login\":\"ann\"},}\"pusher\":{}")},
     {"github", "push", "d-1", "", "ann", "ann"}},
    {"of repeated fields the last",
     "",
     {{GITHUB_EVENT}, FORM, TEXT("payload={}&%70ayload={\"hook_id\":1}&&=")},
     {"github", "push", "d-1", "1", "", ""}},
    {"a header that is no text",
     "",
     {{SENT("X-GitHub-Event", "pu\xffsh"), SENT("X-GitHub-Delivery", "d")}, JSON, TEXT("no JSON")},
     {"github", "", "d", "", "", ""}},
    {"a digest is no text",
     "",
     {{HIDDEN("X-GitHub-Event", "sha256:00"), SENT("X-GitHub-Delivery", "d")}, JSON, TEXT("[1]")},
     {"github", "", "d", "", "", ""}},
    {"gogs",
     "",
     {{GOGS_EVENT, GITHUB_EVENT},
      JSON,
      TEXT("{\"repository\":{\"id\":1,\"full_name\":\"o/r\"},\"sender\":{\"username\":\"ann\"}}")},
     {"gogs", "push", "d-1", "1", "o/r", "ann"}},
    {"gitea",
     "",
     {{GITHUB_EVENT, GOGS_EVENT, GITEA_EVENT}, JSON, TEXT("{\"sender\":{\"login\":\"ann\"}}")},
     {"gitea", "push", "d-1", "", "", "ann"}},
    {"forgejo",
     "",
     {{GOGS_EVENT, GITEA_EVENT, SENT("X-Forgejo-Event", "fork"), SENT("X-Forgejo-Delivery", "f")},
      JSON,
      TEXT("{\"organization\":{\"id\":1,\"username\":\"o\"}}")},
     {"forgejo", "fork", "f", "1", "o", ""}},
    {"gitlab",
     "",
     {{SENT("X-Gitlab-Event", "Push Hook"), SENT("X-Gitlab-Event-UUID", "e")},
      JSON,
      TEXT("{\"object_kind\":\"push\",\"ref\":\"r\",\"user_username\":\"ann\",\"project_id\":15,"
           "\"project\":{\"path_with_namespace\":\"g/p\"}}")},
     {"gitlab", "Push Hook", "e", "15", "g/p", "ann"}},
    {"gitlab: what stays the same over attempts goes first",
     "",
     {{SENT("X-Gitlab-Event-UUID", "e"), SENT("webhook-id", "w"), SENT("Idempotency-Key", "i")},
      JSON,
      TEXT("")},
     {"gitlab", "", "i", "", "", ""}},
    {"gitlab: group",
     "",
     {{GITLAB_SYSTEM},
      JSON,
      TEXT("{\"event_name\":\"user_add_to_group\",\"group_id\":7,\"group_path\":\"g\","
           "\"user_id\":1,\"user_username\":\"ann\"}")},
     {"gitlab", "user_add_to_group", "i-1", "7", "g", ""}},
    {"gitlab: user",
     "",
     {{GITLAB_SYSTEM},
      JSON,
      TEXT("{\"event_name\":\"user_create\",\"user_id\":1,\"username\":\"ann\"}")},
     {"gitlab", "user_create", "i-1", "1", "ann", ""}},
    {"gitlab: key",
     "",
     {{GITLAB_SYSTEM},
      JSON,
      TEXT("{\"event_name\":\"key_create\",\"id\":4,\"key\":\"ssh-rsa A\",\"username\":\"ann\"}")},
     {"gitlab", "key_create", "i-1", "4", "ann", ""}},
    {"bitbucket",
     "",
     {{SENT("X-Event-Key", "repo:push"), SENT("X-Hook-UUID", "h"), SENT("X-Request-UUID", "r")},
      JSON,
      TEXT("{\"actor\":{\"nickname\":\"ann\",\"display_name\":\"Ann\"},"
           "\"repository\":{\"uuid\":\"{u}\",\"full_name\":\"t/r\"}}")},
     {"bitbucket", "repo:push", "r", "{u}", "t/r", "ann"}},
    {"bitbucket-server",
     "",
     {{SENT("X-Event-Key", "repo:refs_changed"), SENT("X-Request-Id", "r")},
      JSON,
      TEXT("{\"actor\":{\"name\":\"ann\"},\"repository\":{\"id\":84,\"slug\":\"r\","
           "\"project\":{\"key\":\"P\"}}}")},
     {"bitbucket-server", "repo:refs_changed", "r", "84", "P/r", "ann"}},
    {"half of a joined name is none",
     "bitbucket-server",
     {{NO_HEADER}, JSON, TEXT("{\"repository\":{\"id\":84,\"slug\":\"r\"}}")},
     {"bitbucket-server", "", "", "84", "", ""}},
    {"gitee",
     "",
     {{SENT("X-Gitee-Event", "Push Hook"), SENT("X-Gitee-Timestamp", "1")},
      JSON,
      TEXT("{\"repository\":{\"id\":2,\"full_name\":\"o/r\"},\"sender\":{\"login\":\"ann\"}}")},
     {"gitee", "Push Hook", "", "2", "o/r", "ann"}},
    {"azure-devops",
     "",
     {{NO_HEADER},
      JSON,
      TEXT("{\"id\":\"e\",\"eventType\":\"git.push\",\"publisherId\":\"tfs\",\"resource\":{"
           "\"pushedBy\":{\"uniqueName\":\"ann@a\"},\"repository\":{\"id\":\"r\",\"name\":\"n\","
           "\"project\":{\"name\":\"p\"}}}}")},
     {"azure-devops", "git.push", "e", "r", "p/n", "ann@a"}},
    {"azure-devops: names with dots",
     "",
     {{NO_HEADER},
      JSON,
      TEXT("{\"id\":\"e\",\"eventType\":\"workitem.created\",\"publisherId\":\"tfs\","
           "\"resourceContainers\":{\"project\":{\"id\":\"c\"}},\"resource\":{\"fields\":{"
           "\"System.TeamProject\":\"p\",\"System.ChangedBy\":\"Ann <ann@a>\"}}}")},
     {"azure-devops", "workitem.created", "e", "c", "p", "Ann <ann@a>"}},
    {"docker hub",
     "",
     {{NO_HEADER},
      JSON,
      TEXT("{\"push_data\":{\"pusher\":\"ann\"},\"repository\":{\"repo_name\":\"o/i\"}}")},
     {"docker", "push", "", "", "o/i", "ann"}},
    {"docker registry",
     "",
     {{NO_HEADER},
      "application/vnd.docker.distribution.events.v2+json",
      TEXT("{\"events\":[{\"id\":\"e\",\"action\":\"pull\",\"target\":{\"digest\":\"sha256:1\","
           "\"repository\":\"o/i\"},\"actor\":{\"name\":\"ann\"}},{\"id\":\"f\"}]}")},
     {"docker", "pull", "e", "sha256:1", "o/i", "ann"}},
    {"harbor",
     "",
     {{NO_HEADER},
      JSON,
      TEXT("{\"type\":\"PUSH_ARTIFACT\",\"occur_at\":1,\"operator\":\"ann\",\"event_data\":{"
           "\"resources\":[{\"digest\":\"sha256:1\"}],\"repository\":{\"repo_full_name\":\"p/"
           "i\"}}}")},
     {"harbor", "PUSH_ARTIFACT", "", "sha256:1", "p/i", "ann"}},
    {"quay",
     "",
     {{NO_HEADER},
      JSON,
      TEXT("{\"name\":\"i\",\"repository\":\"o/i\",\"namespace\":\"o\",\"docker_url\":\"q/o/i\","
           "\"homepage\":\"h\",\"updated_tags\":[\"latest\"]}")},
     {"quay", "repo_push", "", "", "o/i", ""}},
    {"stripe",
     "",
     {{SENT("Stripe-Signature", "t=1,v1=0")},
      JSON,
      TEXT("{\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"data\":{\"object\":{\"id\":\"in_1\","
           "\"object\":\"invoice\",\"number\":\"A-1\"}}}")},
     {"stripe", "invoice.paid", "evt_1", "in_1", "A-1", ""}},
    {"slack: event",
     "",
     {{SLACK_SIGNED},
      JSON,
      TEXT("{\"team_id\":\"T\",\"type\":\"event_callback\",\"event_id\":\"Ev\",\"event\":{"
           "\"type\":\"message\",\"channel\":\"C\",\"user\":\"U\"}}")},
     {"slack", "message", "Ev", "C", "", "U"}},
    {"slack: command",
     "",
     {{SLACK_SIGNED},
      FORM,
      TEXT("team_id=T&channel_id=C&channel_name=dev+ops&user_name=ann&command=%2Fdeploy&"
           "trigger_id=1.2")},
     {"slack", "/deploy", "1.2", "C", "dev ops", "ann"}},
    {"cloudevents: binary",
     "",
     {{SENT("ce-specversion", "1.0"), SENT("ce-id", "1"), SENT("ce-type", "t"),
       SENT("ce-source", "/s"), SENT("ce-subject", "a%20%C3%A4")},
      JSON,
      TEXT("{\"id\":2}")},
     {"cloudevents", "t", "1", "/s", "a \xc3\xa4", ""}},
    {"cloudevents: structured",
     "",
     {{NO_HEADER},
      "application/cloudevents+json",
      TEXT("{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"t\",\"source\":\"/s\"}")},
     {"cloudevents", "t", "1", "/s", "/s", ""}},
    {"cloudevents: batch",
     "",
     {{NO_HEADER},
      "application/cloudevents-batch+json",
      TEXT("[{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"t\",\"source\":\"/s\"},{}]")},
     {"cloudevents", "t", "1", "/s", "/s", ""}},
    {"standard-webhooks",
     "",
     {{SENT("webhook-id", "m"), SENT("webhook-timestamp", "1"), SENT("webhook-signature", "v1,0")},
      JSON,
      TEXT("{\"type\":\"user.created\",\"data\":{\"id\":\"u\",\"name\":\"Ann\"}}")},
     {"standard-webhooks", "user.created", "m", "u", "Ann", ""}},
    {"unknown",
     "",
     {{SENT("Idempotency-Key", "k")}, JSON, TEXT("{\"event\":\"x\",\"user\":\"ann\"}")},
     {"unknown", "x", "k", "", "", "ann"}},
    {"unknown: nothing at all", "", {{NO_HEADER}, NULL, TEXT("")}, {"unknown", "", "", "", "", ""}},
    {"configured",
     "stripe",
     {{GITHUB_EVENT}, JSON, TEXT("{\"id\":\"evt_1\",\"type\":\"t\"}")},
     {"stripe", "t", "evt_1", "", "", ""}},
    {"configured as nothing that is known",
     "gitHub",
     {{GITHUB_EVENT}, JSON, TEXT("{}")},
     {"github", "push", "d-1", "", "", ""}},
};

static void expect_text(const char *label, struct str text, const char *expected)
{
    if (!str_equal(text, str_from(expected)))
        fail_msg("%s: %.*s instead of %s", label, STR_ARG(text), expected);
}

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct read_case *row = &cases[i];
        struct webhook_header headers[CALL_HEADER_MAX];
        struct webhook_call call = call_of(&row->call, headers);
        struct arena *arena = arena_new();
        struct webhook webhook;

        webhook_read(arena, str_from(row->provider), &call, &webhook);
        expect_text(row->label, webhook.provider, row->expected.provider);
        expect_text(row->label, webhook.event, row->expected.event);
        expect_text(row->label, webhook.delivery_id, row->expected.delivery_id);
        expect_text(row->label, webhook.entity_id, row->expected.entity_id);
        expect_text(row->label, webhook.entity_name, row->expected.entity_name);
        expect_text(row->label, webhook.user, row->expected.user);
        arena_free(arena);
        free_copy(call.body);
    }
}

/* Every provider is in the list and every name in the list is one. */
static void test_names(void **state)
{
    struct str rest = str_from(webhook_providers()), name, before = STR("");
    size_t seen = 0;

    (void)state;
    while (str_next(&rest, ',', &name)) {
        name = str_trim(name);
        EXPECT(name.ptr, webhook_is_provider(name));
        EXPECT(name.ptr, str_compare(before, name) < 0);
        before = name;
        for (size_t i = 0; i < COUNT(cases); i++)
            if (str_equal(str_from(cases[i].expected.provider), name)) {
                seen++;
                break;
            }
    }
    assert_int_equal(seen, 17);
    assert_false(webhook_is_provider(STR("")));
    assert_false(webhook_is_provider(STR("GitHub")));
}

/* A body of 16 MiB holds millions of fields, and each is kept in memory: nobody sends so many that mean something. */
static void test_many_fields(void **state)
{
    static const struct {
        const char *type, *begin, *unit;
    } bodies[] = {
        {FORM, "event=push", "&"},
        {FORM, "event=push", "&a"},
        {JSON, "{\"event\":\"push\"", ",\"\":0"},
    };
    enum { BODY_BYTES = 1 << 20 };
    char *body = malloc(BODY_BYTES);

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct arena *arena = arena_new();
        size_t len = strlen(bodies[i].begin), unit = strlen(bodies[i].unit);
        struct webhook_payload payload;
        struct webhook_call call = {.content_type = str_from(bodies[i].type)};

        memcpy(body, bodies[i].begin, len);
        for (; len + unit <= BODY_BYTES; len += unit)
            memcpy(body + len, bodies[i].unit, unit);
        call.body = (struct str){body, len};
        webhook_payload_init(&payload, arena, &call);
        EXPECT(bodies[i].unit, payload.field_count <= WEBHOOK_FIELDS_MAX);
        expect_text(bodies[i].unit, webhook_payload_text(&payload, "event"), "push");
        arena_free(arena);
    }
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_many_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
