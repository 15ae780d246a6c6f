/* SPDX-License-Identifier: MIT */
/*
 * One table says which members there are, what each may hold and where it goes.  Unknown and repeated members are refused by
 * name: in an audit log a misspelt member must not vanish.
 */
#include "intake/native_event.h"

#include <stdint.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "intake/json_text.h"

enum { SHOWN_NAME_MAX = 60 };

enum member_kind {
    MEMBER_TEXT,   /* a string of at most `max` bytes, without NUL */
    MEMBER_BYTES,  /* a string, any character */
    MEMBER_BASE64, /* a string that stands for bytes */
    MEMBER_JSON,   /* an object or array, kept as it stands, or a string that holds such a text */
    MEMBER_KIND,   /* the three words of base/event.h */
    MEMBER_SOURCE,
    MEMBER_SIGNATURE,
    MEMBER_TIME,
    MEMBER_STATUS,
    MEMBER_TIME_MS,    /* how long the response took */
    MEMBER_LENGTH,     /* of the response */
    MEMBER_OBJECT,     /* members of its own: `table` */
    MEMBER_EXPORT_ONLY /* what only an export adds; ignored when loading one */
};

struct member {
    const char *name;
    enum member_kind kind;
    size_t offset;
    size_t max;
    const struct member *table;
};

#define FIELD(name) offsetof(struct event, name)

static const struct member request_members[] = {
    {"method", MEMBER_TEXT, FIELD(method), 32, NULL},
    {"url", MEMBER_TEXT, FIELD(url), 65535, NULL},
    {"params", MEMBER_JSON, FIELD(params), 0, NULL},
    {"query", MEMBER_JSON, FIELD(query), 0, NULL},
    {"headers", MEMBER_JSON, FIELD(headers), 0, NULL},
    {"body", MEMBER_BYTES, FIELD(body), 0, NULL},
    {"body_base64", MEMBER_BASE64, FIELD(body), 0, NULL},
    {0},
};

static const struct member response_members[] = {
    {"time_ms", MEMBER_TIME_MS, 0, 0, NULL},
    {"bytes", MEMBER_LENGTH, 0, 0, NULL},
    {"body_head", MEMBER_BYTES, FIELD(response_body_head), 0, NULL},
    {"body_head_base64", MEMBER_BASE64, FIELD(response_body_head), 0, NULL},
    {0},
};

static const struct member trigger_members[] = {
    {"provider", MEMBER_TEXT, FIELD(trigger_provider), 255, NULL},
    {"event", MEMBER_TEXT, FIELD(trigger_event), 255, NULL},
    {"delivery_id", MEMBER_TEXT, FIELD(trigger_delivery_id), 255, NULL},
    {"signature", MEMBER_SIGNATURE, 0, 0, NULL},
    {0},
};

static const struct member event_members[] = {
    {"idempotency_key", MEMBER_TEXT, FIELD(idempotency_key), EVENT_KEY_MAX, NULL},
    {"kind", MEMBER_KIND, 0, 0, NULL},
    {"occurred_at", MEMBER_TIME, 0, 0, NULL},
    {"entity_type", MEMBER_TEXT, FIELD(entity_type), EVENT_NAME_MAX, NULL},
    {"entity_id", MEMBER_TEXT, FIELD(entity_id), EVENT_NAME_MAX, NULL},
    {"entity_name", MEMBER_TEXT, FIELD(entity_name), EVENT_NAME_MAX, NULL},
    {"action", MEMBER_TEXT, FIELD(action), EVENT_NAME_MAX, NULL},
    {"status", MEMBER_STATUS, 0, 0, NULL},
    {"user", MEMBER_TEXT, FIELD(user), EVENT_NAME_MAX, NULL},
    {"source", MEMBER_SOURCE, 0, 0, NULL},
    {"request", MEMBER_OBJECT, 0, 0, request_members},
    {"response", MEMBER_OBJECT, 0, 0, response_members},
    {"request_id", MEMBER_TEXT, FIELD(request_id), 255, NULL},
    {"trace_id", MEMBER_TEXT, FIELD(trace_id), 255, NULL},
    {"client_address", MEMBER_TEXT, FIELD(client_address), 255, NULL},
    {"forwarded_for", MEMBER_TEXT, FIELD(forwarded_for), 4096, NULL},
    {"user_agent", MEMBER_TEXT, FIELD(user_agent), 65535, NULL},
    {"trigger", MEMBER_OBJECT, 0, 0, trigger_members},
    {"extra", MEMBER_JSON, FIELD(extra), 0, NULL},
    {"id", MEMBER_EXPORT_ONLY, 0, 0, NULL},
    {"received_at", MEMBER_EXPORT_ONLY, 0, 0, NULL},
    {"account", MEMBER_EXPORT_ONLY, 0, 0, NULL},
    {"body_bytes", MEMBER_EXPORT_ONLY, 0, 0, NULL},
    {"body_sha256", MEMBER_EXPORT_ONLY, 0, 0, NULL},
    {0},
};

