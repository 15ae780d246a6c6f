/* SPDX-License-Identifier: MIT */
/*
 * Bodies are JSON as API clients send it, of words that are common here, of words that are not, and of ids that are said once.
 * No text holds what Daybook takes for a secret, so that all of it is stored as it stands.
 */
#include "make_texts.h"

#include "base/event.h"

static const struct str types[TYPES] = {
    STR("pipeline"),    STR("build"),      STR("project"),    STR("context"),  STR("image"),
    STR("environment"), STR("team"),       STR("runtime"),    STR("workflow"), STR("cluster"),
    STR("release"),     STR("repository"), STR("step"),       STR("board"),    STR("annotation"),
    STR("registry"),    STR("agent"),      STR("permission"), STR("user"),     STR("account"),
};
static const struct {
    const char *verb, *method, *path;
} verbs[TYPE_ACTIONS] = {
    {"update", "PATCH", ""},     {"create", "POST", NULL}, {"get", "GET", ""},
    {"list", "GET", NULL},       {"delete", "DELETE", ""}, {"run", "POST", "/run"},
    {"replace", "PUT", "/spec"},
};
static const char *const common_actions[COMMON_ACTIONS] = {
    "login",  "logout",   "refreshSession", "search",     "exportReport",
    "upload", "download", "acceptTerms",    "changePlan", "openHelp",
};
static const struct str providers[PROVIDERS] = {STR("github"), STR("gitlab"), STR("bitbucket"),
                                                STR("stripe"), STR("slack"),  STR("jira")};
static const struct str webhooks[] = {STR("push"), STR("pull_request"), STR("release"),
                                      STR("issue_comment"), STR("invoice.paid")};
static const struct str agents[] = {
    STR("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
        "Safari/537.36"),
    STR("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:121.0) Gecko/20100101 Firefox/121.0"),
    STR("codefresh-cli/0.84.6 node/18.19.0 linux-x64"),
    STR("python-requests/2.31.0"),
    STR("Go-http-client/2.0"),
    STR("GitHub-Hookshot/044aadd")};

static const struct str words[] = {
    STR("deploy"),    STR("build"),     STR("stage"),      STR("branch"),    STR("master"),
    STR("image"),     STR("cluster"),   STR("variable"),   STR("runtime"),   STR("agent"),
    STR("step"),      STR("approval"),  STR("cache"),      STR("volume"),    STR("compose"),
    STR("manual"),    STR("schedule"),  STR("timeout"),    STR("retry"),     STR("rollback"),
    STR("canary"),    STR("version"),   STR("commit"),     STR("author"),    STR("message"),
    STR("request"),   STR("webhook"),   STR("context"),    STR("payment"),   STR("checkout"),
    STR("invoice"),   STR("frontend"),  STR("backend"),    STR("gateway"),   STR("ledger"),
    STR("search"),    STR("catalog"),   STR("inventory"),  STR("shipping"),  STR("billing"),
    STR("notify"),    STR("mailer"),    STR("worker"),     STR("queue"),     STR("stream"),
    STR("batch"),     STR("report"),    STR("metrics"),    STR("logging"),   STR("tracing"),
    STR("storage"),   STR("backup"),    STR("restore"),    STR("migrate"),   STR("schema"),
    STR("database"),  STR("replica"),   STR("shard"),      STR("index"),     STR("query"),
    STR("service"),   STR("endpoint"),  STR("proxy"),      STR("ingress"),   STR("network"),
    STR("policy"),    STR("quota"),     STR("limit"),      STR("memory"),    STR("processor"),
    STR("platform"),  STR("operator"),  STR("controller"), STR("scheduler"), STR("template"),
    STR("overlay"),   STR("manifest"),  STR("chart"),      STR("namespace"), STR("resource"),
    STR("developer"), STR("tester"),    STR("reviewer"),   STR("manager"),   STR("customer"),
    STR("tenant"),    STR("region"),    STR("zone"),       STR("europe"),    STR("america"),
    STR("primary"),   STR("secondary"), STR("preview"),    STR("nightly"),   STR("weekly"),
    STR("hotfix"),    STR("feature"),   STR("refactor"),   STR("document"),  STR("example"),
};
enum {
    WORDS = sizeof(words) / sizeof(words[0]),
    VERY_BRIEF = 300, /* bytes of a body; see texts_make() */
};

