/* SPDX-License-Identifier: MIT */
/* The part of `daybook maintain` that indexes texts: a segment takes as long as reading all its texts, so it comes after all else. */
#include "upkeep/text_writer.h"
#include "tools/maintain.h"

/* How many are wanting in all logs; 0 when that cannot be known. */
static uint64_t count_wanting(struct db *db, const struct config *config,
                              const struct log_name *names, size_t count)
{
    uint64_t all = 0, wanting;

    for (size_t i = 0; i < count; i++) {
        if (names[i].kind == 0)
            continue;
        if (text_writer_wanting(db, config, names[i].account_id, names[i].kind, &wanting) < 0)
            return 0;
        all += wanting;
    }
    return all;
}

int maintain_texts(struct db *db, const struct config *config, struct progress *progress,
                   bool (*stop)(void *context), void *context, uint64_t *written)
{
    struct arena *arena = arena_new();
    enum segment_step step = SEGMENT_STEP_DONE;
    struct log_name *names;
    size_t count = 0;
    int result = segment_waiting_indexed(db, arena, &names, &count);
    bool stopped = false;

    progress_start(progress, "segments", 0, "indexing texts");
    for (size_t i = 0; i < count && result == 0 && !stopped; i++) {
        if (names[i].kind == 0)
            continue;
        do {
            step = text_writer_step(db, config, names[i].account_id, names[i].kind);
            *written += step == SEGMENT_STEP_MORE;
            progress_add(progress, step == SEGMENT_STEP_MORE);
            if (progress_wants_total(progress))
                progress_expect(progress, progress->done + count_wanting(db, config, names, count));
            stopped = stop && stop(context);
        } while (step == SEGMENT_STEP_MORE && !stopped);
        if (step == SEGMENT_STEP_FAILED)
            result = -1;
    }
    if (!stopped)
        progress_finish(progress);
    arena_free(arena);
    return result;
}
