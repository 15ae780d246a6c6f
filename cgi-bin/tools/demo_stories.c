/* SPDX-License-Identifier: MIT */
/* People, programs, things, failures.  Names are invented, addresses kept for documentation. */
#include "tools/demo_stories.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- Roles and programs ---- */

const struct demo_role demo_roles[DEMO_ROLE_COUNT] = {
    /*                   calls   gap, seconds   0     6     12    18       weekend */
    [DEMO_OFFICE] = {3, 16, 2, 95, "000000138999579998532100", 50, NULL},
    [DEMO_TERMINAL] = {1, 9, 3, 70, "000000127999589998643211", 80, NULL},
    [DEMO_CI] = {1, 5, 1, 45, "111111111111111111111111", 1000, NULL},
    [DEMO_NIGHTLY] = {5, 12, 2, 30, "009300000000000000000000", 1000, NULL},
    [DEMO_INFRA] = {2, 6, 1, 8, "111111222222222222221111", 700, NULL},
    [DEMO_CHAT] = {1, 1, 1, 1, "000000138999579998532100", 100, NULL},
    [DEMO_PROBE] = {1, 2, 1, 5, "111111111111111111111111", 1000, NULL},
    [DEMO_SCANNER] = {4, 11, 0, 2, "321111000000000000111122", 1000, NULL},
    [DEMO_GITHUB] = {1, 1, 1, 1, "000000137999589998643211", 120, "github"},
    [DEMO_GITLAB] = {1, 1, 1, 1, "000000137999589998432100", 80, "gitlab"},
    [DEMO_DOCKERHUB] = {1, 1, 1, 1, "111111246666666664433211", 300, "docker-hub"},
};