void texts_init(struct texts *texts)
{
    *texts = (struct texts){0};
    strbuf_init(&texts->url);
    strbuf_init(&texts->params);
    strbuf_init(&texts->query);
    strbuf_init(&texts->headers);
    strbuf_init(&texts->body);
    strbuf_init(&texts->address);
    strbuf_init(&texts->trace_id);
    strbuf_init(&texts->delivery_id);
}

void texts_release(struct texts *texts)
{
    strbuf_release(&texts->url);
    strbuf_release(&texts->params);
    strbuf_release(&texts->query);
    strbuf_release(&texts->headers);
    strbuf_release(&texts->body);
    strbuf_release(&texts->address);
    strbuf_release(&texts->trace_id);
    strbuf_release(&texts->delivery_id);
}

/* ---- Pieces -------------------------------------------------------------------------------------- */

static void add_hex(struct strbuf *out, uint64_t bits, unsigned digits)
{
    char *to = strbuf_reserve(out, digits);

    for (unsigned i = 0; i < digits; i++, bits >>= 4)
        to[i] = "0123456789abcdef"[bits & 15];
    out->len += digits;
}

static void add_number(struct strbuf *out, uint32_t number)
{
    char digits[10];
    unsigned at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    strbuf_add(out, (struct str){digits + at, sizeof(digits) - at});
}

static void add_word(struct strbuf *out, struct random *random)
{
    /* The first ones more often, without a logarithm a word. */
    uint32_t a = random_below(random, WORDS), b = random_below(random, WORDS);

    strbuf_add(out, words[a < b ? a : b]);
}

static void add_pair(struct strbuf *out, struct random *random, char between)
{
    add_word(out, random);
    strbuf_add_char(out, between);
    add_word(out, random);
}

/* A name that is said again and again; which one is decided by `number`. */
static void add_name(struct strbuf *out, uint64_t number, char between)
{
    struct random random = {random_mix(number)};

    add_pair(out, &random, between);
}

struct str texts_type(uint8_t type)
{
    return types[type - 1];
}

static void add_capitalised(struct strbuf *out, struct str text)
{
    strbuf_add_char(out, (char)(text.ptr[0] - 'a' + 'A'));
    strbuf_add(out, str_slice(text, 1, text.len));
}

void texts_action(struct strbuf *out, uint8_t action)
{
    unsigned number = action - 1U;

    if (number >= TYPES * TYPE_ACTIONS) {
        strbuf_add_cstr(out, common_actions[number - TYPES * TYPE_ACTIONS]);
        return;
    }
    strbuf_add_cstr(out, verbs[number % TYPE_ACTIONS].verb);
    add_capitalised(out, types[number / TYPE_ACTIONS]);
}

void texts_user(struct strbuf *out, uint32_t account, uint32_t user)
{
    add_name(out, (uint64_t)account << 32 | user, '.');
    add_number(out, user);
    strbuf_add_cstr(out, "@example.com");
}

struct str texts_provider(uint8_t provider)
{
    return provider ? providers[provider - 1] : (struct str){NULL, 0};
}

struct str texts_method(const struct call *call)
{
    unsigned number = call->action - 1U;

    if (call->kind == EVENT_KIND_TRIGGER || number >= TYPES * TYPE_ACTIONS)
        return STR("POST");
    return str_from(verbs[number % TYPE_ACTIONS].method);
}

struct str texts_source(uint8_t source)
{
    return event_source_name((enum event_source)source);
}

void texts_account(struct strbuf *out, uint32_t account)
{
    if (account == 0)
        strbuf_add_cstr(out, "big");
    else
        strbuf_printf(out, "small%03u", account);
}

void texts_entity_id(struct strbuf *out, uint32_t account, uint32_t entity)
{
    uint64_t bits = (uint64_t)account << 32 | (entity - (entity % 50 == 0));

    add_hex(out, random_mix(bits ^ 0x5cc8), 16);
    add_hex(out, random_mix(bits), 8);
}

void texts_entity_name(struct strbuf *out, uint32_t account, uint32_t entity)
{
    size_t start = out->len;

    add_name(out, (uint64_t)account << 33 | entity, '/');
    if (entity % 20 == 7)
        out->ptr[start] = (char)(out->ptr[start] - 'a' + 'A');
    strbuf_add_char(out, '-');
    add_number(out, entity);
}

