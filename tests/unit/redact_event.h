/* SPDX-License-Identifier: MIT */
/* One text of an event through the redaction. */
#ifndef DAYBOOK_TESTS_REDACT_EVENT_H
#define DAYBOOK_TESTS_REDACT_EVENT_H

#include "check.h"

#include "base/digest.h"
#include "redaction/redact.h"

enum place { BODY, URL, QUERY, PARAMS, HEAD, EXTRA, USER, AGENT, PLACE_COUNT };

static inline struct str *field_of(struct event *event, enum place place)
{
    struct str *const fields[PLACE_COUNT] = {
        [BODY] = &event->body,   [URL] = &event->url,
        [QUERY] = &event->query, [PARAMS] = &event->params,
        [EXTRA] = &event->extra, [HEAD] = &event->response_body_head,
        [USER] = &event->user,   [AGENT] = &event->user_agent,
    };

    return fields[place];
}

static inline struct str redact(const struct redactor *redactor, struct arena *arena,
                                enum place place, struct str text)
{
    struct event event = {.kind = EVENT_KIND_EVENT};

    *field_of(&event, place) = text;
    assert_true(redactor_event(redactor, arena, &event));
    return *field_of(&event, place);
}

#define PEM_BEGIN "-----BEGIN RSA PRIVATE KEY-----"
#define PEM_END "-----END RSA PRIVATE KEY-----"

#endif
