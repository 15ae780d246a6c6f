/* SPDX-License-Identifier: MIT */
/* The part of `daybook maintain` that indexes texts: a segment takes as long as reading all its texts, so it comes after all else. */
#include "upkeep/text_writer.h"
#include "tools/maintain.h"

int maintain_texts(struct db *db, const struct config *config, bool (*stop)(void *context),
                   void *context, uint64_t *written)
{
    struct arena *arena = arena_new();
    enum segment_step step = SEGMENT_STEP_DONE;
    struct log_name *names;
    size_t count = 0;
    int result = segment_waiting_indexed(db, arena, &names, &count);
    bool stopped = false;

    for (size_t i = 0; i < count && result == 0 && !stopped; i++) {
        if (names[i].kind == 0)
            continue;
        do {
            step = text_writer_step(db, config, names[i].account_id, names[i].kind);
            *written += step == SEGMENT_STEP_MORE;
            stopped = stop && stop(context);
        } while (step == SEGMENT_STEP_MORE && !stopped);
        if (step == SEGMENT_STEP_FAILED)
            result = -1;
    }
    arena_free(arena);
    return result;
}