/* The front of a common word and the end of another: of pieces that stand everywhere, as most words are. */
static void add_joined_word(struct strbuf *out, struct random *random)
{
    size_t start = out->len;
    bool is_common;

    do {
        struct str front = words[random_below(random, WORDS)];
        struct str end = words[random_below(random, WORDS)];

        out->len = start;
        strbuf_add(out, str_slice(front, 0, (front.len + 1) / 2));
        strbuf_add(out, str_slice(end, end.len / 2, end.len));
        is_common = out->len - start < 7;
        for (size_t i = 0; i < WORDS; i++)
            is_common = is_common ||
                        str_contains_folded(words[i], str_slice(strbuf_str(out), start, out->len));
    } while (is_common);
}

/* Every other one of syllables that no word above is made of. */
void texts_rare_word(struct strbuf *out, uint8_t word)
{
    static const char *const syllables[] = {"zu", "qua", "vyx", "jo", "wim", "fy", "kha", "oz"};
    struct random random = {random_mix(word)};

    if (word % 2 == 0) {
        add_joined_word(out, &random);
        return;
    }
    for (unsigned i = 0; i < 3; i++)
        strbuf_add_cstr(out, syllables[random_below(&random, 8)]);
    strbuf_add_char(out, (char)('a' + word % 26));
    strbuf_add_char(out, (char)('a' + word / 26));
}

/* ---- A call -------------------------------------------------------------------------------------- */

static void make_address(struct texts *texts, const struct call *call)
{
    strbuf_add_cstr(&texts->address, "10.");
    add_number(&texts->address, call->address >> 16);
    strbuf_add_char(&texts->address, '.');
    add_number(&texts->address, call->address >> 8 & 255);
    strbuf_add_char(&texts->address, '.');
    add_number(&texts->address, call->address & 255);
}

/* Returns whether the call has a body. */
static bool make_line(struct texts *texts, const struct call *call, struct random *random)
{
    unsigned number = call->action - 1U, verb = number % TYPE_ACTIONS;
    const char *path = verbs[verb].path;
    uint32_t limit = 10 + 10 * random_below(random, 10);

    if (number >= TYPES * TYPE_ACTIONS) {
        strbuf_add_cstr(&texts->url, "/api/");
        texts_action(&texts->url, call->action);
        strbuf_add_cstr(&texts->params, "{}");
        strbuf_add_cstr(&texts->query, "{}");
        return true;
    }
    strbuf_add_cstr(&texts->url, "/api/");
    strbuf_add(&texts->url, types[call->type - 1]);
    strbuf_add_char(&texts->url, 's');
    if (path) {
        strbuf_add_char(&texts->url, '/');
        texts_entity_id(&texts->url, call->account, call->entity);
        strbuf_add_cstr(&texts->url, path);
        strbuf_add_cstr(&texts->params, "{\"id\": \"");
        texts_entity_id(&texts->params, call->account, call->entity);
        strbuf_add_cstr(&texts->params, "\"}");
    } else {
        strbuf_add_cstr(&texts->params, "{}");
    }
    strbuf_add_cstr(&texts->url, "?limit=");
    add_number(&texts->url, limit);
    strbuf_add_cstr(&texts->url, "&offset=0");
    strbuf_add_cstr(&texts->query, "{\"limit\": \"");
    add_number(&texts->query, limit);
    strbuf_add_cstr(&texts->query, "\", \"offset\": \"0\"}");
    return verbs[verb].method[0] == 'P' || random_chance(random, 0.5);
}

static void add_header(struct strbuf *out, const char *name, struct str value)
{
    strbuf_add_cstr(out, out->len > 1 ? ", [\"" : "[\"");
    strbuf_add_cstr(out, name);
    strbuf_add_cstr(out, "\", \"");
    strbuf_add(out, value);
    strbuf_add_cstr(out, "\"]");
}

static void make_headers(struct texts *texts, const struct call *call, bool is_brief)
{
    struct strbuf *out = &texts->headers;
    struct strbuf length;

    strbuf_add_char(out, '[');
    add_header(out, "Host", STR("api.example.com"));
    if (!is_brief) {
        add_header(out, "X-Request-Id", str_from(call->key));
        strbuf_init(&length);
        add_number(&length, (uint32_t)texts->body.len);
        add_header(out, "User-Agent", texts->agent);
        add_header(out, "Accept", STR("application/json, text/plain, */*"));
        add_header(out, "Accept-Encoding", STR("gzip, deflate, br"));
        add_header(out, "Accept-Language", STR("en-GB,en;q=0.9"));
        add_header(out, "Content-Type", STR("application/json;charset=utf-8"));
        add_header(out, "Content-Length", strbuf_str(&length));
        add_header(out, "X-Forwarded-For", strbuf_str(&texts->address));
        add_header(out, "Connection", STR("keep-alive"));
        strbuf_release(&length);
    }
    strbuf_add_char(out, ']');
}

