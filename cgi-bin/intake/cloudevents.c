/* SPDX-License-Identifier: MIT */
/* Finds attributes and data in a message, in any of the three modes; cloudevents_event.c makes events of them. */
#include "intake/cloudevents_private.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/percent.h"
#include "base/utf8.h"
#include "intake/json_text.h"
#include "intake/sender_request.h"
#include "intake/traceparent.h"

enum { ACCEPTED = 202, UNSUPPORTED = 415, SHOWN_TYPE_MAX = 100, SHOWN_NAME_MAX = 60 };

enum mode { MODE_BINARY, MODE_STRUCTURED, MODE_BATCH, MODE_UNKNOWN };

static struct str media_type(struct str content_type)
{
    struct str type = {NULL, 0};

    str_next(&content_type, ';', &type);
    return str_trim(type);
}

static enum mode mode_of(struct str content_type)
{
    static const struct str event = STR("application/cloudevents");
    static const struct str batch = STR("application/cloudevents-batch");
    struct str type = media_type(content_type);
    bool is_batch = str_starts_folded(type, batch);
    struct str format;

    if (!str_starts_folded(type, event))
        return MODE_BINARY;
    format = str_slice(type, is_batch ? batch.len : event.len, type.len);
    if (format.len && !str_equal_folded(format, STR("+json")))
        return MODE_UNKNOWN;
    return is_batch ? MODE_BATCH : MODE_STRUCTURED;
}

/* ---- Binary ---- */

/* Without its quotes and the backslashes in them; most values have none. */
static struct str unquoted(struct arena *arena, struct str value)
{
    char *out;
    size_t len = 0;

    if (value.len < 2 || value.ptr[0] != '"' || value.ptr[value.len - 1] != '"')
        return value;
    value = str_slice(value, 1, value.len - 2);
    out = arena_alloc(arena, value.len + 1);
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\\' && i + 1 < value.len)
            i++;
        out[len++] = value.ptr[i];
    }
    return (struct str){out, len};
}

/* Some clients write characters up to U+00FF as one byte, which no percent-encoding produces. */
static bool read_header(const struct cloudevent_reading *reading, struct str name, struct str value,
                        struct str *text)
{
    struct arena *arena = reading->intake->arena;
    struct strbuf out;

    *text = unquoted(arena, sender_text(arena, str_trim(value)));
    if (text->len == 0 || !memchr(text->ptr, '%', text->len))
        return true;
    strbuf_init(&out);
    percent_decode(&out, *text, false);
    *text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return utf8_valid_prefix(*text) == text->len ||
           cloudevent_complain(reading, name, "is percent-encoded, but not in UTF-8");
}

static bool read_binary(const struct cloudevent_reading *reading,
                        const struct sender_message *message, struct cloudevent *cloudevent)
{
    static const struct str prefix = STR("ce-");
    struct arena *arena = reading->intake->arena;
    struct cloudevent_attribute attribute = {.name = STR("datacontenttype")};
    bool has_any = false;

    attribute.text = sender_text(arena, str_trim(message->content_type));
    if (attribute.text.len && !cloudevent_add(reading, cloudevent, attribute))
        return false;
    for (size_t i = 0; i < message->header_count; i++) {
        struct sender_header header = message->headers[i];

        attribute.name = sender_text(arena, str_slice(header.name, prefix.len, header.name.len));
        if (!str_starts(header.name, prefix) || str_equal(attribute.name, STR("datacontenttype")))
            continue;
        if (!read_header(reading, attribute.name, header.value, &attribute.text) ||
            !cloudevent_add(reading, cloudevent, attribute))
            return false;
        has_any = true;
    }
    cloudevent->data = message->body;
    if (has_any)
        return true;
    reading->complaint->sentence =
        STR("The message is no CloudEvent: it needs the headers ce-specversion, ce-id, ce-source "
            "and ce-type, or the Content-Type application/cloudevents+json or "
            "application/cloudevents-batch+json.");
    return false;
}

/* ---- Structured ---- */

/* The members that are no attributes. */
struct data {
    struct json_value data, base64;
};

static bool is_json(struct str content_type)
{
    struct str type = media_type(content_type), main_type;

    if (content_type.len == 0)
        return true;
    if (!str_next(&type, '/', &main_type))
        return false;
    return str_equal_folded(type, STR("json")) ||
           (type.len >= 5 && str_equal_folded(str_slice(type, type.len - 5, 5), STR("+json")));
}

static bool read_data(const struct cloudevent_reading *reading, const struct data *data,
                      struct cloudevent *cloudevent)
{
    static const struct str name = STR("data"), base64 = STR("data_base64");
    struct arena *arena = reading->intake->arena;
    struct str text;
    struct strbuf bytes;
    bool valid;

    if (data->data.type != JSON_NONE && data->base64.type != JSON_NONE)
        return cloudevent_complain(reading, name, "and data_base64 cannot both be given");
    if (data->base64.type != JSON_NONE) {
        if (data->base64.type != JSON_STRING || !json_text(arena, data->base64.text, &text))
            return cloudevent_complain(reading, base64, "must be a string of base64");
        strbuf_init(&bytes);
        valid = digest_decode_base64(text, &bytes);
        cloudevent->data = arena_copy(arena, strbuf_str(&bytes));
        strbuf_release(&bytes);
        return valid || cloudevent_complain(reading, base64, "must be base64 with its padding");
    }
    cloudevent->data = data->data.text;
    if (data->data.type != JSON_STRING || is_json(cloudevent_get(cloudevent, "datacontenttype")))
        return true;
    return json_text(arena, data->data.text, &cloudevent->data) ||
           cloudevent_complain(reading, name, JSON_TEXT_COMPLAINT);
}

