/* SPDX-License-Identifier: MIT */
/* Where an event would stand by its own key and time; what really stands is recorder.c's to find out. */
#include "store/draft.h"

#include <stdio.h>

#include "base/digest.h"
#include "base/parse.h"

enum { OWN_KEY_BYTES = 8 + 16 };

#define SLOT_MASK ((UINT64_C(1) << EVENT_ID_SLOT_BITS) - 1)

static const struct str own_key_prefix = STR("daybook:");
struct str draft_hash(const struct draft *draft)
{
    return (struct str){(const char *)draft->row.key_hash, EVENT_KEY_HASH_BYTES};
}

static void set_hash(struct draft *draft, struct str key)
{
    unsigned char digest[DIGEST_BYTES];

    digest_sha256(key, digest);
    memcpy(draft->row.key_hash, digest, EVENT_KEY_HASH_BYTES);
}

/* Without a key: any slot, and as key the id itself, which is also what an export writes. */
static void draw_slot(struct draft *draft)
{
    char key[OWN_KEY_BYTES + 1];
    uint64_t random;

    digest_random(&random, sizeof(random));
    draft->base_id = event_id_first(draft->row.event->occurred_ms) | (random & SLOT_MASK);
    snprintf(key, sizeof(key), "daybook:%016llx", (unsigned long long)draft->base_id);
    set_hash(draft, str_from(key));
}

/* The slot that a key asks for: its own for a key made from an id of that millisecond, else 22 bits of its hash. */
static uint64_t slot_of_key(const struct draft *draft)
{
    struct str key = draft->row.event->idempotency_key;
    const unsigned char *hash = draft->row.key_hash;
    uint64_t id;

    if (key.len == OWN_KEY_BYTES && str_starts(key, own_key_prefix) &&
        parse_hex16(str_slice(key, own_key_prefix.len, key.len), &id) &&
        event_id_ms(id) == draft->row.event->occurred_ms)
        return id & SLOT_MASK;
    return ((uint64_t)hash[0] << 16 | (uint64_t)hash[1] << 8 | hash[2]) & SLOT_MASK;
}

void draft_start(struct draft *draft, struct event *event, const struct event_names *names,
                 int64_t now_ms)
{
    event->received_ms = now_ms;
    if (!event->has_time)
        event->occurred_ms = now_ms;
    draft->row.event = event;
    draft->row.names = names;
    draft->keyed = event->idempotency_key.len > 0;
    draft->recent = draft->keyed && !event->has_time;
    if (draft->keyed) {
        set_hash(draft, event->idempotency_key);
        draft->base_id = event_id_first(event->occurred_ms) | slot_of_key(draft);
    } else {
        draw_slot(draft);
    }
    draft->row.id = draft->base_id;
}

/* The slot is taken by another event.  A key made from an id must stay true, so an event without a key draws again. */
void draft_move_on(struct draft *draft)
{
    uint64_t id = draft->row.id;

    draft->looked_up = false;
    if (draft->keyed) {
        draft->row.id = (id & ~SLOT_MASK) | ((id + 1) & SLOT_MASK);
    } else {
        draw_slot(draft);
        draft->row.id = draft->base_id;
    }
}

int draft_by_hash(const void *a, const void *b)
{
    const struct draft *x = *(struct draft *const *)a, *y = *(struct draft *const *)b;
    int order;

    if (x->row.event->kind != y->row.event->kind)
        return x->row.event->kind < y->row.event->kind ? -1 : 1;
    order = memcmp(x->row.key_hash, y->row.key_hash, EVENT_KEY_HASH_BYTES);
    if (order)
        return order;
    return (x > y) - (x < y); /* the earlier in the batch first */
}

int draft_by_id(const void *a, const void *b)
{
    const struct draft *x = *(struct draft *const *)a, *y = *(struct draft *const *)b;

    if (x->row.event->kind != y->row.event->kind)
        return x->row.event->kind < y->row.event->kind ? -1 : 1;
    if (x->row.id != y->row.id)
        return x->row.id < y->row.id ? -1 : 1;
    return draft_by_hash(a, b);
}

bool draft_same_key(const struct draft *a, const struct draft *b)
{
    return a->keyed && b->keyed && a->row.event->kind == b->row.event->kind &&
           str_equal(draft_hash(a), draft_hash(b));
}
