/* SPDX-License-Identifier: MIT */
/*
 * The operation is found by the URL as sent; id and name are read only after secrets were replaced, from what is stored.
 */
#include "intake/capture_complete.h"

#include "base/strbuf.h"
#include "intake/capture_parts.h"
#include "intake/capture_webhook.h"
#include "redaction/redact.h"

enum { STATUS_FAILED = 400 };

/* Replaces path parameters that are secrets, in `match` and in the URL, which they are parts of. */
static void hide_params(const struct intake *intake, struct operation_match *match, struct str *url)
{
    const char *copied = url->ptr, *end = url->ptr + url->len;
    struct strbuf text;

    strbuf_init(&text);
    for (size_t i = 0; i < match->count; i++) {
        struct operation_param *param = &match->params[i];
        struct str mark;

        if (!redactor_is_secret_name(intake->redactor, param->name))
            continue;
        mark = redactor_fingerprint(intake->redactor, intake->arena,
                                    operation_param_value(intake->arena, param));
        strbuf_add(&text, (struct str){copied, (size_t)(param->raw.ptr - copied)});
        strbuf_add(&text, mark);
        copied = param->raw.ptr + param->raw.len;
        param->raw = mark;
    }
    if (copied != url->ptr) {
        strbuf_add(&text, (struct str){copied, (size_t)(end - copied)});
        *url = arena_copy(intake->arena, strbuf_str(&text));
    }
    strbuf_release(&text);
}

static struct str query_of(struct str url)
{
    const char *mark = url.len ? memchr(url.ptr, '?', url.len) : NULL;

    return mark ? str_slice(url, (size_t)(mark - url.ptr) + 1, url.len) : (struct str){NULL, 0};
}

/* Id and name of the entity, from what is stored. */
static bool describe(const struct intake *intake, const struct operation_match *match,
                     const struct capture_call *call, struct event *event)
{
    const struct operation_call stored = {.query = query_of(event->url),
                                          .body = event->body,
                                          .content_type = call->request_type,
                                          .response_head = event->response_body_head,
                                          .location = call->location,
                                          .status = event->status};
    struct operation_entity entity = operation_describe(intake->arena, match, &stored);
    struct event names = {.entity_id = capture_name(intake->arena, entity.id),
                          .entity_name = capture_name(intake->arena, entity.name)};

    if (!redactor_event(intake->redactor, intake->arena, &names))
        return false;
    event->entity_id = names.entity_id;
    event->entity_name = names.entity_name;
    return true;
}

/* Read before secrets are replaced, since its signature is over what was sent; then as every call. */
static enum capture_verdict complete_webhook(const struct intake *intake, const struct hook *hook,
                                             struct operation_match *match,
                                             struct capture_call *call,
                                             struct intake_complaint *complaint)
{
    struct event *event = &call->event;

    capture_mark_webhook(intake, hook, call);
    hide_params(intake, match, &event->url);
    if (match->count)
        event->params = operation_params_json(intake->arena, match);
    return intake_complete(intake, event, complaint) ? CAPTURE_KEEP : CAPTURE_REFUSE;
}

enum capture_verdict capture_complete(const struct intake *intake,
                                      const struct operations *operations,
                                      const struct hook_routes *hooks, struct capture_call *call,
                                      struct intake_complaint *complaint)
{
    struct event *event = &call->event;
    struct operation_match match;
    const struct operation *operation;
    const struct hook *hook =
        hooks ? hook_routes_match(hooks, event->method, event->url, &match) : NULL;

    *complaint = (struct intake_complaint){0};
    call->hook_id = hook ? hook->id : 0;
    if (hook)
        return complete_webhook(intake, hook, &match, call, complaint);
    operation = operations ? operations_match(operations, event->method, event->url, &match) : NULL;
    if (!operation)
        return intake_complete(intake, event, complaint) ? CAPTURE_KEEP_UNMATCHED : CAPTURE_REFUSE;
    if (!operation->keep && event->status >= EVENT_STATUS_MIN && event->status < STATUS_FAILED)
        return CAPTURE_DROP;
    event->entity_type = arena_copy(intake->arena, operation->entity_type);
    event->action = arena_copy(intake->arena, operation->action);
    hide_params(intake, &match, &event->url);
    if (match.count)
        event->params = operation_params_json(intake->arena, &match);
    if (!intake_complete(intake, event, complaint) || !describe(intake, &match, call, event))
        return CAPTURE_REFUSE;
    return CAPTURE_KEEP;
}
