/* SPDX-License-Identifier: MIT */
/* Messages and answers; retraced_event.c reads each event, retraced_hash.c has its hash. */
#include "intake/retraced_private.h"

#include "base/json_write.h"
#include "base/utf8.h"
#include "intake/sender_request.h"

enum {
    BAD_REQUEST = 400,
    CREATED = 201,
    REQUEST_ID_BYTES = 4, /* random ones, of an id for the request */
    CLIENT_ID_MAX = 8,
};

/* What an answer needs beside the events. */
struct kept {
    struct str request_id;
    struct receipt {
        struct str id, hash;
    } * receipts;       /* one an event */
    struct str invalid; /* JSON array, of a refusal; or empty */
};

/* ---- Ids ---- */

static struct str hex(struct arena *arena, const void *bytes, size_t size)
{
    struct strbuf out;
    struct str text;

    strbuf_init(&out);
    digest_append_hex(&out, (struct str){bytes, size});
    text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return text;
}

static struct str random_hex(struct arena *arena, size_t size)
{
    unsigned char bytes[RETRACED_ID_BYTES / 2];

    digest_random(bytes, size);
    return hex(arena, bytes, size);
}

/* What the client calls the request is put behind ours, as far as it can stand in a header. */
static struct str request_id(struct arena *arena, const char *what,
                             const struct sender_message *message)
{
    struct str client = {NULL, 0};
    struct str random = random_hex(arena, REQUEST_ID_BYTES);

    if (message)
        client = str_slice(sender_header(message, "x-request-uuid"), 0, CLIENT_ID_MAX);
    for (size_t i = 0; i < client.len; i++)
        if (client.ptr[i] < ' ' || client.ptr[i] > '~')
            client.len = i;
    return arena_printf(arena, "%s:%.*s%s%.*s", what, STR_ARG(random), client.len ? "." : "",
                        STR_ARG(client));
}

/* ---- Reading ---- */

/* What reading a message needs everywhere. */
struct reading {
    const struct intake *intake;
    struct intake_complaint *complaint;
    struct event request; /* what the message itself says */
    struct kept *kept;
};

static struct str hash_of(struct arena *arena, struct retraced_event *retraced)
{
    unsigned char hash[DIGEST_BYTES];

    digest_sha256(retraced_canonical(arena, retraced), hash);
    return hex(arena, hash, sizeof(hash));
}

/* The event as it came stands in extra beside what it was given, whatever a column could take of it. */
static bool keep(const struct reading *reading, struct retraced_event *retraced,
                 struct json_value object, struct receipt *receipt, struct event *event)
{
    struct arena *arena = reading->intake->arena;
    const struct retraced_party *actor = &retraced->actor;

    retraced->id = random_hex(arena, RETRACED_ID_BYTES / 2);
    *receipt = (struct receipt){retraced->id, hash_of(arena, retraced)};
    *event = reading->request;
    event->kind = EVENT_KIND_EVENT;
    event->source = EVENT_SOURCE_INTEGRATION;
    event->has_time = retraced->has_time;
    event->occurred_ms = retraced->created_ms;
    event->idempotency_key = arena_printf(arena, "retraced %.*s", STR_ARG(retraced->id));
    event->action = utf8_cut(retraced->action, EVENT_NAME_MAX);
    event->entity_type = utf8_cut(retraced->target.type, EVENT_NAME_MAX);
    event->entity_id = utf8_cut(retraced->target.id, EVENT_NAME_MAX);
    event->entity_name = utf8_cut(retraced->target.name, EVENT_NAME_MAX);
    event->user = utf8_cut(actor->name.len ? actor->name : actor->id, EVENT_NAME_MAX);
    event->client_address = retraced->source_ip;
    event->body = object.text;
    event->body_bytes = event->body.len;
    event->extra = arena_printf(
        arena, "{\"retraced\": {\"id\": \"%.*s\", \"hash\": \"%.*s\", \"event\": %.*s}}",
        STR_ARG(receipt->id), STR_ARG(receipt->hash), STR_ARG(object.text));
    return intake_complete(reading->intake, event, reading->complaint);
}

