/* SPDX-License-Identifier: MIT */
/* From attributes to an event.  Every attribute is also kept in extra, so nothing is lost where a column takes only a part. */
#include "intake/cloudevents_private.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"
#include "intake/traceparent.h"

enum { SHOWN_NAME_MAX = 60 };

bool cloudevent_complain(const struct cloudevent_reading *reading, struct str attribute,
                         const char *clause)
{
    struct intake_complaint *complaint = reading->complaint;

    complaint->field = attribute.len ? utf8_cut(attribute, SHOWN_NAME_MAX) : STR("\"\"");
    complaint->sentence =
        arena_printf(reading->intake->arena, "%.*s %s.", STR_ARG(complaint->field), clause);
    return false;
}

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!(name.ptr[i] >= 'a' && name.ptr[i] <= 'z') &&
            !(name.ptr[i] >= '0' && name.ptr[i] <= '9'))
            return false;
    return name.len > 0 && !str_equal(name, STR("data"));
}

bool cloudevent_add(const struct cloudevent_reading *reading, struct cloudevent *cloudevent,
                    struct cloudevent_attribute attribute)
{
    if (!is_name(attribute.name))
        return cloudevent_complain(reading, attribute.name,
                                   "is no name of an attribute: those have the letters a to z and "
                                   "digits alone");
    for (size_t i = 0; i < cloudevent->count; i++)
        if (str_equal(cloudevent->attributes[i].name, attribute.name))
            return cloudevent_complain(reading, attribute.name, "is given twice");
    if (!utf8_is_text(attribute.text))
        return cloudevent_complain(reading, attribute.name, "must not hold a NUL character");
    if (cloudevent->count == CLOUDEVENT_ATTRIBUTES_MAX)
        return cloudevent_complain(reading, attribute.name,
                                   "is one attribute too many: an event has at most 256");
    cloudevent->attributes[cloudevent->count++] = attribute;
    return true;
}

struct str cloudevent_get(const struct cloudevent *cloudevent, const char *name)
{
    for (size_t i = 0; i < cloudevent->count; i++)
        if (str_equal(cloudevent->attributes[i].name, str_from(name)))
            return cloudevent->attributes[i].text;
    return (struct str){NULL, 0};
}

/* "v1", "v1beta2", "2": a part of a type that counts, not names. */
static bool is_version(struct str part)
{
    size_t at = part.len && (part.ptr[0] == 'v' || part.ptr[0] == 'V');

    return at < part.len && part.ptr[at] >= '0' && part.ptr[at] <= '9';
}

struct str cloudevent_entity_type(struct str type)
{
    struct str last = {NULL, 0}, before = {NULL, 0}, part;

    while (str_next(&type, '.', &part)) {
        if (part.len == 0 || is_version(part))
            continue;
        before = last;
        last = part;
    }
    return utf8_cut(before, EVENT_NAME_MAX);
}

/* The same for the same source and id, and for no other two: a space ends the source, which as a URI has none. */
static struct str key_of(struct arena *arena, struct str source, struct str id)
{
    static const struct str word = STR("cloudevent ");
    struct strbuf key, text;
    unsigned char hash[DIGEST_BYTES];
    struct str result;

    strbuf_init(&key);
    strbuf_add(&key, word);
    if ((source.len && memchr(source.ptr, ' ', source.len)) ||
        word.len + source.len + 1 + id.len > EVENT_KEY_MAX) {
        strbuf_init(&text);
        strbuf_add(&text, source);
        strbuf_add_char(&text, '\0');
        strbuf_add(&text, id);
        digest_sha256(strbuf_str(&text), hash);
        strbuf_release(&text);
        strbuf_add_cstr(&key, "sha256:");
        digest_append_hex(&key, (struct str){(const char *)hash, sizeof(hash)});
    } else {
        strbuf_add(&key, source);
        strbuf_add_char(&key, ' ');
        strbuf_add(&key, id);
    }
    result = arena_copy(arena, strbuf_str(&key));
    strbuf_release(&key);
    return result;
}

static struct str extra_of(struct arena *arena, const struct cloudevent *cloudevent)
{
    struct strbuf out;
    struct str extra;

    strbuf_init(&out);
    strbuf_add_cstr(&out, "{\"cloudevent\": {");
    for (size_t i = 0; i < cloudevent->count; i++) {
        const struct cloudevent_attribute *attribute = &cloudevent->attributes[i];

        if (i)
            strbuf_add_cstr(&out, ", ");
        json_append_string(&out, attribute->name);
        strbuf_add_cstr(&out, ": ");
        if (attribute->json.len)
            strbuf_add(&out, attribute->json);
        else
            json_append_string(&out, attribute->text);
    }
    strbuf_add_cstr(&out, "}}");
    extra = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return extra;
}

static bool has_required(const struct cloudevent_reading *reading,
                         const struct cloudevent *cloudevent)
{
    static const char *const required[] = {"specversion", "id", "source", "type"};
    struct str version = cloudevent_get(cloudevent, "specversion");

    for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
        if (cloudevent_get(cloudevent, required[i]).len == 0)
            return cloudevent_complain(reading, str_from(required[i]), "is required");
    return str_equal(version, STR("1.0")) ||
           cloudevent_complain(reading, STR("specversion"), "must be \"1.0\"");
}

static bool read_time(const struct cloudevent_reading *reading, struct str text,
                      struct event *event)
{
    if (text.len == 0)
        return true;
    event->has_time = true;
    return clock_parse_rfc3339(text, &event->occurred_ms) ||
           cloudevent_complain(reading, STR("time"),
                               "must be a time such as \"2026-01-31T12:00:00.123Z\", from 1970 "
                               "to 2109");
}

bool cloudevent_event(const struct cloudevent_reading *reading, const struct cloudevent *cloudevent,
                      struct event *event)
{
    struct arena *arena = reading->intake->arena;
    struct str source = cloudevent_get(cloudevent, "source");
    struct str trace_id = traceparent_trace(cloudevent_get(cloudevent, "traceparent"));

    *event = reading->request;
    event->kind = EVENT_KIND_EVENT;
    event->source = EVENT_SOURCE_INTEGRATION;
    if (!has_required(reading, cloudevent) ||
        !read_time(reading, cloudevent_get(cloudevent, "time"), event))
        return false;
    event->action = utf8_cut(cloudevent_get(cloudevent, "type"), EVENT_NAME_MAX);
    event->entity_type = cloudevent_entity_type(cloudevent_get(cloudevent, "type"));
    event->entity_id = utf8_cut(cloudevent_get(cloudevent, "subject"), EVENT_NAME_MAX);
    event->entity_name = utf8_cut(source, EVENT_NAME_MAX);
    event->user = utf8_cut(cloudevent_get(cloudevent, "authid"), EVENT_NAME_MAX);
    event->trace_id = trace_id.len ? trace_id : reading->trace_id;
    event->idempotency_key = key_of(arena, source, cloudevent_get(cloudevent, "id"));
    event->body = cloudevent->data;
    event->body_bytes = event->body.len;
    event->extra = extra_of(arena, cloudevent);
    return intake_complete(reading->intake, event, reading->complaint);
}
