/* SPDX-License-Identifier: MIT */
/* Signatures: the vectors that senders publish fit, at their time; the same with anything changed do not. */
#include "base/arena.h"
#include "base/digest.h"

#include "webhook_call.h"

#define MINUTES INT64_C(60000)

/* In the manuals of GitHub and Bitbucket. */
#define EVERYBODY "It's a Secret to Everybody"
#define HELLO TEXT("Hello, World!")
#define HELLO_HEX "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
#define HELLO_SHA1 "01dc10d0c83e72ed246219cdd91669667fe2ca59"
#define EVERYBODY_DIGEST "2f8894d90ffb75600928464c7839208284c8687671dc831cc2667a7ae04aa455"
#define BITBUCKET_HEX "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"

/* In Slack's manual. */
#define SLACK_SECRET "8f742231b10e8888abcd99yyyzzz85a5"
#define SLACK_HEX "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
#define SLACK_BODY                                                                                 \
    TEXT("token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&"               \
         "channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&"        \
         "command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"  \
         "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"                                 \
         "trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c")

/* Of the libraries of Standard Webhooks. */
#define STANDARD_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define STANDARD_ID SENT("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
#define STANDARD_TIME SENT("webhook-timestamp", "1614265330")
#define STANDARD_BASE64 "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define STANDARD_BODY TEXT("{\"test\": 2432232314}")

/* Made with npm's stripe. */
#define STRIPE_HEX "7656fc2882a7ca0a651666b36bf2f2f22ee204f54f608f227498a2419f2890b2"

/* Made with Python: HMAC-SHA256 of "1576754827988\ngitee secret" under "gitee secret", and SHA-256 of what stands for it. */
#define GITEE_TIME SENT("X-Gitee-Timestamp", "1576754827988")
#define GITEE_BASE64 "4wH9Nli1yN+/G3EYgK/sDxFF/cr8jvG7IGdOvwe2DUw="
#define GITEE_BASE64_DIGEST "efee065491e827559d757a6a76d65f2218af06ee203cd28a53d6257fa16d9c39"
#define WELLINGTON_DIGEST "152317ac4d5cf2f1391020fcd8ce5012b39e8a69129a3c31c7ec87903250f1f8"