static const struct demo_client chrome = {
    .user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                  "Chrome/126.0.0.0 Safari/537.36",
    .source = EVENT_SOURCE_UI,
    .traced = true,
    .headers = {{"Accept", "application/json, text/plain, */*"},
                {"Accept-Language", "en-GB,en;q=0.9"},
                {"Referer", "https://ci.example.com/account/pipelines"},
                {"Sec-Fetch-Site", "same-origin"}},
};
static const struct demo_client edge = {
    .user_agent =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/125.0.0.0 Safari/537.36 Edg/125.0.0.0",
    .source = EVENT_SOURCE_UI,
    .traced = true,
    .headers = {{"Accept", "application/json, text/plain, */*"},
                {"Accept-Language", "de-DE,de;q=0.9,en;q=0.7"},
                {"Referer", "https://ci.example.com/builds?page=1"}},
};
static const struct demo_client firefox = {
    .user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    .source = EVENT_SOURCE_UI,
    .traced = true,
    .headers = {{"Accept", "application/json, text/plain, */*"},
                {"Accept-Language", "en-US,en;q=0.5"},
                {"Referer", "https://ci.example.com/projects"},
                {"DNT", "1"}},
};
static const struct demo_client safari = {
    .user_agent =
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
        "Gecko) Version/17.5 Safari/605.1.15",
    .source = EVENT_SOURCE_UI,
    .traced = true,
    .headers = {{"Accept", "application/json, text/plain, */*"},
                {"Accept-Language", "fr-FR,fr;q=0.9,en;q=0.8"},
                {"Referer", "https://ci.example.com/environments"}},
};
static const struct demo_client codefresh_cli = {
    .user_agent = "codefresh-cli-v0.89.3",
    .source = EVENT_SOURCE_CLI,
    .headers = {{"Accept", "application/json"},
                {"Codefresh-User-Agent-Type", "cli"},
                {"Codefresh-User-Agent-Version", "0.89.3"}},
};
static const struct demo_client curl = {
    .user_agent = "curl/8.5.0",
    .source = EVENT_SOURCE_CLI,
    .headers = {{"Accept", "*/*"}},
};
static const struct demo_client build_engine = {
    .user_agent = "build-engine/1.171.4 (linux; amd64)",
    .source = EVENT_SOURCE_INTEGRATION,
    .traced = true,
    .headers = {{"Accept", "application/json"}, {"X-Engine-Node", "node-7.build.example.com"}},
};
static const struct demo_client go_sdk = {
    .user_agent = "go-sdk-http-client",
    .source = EVENT_SOURCE_INTEGRATION,
    .traced = true,
    .headers = {{"Accept", "application/json"}, {"Accept-Encoding", "gzip"}},
};
static const struct demo_client terraform = {
    .user_agent = "Terraform/1.8.5 (+https://terraform.example.org) terraform-provider-ci/0.7.0",
    .source = EVENT_SOURCE_INTEGRATION,
    .headers = {{"Accept", "application/json"}, {"Accept-Encoding", "gzip"}},
};
static const struct demo_client chat = {
    .user_agent = "ChatCommands/1.0 (+https://chat.example.com)",
    .source = EVENT_SOURCE_INTEGRATION,
    .headers = {{"Accept", "application/json,*/*"}},
};
static const struct demo_client probe = {
    .user_agent = "kube-probe/1.29",
    .source = EVENT_SOURCE_INTEGRATION,
    .headers = {{"Accept", "*/*"}},
};
static const struct demo_client scanner = {
    .user_agent = "python-requests/2.31.0",
    .headers = {{"Accept", "*/*"}, {"Accept-Encoding", "gzip, deflate"}},
};
static const struct demo_client github = {
    .user_agent = "GitHub-Hookshot/3f1c2d8",
    .source = EVENT_SOURCE_WEBHOOK,
    .headers = {{"Accept", "*/*"},
                {"X-GitHub-Event", "$event"},
                {"X-GitHub-Delivery", "$uuid"},
                {"X-GitHub-Hook-ID", "480113377"}},
};
static const struct demo_client gitlab = {
    .user_agent = "GitLab/17.0.2-ee",
    .source = EVENT_SOURCE_WEBHOOK,
    .headers = {{"X-Gitlab-Event", "$event"},
                {"X-Gitlab-Event-UUID", "$uuid"},
                {"X-Gitlab-Instance", "https://git.example.org"}},
};
static const struct demo_client dockerhub = {
    .user_agent = "Go-http-client/1.1",
    .source = EVENT_SOURCE_WEBHOOK,
    .headers = {{"Accept-Encoding", "gzip"}},
};

/* ---- Who ---- */