static void start(struct reading *reading, const struct intake *intake, const char *what,
                  const struct sender_message *message, struct intake_complaint *complaint)
{
    *reading = (struct reading){.intake = intake, .complaint = complaint};
    reading->kept = arena_alloc(intake->arena, sizeof(*reading->kept));
    reading->kept->request_id = request_id(intake->arena, what, message);
    complaint->kept = reading->kept;
    sender_request(intake->arena, message, &reading->request);
}

static bool read_json(const struct reading *reading, struct str body, struct json_value *value)
{
    struct json_error error;

    if (json_read(body, value, &error))
        return true;
    reading->complaint->sentence = arena_printf(reading->intake->arena, "Not JSON at byte %zu: %s.",
                                                error.offset, error.reason);
    return false;
}

/* "First sentence. Second sentence." */
static struct str sentences(struct arena *arena, const struct retraced_violations *violations)
{
    struct str text = {NULL, 0};

    for (size_t i = 0; i < violations->count; i++)
        text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "",
                            STR_ARG(violations->list[i].message));
    return text;
}

bool retraced_read_event(const struct intake *intake, const struct sender_message *message,
                         struct sender_events *events, struct intake_complaint *complaint)
{
    struct arena *arena = intake->arena;
    struct retraced_event retraced = {.has_time = false};
    struct retraced_violations violations = {.count = 0};
    struct json_value object;
    struct reading reading;

    start(&reading, intake, "createEvent", message, complaint);
    if (!read_json(&reading, message->body, &object))
        return false;
    if (!retraced_read(arena, object, &retraced, &violations)) {
        complaint->field = violations.list[0].field;
        complaint->sentence = sentences(arena, &violations);
        return false;
    }
    reading.kept->receipts = arena_alloc(arena, sizeof(*reading.kept->receipts));
    events->events = arena_alloc(arena, sizeof(*events->events));
    events->count = 1;
    events->kept = reading.kept;
    return keep(&reading, &retraced, object, reading.kept->receipts, events->events);
}

/* ---- Bulk ---- */

/* One element of "invalid". */
static void add_invalid(struct arena *arena, struct strbuf *out, size_t index,
                        const struct retraced_violations *violations)
{
    struct str message =
        arena_printf(arena, "Event %zu: %.*s", index, STR_ARG(sentences(arena, violations)));

    strbuf_add_cstr(out, out->len ? ", {" : "[{");
    json_write_text(out, "message", message);
    json_write_number(out, "index", index);
    json_write_name(out, "violations");
    strbuf_add_char(out, '[');
    for (size_t i = 0; i < violations->count; i++) {
        const struct retraced_violation *violation = &violations->list[i];

        strbuf_add_cstr(out, i ? ", {" : "{");
        json_write_text(out, "message", violation->message);
        json_write_text(out, "field", violation->field);
        json_write_text(out, "violation", str_from(violation->kind));
        json_write_value(out, "received", violation->received);
        strbuf_add_char(out, '}');
    }
    strbuf_add_cstr(out, "]}");
}

/* The array of {"events": […]}. */
static bool find_events(const struct reading *reading, struct json_value message,
                        struct json_value *array)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;

    *array = (struct json_value){JSON_NONE, {NULL, 0}};
    if (message.type == JSON_OBJECT) {
        json_walk_start(&walk, message);
        while (json_walk_next(&walk, &key, &value))
            if (str_equal(key, STR("\"events\"")))
                *array = value;
    }
    if (array->type == JSON_ARRAY)
        return true;
    reading->complaint->field = STR("events");
    reading->complaint->sentence =
        STR("The message must be a JSON object with the member events, an array of events.");
    return false;
}

static bool read_element(const struct reading *reading, struct json_value object,
                         struct sender_events *events, size_t *capacity,
                         struct retraced_violations *violations)
{
    struct arena *arena = reading->intake->arena;
    size_t old = *capacity, receipts = old;
    struct retraced_event retraced = {.has_time = false};

    if (!retraced_read(arena, object, &retraced, violations))
        return true; /* what else is wrong is still of interest */
    events->events =
        arena_grow(arena, events->events, events->count, capacity, sizeof(*events->events));
    reading->kept->receipts = arena_grow(arena, reading->kept->receipts, events->count, &receipts,
                                         sizeof(*reading->kept->receipts));
    if (!keep(reading, &retraced, object, &reading->kept->receipts[events->count],
              &events->events[events->count]))
        return false;
    events->count++;
    return true;
}

