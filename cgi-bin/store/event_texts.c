/* SPDX-License-Identifier: MIT */
/* No statement here: searches, downloads and the index of texts have their own. */
#include "store/event_texts.h"

void event_texts_read(const struct db_rows *rows, unsigned column, struct str texts[EVENT_TEXTS])
{
    for (unsigned i = 0; i < EVENT_TEXTS; i++)
        texts[i] = db_bytes(rows, column + i);
}

bool event_texts_hold(const struct str texts[EVENT_TEXTS], struct str folded)
{
    for (unsigned i = 0; i < EVENT_TEXTS; i++)
        if (str_contains_folded(texts[i], folded))
            return true;
    return false;
}

bool event_has_text(const struct event *event, struct str folded)
{
    const struct str texts[EVENT_TEXTS] = {
        event->url,
        event->params,
        event->query,
        event->headers,
        event->body,
        event->response_body_head,
        event->extra,
        event->user_agent,
        event->forwarded_for,
        event->client_address,
        event->request_id,
        event->trace_id,
        event->trigger_delivery_id,
        event->idempotency_key,
    };

    return event_texts_hold(texts, folded);
}
