/* SPDX-License-Identifier: MIT */
/*
 * `daybook demo`: a believable log of an invented company, as NDJSON for POST /api/v1/events.  The same
 * seed, count and end give the same bytes.  It reads no configuration and no database.
 */
#include "intake/native_write.h"
#include "tools/command.h"

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

enum { DEFAULT_COUNT = 3600, MAX_COUNT = 10000 };

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

static void write_log(const struct options *options)
{
    struct demo_random random = {options->seed};
    struct arena *arena = arena_new();
    struct demo_world *world;
    struct demo_plan plan;
    struct strbuf line;

    strbuf_init(&line);
    demo_plan_make(&plan, &random, (size_t)options->count, (int64_t)options->until);
    world = demo_world_new(&plan, &random);
    for (size_t i = 0; i < plan.count; i++) {
        struct demo_choice choice;
        struct event event;

        demo_world_choose(world, &plan.slots[i], &choice);
        demo_event_fill(&event, &choice, &random, arena);
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
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("daybook demo: writing the log");
        return 1;
    }
    return 0;
}
