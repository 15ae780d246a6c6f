/* SPDX-License-Identifier: MIT */
/* How fast work goes, when it may be over, and when to say so again.  Reads no clock: times are milliseconds of any clock that only goes on. */
#ifndef DAYBOOK_TOOLS_PROGRESS_PACE_H
#define DAYBOOK_TOOLS_PROGRESS_PACE_H

#include <stdint.h>

enum {
    PROGRESS_PACE_MARKS = 8,
    PROGRESS_PACE_MARK_MS =
        2000, /* from one to the next at least: a rate is that of the last 16 seconds */
    PROGRESS_FIRST_LINE_MS = 5000,
};

struct progress_pace {
    int64_t start_ms;
    struct {
        int64_t ms;
        uint64_t done;
    } marks[PROGRESS_PACE_MARKS]; /* a ring */
    unsigned made;                /* of them, ever; at least 1 */
};

void progress_pace_start(struct progress_pace *pace, int64_t now_ms);

/* So much is done by now. */
void progress_pace_note(struct progress_pace *pace, int64_t now_ms, uint64_t done);

/* How much a second; 0 while that cannot be known: in the first second, and when nothing comes any more. */
double progress_pace_rate(const struct progress_pace *pace, int64_t now_ms, uint64_t done);

/* How long it may still take; -1 when that cannot be known: in the first seconds, and without a rate or a total (0) that was not passed. */
int64_t progress_pace_left_ms(const struct progress_pace *pace, int64_t now_ms, uint64_t done,
                              uint64_t total);

/*
 * When the next whole line is due after one at now_ms: ten seconds later, and by and by more rarely, so that an hour is some fifty lines and a day
 * is no more than twice as many.
 */
int64_t progress_pace_next_line_ms(const struct progress_pace *pace, int64_t now_ms);

#endif
