/* SPDX-License-Identifier: MIT */
/* A webhook written down for a test: some headers and a body. */
#ifndef DAYBOOK_TESTS_WEBHOOK_CALL_H
#define DAYBOOK_TESTS_WEBHOOK_CALL_H

#include "intake/webhook.h"

#include "check.h"

enum { CALL_HEADER_MAX = 8 };

struct call_header {
    const char *name, *value;
    bool is_digest;
};

/* As it came, and as the front hides it. */
#define SENT(name, value)                                                                          \
    {                                                                                              \
        (name), (value), false                                                                     \
    }
#define HIDDEN(name, value)                                                                        \
    {                                                                                              \
        (name), (value), true                                                                      \
    }
#define NO_HEADER SENT(NULL, NULL)

struct call_text {
    struct call_header headers[CALL_HEADER_MAX];
    const char *content_type;
    struct str body;
};

/* The body in a block of exactly its size; `headers` has room for CALL_HEADER_MAX. */
static inline struct webhook_call call_of(const struct call_text *text,
                                          struct webhook_header *headers)
{
    struct webhook_call call = {.headers = headers,
                                .content_type = str_from(text->content_type),
                                .body = exact_copy(text->body)};

    for (size_t i = 0; i < CALL_HEADER_MAX && text->headers[i].name; i++)
        headers[call.header_count++] =
            (struct webhook_header){str_from(text->headers[i].name),
                                    str_from(text->headers[i].value), text->headers[i].is_digest};
    return call;
}

#endif