static bool read_member(const struct cloudevent_reading *reading, struct str name,
                        struct json_value value, struct cloudevent *cloudevent)
{
    struct cloudevent_attribute attribute = {name, value.text, value.text};

    switch (value.type) {
    case JSON_NULL:
        return true;
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
        return cloudevent_add(reading, cloudevent, attribute);
    case JSON_STRING:
        if (!json_text(reading->intake->arena, value.text, &attribute.text))
            return cloudevent_complain(reading, name, JSON_TEXT_COMPLAINT);
        return cloudevent_add(reading, cloudevent, attribute);
    default:
        return cloudevent_complain(reading, name,
                                   "must be a string, a number, true or false; what is more than "
                                   "that belongs into data");
    }
}

/* False and the complaint when the member was there before. */
static bool take_once(const struct cloudevent_reading *reading, struct str name,
                      struct json_value value, struct json_value *member)
{
    if (member->type != JSON_NONE)
        return cloudevent_complain(reading, name, "is given twice");
    *member = value;
    return true;
}

static bool read_object(const struct cloudevent_reading *reading, struct json_value object,
                        struct cloudevent *cloudevent)
{
    struct data data = {0};
    struct json_walk walk;
    struct json_value value;
    struct str key, name;

    if (object.type != JSON_OBJECT) {
        reading->complaint->sentence = STR("A CloudEvent must be a JSON object.");
        return false;
    }
    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value)) {
        bool taken;

        if (!json_text(reading->intake->arena, key, &name))
            return cloudevent_complain(reading, utf8_cut(name, SHOWN_NAME_MAX),
                                       JSON_TEXT_COMPLAINT);
        if (str_equal(name, STR("data")))
            taken = take_once(reading, name, value, &data.data);
        else if (str_equal(name, STR("data_base64")))
            taken = value.type == JSON_NULL || take_once(reading, name, value, &data.base64);
        else
            taken = read_member(reading, name, value, cloudevent);
        if (!taken)
            return false;
    }
    return read_data(reading, &data, cloudevent);
}

/* ---- Messages ---- */

static bool read_one(const struct cloudevent_reading *reading, enum mode mode,
                     const struct sender_message *message, struct json_value value,
                     struct event *event)
{
    struct cloudevent cloudevent; /* large: only what is used of it is written */
    bool is_read;

    cloudevent.count = 0;
    cloudevent.data = (struct str){NULL, 0};
    is_read = mode == MODE_BINARY ? read_binary(reading, message, &cloudevent)
                                  : read_object(reading, value, &cloudevent);
    return is_read && cloudevent_event(reading, &cloudevent, event);
}

static bool read_batch(const struct cloudevent_reading *reading,
                       const struct sender_message *message, struct json_value array,
                       struct sender_events *events)
{
    struct arena *arena = reading->intake->arena;
    struct intake_complaint *complaint = reading->complaint;
    size_t capacity = 0;
    struct json_walk walk;
    struct json_value value;
    struct str key;

    if (array.type != JSON_ARRAY) {
        complaint->sentence = STR("A batch of CloudEvents must be a JSON array.");
        return false;
    }
    json_walk_start(&walk, array);
    while (json_walk_next(&walk, &key, &value)) {
        complaint->has_index = true;
        complaint->index = events->count;
        if (events->count == INTAKE_EVENTS_MAX) {
            complaint->sentence =
                arena_printf(arena, "At most %d events at once.", INTAKE_EVENTS_MAX);
            return false;
        }
        events->events =
            arena_grow(arena, events->events, events->count, &capacity, sizeof(*events->events));
        if (!read_one(reading, MODE_BATCH, message, value, &events->events[events->count]))
            return false;
        events->count++;
    }
    return true;
}

bool cloudevents_read(const struct intake *intake, const struct sender_message *message,
                      struct sender_events *events, struct intake_complaint *complaint)
{
    enum mode mode = mode_of(message->content_type);
    struct cloudevent_reading reading = {.intake = intake, .complaint = complaint};
    struct json_value value = {0};
    struct json_error error;

    if (mode == MODE_UNKNOWN) {
        struct str type = sender_text(intake->arena, message->content_type);

        complaint->status = UNSUPPORTED;
        complaint->sentence =
            arena_printf(intake->arena,
                         "The format of \"%.*s\" is not known here; application/cloudevents+json, "
                         "application/cloudevents-batch+json and the binary mode are.",
                         STR_ARG(utf8_cut(type, SHOWN_TYPE_MAX)));
        return false;
    }
    if (mode != MODE_BINARY && !json_read(message->body, &value, &error)) {
        complaint->sentence =
            arena_printf(intake->arena, "Not JSON at byte %zu: %s.", error.offset, error.reason);
        return false;
    }
    sender_request(intake->arena, message, &reading.request);
    if (mode == MODE_BATCH)
        return read_batch(&reading, message, value, events);
    reading.trace_id =
        traceparent_trace(sender_text(intake->arena, sender_header(message, "traceparent")));
    events->events = arena_alloc(intake->arena, sizeof(*events->events));
    events->count = 1;
    return read_one(&reading, mode, message, value, events->events);
}

struct sender_answer cloudevents_answer(struct arena *arena, const struct sender_events *events)
{
    struct sender_answer answer = sender_answer_ids(arena, events);

    answer.status = ACCEPTED;
    return answer;
}
