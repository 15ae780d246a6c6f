/* SPDX-License-Identifier: MIT */
/* The fields that make an event a trigger: what a stranger says of himself, as text that every column can hold. */
#include "intake/capture_webhook.h"

#include "base/utf8.h"
#include "intake/capture_private.h"

enum { WORD_MAX = 255 };

static struct str text(struct arena *arena, struct str bytes, size_t max)
{
    bool is_latin1 = false;

    return utf8_cut(capture_text(arena, bytes, &is_latin1), max);
}

static enum event_signature signature_of(enum webhook_signature found)
{
    switch (found) {
    case WEBHOOK_VALID:
        return EVENT_SIGNATURE_VALID;
    case WEBHOOK_UNCHECKED:
        return EVENT_SIGNATURE_UNCHECKED;
    case WEBHOOK_UNSIGNED:
    case WEBHOOK_INVALID:
    case WEBHOOK_TOO_OLD:
        break;
    }
    return EVENT_SIGNATURE_INVALID;
}

/* Whom the payload does not name is who the call says it is. */
void capture_make_trigger(struct arena *arena, const struct hook *hook,
                          const struct capture_webhook *found, struct event *event)
{
    const struct webhook *webhook = &found->webhook;
    bool is_bound = hook->trigger_id.len > 0;

    event->kind = EVENT_KIND_TRIGGER;
    event->source = EVENT_SOURCE_WEBHOOK;
    event->action = STR("receiveWebhook");
    event->entity_type = is_bound ? STR("trigger") : STR("provider");
    event->entity_id = is_bound ? arena_copy(arena, hook->trigger_id)
                                : text(arena, webhook->entity_id, EVENT_NAME_MAX);
    event->entity_name = text(arena, webhook->entity_name, EVENT_NAME_MAX);
    if (webhook->user.len)
        event->user = text(arena, webhook->user, EVENT_NAME_MAX);
    event->trigger_provider = text(arena, webhook->provider, WORD_MAX);
    event->trigger_event = text(arena, webhook->event, WORD_MAX);
    event->trigger_delivery_id = text(arena, webhook->delivery_id, WORD_MAX);
    event->trigger_signature = signature_of(found->signature);
}

/* Of a body that is not all there no signature can be checked. */
void capture_mark_webhook(const struct intake *intake, const struct hook *hook,
                          struct capture_call *call)
{
    struct event *event = &call->event;
    struct capture_webhook found = {.signature = WEBHOOK_UNCHECKED};
    struct webhook_call webhook = {.content_type = call->request_type, .body = event->body};

    webhook.header_count = capture_raw_headers(intake->arena, call->raw_headers, &webhook.headers);
    webhook_read(intake->arena, hook->provider, &webhook, &found.webhook);
    if (call->has_whole_body)
        found.signature = webhook_verify(intake->arena, &found.webhook, &webhook, hook->secret,
                                         event->occurred_ms);
    capture_make_trigger(intake->arena, hook, &found, event);
}
