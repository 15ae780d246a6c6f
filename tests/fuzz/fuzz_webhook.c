/* SPDX-License-Identifier: MIT */
/*
 * Headers and body of a webhook are anything that a stranger sends: up to an empty line NAME: VALUE lines, behind it the body.  Reading never
 * fails and gives texts; no signature fits a secret that the input does not know, and one that is made here for it does, until a bit of
 * it or of the body is changed.  The first byte chooses whether headers are those of a captured call.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "intake/webhook.h"

enum { HEADER_MAX = 64, SIGNED_AT_S = 1700000000 };

static const struct str secret = STR("whsec_3f9c0b64f8ad21705c1d8a4b");

/* How a sender puts a signature of the body into a header. */
static const struct scheme {
    const char *provider, *header, *prefix, *signed_prefix;
    bool is_base64;
} schemes[] = {
    {"github", "X-Hub-Signature-256", "sha256=", "", false},
    {"bitbucket", "X-Hub-Signature", "sha256=", "", false},
    {"forgejo", "X-Forgejo-Signature", "", "", false},
    {"stripe", "Stripe-Signature", "t=1700000000,v1=", "1700000000.", false},
    {"slack", "X-Slack-Signature", "v0=", "v0:1700000000:", false},
    {"standard-webhooks", "webhook-signature", "v1,", "m.1700000000.", true},
};
enum { SCHEME_COUNT = sizeof(schemes) / sizeof(schemes[0]) };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Takes the lines of headers off `rest`. */
static size_t read_headers(struct str *rest, bool is_captured, struct webhook_header *headers)
{
    size_t count = 0;
    struct str line, name;

    while (str_next(rest, '\n', &line) && line.len)
        if (count < HEADER_MAX && str_next(&line, ':', &name))
            headers[count++] = (struct webhook_header){name, line, is_captured};
    return count;
}

static void check_text(struct str text)
{
    require(text.len == 0 || text.ptr != NULL);
    require(utf8_is_text(text));
}

static void check_read(struct arena *arena, const struct webhook_call *call,
                       struct webhook *webhook)
{
    struct webhook again;

    webhook_read(arena, STR(""), call, webhook);
    require(webhook_is_provider(webhook->provider));
    check_text(webhook->event);
    check_text(webhook->delivery_id);
    check_text(webhook->entity_id);
    check_text(webhook->entity_name);
    check_text(webhook->user);
    webhook_read(arena, webhook->provider, call, &again);
    require(str_equal(webhook->event, again.event) &&
            str_equal(webhook->entity_name, again.entity_name));
}

static struct str sign(struct arena *arena, const struct scheme *scheme, struct str body)
{
    unsigned char mac[DIGEST_BYTES];
    struct str bytes = {(const char *)mac, sizeof(mac)};
    struct strbuf text;
    struct str value;

    digest_hmac_pieces(secret, (const struct str[]){str_from(scheme->signed_prefix), body}, 2, mac);
    strbuf_init(&text);
    strbuf_add_cstr(&text, scheme->prefix);
    if (scheme->is_base64)
        digest_append_base64(&text, bytes);
    else
        digest_append_hex(&text, bytes);
    value = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return value;
}

static struct str flipped(struct arena *arena, struct str text, size_t at, unsigned bit)
{
    struct strbuf copy;
    struct str changed;

    strbuf_init(&copy);
    strbuf_add(&copy, text);
    copy.ptr[at] = (char)(copy.ptr[at] ^ (1u << bit));
    changed = arena_copy(arena, strbuf_str(&copy));
    strbuf_release(&copy);
    return changed;
}

/* The input says which bit, by its own bytes. */
static void check_signed(struct arena *arena, const struct scheme *scheme, struct str body,
                         unsigned chosen)
{
    const size_t prefix_len = strlen(scheme->prefix);
    struct webhook_header headers[] = {
        {str_from(scheme->header), sign(arena, scheme, body), false},
        {STR("X-Slack-Request-Timestamp"), STR("1700000000"), false},
        {STR("webhook-timestamp"), STR("1700000000"), false},
        {STR("webhook-id"), STR("m"), false},
    };
    struct webhook_call call = {headers, sizeof(headers) / sizeof(headers[0]), STR(""), body};
    const struct webhook webhook = {.provider = str_from(scheme->provider)};
    const int64_t now_ms = (int64_t)SIGNED_AT_S * 1000;
    struct str value = headers[0].value;

    require(webhook_verify(arena, &webhook, &call, secret, now_ms) == WEBHOOK_VALID);
    headers[0].value =
        flipped(arena, value, prefix_len + chosen % (value.len - prefix_len), chosen % 7);
    require(webhook_verify(arena, &webhook, &call, secret, now_ms) != WEBHOOK_VALID);
    headers[0].value = value;
    if (body.len == 0)
        return;
    call.body = flipped(arena, body, chosen % body.len, chosen % 8);
    require(webhook_verify(arena, &webhook, &call, secret, now_ms) == WEBHOOK_INVALID);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct webhook_header headers[HEADER_MAX];
    struct webhook_call call = {.headers = headers};
    struct arena *arena;
    struct webhook webhook;
    struct str rest;
    bool is_secret_known;

    if (size == 0)
        return 0;
    arena = arena_new();
    rest = (struct str){(const char *)data + 1, size - 1};
    is_secret_known = memmem(data, size, "3f9c0b64", 8) != NULL;
    call.header_count = read_headers(&rest, data[0] & 1, headers);
    for (size_t i = 0; i < call.header_count; i++)
        if (str_equal_folded(headers[i].name, STR("content-type")))
            call.content_type = str_trim(headers[i].value);
    call.body = rest;
    check_read(arena, &call, &webhook);
    require(is_secret_known || webhook_verify(arena, &webhook, &call, secret,
                                              (int64_t)SIGNED_AT_S * 1000) != WEBHOOK_VALID);
    check_signed(arena, &schemes[data[0] % SCHEME_COUNT], rest,
                 (unsigned)data[size - 1] + (unsigned)data[size / 2] * 256);
    arena_free(arena);
    return 0;
}
