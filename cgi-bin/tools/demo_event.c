/* SPDX-License-Identifier: MIT */
/* Expands the templates of path, query, headers, body and answer with the words of the call. */
#include "tools/demo_event.h"

#include <assert.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/digest.h"
#include "tools/demo_words.h"

enum {
    SLOW_PERMILLE = 25, /* of the calls take much longer */
    UNKNOWN_PUSHER_PERMILLE = 150,
    UNCHECKED_PERMILLE = 80,
};

/* What is needed everywhere below. */
struct maker {
    const struct demo_choice *choice;
    struct demo_random *random;
    struct arena *arena;
    struct demo_words words;
    struct strbuf scratch;
};

static const struct {
    const char *content_type;
    enum demo_place place;
    bool base64;
} forms[] = {
    [DEMO_JSON] = {"application/json", DEMO_IN_JSON, false},
    [DEMO_YAML] = {"application/x-yaml", DEMO_PLAIN, false},
    [DEMO_FORM] = {"application/x-www-form-urlencoded", DEMO_IN_URL, false},
    [DEMO_GZIP] = {"application/gzip", DEMO_PLAIN, true},
    [DEMO_PNG] = {"image/png", DEMO_PLAIN, true},
};

/* ---- The request ---- */

static struct str expand(struct maker *maker, const char *text, enum demo_place place)
{
    strbuf_reset(&maker->scratch);
    demo_template_expand(&maker->scratch, str_from(text), &maker->words, place);
    return arena_copy(maker->arena, strbuf_str(&maker->scratch));
}

/* The words of the path as {"name": "shop/build"}. */
static struct str make_params(struct maker *maker)
{
    struct str path = str_from(maker->choice->call->path);
    struct strbuf *out = &maker->scratch;
    enum demo_word word;

    strbuf_reset(out);
    strbuf_add_char(out, '{');
    while (demo_template_next_word(&path, &word))
        json_write_text(out, demo_word_names[word], maker->words.values[word]);
    strbuf_add_char(out, '}');
    return arena_copy(maker->arena, strbuf_str(out));
}

/* "limit=25&branch=$branch" as {"limit": "25", "branch": "main"}. */
static struct str make_query(struct maker *maker)
{
    struct str rest = str_from(maker->choice->call->query), pair;
    struct strbuf object, value;
    struct str json;

    strbuf_init(&object);
    strbuf_init(&value);
    strbuf_add_char(&object, '{');
    while (str_next(&rest, '&', &pair)) {
        struct str name;

        strbuf_reset(&value);
        if (str_next(&pair, '=', &name))
            demo_template_expand(&value, pair, &maker->words, DEMO_PLAIN);
        json_write_name(&object, arena_cstr(maker->arena, name));
        json_append_string(&object, strbuf_str(&value));
    }
    strbuf_add_char(&object, '}');
    json = arena_copy(maker->arena, strbuf_str(&object));
    strbuf_release(&value);
    strbuf_release(&object);
    return json;
}

static struct str make_url(struct maker *maker)
{
    const struct demo_call *call = maker->choice->call;
    struct str path = expand(maker, call->path, DEMO_IN_URL);
    struct str query;

    if (!call->query)
        return path;
    query = expand(maker, call->query, DEMO_IN_URL);
    return arena_printf(maker->arena, "%.*s?%.*s", STR_ARG(path), STR_ARG(query));
}

static struct str make_body(struct maker *maker)
{
    const struct demo_body *body = maker->choice->call->body;
    bool whole;

    if (!body)
        return STR("");
    if (!forms[body->form].base64)
        return expand(maker, body->text, forms[body->form].place);
    strbuf_reset(&maker->scratch);
    whole = digest_decode_base64(str_from(body->text), &maker->scratch);
    assert(whole);
    return arena_copy(maker->arena, strbuf_str(&maker->scratch));
}

static struct str make_headers(struct maker *maker, const struct event *event)
{
    const struct demo_client *client = maker->choice->slot->actor->client;
    const struct demo_body *body = maker->choice->call->body;
    struct strbuf out;
    struct str json;

    strbuf_init(&out);
    strbuf_add_char(&out, '{');
    json_write_text(&out, "Host", STR("ci.example.com"));
    json_write_text(&out, "User-Agent", event->user_agent);
    for (size_t i = 0; i < DEMO_HEADERS && client->headers[i].name; i++)
        json_write_text(&out, client->headers[i].name,
                        expand(maker, client->headers[i].value, DEMO_PLAIN));
    if (body) {
        json_write_text(&out, "Content-Type", str_from(forms[body->form].content_type));
        json_write_text(&out, "Content-Length", arena_printf(maker->arena, "%zu", event->body.len));
    }
    json_write_text(&out, "X-Request-Id", event->request_id);
    if (client->traced)
        json_write_text(&out, "traceparent", expand(maker, "00-$trace-$span-01", DEMO_PLAIN));
    strbuf_add_char(&out, '}');
    json = arena_copy(maker->arena, strbuf_str(&out));
    strbuf_release(&out);
    return json;
}