static const struct signature_case {
    const char *label, *provider, *secret;
    int64_t time_ms; /* that is signed; 0: none */
    bool covers_body;
    struct call_text call; /* the signature in the last header */
} cases[] = {
    {"GitHub",
     "github",
     EVERYBODY,
     0,
     true,
     {{SENT("X-Hub-Signature-256", "sha256=" HELLO_HEX)}, NULL, HELLO}},
    {"GitHub, the older one alone",
     "github",
     EVERYBODY,
     0,
     true,
     {{SENT("X-Hub-Signature", "sha1=" HELLO_SHA1)}, NULL, HELLO}},
    {"GitHub, both",
     "github",
     EVERYBODY,
     0,
     true,
     {{SENT("X-Hub-Signature", "sha1=" HELLO_SHA1),
       SENT("X-Hub-Signature-256", "sha256=" HELLO_HEX)},
      NULL,
      HELLO}},
    {"Bitbucket",
     "bitbucket",
     EVERYBODY,
     0,
     true,
     {{SENT("X-Hub-Signature", "sha256=" BITBUCKET_HEX)}, NULL, TEXT("Hello World!")}},
    {"Gitea", "gitea", EVERYBODY, 0, true, {{SENT("X-Gitea-Signature", HELLO_HEX)}, NULL, HELLO}},
    {"Gogs", "gogs", EVERYBODY, 0, true, {{SENT("X-Gogs-Signature", HELLO_HEX)}, NULL, HELLO}},
    {"Forgejo",
     "forgejo",
     EVERYBODY,
     0,
     true,
     {{SENT("X-Gitea-Signature", "00"), SENT("X-Forgejo-Signature", HELLO_HEX)}, NULL, HELLO}},
    {"GitLab",
     "gitlab",
     "Wellington",
     0,
     false,
     {{SENT("X-Gitlab-Token", "Wellington")}, NULL, HELLO}},
    {"GitLab, captured",
     "gitlab",
     "Wellington",
     0,
     false,
     {{HIDDEN("X-Gitlab-Token", "sha256:" WELLINGTON_DIGEST)}, NULL, HELLO}},
    {"GitLab, signing token",
     "gitlab",
     STANDARD_SECRET,
     1614265330000,
     true,
     {{STANDARD_ID, STANDARD_TIME, SENT("webhook-signature", "v1," STANDARD_BASE64)},
      NULL,
      STANDARD_BODY}},
    {"Gitee, password",
     "gitee",
     "Wellington",
     0,
     false,
     {{GITEE_TIME, SENT("X-Gitee-Token", "Wellington")}, NULL, HELLO}},
    {"Gitee",
     "gitee",
     "gitee secret",
     1576754827988,
     false,
     {{GITEE_TIME, SENT("X-Gitee-Token", GITEE_BASE64)}, NULL, HELLO}},
    {"Gitee, as in a URL",
     "gitee",
     "gitee secret",
     1576754827988,
     false,
     {{GITEE_TIME, SENT("X-Gitee-Token", "4wH9Nli1yN%2B%2FG3EYgK%2FsDxFF%2Fcr8jvG7IGdOvwe2DUw%3D")},
      NULL,
      HELLO}},
    {"Gitee, captured",
     "gitee",
     "gitee secret",
     1576754827988,
     false,
     {{GITEE_TIME, HIDDEN("X-Gitee-Token", "sha256:" GITEE_BASE64_DIGEST)}, NULL, HELLO}},
    {"Stripe",
     "stripe",
     "whsec_test",
     1492774577000,
     true,
     {{SENT("Stripe-Signature", "t=1492774577,v0=00,v1=00,v1=" STRIPE_HEX)},
      NULL,
      TEXT("{\"id\":\"evt_1\"}")}},
    {"Slack",
     "slack",
     SLACK_SECRET,
     1531420618000,
     true,
     {{SENT("X-Slack-Request-Timestamp", "1531420618"), SENT("X-Slack-Signature", "v0=" SLACK_HEX)},
      NULL,
      SLACK_BODY}},
    {"Standard Webhooks",
     "standard-webhooks",
     STANDARD_SECRET,
     1614265330000,
     true,
     {{STANDARD_ID, STANDARD_TIME,
       SENT("webhook-signature", "v1a,AA== v1,AAAA v1," STANDARD_BASE64)},
      NULL,
      STANDARD_BODY}},
    {"Standard Webhooks by their older name",
     "standard-webhooks",
     &STANDARD_SECRET[6],
     1614265330000,
     true,
     {{SENT("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), SENT("svix-timestamp", "1614265330"),
       SENT("svix-signature", "v1," STANDARD_BASE64)},
      NULL,
      STANDARD_BODY}},
    {"Azure DevOps",
     "azure-devops",
     "ann:Wellington",
     0,
     false,
     {{SENT("Authorization", "Basic YW5uOldlbGxpbmd0b24=")}, NULL, HELLO}},
    {"Azure DevOps, captured",
     "azure-devops",
     "ann:Wellington",
     0,
     false,
     {{HIDDEN("Authorization", "Basic sha256:" WELLINGTON_DIGEST)}, NULL, HELLO}},
    {"unknown, bearer",
     "unknown",
     "Wellington",
     0,
     false,
     {{SENT("Authorization", "Bearer Wellington")}, NULL, HELLO}},
    {"unknown, all of it",
     "unknown",
     "Splunk Wellington",
     0,
     false,
     {{SENT("Authorization", "Splunk Wellington")}, NULL, HELLO}},
    {"unknown, bearer, captured",
     "unknown",
     "Wellington",
     0,
     false,
     {{HIDDEN("Authorization", "Bearer sha256:" WELLINGTON_DIGEST)}, NULL, HELLO}},
    {"unknown, as GitHub",
     "unknown",
     EVERYBODY,
     0,
     true,
     {{SENT("X-Hub-Signature-256", "sha256=" HELLO_HEX)}, NULL, HELLO}},
};

static enum webhook_signature verify(const char *provider, const struct call_text *text,
                                     struct str secret, int64_t now_ms)
{
    const struct webhook webhook = {.provider = str_from(provider)};
    struct webhook_header headers[CALL_HEADER_MAX];
    struct webhook_call call = call_of(text, headers);
    struct arena *arena = arena_new();
    enum webhook_signature result = webhook_verify(arena, &webhook, &call, secret, now_ms);

    arena_free(arena);
    free_copy(call.body);
    return result;
}

static void test_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct signature_case *row = &cases[i];
        struct str secret = str_from(row->secret);
        int64_t now_ms = row->time_ms ? row->time_ms : 1700000000000;
        enum webhook_signature later = row->time_ms ? WEBHOOK_TOO_OLD : WEBHOOK_VALID;

        EXPECT(row->label, verify(row->provider, &row->call, secret, now_ms) == WEBHOOK_VALID);
        EXPECT(row->label,
               verify(row->provider, &row->call, secret, now_ms + 5 * MINUTES) == WEBHOOK_VALID);
        EXPECT(row->label,
               verify(row->provider, &row->call, secret, now_ms - 5 * MINUTES) == WEBHOOK_VALID);
        EXPECT(row->label,
               verify(row->provider, &row->call, secret, now_ms + 5 * MINUTES + 1) == later);
        EXPECT(row->label,
               verify(row->provider, &row->call, secret, now_ms - 5 * MINUTES - 1) == later);
        EXPECT(row->label, verify(row->provider, &row->call, STR(""), now_ms) == WEBHOOK_UNCHECKED);
    }
}

