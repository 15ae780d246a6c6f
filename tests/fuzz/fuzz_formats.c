/* SPDX-License-Identifier: MIT */
/*
 * Records of other products.  The first byte chooses the format, or the list of the Kubernetes webhook; the rest is a message.  A refusal must have a sentence
 * that can be sent.  Every event that is accepted has an action and texts that every column takes, a key that fits, and comes back the same when it was held on its way.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "intake/format_message.h"
#include "intake/kubernetes.h"
#include "intake/native.h"
#include "intake/native_write.h"
#include "redaction/redact.h"

enum { BODY_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static struct intake intake_of(struct arena *arena)
{
    return (struct intake){.arena = arena,
                           .body_max_bytes = BODY_MAX,
                           .body_head_max_bytes = BODY_MAX,
                           .now_ms = CLOCK_MAX_MS};
}

static void check_texts(const struct event *event)
{
    const struct {
        struct str text;
        size_t max;
    } texts[] = {
        {event->idempotency_key, EVENT_KEY_MAX},
        {event->entity_type, EVENT_NAME_MAX},
        {event->entity_id, EVENT_NAME_MAX},
        {event->entity_name, EVENT_NAME_MAX},
        {event->action, EVENT_NAME_MAX},
        {event->user, EVENT_NAME_MAX},
        {event->method, 32},
        {event->request_id, 255},
        {event->trace_id, 255},
        {event->client_address, 255},
        {event->forwarded_for, 4096},
        {event->user_agent, 65535},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        require(utf8_is_text(texts[i].text));
        /* A mark in the place of a secret may be longer than it was. */
        require(texts[i].text.len <= texts[i].max ||
                memmem(texts[i].text.ptr, texts[i].text.len, REDACTED, sizeof(REDACTED) - 1));
    }
    require(event->action.len > 0 && event->idempotency_key.len > 0);
    require(event->body.len <= BODY_MAX && event->body.len <= event->body_bytes);
    require(event->status == 0 ||
            (event->status >= EVENT_STATUS_MIN && event->status <= EVENT_STATUS_MAX));
    require(event->occurred_ms >= 0 && event->occurred_ms <= CLOCK_MAX_MS);
}

/* As the table of held events has it. */
static void check_held(struct arena *arena, const struct event *event)
{
    const struct intake intake = intake_of(arena);
    struct intake_complaint complaint;
    struct event *again;
    struct strbuf text;
    size_t count;

    strbuf_init(&text);
    native_write(&text, event, NATIVE_SENT);
    require(native_read(&intake, strbuf_str(&text), &again, &count, &complaint) && count == 1);
    require(str_equal(again->action, event->action) && str_equal(again->body, event->body));
    require(str_equal(again->idempotency_key, event->idempotency_key));
    strbuf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const struct intake intake = intake_of(arena);
    struct sender_message message = {0};
    struct sender_events events = {0};
    struct intake_complaint complaint = {0};
    const struct format *format;
    bool accepted;

    if (size > 0) {
        message.body = (struct str){(const char *)data + 1, size - 1};
        format = format_at(data[0] - (size_t)'a');
        accepted = format && format != format_at(0)
                       ? format_message_read(format, &intake, message.body, &events, &complaint)
                       : kubernetes_read(&intake, &message, &events, &complaint);
        if (!accepted)
            require(complaint.sentence.len > 0 &&
                    utf8_valid_prefix(complaint.sentence) == complaint.sentence.len);
        for (size_t i = 0; i < events.count && accepted; i++)
            check_texts(&events.events[i]);
        for (size_t i = 0; i < events.early_count && accepted; i++) {
            check_texts(&events.early[i].event);
            check_held(arena, &events.early[i].event);
        }
    }
    arena_free(arena);
    return 0;
}
