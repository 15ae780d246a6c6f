/* SPDX-License-Identifier: MIT */
/* The order of the columns in event_columns.h, once. */
#include "store/event_columns.h"

enum { ROW_COLUMN_COUNT = 9 };

void event_read_row(const struct db_rows *rows, struct event *event)
{
    *event = (struct event){
        .id = db_number(rows, 0),
        .kind = (enum event_kind)db_number(rows, 1),
        .status = (unsigned)db_number(rows, 2),
        .source = (enum event_source)db_number(rows, 3),
        .entity_type = db_bytes(rows, 4),
        .action = db_bytes(rows, 5),
        .user = db_bytes(rows, 6),
        .entity_id = db_bytes(rows, 7),
        .entity_name = db_bytes(rows, 8),
        .has_time = true,
    };
    event->occurred_ms = event_id_ms(event->id);
}

void event_read_numbers(const struct db_rows *rows, struct event_numbers *numbers)
{
    *numbers = (struct event_numbers){
        .id = db_number(rows, 0),
        .kind = (enum event_kind)db_number(rows, 1),
        .status = (unsigned)db_number(rows, 2),
        .source = (enum event_source)db_number(rows, 3),
        .entity_type_id = (uint32_t)db_number(rows, 4),
        .action_id = (uint32_t)db_number(rows, 5),
        .user_id = (uint32_t)db_number(rows, 6),
        .entity_id = (uint32_t)db_number(rows, 7),
        .provider_id = (uint32_t)db_number(rows, 8),
        .signature = (enum event_signature)db_number(rows, 9),
    };
}

void event_read_texts(const struct db_rows *rows, struct event *event)
{
    event->account = db_bytes(rows, ROW_COLUMN_COUNT);
    event_read_request(rows, ROW_COLUMN_COUNT + 1, event);
}

void event_read_request(const struct db_rows *rows, unsigned column, struct event *event)
{
    unsigned at = column;

    event->idempotency_key = db_bytes(rows, at++);
    event->received_ms = (int64_t)db_number(rows, at++);
    event->method = db_bytes(rows, at++);
    event->url = db_bytes(rows, at++);
    event->params = db_bytes(rows, at++);
    event->query = db_bytes(rows, at++);
    event->headers = db_bytes(rows, at++);
    event->body = db_bytes(rows, at++);
    event->body_bytes = db_number(rows, at++);
    event->body_sha256 = db_bytes(rows, at++);
    event->has_response_time = !db_is_null(rows, at);
    event->response_time_ms = (uint32_t)db_number(rows, at++);
    event->has_response_bytes = !db_is_null(rows, at);
    event->response_bytes = db_number(rows, at++);
    event->response_body_head = db_bytes(rows, at++);
    event->request_id = db_bytes(rows, at++);
    event->trace_id = db_bytes(rows, at++);
    event->client_address = db_bytes(rows, at++);
    event->forwarded_for = db_bytes(rows, at++);
    event->user_agent = db_bytes(rows, at++);
    event->trigger_provider = db_bytes(rows, at++);
    event->trigger_event = db_bytes(rows, at++);
    event->trigger_delivery_id = db_bytes(rows, at++);
    event->trigger_signature = (enum event_signature)db_number(rows, at++);
    event->extra = db_bytes(rows, at);
}

void event_read_trigger(const struct db_rows *rows, struct event *event)
{
    unsigned at = ROW_COLUMN_COUNT;

    event->trigger_provider = db_bytes(rows, at++);
    event->trigger_event = db_bytes(rows, at++);
    event->trigger_delivery_id = db_bytes(rows, at++);
    event->trigger_signature = (enum event_signature)db_number(rows, at);
}

void event_keep_texts(struct arena *arena, struct event *event)
{
    struct str *texts[] = {
        &event->account,
        &event->idempotency_key,
        &event->entity_type,
        &event->entity_id,
        &event->entity_name,
        &event->action,
        &event->user,
        &event->method,
        &event->url,
        &event->params,
        &event->query,
        &event->headers,
        &event->body,
        &event->body_sha256,
        &event->response_body_head,
        &event->request_id,
        &event->trace_id,
        &event->client_address,
        &event->forwarded_for,
        &event->user_agent,
        &event->trigger_provider,
        &event->trigger_event,
        &event->trigger_delivery_id,
        &event->extra,
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        *texts[i] = texts[i]->len ? arena_copy(arena, *texts[i]) : STR("");
}
