/* SPDX-License-Identifier: MIT */
/*
 * `daybook demo`: a believable log of an invented company, as NDJSON for POST /api/v1/events.  The same
 * seed, count and end give the same bytes.  It reads no configuration and no database.
 */
#include "intake/native_write.h"
#include "tools/command.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/parse.h"
#include "base/strbuf.h"
#include "tools/demo_event.h"
#include "tools/demo_plan.h"
#include "tools/demo_world.h"

enum { DEFAULT_COUNT = 3600, MAX_COUNT = 10000, PENDING_MAX = 64 };

struct options {
    uint64_t count;
    uint64_t seed;
    uint64_t until; /* milliseconds since 1970, not included */
};

static bool parse_options(int argc, char **argv, struct options *options)
{
    const struct {
        const char *name;
        uint64_t min, max;
        uint64_t *value;
    } known[] = {
        {"--count", 1, MAX_COUNT, &options->count},
        {"--seed", 0, UINT64_MAX, &options->seed},
        {"--until", DEMO_WINDOW_DAYS * DEMO_DAY_MS, CLOCK_MAX_MS, &options->until},
    };
    const size_t count = sizeof(known) / sizeof(known[0]);

    for (int i = 1; i < argc; i += 2) {
        size_t k = 0;

        while (k < count && strcmp(argv[i], known[k].name) != 0)
            k++;
        if (k == count || i + 1 == argc)
            return false;
        if (!parse_u64(str_from(argv[i + 1]), known[k].min, known[k].max, known[k].value)) {
            fprintf(stderr, "daybook demo: %s must be %" PRIu64 " to %" PRIu64 "\n", known[k].name,
                    known[k].min, known[k].max);
            return false;
        }
    }
    return true;
}

static void write_line(struct strbuf *line, struct event *event, const struct options *options,
                       size_t number, struct arena *arena)
{
    event->idempotency_key = arena_printf(arena, "demo-%" PRIu64 "-%zu", options->seed, number);
    strbuf_reset(line);
    native_write(line, event, NATIVE_SENT);
    fwrite(line->ptr, 1, line->len, stdout);
}

/* What later calls have to know of the latest webhooks. */
struct memory {
    /* Those that are sent again: what they are, and what was drawn for their texts. */
    struct demo_choice choices[PENDING_MAX];
    struct demo_random randoms[PENDING_MAX];
    size_t next;
    uint64_t failed[PENDING_MAX]; /* those that set nothing off, by their request */
    size_t next_failed;
};

/* The choice that `slot` is a further attempt of, or PENDING_MAX. */
static size_t find_attempted(const struct memory *memory, const struct demo_slot *slot)
{
    size_t i = 0;

    while (i < PENDING_MAX && !(slot->delivery && memory->choices[i].slot &&
                                memory->choices[i].slot->delivery == slot->delivery))
        i++;
    return i;
}

static bool has_failed(const struct memory *memory, uint64_t request)
{
    for (size_t i = 0; i < PENDING_MAX; i++)
        if (request && memory->failed[i] == request)
            return true;
    return false;
}

static void note_failed(struct memory *memory, uint64_t request)
{
    memory->failed[memory->next_failed] = request;
    memory->next_failed = (memory->next_failed + 1) % PENDING_MAX;
}

/* The webhook that was sent before, with another end and another id of the request.  The event borrows from its choice. */
static void make_attempt(struct event *event, const struct demo_choice *before,
                         const struct demo_choice *now, struct demo_random random,
                         struct arena *arena)
{
    struct demo_slot slot = *now->slot;
    struct demo_choice *choice = arena_array(arena, 1, sizeof(*choice));

    assert(before->slot);
    *choice = *before;
    slot.ms = before->slot->ms; /* of which its texts tell */
    choice->slot = &slot;
    choice->failure = now->failure;
    demo_event_fill(event, choice, &random, arena);
    event->occurred_ms = now->slot->ms;
}

static void make_event(struct event *event, const struct demo_slot *planned,
                       struct demo_world *world, struct memory *memory, struct demo_random *random,
                       struct arena *arena)
{
    struct demo_slot slot = *planned;
    size_t found = find_attempted(memory, planned);
    struct demo_choice *choice = arena_array(arena, 1, sizeof(*choice));

    demo_world_choose(world, planned, choice);
    if (found < PENDING_MAX) {
        make_attempt(event, &memory->choices[found], choice, memory->randoms[found], arena);
    } else {
        if (planned->undelivered) {
            memory->choices[memory->next] = *choice;
            memory->randoms[memory->next] = *random;
            memory->next = (memory->next + 1) % PENDING_MAX;
        }
        if (has_failed(memory, slot.request))
            slot.request = 0;
        choice->slot = &slot;
        demo_event_fill(event, choice, random, arena);
    }
    if (event->kind == EVENT_KIND_TRIGGER && choice->failure)
        note_failed(memory, planned->request);
}

static void write_log(const struct options *options)
{
    struct demo_random random = {options->seed};
    struct arena *arena = arena_new();
    struct memory memory = {0};
    struct demo_world *world;
    struct demo_plan plan;
    struct strbuf line;

    strbuf_init(&line);
    demo_plan_make(&plan, &random, (size_t)options->count, (int64_t)options->until);
    world = demo_world_new(&plan, &random);
    for (size_t i = 0; i < plan.count; i++) {
        struct event event;

        make_event(&event, &plan.slots[i], world, &memory, &random, arena);
        write_line(&line, &event, options, i + 1, arena);
        arena_reset(arena);
    }
    demo_world_free(world);
    demo_plan_release(&plan);
    strbuf_release(&line);
    arena_free(arena);
}

int demo_run(const struct config *config, int argc, char **argv)
{
    struct options options = {.count = DEFAULT_COUNT, .seed = 1, .until = (uint64_t)clock_now_ms()};

    (void)config;
    if (!parse_options(argc, argv, &options))
        return COMMAND_USAGE;
    write_log(&options);
    return 0;
}