/* The text with one bit changed, in memory of its own. */
static char *flipped(struct str text, size_t bit)
{
    char *copy = malloc(text.len + 1);

    assert_non_null(copy);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
    return copy;
}

/* Where the part that is compared begins in the last header. */
static size_t signature_at(struct str value)
{
    size_t at = value.len - 1; /* in front of the padding of base64 */

    while (at > 0 && !strchr("=, :", value.ptr[at - 1]))
        at--;
    return at;
}

static void check_flips(const struct signature_case *row, int64_t now_ms)
{
    struct str secret = str_from(row->secret);
    struct call_text changed = row->call;
    size_t last = 0;
    struct str value;

    for (size_t bit = 0; row->covers_body && bit < row->call.body.len * 8; bit++) {
        char *body = flipped(row->call.body, bit);

        changed.body.ptr = body;
        EXPECT(row->label, verify(row->provider, &changed, secret, now_ms) == WEBHOOK_INVALID);
        free(body);
    }
    while (last + 1 < CALL_HEADER_MAX && row->call.headers[last + 1].name)
        last++;
    value = str_from(row->call.headers[last].value);
    changed = row->call;
    for (size_t bit = signature_at(value) * 8; bit < value.len * 8; bit++) {
        char *text = flipped(str_from(row->call.headers[last].value), bit);

        changed.headers[last].value = text;
        EXPECT(row->label, verify(row->provider, &changed, secret, now_ms) == WEBHOOK_INVALID);
        free(text);
    }
}

static void test_flipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct signature_case *row = &cases[i];
        int64_t now_ms = row->time_ms ? row->time_ms : 1700000000000;
        struct str secret = str_from(row->secret);

        check_flips(row, now_ms);
        for (size_t bit = 0; bit < secret.len * 8; bit++) {
            char *other = flipped(secret, bit);
            bool is_name = strchr(row->secret, ':') && row->call.headers[0].is_digest &&
                           bit / 8 < (size_t)(strchr(row->secret, ':') - row->secret);

            EXPECT(row->label,
                   is_name || verify(row->provider, &row->call, (struct str){other, secret.len},
                                     now_ms) == WEBHOOK_INVALID);
            free(other);
        }
    }
}