const struct demo_actor demo_actors[] = {
    {"ann", DEMO_OFFICE, &chrome, "203.0.113.10", NULL, 12, 0, false},
    {"ann", DEMO_TERMINAL, &codefresh_cli, "203.0.113.10", NULL, 4, 0, false},
    {"ben", DEMO_OFFICE, &firefox, "203.0.113.10", NULL, 9, 0, false},
    {"ben", DEMO_TERMINAL, &codefresh_cli, "198.51.100.31", NULL, 8, 0, false},
    {"carla", DEMO_OFFICE, &safari, "198.51.100.23", "198.51.100.23, 192.0.2.2", 10, 0, false},
    {"deniz", DEMO_OFFICE, &chrome, "2001:db8:12:a4::7", NULL, 7, 0, false},
    {"deniz", DEMO_TERMINAL, &curl, "2001:db8:12:a4::7", NULL, 4, 0, false},
    {"emil", DEMO_TERMINAL, &codefresh_cli, "203.0.113.10", NULL, 11, 0, false},
    {"fatima", DEMO_OFFICE, &edge, "203.0.113.10", NULL, 8, 0, false},
    {"greg", DEMO_OFFICE, &chrome, "192.0.2.61", "192.0.2.61, 192.0.2.2", 7, 5, false},
    {"greg", DEMO_TERMINAL, &curl, "192.0.2.61", NULL, 3, 5, false},
    {"hana", DEMO_OFFICE, &firefox, "2001:db8:77::1c", NULL, 6, 0, false},
    {"ivan", DEMO_TERMINAL, &codefresh_cli, "198.51.100.140", NULL, 7, 0, false},
    {"julia", DEMO_OFFICE, &safari, "203.0.113.44", NULL, 5, 5, false},
    {"julia", DEMO_CHAT, &chat, "192.0.2.90", NULL, 8, 0, false},
    {"carla", DEMO_CHAT, &chat, "192.0.2.90", NULL, 6, 0, false},
    {"victor", DEMO_TERMINAL, &curl, "198.51.100.77", NULL, 4, 0, true},
    {"ci-bot", DEMO_CI, &build_engine, "192.0.2.15", NULL, 8, 0, false},
    {"ci-bot", DEMO_CI, &build_engine, "192.0.2.16", NULL, 5, 0, false},
    {"deploy-bot", DEMO_NIGHTLY, &go_sdk, "192.0.2.20", NULL, 7, 0, false},
    {"deploy-bot", DEMO_INFRA, &go_sdk, "192.0.2.20", NULL, 10, 0, false},
    {"infra-bot", DEMO_INFRA, &terraform, "192.0.2.21", NULL, 15, 0, false},
    {NULL, DEMO_PROBE, &probe, "192.0.2.5", NULL, 12, 0, false},
    {NULL, DEMO_SCANNER, &scanner, "198.51.100.200", NULL, 1, 0, false},
    {NULL, DEMO_SCANNER, &scanner, "2001:db8:bad::9", NULL, 1, 0, false},
    {NULL, DEMO_GITHUB, &github, "203.0.113.201", NULL, 60, 0, false},
    {NULL, DEMO_GITLAB, &gitlab, "198.51.100.8", NULL, 25, 0, false},
    {NULL, DEMO_DOCKERHUB, &dockerhub, "203.0.113.230", NULL, 15, 0, false},
};
const size_t demo_actor_count = COUNT(demo_actors);

/* ---- Things ---- */

const char *const demo_types[DEMO_LIST_COUNT] = {
    [DEMO_PIPELINE] = "pipeline",
    [DEMO_PROJECT] = "project",
    [DEMO_ENVIRONMENT] = "environment",
    [DEMO_REGISTRY] = "registry",
    [DEMO_CONTEXT] = "context",
    [DEMO_TEAM] = "team",
    [DEMO_USER] = "user",
    [DEMO_AGENT] = "agent",
    [DEMO_HELM_BOARD] = "helm-board",
    [DEMO_ANNOTATION] = "annotation",
    [DEMO_TRIGGER] = "trigger",
    [DEMO_GITHUB_REPO] = "trigger",
    [DEMO_GITLAB_REPO] = "trigger",
    [DEMO_IMAGE_REPO] = "trigger",
    [DEMO_GITHUB_ORG] = "provider",
    [DEMO_GITLAB_GROUP] = "provider",
};