/* What reading one event needs everywhere. */
struct reading {
    const struct intake *intake;
    struct event *event;
    struct intake_complaint *complaint;
    const char *outer; /* "request" while inside request, else "" */
};

static bool complain(const struct reading *reading, const char *member, const char *clause)
{
    struct arena *arena = reading->intake->arena;
    const char *dot = reading->outer[0] ? "." : "";

    reading->complaint->field = arena_printf(arena, "%s%s%s", reading->outer, dot, member);
    reading->complaint->sentence =
        arena_printf(arena, "%s%s%s %s.", reading->outer, dot, member, clause);
    return false;
}

static struct str *text_of(const struct reading *reading, const struct member *member)
{
    return (struct str *)(void *)((char *)reading->event + member->offset);
}

static bool decode(const struct reading *reading, const char *name, struct json_value value,
                   struct str *text)
{
    if (value.type != JSON_STRING)
        return complain(reading, name, "must be a string");
    return json_text(reading->intake->arena, value.text, text) ||
           complain(reading, name, JSON_TEXT_COMPLAINT);
}

static bool read_text(const struct reading *reading, const struct member *member,
                      struct json_value value)
{
    struct str *text = text_of(reading, member);

    if (text->len) /* filled already: only a body can come under two names */
        return complain(reading, member->name, "and the same as base64 cannot both be given");
    if (!decode(reading, member->name, value, text))
        return false;
    if (member->kind == MEMBER_BYTES)
        return true;
    if (text->len > member->max)
        return complain(reading, member->name,
                        arena_printf(reading->intake->arena,
                                     "must be at most %zu bytes long, not %zu", member->max,
                                     text->len)
                            .ptr);
    if (text->len && memchr(text->ptr, '\0', text->len))
        return complain(reading, member->name, "must not hold a NUL character");
    return true;
}

static bool read_base64(const struct reading *reading, const struct member *member,
                        struct json_value value)
{
    struct str text = {NULL, 0};
    struct strbuf bytes;
    bool valid;

    if (!decode(reading, member->name, value, &text))
        return false;
    if (text_of(reading, member)->len)
        return complain(reading, member->name, "and the same as text cannot both be given");
    strbuf_init(&bytes);
    valid = digest_decode_base64(text, &bytes);
    if (valid)
        *text_of(reading, member) = arena_copy(reading->intake->arena, strbuf_str(&bytes));
    strbuf_release(&bytes);
    return valid || complain(reading, member->name, "must be base64 with its padding");
}

static bool read_json(const struct reading *reading, const struct member *member,
                      struct json_value value)
{
    if (value.type == JSON_OBJECT || value.type == JSON_ARRAY) {
        *text_of(reading, member) = value.text;
        return true;
    }
    if (value.type != JSON_STRING)
        return complain(reading, member->name, "must be an object, an array, or a text");
    return decode(reading, member->name, value, text_of(reading, member));
}

static bool read_word(const struct reading *reading, const struct member *member,
                      struct json_value value)
{
    struct event *event = reading->event;
    struct str word = {NULL, 0};

    if (!decode(reading, member->name, value, &word))
        return false;
    switch (member->kind) {
    case MEMBER_KIND:
        return event_kind_parse(word, &event->kind) ||
               complain(reading, member->name, "must be \"event\" or \"trigger\"");
    case MEMBER_SOURCE:
        return event_source_parse(word, &event->source) ||
               complain(reading, member->name,
                        "must be \"ui\", \"cli\", \"integration\" or \"webhook\"");
    default:
        return event_signature_parse(word, &event->trigger_signature) ||
               complain(reading, member->name, "must be \"valid\", \"invalid\" or \"unchecked\"");
    }
}

static bool read_time(const struct reading *reading, const struct member *member,
                      struct json_value value)
{
    struct event *event = reading->event;
    struct str text = {NULL, 0};
    uint64_t ms = 0;

    event->has_time = true;
    if (value.type == JSON_NUMBER) {
        if (parse_u64(value.text, 0, (uint64_t)CLOCK_MAX_MS, &ms)) {
            event->occurred_ms = (int64_t)ms;
            return true;
        }
    } else if (value.type == JSON_STRING) {
        if (!decode(reading, member->name, value, &text))
            return false;
        if (clock_parse_rfc3339(text, &event->occurred_ms))
            return true;
    }
    return complain(reading, member->name,
                    "must be a time such as \"2026-01-31T12:00:00.123Z\", or milliseconds since "
                    "1970, from 1970 to 2109");
}

