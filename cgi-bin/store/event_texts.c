/* SPDX-License-Identifier: MIT */
/* No statement here: searches, downloads and the index of texts have their own. */
#include "store/event_texts.h"

/* Where those stand that can be asked for by themselves. */
enum {
    TEXT_CLIENT_ADDRESS = 9,
    TEXT_REQUEST_ID,
    TEXT_TRACE_ID,
    TEXT_DELIVERY_ID,
    TEXT_IDEMPOTENCY_KEY
};

void event_texts_read(const struct db_rows *rows, unsigned column, struct str texts[EVENT_TEXTS])
{
    for (unsigned i = 0; i < EVENT_TEXTS; i++)
        texts[i] = db_bytes(rows, column + i);
}

struct text_sought text_sought(struct arena *arena, const struct filter *filter)
{
    struct str text = filter->text;
    char *folded = arena_alloc(arena, text.len + 1);
    enum filter_in in = text.len ? filter->text_in : FILTER_IN_ANY;
    bool is_beginning = in != FILTER_IN_ANY && text.ptr[text.len - 1] == '*';

    text.len -= is_beginning;
    str_fold(text, folded);
    return (struct text_sought){{folded, text.len}, in, is_beginning};
}

bool event_texts_hold(const struct str texts[EVENT_TEXTS], const struct text_sought *sought)
{
    static const unsigned places[FILTER_IN_COUNT] = {
        [FILTER_IN_CLIENT_ADDRESS] = TEXT_CLIENT_ADDRESS,
        [FILTER_IN_REQUEST_ID] = TEXT_REQUEST_ID,
        [FILTER_IN_TRACE_ID] = TEXT_TRACE_ID,
        [FILTER_IN_DELIVERY_ID] = TEXT_DELIVERY_ID,
        [FILTER_IN_IDEMPOTENCY_KEY] = TEXT_IDEMPOTENCY_KEY,
    };

    if (sought->in != FILTER_IN_ANY) {
        struct str value = texts[places[sought->in]];

        return sought->is_beginning ? value.len && str_starts_folded(value, sought->folded)
                                    : str_equal_folded(value, sought->folded);
    }
    for (unsigned i = 0; i < EVENT_TEXTS; i++)
        if (str_contains_folded(texts[i], sought->folded))
            return true;
    return false;
}

bool event_has_text(const struct event *event, const struct text_sought *sought)
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
        [TEXT_CLIENT_ADDRESS] = event->client_address,
        [TEXT_REQUEST_ID] = event->request_id,
        [TEXT_TRACE_ID] = event->trace_id,
        [TEXT_DELIVERY_ID] = event->trigger_delivery_id,
        [TEXT_IDEMPOTENCY_KEY] = event->idempotency_key,
    };

    return event_texts_hold(texts, sought);
}