const struct demo_entity demo_entities[] = {
    {DEMO_PIPELINE, "demo/build", 20, true, false, false},
    {DEMO_PIPELINE, "demo/deploy", 10, true, false, false},
    {DEMO_PIPELINE, "demo/smoke-test", 4, false, false, false},
    {DEMO_PIPELINE, "shop/build", 18, true, false, false},
    {DEMO_PIPELINE, "shop/deploy-staging", 9, true, false, false},
    {DEMO_PIPELINE, "shop/deploy-production", 8, true, false, false},
    {DEMO_PIPELINE, "shop/nightly", 5, true, false, false},
    {DEMO_PIPELINE, "payments/build", 12, true, false, false},
    {DEMO_PIPELINE, "payments/release", 7, true, false, false},
    {DEMO_PIPELINE, "payments/load-test", 3, false, false, false},
    {DEMO_PIPELINE, "search/build", 8, true, false, false},
    {DEMO_PIPELINE, "search/reindex", 3, false, false, false},
    {DEMO_PIPELINE, "mobile/android", 6, true, false, false},
    {DEMO_PIPELINE, "mobile/ios", 6, true, false, false},
    {DEMO_PIPELINE, "platform/terraform-plan", 5, true, false, false},
    {DEMO_PIPELINE, "platform/base-images", 4, true, false, false},
    {DEMO_PIPELINE, "docs/Übersicht", 2, false, false, false},
    {DEMO_PROJECT, "demo", 6, true, false, false},
    {DEMO_PROJECT, "shop", 8, true, false, false},
    {DEMO_PROJECT, "payments", 5, true, false, false},
    {DEMO_PROJECT, "search", 3, true, false, false},
    {DEMO_PROJECT, "mobile", 3, true, false, false},
    {DEMO_PROJECT, "platform", 3, true, false, false},
    {DEMO_PROJECT, "docs", 2, false, false, false},
    {DEMO_PROJECT, "spike & throw away", 2, false, false, false},
    {DEMO_ENVIRONMENT, "staging", 9, true, false, false},
    {DEMO_ENVIRONMENT, "production-eu", 7, true, false, false},
    {DEMO_ENVIRONMENT, "production-us", 5, true, false, false},
    {DEMO_ENVIRONMENT, "review-shop-481", 4, false, false, false},
    {DEMO_ENVIRONMENT, "review-shop-497", 4, false, false, false},
    {DEMO_ENVIRONMENT, "review-payments-112", 3, false, false, false},
    {DEMO_REGISTRY, "dockerhub", 5, true, false, false},
    {DEMO_REGISTRY, "images.example.com", 6, true, false, false},
    {DEMO_REGISTRY, "mirror.example.org", 2, false, false, false},
    {DEMO_CONTEXT, "shared-settings", 6, true, false, true},
    {DEMO_CONTEXT, "staging-settings", 5, true, false, true},
    {DEMO_CONTEXT, "production-settings", 5, true, false, true},
    {DEMO_CONTEXT, "feature-flags", 3, false, false, true},
    {DEMO_TEAM, "developers", 5, true, false, false},
    {DEMO_TEAM, "release managers", 3, true, false, false},
    {DEMO_TEAM, "qa", 3, false, false, false},
    {DEMO_TEAM, "contractors", 2, false, false, false},
    {DEMO_USER, "emil", 3, true, false, false},
    {DEMO_USER, "hana", 3, true, false, false},
    {DEMO_USER, "ivan", 3, true, false, false},
    {DEMO_USER, "karim", 2, false, false, false},
    {DEMO_USER, "lena", 2, false, false, false},
    {DEMO_AGENT, "edge-1", 5, true, true, false},
    {DEMO_AGENT, "edge-2", 5, true, true, false},
    {DEMO_AGENT, "gpu-runner", 2, false, true, false},
    {DEMO_HELM_BOARD, "Releases", 4, true, false, false},
    {DEMO_HELM_BOARD, "Production EU", 3, true, false, false},
    {DEMO_HELM_BOARD, "Experiments", 2, false, false, false},
    {DEMO_ANNOTATION, "coverage", 5, true, false, true},
    {DEMO_ANNOTATION, "quality", 4, false, false, true},
    {DEMO_ANNOTATION, "ticket", 4, false, false, true},
    {DEMO_TRIGGER, "shop push", 4, true, false, false},
    {DEMO_TRIGGER, "payments tag", 3, true, false, false},
    {DEMO_TRIGGER, "base image", 2, false, false, false},
    {DEMO_GITHUB_REPO, "example/shop", 12, true, false, false},
    {DEMO_GITHUB_REPO, "example/payments", 9, true, false, false},
    {DEMO_GITHUB_REPO, "example/mobile", 6, true, false, false},
    {DEMO_GITHUB_REPO, "example/platform", 4, true, false, false},
    {DEMO_GITLAB_REPO, "example-org/search", 7, true, false, false},
    {DEMO_GITLAB_REPO, "example-org/docs", 3, true, false, false},
    {DEMO_IMAGE_REPO, "example/base-node", 5, true, false, false},
    {DEMO_IMAGE_REPO, "example/base-jdk", 3, true, false, false},
    {DEMO_GITHUB_ORG, "github", 1, true, false, true},
    {DEMO_GITLAB_GROUP, "gitlab", 1, true, false, true},
};
const size_t demo_entity_count = COUNT(demo_entities);
_Static_assert(COUNT(demo_entities) <= DEMO_ENTITY_MAX, "raise DEMO_ENTITY_MAX");

