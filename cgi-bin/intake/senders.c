/* SPDX-License-Identifier: MIT */
/* Which address takes which form, and the answers that several forms share. */
#include "intake/sender.h"

#include "base/json_write.h"
#include "base/strbuf.h"
#include "intake/cloudevents.h"
#include "intake/handshake.h"
#include "intake/format_message.h"
#include "intake/kubernetes.h"
#include "intake/native.h"
#include "intake/retraced.h"

enum { BAD_REQUEST = 400, CREATED = 201 };

static bool read_native(const struct intake *intake, const struct sender_message *message,
                        struct sender_events *events, struct intake_complaint *complaint)
{
    const struct format *format = format_of_query(intake->arena, message->query, complaint);

    if (!format)
        return false;
    if (format != format_at(0))
        return format_message_read(format, intake, message->body, events, complaint);
    return native_read(intake, message->body, &events->events, &events->count, complaint);
}

static const struct sender senders[] = {
    {"/api/v1/events", INTAKE_BODY_MAX, read_native, sender_answer_ids, sender_refuse_json, NULL},
    {"/api/v1/cloudevents", INTAKE_BODY_MAX, cloudevents_read, cloudevents_answer,
     sender_refuse_json, handshake_options},
    {"/publisher/v1/project/{account}/event", INTAKE_BODY_MAX, retraced_read_event,
     retraced_answer_event, retraced_refuse, NULL},
    {"/publisher/v1/project/{account}/event/bulk", INTAKE_BODY_MAX, retraced_read_bulk,
     retraced_answer_bulk, retraced_refuse, NULL},
    {"/api/v1/kubernetes", INTAKE_BODY_MAX, kubernetes_read, kubernetes_answer, sender_refuse_json,
     NULL},
};
enum { SENDER_COUNT = sizeof(senders) / sizeof(senders[0]) };

/* Does `path` fit the template?  Only whole segments {account} are filled in. */
static bool fits(struct str template, struct str path, struct str *account)
{
    struct str wanted, found;

    *account = (struct str){NULL, 0};
    while (str_next(&template, '/', &wanted)) {
        if (!str_next(&path, '/', &found))
            return false;
        if (str_equal(wanted, STR("{account}")) && found.len)
            *account = found;
        else if (!str_equal(wanted, found))
            return false;
    }
    return path.len == 0;
}

const struct sender *sender_find(struct str path, struct str *account)
{
    bool ends_in_slash = path.len && path.ptr[path.len - 1] == '/';

    for (size_t i = 0; i < SENDER_COUNT && !ends_in_slash; i++)
        if (fits(str_from(senders[i].path), path, account))
            return &senders[i];
    return NULL;
}

struct str sender_header(const struct sender_message *message, const char *name)
{
    for (size_t i = 0; i < message->header_count; i++)
        if (str_equal(message->headers[i].name, str_from(name)))
            return message->headers[i].value;
    return (struct str){NULL, 0};
}

static struct sender_answer json_answer(struct arena *arena, unsigned status, struct strbuf *json)
{
    struct sender_answer answer = {.status = status, .content_type = "application/json"};

    strbuf_add_char(json, '\n');
    answer.body = arena_copy(arena, strbuf_str(json));
    strbuf_release(json);
    return answer;
}

struct sender_answer sender_answer_ids(struct arena *arena, const struct sender_events *events)
{
    struct strbuf json;

    strbuf_init(&json);
    strbuf_add_cstr(&json, "{\"ids\": [");
    for (size_t i = 0; i < events->count; i++)
        strbuf_printf(&json, "%s\"%016llx\"", i ? ", " : "",
                      (unsigned long long)events->events[i].id);
    strbuf_add_char(&json, ']');
    if (events->early_count)
        strbuf_printf(&json, ", \"held\": %zu", events->early_count);
    strbuf_add_char(&json, '}');
    return json_answer(arena, CREATED, &json);
}

struct sender_answer sender_refuse_json(struct arena *arena,
                                        const struct intake_complaint *complaint)
{
    struct strbuf json;

    strbuf_init(&json);
    strbuf_add_char(&json, '{');
    json_write_text(&json, "error", complaint->sentence);
    if (complaint->has_index)
        json_write_number(&json, "index", complaint->index);
    json_write_text(&json, "field", complaint->field);
    strbuf_add_char(&json, '}');
    return json_answer(arena, complaint->status ? complaint->status : BAD_REQUEST, &json);
}