static void add_steps(struct strbuf *out, struct random *random, size_t end)
{
    strbuf_add_cstr(out, "\"steps\": [");
    for (unsigned i = 0; out->len < end; i++) {
        strbuf_add_cstr(out, i ? ", {\"title\": \"" : "{\"title\": \"");
        add_pair(out, random, ' ');
        strbuf_add_cstr(out, "\", \"image\": \"");
        add_pair(out, random, '/');
        strbuf_add_char(out, ':');
        add_number(out, random_below(random, 400));
        strbuf_add_cstr(out, "\", \"digest\": \"");
        add_hex(out, random_next(random), 12);
        strbuf_add_cstr(out, "\"}");
    }
    strbuf_add_char(out, ']');
}

/* Members in front, steps for a third of what is left, and a description to fill it up. */
static void make_body(struct texts *texts, const struct call *call, struct random *random,
                      unsigned bytes)
{
    size_t end = bytes * 2 / 5 + random_below(random, bytes * 7 / 5);
    struct strbuf *out = &texts->body;

    strbuf_add_cstr(out, "{\"id\": \"");
    add_hex(out, random_next(random), 16);
    strbuf_add_cstr(out, "\", \"name\": \"");
    texts_entity_name(out, call->account, call->entity);
    strbuf_add_char(out, '"');
    if (bytes >= VERY_BRIEF) {
        strbuf_add_cstr(out, ", \"revision\": ");
        add_number(out, random_below(random, 1000));
        strbuf_add_cstr(out, ", \"isPublic\": false, \"spec\": {");
        add_steps(out, random, end / 3);
        strbuf_add_cstr(out, "}");
        if (random_chance(random, 0.1))
            strbuf_add_cstr(out, ", \"script\": \"set -e\\nmake \\\"all\\\"\\n\"");
    }
    strbuf_add_cstr(out, ", \"description\": \"");
    do {
        add_word(out, random);
        strbuf_add_char(out, ' ');
    } while (out->len < end);
    if (call->rare_word)
        texts_rare_word(out, call->rare_word);
    strbuf_add_cstr(out, "\"}");
}

void texts_make(struct texts *texts, const struct call *call, unsigned body_bytes)
{
    struct random random = {call->seed};
    unsigned agent = call->kind == EVENT_KIND_TRIGGER   ? 5
                     : call->source == EVENT_SOURCE_UI  ? call->address & 1
                     : call->source == EVENT_SOURCE_CLI ? 2
                                                        : 3 + (call->address & 1);
    bool has_body, is_brief = body_bytes < VERY_BRIEF;

    texts->url.len = texts->params.len = texts->query.len = texts->headers.len = 0;
    texts->body.len = texts->address.len = texts->trace_id.len = texts->delivery_id.len = 0;
    texts->agent = agents[is_brief ? 4 : agent];
    make_address(texts, call);
    texts->request_id = str_from(is_brief ? NULL : call->key);
    texts->method = texts_method(call);
    has_body = make_line(texts, call, &random) || call->rare_word;
    if (is_brief) {
        texts->params.len = texts->query.len = 0;
        strbuf_add_cstr(&texts->params, "{}");
        strbuf_add_cstr(&texts->query, "{}");
    }
    if (call->kind == EVENT_KIND_TRIGGER) {
        has_body = true;
        add_hex(&texts->delivery_id, random_next(&random), 16);
    }
    if (has_body)
        make_body(texts, call, &random, body_bytes);
    make_headers(texts, call, is_brief);
    if (!is_brief && random_chance(&random, 0.3)) {
        add_hex(&texts->trace_id, random_next(&random), 16);
        add_hex(&texts->trace_id, random_next(&random), 16);
    }
    texts->provider = texts_provider(call->provider);
    texts->webhook = call->kind == EVENT_KIND_TRIGGER ? webhooks[random_below(&random, 5)]
                                                      : (struct str){NULL, 0};
    texts->response_ms = 1 + random_skewed(&random, 4000);
    texts->response_bytes = 20 + random_below(&random, 5000);
}