static bool read_elements(const struct reading *reading, struct json_value array,
                          struct sender_events *events, struct strbuf *invalid)
{
    struct arena *arena = reading->intake->arena;
    struct intake_complaint *complaint = reading->complaint;
    size_t capacity = 0, invalid_count = 0, index = 0;
    struct retraced_violations violations = {.count = 0};
    struct json_walk walk;
    struct json_value value;
    struct str key;

    json_walk_start(&walk, array);
    for (; json_walk_next(&walk, &key, &value); index++) {
        if (index == INTAKE_EVENTS_MAX) {
            complaint->sentence =
                arena_printf(arena, "At most %d events at once.", INTAKE_EVENTS_MAX);
            return false;
        }
        if (!read_element(reading, value, events, &capacity, &violations)) {
            complaint->has_index = true;
            complaint->index = index;
            return false;
        }
        if (violations.count && invalid_count++ < RETRACED_INVALID_MAX)
            add_invalid(arena, invalid, index, &violations);
    }
    if (invalid_count)
        complaint->sentence =
            arena_printf(arena, "%zu of %zu events cannot be taken, so none was: see \"invalid\".",
                         invalid_count, index);
    return invalid_count == 0;
}

bool retraced_read_bulk(const struct intake *intake, const struct sender_message *message,
                        struct sender_events *events, struct intake_complaint *complaint)
{
    struct json_value object, array;
    struct reading reading;
    struct strbuf invalid;
    bool is_read;

    start(&reading, intake, "createEventBulk", message, complaint);
    events->kept = reading.kept;
    if (!read_json(&reading, message->body, &object) || !find_events(&reading, object, &array))
        return false;
    strbuf_init(&invalid);
    is_read = read_elements(&reading, array, events, &invalid);
    if (invalid.len) {
        strbuf_add_char(&invalid, ']');
        reading.kept->invalid = arena_copy(intake->arena, strbuf_str(&invalid));
    }
    strbuf_release(&invalid);
    return is_read;
}

/* ---- Answers ---- */

static struct sender_answer answer_json(struct arena *arena, unsigned status,
                                        const struct kept *kept, struct strbuf *json)
{
    struct sender_answer answer = {
        .status = status, .content_type = "application/json", .header_count = 1};

    answer.headers[0].name = "X-Retraced-RequestId";
    answer.headers[0].value = kept ? kept->request_id : request_id(arena, "publisher", NULL);
    strbuf_add_char(json, '\n');
    answer.body = arena_copy(arena, strbuf_str(json));
    strbuf_release(json);
    return answer;
}

static void add_receipt(struct strbuf *json, const struct receipt *receipt)
{
    strbuf_add_char(json, '{');
    json_write_text(json, "id", receipt->id);
    json_write_text(json, "hash", receipt->hash);
    strbuf_add_char(json, '}');
}

struct sender_answer retraced_answer_event(struct arena *arena, const struct sender_events *events)
{
    const struct kept *kept = events->kept;
    struct strbuf json;

    strbuf_init(&json);
    add_receipt(&json, kept->receipts);
    return answer_json(arena, CREATED, kept, &json);
}

struct sender_answer retraced_answer_bulk(struct arena *arena, const struct sender_events *events)
{
    const struct kept *kept = events->kept;
    struct strbuf json;

    strbuf_init(&json);
    strbuf_add_char(&json, '[');
    for (size_t i = 0; i < events->count; i++) {
        if (i)
            strbuf_add_cstr(&json, ", ");
        add_receipt(&json, &kept->receipts[i]);
    }
    strbuf_add_char(&json, ']');
    return answer_json(arena, CREATED, kept, &json);
}

struct sender_answer retraced_refuse(struct arena *arena, const struct intake_complaint *complaint)
{
    const struct kept *kept = complaint->kept;
    unsigned status = complaint->status ? complaint->status : BAD_REQUEST;
    struct strbuf json;

    strbuf_init(&json);
    strbuf_add_char(&json, '{');
    json_write_number(&json, "status", status);
    json_write_text(&json, "type", STR("Error"));
    json_write_text(&json, "error", complaint->sentence);
    if (kept)
        json_write_value(&json, "invalid", kept->invalid);
    strbuf_add_char(&json, '}');
    return answer_json(arena, status, kept, &json);
}
