/* SPDX-License-Identifier: MIT */
/* The part of `daybook maintain` that gives numbers in the order of arrival to logs that have none yet, and to what has come. */
#include "upkeep/arrival.h"
#include "tools/maintain.h"

int maintain_numbers(struct db *db, struct progress *progress, bool (*stop)(void *context),
                     void *context)
{
    struct arena *arena = arena_new();
    enum segment_step step = SEGMENT_STEP_DONE;
    struct log_name *names;
    size_t count = 0;
    int result = segment_waiting_indexed(db, arena, &names, &count);
    bool stopped = false;

    progress_start(progress, "events", 0, "numbering");
    for (size_t i = 0; i < count && result == 0 && !stopped; i++) {
        if (names[i].kind == 0)
            continue;
        do {
            uint64_t numbered = 0;

            step = arrival_step(db, names[i].account_id, names[i].kind, &numbered);
            progress_add(progress, numbered);
            stopped = stop && stop(context);
        } while (step == SEGMENT_STEP_MORE && !stopped);
        if (step == SEGMENT_STEP_FAILED)
            result = -1;
    }
    if (!stopped)
        progress_finish(progress);
    arena_free(arena);
    return result < 0 ? -1 : stopped;
}
