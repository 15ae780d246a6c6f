/* SPDX-License-Identifier: MIT */
/* How far work has come, in words that fit on a line. */
#ifndef DAYBOOK_TOOLS_PROGRESS_TEXT_H
#define DAYBOOK_TOOLS_PROGRESS_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Room for everything that can be said, the NUL included. */
enum { PROGRESS_TEXT_BYTES = 256 };

struct progress_view {
    const char *word;      /* what is done, "load acme": ASCII */
    const char *unit;      /* what is counted, "events"; NULL: bytes */
    uint64_t done, total;  /* total 0, or less than what is done: not known */
    const char *rows_unit; /* what is counted beside it, "events"; NULL: nothing */
    uint64_t rows;
    double rate;     /* of `done`, a second; 0: not known */
    int64_t left_ms; /* -1: not known */
};

/*
 * "load acme: 45.2 of 100.0 MiB, 45 %, 123,456 events, 1.7 MiB/s, 31 seconds left" in at most `columns` columns, each of them a byte: when there is no
 * room for all, first the rate is left out, then what is counted beside, then the time that is left; the rest is cut.  100 % is said
 * when all is done, not before.  Returns the length.
 */
size_t progress_text(const struct progress_view *view, size_t columns,
                     char out[PROGRESS_TEXT_BYTES]);

#endif
