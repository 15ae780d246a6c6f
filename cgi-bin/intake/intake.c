/* SPDX-License-Identifier: MIT */
/* The one way from any sender's form to the store; nothing is stored that has not come through intake_complete(). */
#include "intake/intake.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "redaction/redact.h"

struct intake intake_start(struct arena *arena, const struct config *config,
                           const struct redactor *redactor)
{
    return (struct intake){.arena = arena,
                           .redactor = redactor,
                           .body_max_bytes = config->body_max_bytes,
                           .body_head_max_bytes = config->body_head_max_bytes,
                           .now_ms = clock_now_ms()};
}

static bool has_members(struct json_value object)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;

    json_walk_start(&walk, object);
    return json_walk_next(&walk, &key, &value);
}

/* Puts the claimed time first into extra: as a member of an object, else beside the former value. */
static struct str note_claimed_time(struct arena *arena, struct str extra, int64_t claimed_ms)
{
    char time[CLOCK_TEXT_BYTES];
    struct json_value value;
    struct json_error error;
    struct strbuf text;
    struct str result;

    clock_format(claimed_ms, time);
    strbuf_init(&text);
    strbuf_printf(&text, "{\"claimed_occurred_at\": \"%s\"", time);
    if (extra.len && json_read(extra, &value, &error) && value.type == JSON_OBJECT) {
        if (has_members(value))
            strbuf_add_cstr(&text, ", ");
        strbuf_add(&text, str_trim(str_slice(value.text, 1, value.text.len - 2)));
    } else if (extra.len && json_read(extra, &value, &error) &&
               json_depth(extra) < JSON_MAX_DEPTH) {
        strbuf_add_cstr(&text, ", \"extra\": ");
        strbuf_add(&text, value.text);
    } else if (extra.len) {
        strbuf_add_cstr(&text, ", \"extra\": ");
        json_append_string(&text, extra);
    }
    strbuf_add_char(&text, '}');
    result = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

/* Redaction can make a text longer, so this looks at what would be stored. */
static bool texts_fit(const struct event *event, struct intake_complaint *complaint)
{
    const struct {
        struct str text, field;
    } texts[] = {
        {event->params, STR("request.params")},
        {event->query, STR("request.query")},
        {event->headers, STR("request.headers")},
        {event->extra, STR("extra")},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].text.len > INTAKE_TEXT_MAX) {
            complaint->field = texts[i].field;
            complaint->sentence = STR("params, query, headers and extra must each be at most "
                                      "16777215 bytes long.");
            return false;
        }
    }
    return true;
}

bool intake_complete(const struct intake *intake, struct event *event,
                     struct intake_complaint *complaint)
{
    /* Of a body that did not reach us whole, its true length is known; marks change that of what did. */
    uint64_t missing_bytes =
        event->body_bytes > event->body.len ? event->body_bytes - event->body.len : 0;

    if (!redactor_event(intake->redactor, intake->arena, event)) {
        complaint->field = STR("request.headers");
        complaint->sentence = STR("request.headers must be " REDACT_FORMS ".");
        return false;
    }
    event->body_bytes = event->body.len + missing_bytes;
    event->body = redact_cut(event->body, intake->body_max_bytes);
    event->response_body_head = redact_cut(event->response_body_head, intake->body_head_max_bytes);
    if (event->has_time && event->occurred_ms > intake->now_ms + EVENT_AHEAD_MS) {
        event->extra = note_claimed_time(intake->arena, event->extra, event->occurred_ms);
        event->has_time = false;
    }
    return texts_fit(event, complaint);
}
