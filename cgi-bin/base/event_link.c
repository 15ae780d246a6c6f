/* SPDX-License-Identifier: MIT */
/* The hashes are the first 64 bits of SHA-256: to make two ids meet on purpose costs more than to send the same id twice. */
#include "base/event_link.h"

#include "base/digest.h"

#define HOUR_MS (INT64_C(60) * 60 * 1000)

uint32_t event_link_hour(int64_t ms)
{
    return (uint32_t)(1 + ms / HOUR_MS);
}

static uint64_t hash_of(const unsigned char digest[DIGEST_BYTES])
{
    uint64_t hash = 0;

    for (size_t i = 0; i < sizeof(hash); i++)
        hash = hash << 8 | digest[i];
    return hash;
}

uint64_t event_link_id(struct str id)
{
    unsigned char digest[DIGEST_BYTES];

    digest_sha256(id, digest);
    return hash_of(digest);
}

/* With a NUL behind each text, which no id holds: so that they can neither run together nor be an id. */
uint64_t event_link_delivery(struct str provider, struct str delivery_id)
{
    const struct str texts[] = {STR("delivery"), provider, delivery_id};
    unsigned char digest[DIGEST_BYTES];
    struct digest *pieces = digest_new();

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        digest_add(pieces, texts[i]);
        digest_add(pieces, (struct str){"", 1});
    }
    digest_finish(pieces, digest);
    return hash_of(digest);
}

/* Some write zeros where they have no id. */
static bool says_something(struct str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (id.ptr[i] != '0' && id.ptr[i] != '-')
            return true;
    return false;
}

/* The id that the front drew for a captured call; empty for what was not captured. */
static struct str id_of_front(const struct event *event)
{
    struct str key = event->idempotency_key, prefix = STR(EVENT_CAPTURED);

    return str_starts(key, prefix) ? str_slice(key, prefix.len, key.len) : (struct str){NULL, 0};
}

size_t event_link_shared(const struct event *event, uint64_t hashes[EVENT_LINK_SHARED_MAX])
{
    bool is_trigger = event->kind == EVENT_KIND_TRIGGER;
    struct str front = id_of_front(event), none = {NULL, 0};
    bool is_own = front.len && str_equal(event->request_id, front);
    const struct str ids[EVENT_LINK_SHARED_MAX] = {
        is_trigger || !is_own ? event->request_id : none,
        event->trace_id,
        is_trigger ? front : none,
        is_trigger ? event->trigger_delivery_id : none,
    };
    size_t count = 0;

    for (size_t i = 0; i < EVENT_LINK_SHARED_MAX; i++) {
        bool is_new = says_something(ids[i]);

        for (size_t k = 0; k < i && is_new; k++)
            is_new = !str_equal(ids[k], ids[i]);
        if (is_new)
            hashes[count++] = event_link_id(ids[i]);
    }
    return count;
}

size_t event_link_all(const struct event *event, uint64_t id,
                      struct event_link links[EVENT_LINK_MAX])
{
    uint64_t hashes[EVENT_LINK_SHARED_MAX];
    size_t count = event_link_shared(event, hashes);

    for (size_t i = 0; i < count; i++)
        links[i] = (struct event_link){event_link_hour(event_id_ms(id)), hashes[i]};
    if (event->kind == EVENT_KIND_TRIGGER && event->trigger_delivery_id.len)
        links[count++] =
            (struct event_link){EVENT_LINK_ALWAYS, event_link_delivery(event->trigger_provider,
                                                                       event->trigger_delivery_id)};
    return count;
}
