/* SPDX-License-Identifier: MIT */
/* Rates are those between now and the oldest mark that is kept. */
#include "tools/progress_pace.h"

enum {
    RATE_AFTER_MS = 1000,
    LEFT_AFTER_MS = 3000,
    LINE_MS = 10 * 1000,
    LINES_SHARE = 10, /* of the time that has passed, before the next line */
};

/* Nobody waits that long for an end. */
#define LEFT_MAX_MS (INT64_C(1000) * 24 * 3600 * 1000)

void progress_pace_start(struct progress_pace *pace, int64_t now_ms)
{
    *pace = (struct progress_pace){.start_ms = now_ms, .made = 1};
    pace->marks[0].ms = now_ms;
}

void progress_pace_note(struct progress_pace *pace, int64_t now_ms, uint64_t done)
{
    unsigned next = pace->made % PROGRESS_PACE_MARKS;

    if (now_ms < pace->marks[(pace->made - 1) % PROGRESS_PACE_MARKS].ms + PROGRESS_PACE_MARK_MS)
        return;
    pace->marks[next].ms = now_ms;
    pace->marks[next].done = done;
    pace->made++;
}

double progress_pace_rate(const struct progress_pace *pace, int64_t now_ms, uint64_t done)
{
    unsigned oldest = pace->made < PROGRESS_PACE_MARKS ? 0 : pace->made % PROGRESS_PACE_MARKS;
    int64_t ms = now_ms - pace->marks[oldest].ms;

    if (now_ms < pace->start_ms + RATE_AFTER_MS || ms <= 0 || done <= pace->marks[oldest].done)
        return 0;
    return (double)(done - pace->marks[oldest].done) * 1000 / (double)ms;
}

int64_t progress_pace_left_ms(const struct progress_pace *pace, int64_t now_ms, uint64_t done,
                              uint64_t total)
{
    double rate = progress_pace_rate(pace, now_ms, done), left_ms;

    if (rate <= 0 || total == 0 || done > total || now_ms < pace->start_ms + LEFT_AFTER_MS)
        return -1;
    left_ms = (double)(total - done) / rate * 1000;
    return left_ms < (double)LEFT_MAX_MS ? (int64_t)left_ms : -1;
}

int64_t progress_pace_next_line_ms(const struct progress_pace *pace, int64_t now_ms)
{
    int64_t passed_ms = now_ms - pace->start_ms;

    return now_ms + (passed_ms / LINES_SHARE > LINE_MS ? passed_ms / LINES_SHARE : LINE_MS);
}