/* ---- How calls end ---- */

const char *const demo_replies[DEMO_EFFECT_COUNT] = {
    [DEMO_CREATE] = "{'id':'$id','metadata':{'name':'$name','revision':$revision}}",
    [DEMO_CHANGE] = "{'id':'$id','metadata':{'name':'$name','revision':$revision}}",
    [DEMO_RUN] = "'$buildId'",
};

#define ANY (~0u)
#define WRITES (DEMO_BIT(DEMO_CREATE) | DEMO_BIT(DEMO_CHANGE) | DEMO_BIT(DEMO_DELETE))
#define ON_ONE (DEMO_BIT(DEMO_READ) | DEMO_BIT(DEMO_CHANGE) | DEMO_BIT(DEMO_DELETE))
#define NEW_TEXT (DEMO_BIT(DEMO_CREATE) | DEMO_BIT(DEMO_CHANGE))

const struct demo_failure demo_failures[] = {
    {401, 10, DEMO_PEOPLE, ANY, true, false, true, 6,
     "{'status':401,'message':'Token is not valid or has expired'}"},
    {401, 30, DEMO_BIT(DEMO_GITHUB) | DEMO_BIT(DEMO_GITLAB), ANY, true, false, true, 4,
     "{'status':401,'message':'Signature does not match'}"},
    {403, 45, DEMO_PEOPLE, WRITES, false, false, false, 14,
     "{'status':403,'message':'$user may not do this to $name'}"},
    {404, 30, DEMO_PEOPLE | DEMO_BOTS, ON_ONE, false, true, true, 12,
     "{'status':404,'message':'$name was not found'}"},
    {409, 120, ANY, DEMO_BIT(DEMO_CREATE), false, true, true, 25,
     "{'status':409,'message':'$name already exists'}"},
    {422, 40, DEMO_PEOPLE, NEW_TEXT, false, false, false, 30,
     "{'status':422,'message':'Validation failed',"
     "'details':[{'path':'spec.runtimeEnvironment.memory','message':'$memory is above the "
     "limit'}]}"},
    {422, 12, DEMO_SENDERS, ANY, false, false, false, 9,
     "{'status':422,'message':'No trigger listens to $branch'}"},
    {429, 16, DEMO_BIT(DEMO_TERMINAL) | DEMO_BOTS, ANY, false, false, false, 2,
     "{'status':429,'message':'Too many requests, try again in $minutes seconds'}"},
    {500, 6, ANY, ANY, false, false, false, 420,
     "{'status':500,'message':'Unexpected error','errorId':'$sha'}"},
    {502, 2, ANY, ANY, false, false, false, 60, "upstream prematurely closed connection"},
    {503, 3, ANY, ANY, false, false, false, 3, "no healthy upstream"},
};
const size_t demo_failure_count = COUNT(demo_failures);

const struct demo_failure demo_outages[] = {
    {502, 450, ANY, ANY, false, false, false, 60, "upstream prematurely closed connection"},
    {503, 650, ANY, ANY, false, false, false, 3, "no healthy upstream"},
};
const size_t demo_outage_count = COUNT(demo_outages);

const struct demo_failure demo_denial = {
    403,   1000,  ANY,
    ANY,   false, false,
    false, 5,     "{'status':403,'message':'The user $user is blocked in this account'}"};

/* They say nothing, so that as much is drawn for them as for an attempt that goes well. */
const struct demo_failure demo_undelivered[] = {
    {500, 1000, DEMO_SENDERS, ANY, false, false, false, 260, NULL},
    {504, 1000, DEMO_SENDERS, ANY, false, false, false, 10000, NULL},
};
const size_t demo_undelivered_count = COUNT(demo_undelivered);
