/* SPDX-License-Identifier: MIT */
/* The words of an invented log (make_log.h): names, and what each call sent.  The same seed gives the same texts. */
#ifndef DAYBOOK_BENCH_MAKE_TEXTS_H
#define DAYBOOK_BENCH_MAKE_TEXTS_H

#include "make_log.h"

#include "base/strbuf.h"

/* What one call sent; texts are good until the next texts_make(). */
struct texts {
    struct str method, agent, request_id, provider, webhook;
    struct strbuf url, params, query, headers, body, address, trace_id, delivery_id;
    uint32_t response_ms, response_bytes;
};

void texts_init(struct texts *texts);
void texts_release(struct texts *texts);

/* With a body of about `body_bytes` where there is one; below 300 little else is sent, too. */
void texts_make(struct texts *texts, const struct call *call, unsigned body_bytes);

/* Names by number, appended.  Types, actions, users and providers count from 1. */
struct str texts_type(uint8_t type);
void texts_action(struct strbuf *out, uint8_t action);
void texts_user(struct strbuf *out, uint32_t account, uint32_t user);
struct str texts_provider(uint8_t provider);
struct str texts_source(uint8_t source);
struct str texts_method(const struct call *call);
void texts_account(struct strbuf *out, uint32_t account);

/* Its id in the API: 24 hexadecimal digits.  Every fiftieth entity is the one before it, renamed. */
void texts_entity_id(struct strbuf *out, uint32_t account, uint32_t entity);
void texts_entity_name(struct strbuf *out, uint32_t account, uint32_t entity);

/* A word that stands in RARE_WORD_USES bodies and nowhere else: from 1 on. */
void texts_rare_word(struct strbuf *out, uint8_t word);

#endif