static bool read_number(const struct reading *reading, const struct member *member,
                        struct json_value value)
{
    struct event *event = reading->event;
    uint64_t number = 0;
    bool is_number = value.type == JSON_NUMBER;

    switch (member->kind) {
    case MEMBER_STATUS:
        if (!is_number || !parse_u64(value.text, EVENT_STATUS_MIN, EVENT_STATUS_MAX, &number))
            return complain(reading, member->name, "must be a whole number from 100 to 599");
        event->status = (unsigned)number;
        return true;
    case MEMBER_TIME_MS:
        if (!is_number || !parse_u64(value.text, 0, UINT32_MAX, &number))
            return complain(reading, member->name, "must be a whole number from 0 to 4294967295");
        event->has_response_time = true;
        event->response_time_ms = (uint32_t)number;
        return true;
    default:
        if (!is_number || !parse_u64(value.text, 0, INT64_MAX, &event->response_bytes))
            return complain(reading, member->name, "must be a whole number, 0 or more");
        event->has_response_bytes = true;
        return true;
    }
}

static bool read_members(const struct reading *reading, const struct member *table,
                         struct json_value object);

static bool read_object(const struct reading *reading, const struct member *member,
                        struct json_value value)
{
    struct reading inside = *reading;

    if (value.type != JSON_OBJECT)
        return complain(reading, member->name, "must be an object");
    inside.outer = member->name;
    return read_members(&inside, member->table, value);
}

static bool read_member(const struct reading *reading, const struct member *member,
                        struct json_value value)
{
    if (value.type == JSON_NULL)
        return true;
    switch (member->kind) {
    case MEMBER_TEXT:
    case MEMBER_BYTES:
        return read_text(reading, member, value);
    case MEMBER_BASE64:
        return read_base64(reading, member, value);
    case MEMBER_JSON:
        return read_json(reading, member, value);
    case MEMBER_KIND:
    case MEMBER_SOURCE:
    case MEMBER_SIGNATURE:
        return read_word(reading, member, value);
    case MEMBER_TIME:
        return read_time(reading, member, value);
    case MEMBER_STATUS:
    case MEMBER_TIME_MS:
    case MEMBER_LENGTH:
        return read_number(reading, member, value);
    case MEMBER_OBJECT:
        return read_object(reading, member, value);
    case MEMBER_EXPORT_ONLY:
        return true;
    }
    return false;
}

static bool is_name(struct str text, const char *name)
{
    return strncmp(name, text.ptr, text.len) == 0 && name[text.len] == '\0';
}

/* The row of `table` that the key names, or NULL. */
static const struct member *find_member(const struct reading *reading, const struct member *table,
                                        struct str key)
{
    struct str name = str_slice(key, 1, key.len - 2);

    for (; table->name; table++)
        if (is_name(name, table->name) &&
            (table->kind != MEMBER_EXPORT_ONLY || reading->intake->from_export))
            return table;
    return NULL;
}

/* An unknown name as the complaint shows it: without quotes, not too long, not cut inside a character. */
static const char *shown_name(const struct reading *reading, struct str key)
{
    struct str name = utf8_cut(str_slice(key, 1, key.len - 2), SHOWN_NAME_MAX);

    return arena_cstr(reading->intake->arena, name);
}

static bool read_members(const struct reading *reading, const struct member *table,
                         struct json_value object)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;
    uint32_t seen = 0;

    _Static_assert(sizeof(event_members) / sizeof(event_members[0]) <= 32, "one bit a member");

    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value)) {
        const struct member *member = find_member(reading, table, key);
        uint32_t bit;

        if (!member)
            return complain(reading, shown_name(reading, key),
                            "is not a member that is known here");
        bit = UINT32_C(1) << (member - table);
        if (seen & bit)
            return complain(reading, member->name, "is given twice");
        seen |= bit;
        if (!read_member(reading, member, value))
            return false;
    }
    return true;
}

bool native_read_event(const struct intake *intake, struct json_value object, struct event *event,
                       struct intake_complaint *complaint)
{
    const struct reading reading = {intake, event, complaint, ""};

    if (object.type != JSON_OBJECT) {
        complaint->sentence = STR("Each event must be a JSON object.");
        return false;
    }
    event->kind = EVENT_KIND_EVENT;
    if (!read_members(&reading, event_members, object))
        return false;
    if (event->action.len == 0)
        return complain(&reading, "action", "is required");
    return intake_complete(intake, event, complaint);
}
