/* SPDX-License-Identifier: MIT */
/* A tree of the C library by key; usually it holds no more than what was going on at one time. */
#define _GNU_SOURCE
#include "tools/load_stages.h"

#include <search.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "intake/native_write.h"

struct held {
    struct strbuf key, text;
    unsigned stage;
    uint64_t body_bytes;
};

struct load_stages {
    void *root;
};

static int by_key(const void *a, const void *b)
{
    const struct held *x = a, *y = b;

    return str_compare(strbuf_str(&x->key), strbuf_str(&y->key));
}

static struct held *held_new(struct str key)
{
    struct held *held = memory_new(sizeof(*held));

    strbuf_init(&held->key);
    strbuf_init(&held->text);
    strbuf_add(&held->key, key);
    return held;
}

static void held_free(void *opaque)
{
    struct held *held = opaque;

    strbuf_release(&held->key);
    strbuf_release(&held->text);
    free(held);
}

struct load_stages *load_stages_new(void)
{
    return memory_new(sizeof(struct load_stages));
}

void load_stages_free(struct load_stages *stages)
{
    tdestroy(stages->root, held_free);
    free(stages);
}

/* An event without a time has that of the load from now on. */
static void write_held(struct held *held, const struct event *event, unsigned stage)
{
    struct event copy = *event;

    if (!copy.has_time)
        copy.occurred_ms = clock_now_ms();
    held->stage = stage;
    held->body_bytes = copy.body_bytes;
    strbuf_reset(&held->text);
    native_write(&held->text, &copy, NATIVE_SENT);
}

unsigned load_stages_hold(struct load_stages *stages, const struct event *event, unsigned stage)
{
    struct held *held = held_new(event->idempotency_key);
    struct held **place = tsearch(held, &stages->root, by_key);
    bool is_new;

    if (!place)
        abort(); /* as memory_new() when there is none left */
    is_new = *place == held;
    if (is_new || (*place)->stage < stage)
        write_held(*place, event, stage);
    if (!is_new)
        held_free(held);
    return !is_new;
}

unsigned load_stages_end(struct load_stages *stages, struct str key)
{
    struct held *held, *wanted = held_new(key);
    struct held **place = tfind(wanted, &stages->root, by_key);

    if (place) {
        held = *place;
        tdelete(wanted, &stages->root, by_key);
        held_free(held);
    }
    held_free(wanted);
    return place != NULL;
}

struct visit {
    int (*each)(void *context, struct str text, uint64_t body_bytes);
    void *context;
    int result;
};

static void visit(const void *place, VISIT order, void *opaque)
{
    const struct held *held = *(struct held *const *)place;
    struct visit *all = opaque;

    if ((order == postorder || order == leaf) && all->result == 0)
        all->result = all->each(all->context, strbuf_str(&held->text), held->body_bytes);
}

int load_stages_each(struct load_stages *stages,
                     int (*each)(void *context, struct str text, uint64_t body_bytes),
                     void *context)
{
    struct visit all = {each, context, 0};

    twalk_r(stages->root, visit, &all);
    return all.result;
}