/* Drawn also where it is known, so that as much is drawn for each attempt of a webhook. */
static struct str make_request_id(struct maker *maker)
{
    struct str own = demo_random_hex(maker->random, maker->arena, 32);
    struct demo_random shared = {maker->choice->slot->request};

    return shared.state ? demo_random_hex(&shared, maker->arena, 32) : own;
}

static void fill_request(struct event *event, struct maker *maker)
{
    const struct demo_actor *actor = maker->choice->slot->actor;
    const struct demo_call *call = maker->choice->call;

    event->source = actor->client->source;
    event->client_address = str_from(actor->address);
    event->forwarded_for = str_from(actor->forwarded_for);
    event->user_agent = str_from(actor->client->user_agent);
    event->request_id = make_request_id(maker);
    if (actor->client->traced)
        event->trace_id = maker->words.values[DEMO_WORD_TRACE];
    event->method = str_from(call->method);
    event->url = make_url(maker);
    event->params = make_params(maker);
    event->query = make_query(maker);
    event->body = make_body(maker);
    event->body_bytes = event->body.len;
    event->headers = make_headers(maker, event);
}

/* ---- The rest ---- */

static void fill_answer(struct event *event, struct maker *maker)
{
    const struct demo_call *call = maker->choice->call;
    const struct demo_failure *failure = maker->choice->failure;
    const char *reply = failure ? failure->reply : demo_replies[call->effect];
    unsigned typical_ms = failure ? failure->time_ms : call->time_ms;
    unsigned factor = demo_random_permille(maker->random, SLOW_PERMILLE) ? 9 : 1;

    event->status = call->status ? call->status : 200;
    if (failure)
        event->status = failure->status;
    event->has_response_time = true;
    event->response_time_ms =
        factor * (typical_ms / 2 + demo_random_below(maker->random, typical_ms + 1));
    event->has_response_bytes = true;
    if (reply) {
        event->response_body_head = expand(maker, reply, DEMO_IN_JSON);
        event->response_bytes = event->response_body_head.len;
    } else if (event->status != 204) {
        bool page = event->status < 400 && strcmp(call->method, "GET") == 0;

        event->response_bytes = demo_random_between(maker->random, 40, page ? 24000 : 300);
    }
}

static void fill_entity(struct event *event, const struct demo_choice *choice)
{
    const struct demo_call *call = choice->call;

    event->action = str_from(call->action);
    event->entity_type = str_from(call->type ? call->type : demo_types[call->list]);
    if (!choice->entity)
        return;
    if (!choice->entity->nameless)
        event->entity_name = str_from(choice->entity->name);
    if (choice->id_known)
        event->entity_id = str_from(call->type ? choice->build_id : choice->id);
}

static void fill_trigger(struct event *event, struct maker *maker)
{
    const struct demo_choice *choice = maker->choice;
    enum demo_role_name role = choice->slot->actor->role;

    event->kind = EVENT_KIND_TRIGGER;
    event->trigger_provider = str_from(demo_roles[role].provider);
    event->trigger_event = str_from(choice->call->event);
    event->trigger_delivery_id = maker->words.values[DEMO_WORD_UUID];
    if (event->status == 401)
        event->trigger_signature = EVENT_SIGNATURE_INVALID;
    else if (role == DEMO_DOCKERHUB || demo_random_permille(maker->random, UNCHECKED_PERMILLE))
        event->trigger_signature = EVENT_SIGNATURE_UNCHECKED;
    else
        event->trigger_signature = EVENT_SIGNATURE_VALID;
    if (role == DEMO_DOCKERHUB || demo_random_permille(maker->random, UNKNOWN_PUSHER_PERMILLE))
        event->user = STR("");
}

void demo_event_fill(struct event *event, const struct demo_choice *choice,
                     struct demo_random *random, struct arena *arena)
{
    struct maker maker = {.choice = choice, .random = random, .arena = arena};

    *event =
        (struct event){.kind = EVENT_KIND_EVENT, .has_time = true, .occurred_ms = choice->slot->ms};
    strbuf_init(&maker.scratch);
    demo_words_set(&maker.words, choice, random, arena);
    fill_request(event, &maker);
    fill_answer(event, &maker);
    fill_entity(event, choice);
    event->user = maker.words.values[DEMO_WORD_USER];
    if (DEMO_SENDERS & DEMO_BIT(choice->slot->actor->role))
        fill_trigger(event, &maker);
    if (choice->failure && choice->failure->anonymous)
        event->user = STR("");
    if (event->source == EVENT_SOURCE_UI)
        event->extra = arena_printf(arena, "{\"session\":\"s-%05u\"}", choice->slot->session);
    strbuf_release(&maker.scratch);
}