/* What is no signature of that provider, and what looks like one. */
static void test_refused(void **state)
{
    static const struct {
        const char *label, *provider;
        struct call_text call;
        enum webhook_signature expected;
    } refused[] = {
        {"no header", "github", {{NO_HEADER}, NULL, HELLO}, WEBHOOK_UNSIGNED},
        {"the older one does not help",
         "github",
         {{SENT("X-Hub-Signature-256", "sha256="), SENT("X-Hub-Signature", "sha1=" HELLO_SHA1)},
          NULL,
          HELLO},
         WEBHOOK_INVALID},
        {"SHA-1 in the place of SHA-256",
         "github",
         {{SENT("X-Hub-Signature-256", "sha1=" HELLO_SHA1)}, NULL, HELLO},
         WEBHOOK_INVALID},
        {"capitals",
         "github",
         {{SENT("X-Hub-Signature", "sha1=01DC10D0C83E72ED246219CDD91669667FE2CA59")}, NULL, HELLO},
         WEBHOOK_INVALID},
        {"a scheme of others",
         "stripe",
         {{SENT("X-Hub-Signature-256", "sha256=" HELLO_HEX)}, NULL, HELLO},
         WEBHOOK_UNSIGNED},
        {"GitLab's token is not a signature",
         "gitlab",
         {{SENT("X-Gitlab-Token", HELLO_HEX)}, NULL, HELLO},
         WEBHOOK_INVALID},
        {"a digest that the front did not put there",
         "gitlab",
         {{SENT("X-Gitlab-Token", "sha256:" EVERYBODY_DIGEST)}, NULL, HELLO},
         WEBHOOK_INVALID},
        {"a digest without its name",
         "gitlab",
         {{HIDDEN("X-Gitlab-Token", EVERYBODY_DIGEST)}, NULL, HELLO},
         WEBHOOK_INVALID},
        {"Stripe without a time",
         "stripe",
         {{SENT("Stripe-Signature", "v1=" HELLO_HEX)}, NULL, HELLO},
         WEBHOOK_INVALID},
        {"Stripe of another version",
         "stripe",
         {{SENT("Stripe-Signature", "t=1,v0=" HELLO_HEX)}, NULL, HELLO},
         WEBHOOK_UNSIGNED},
        {"Slack without a time",
         "slack",
         {{SENT("X-Slack-Signature", "v0=" SLACK_HEX)}, NULL, HELLO},
         WEBHOOK_INVALID},
        {"a time that is none",
         "slack",
         {{SENT("X-Slack-Request-Timestamp", "-1"), SENT("X-Slack-Signature", "v0=" SLACK_HEX)},
          NULL,
          HELLO},
         WEBHOOK_INVALID},
        {"a time out of any range",
         "slack",
         {{SENT("X-Slack-Request-Timestamp", "9223372036854775807"),
           SENT("X-Slack-Signature", "v0=" SLACK_HEX)},
          NULL,
          HELLO},
         WEBHOOK_INVALID},
        {"Standard Webhooks without an id",
         "standard-webhooks",
         {{STANDARD_TIME, SENT("webhook-signature", "v1," STANDARD_BASE64)}, NULL, HELLO},
         WEBHOOK_INVALID},
        {"Standard Webhooks of an asymmetric kind",
         "standard-webhooks",
         {{STANDARD_ID, STANDARD_TIME, SENT("webhook-signature", "v1a,AA==")}, NULL, HELLO},
         WEBHOOK_UNSIGNED},
        {"Basic without a credential",
         "azure-devops",
         {{SENT("Authorization", "Basic")}, NULL, HELLO},
         WEBHOOK_INVALID},
        {"an empty header", "unknown", {{SENT("Authorization", "")}, NULL, HELLO}, WEBHOOK_INVALID},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++)
        EXPECT(refused[i].label, verify(refused[i].provider, &refused[i].call, str_from(EVERYBODY),
                                        1614265330000) == refused[i].expected);
}

/* While a secret is being replaced there are several: wherever the one that fits stands. */
static void test_several(void **state)
{
    static const struct call_text stripe = {
        {SENT("Stripe-Signature", "t=1492774577,v1=" STRIPE_HEX ",v1=00")},
        NULL,
        TEXT("{\"id\":\"evt_1\"}")};
    static const struct call_text standard = {
        {STANDARD_ID, STANDARD_TIME, SENT("webhook-signature", "v1," STANDARD_BASE64 " v1,AA==")},
        NULL,
        STANDARD_BODY};

    (void)state;
    assert_int_equal(verify("stripe", &stripe, STR("whsec_test"), 1492774577000), WEBHOOK_VALID);
    assert_int_equal(verify("standard-webhooks", &standard, STR(STANDARD_SECRET), 1614265330000),
                     WEBHOOK_VALID);
}

/* A password alone, captured or not, and none behind the colon. */
static void test_basic_secrets(void **state)
{
    static const struct call_text hidden = {
        {HIDDEN("Authorization", "Basic sha256:" WELLINGTON_DIGEST)}, NULL, HELLO};
    static const struct call_text empty = {
        {HIDDEN("Authorization", "Basic sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495"
                                 "991b7852b855")},
        NULL,
        HELLO};

    (void)state;
    assert_int_equal(verify("azure-devops", &hidden, STR("Wellington"), 0), WEBHOOK_VALID);
    assert_int_equal(verify("azure-devops", &hidden, STR(":Wellington"), 0), WEBHOOK_VALID);
    assert_int_equal(verify("azure-devops", &hidden, STR("Wellington:x"), 0), WEBHOOK_INVALID);
    assert_int_equal(verify("azure-devops", &empty, STR("ann:"), 0), WEBHOOK_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),         cmocka_unit_test(test_flipped),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_several),
        cmocka_unit_test(test_basic_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
