/* SPDX-License-Identifier: MIT */
/*
 * Shows on standard error how far long work has come: on a terminal as one line that is written over and goes away at the end, elsewhere as
 * whole lines, the first after five seconds and then ever more rarely.  Work that is over at once shows nothing.  Standard output stays
 * as it is.
 *
 *     progress_start(&progress, "events", 0, "indexing %s", slug);
 *     do {
 *         some work;
 *         progress_add(&progress, done);
 *         if (progress_wants_total(&progress))
 *             progress_expect(&progress, how much there is);
 *     } while (more);
 *     progress_finish(&progress);
 *
 * Messages need not care (tools/progress_screen.h).  All zero is one that was not started; nothing has to be released.
 */
#ifndef DAYBOOK_TOOLS_PROGRESS_H
#define DAYBOOK_TOOLS_PROGRESS_H

#include "tools/progress_pace.h"

#include <stdbool.h>

enum { PROGRESS_WORD_BYTES = 96 };

struct progress {
    /* The owner's, who may set them when it likes. */
    bool has_log; /* lines of the log tell of this work: nothing is shown but on a terminal */
    const char *rows_unit; /* what is counted beside `done`: "events"; NULL: nothing */
    uint64_t rows;

    /* Read them, and leave them alone. */
    char word[PROGRESS_WORD_BYTES];
    const char *unit;
    uint64_t done, total; /* total 0: not known */
    bool is_running, is_shown, is_asked;
    bool on_screen;
    int64_t next_ms; /* when to show it again */
    struct progress_pace pace;
};

/*
 * Begins to count `unit`, a literal in the plural, or bytes where it is NULL.  What is done is said as `format` makes it, in ASCII; what others have
 * written has no place in it.  `total` is 0 when it is not known.  Started again with the same words and unit before it was finished, it goes on.
 */
void progress_start(struct progress *progress, const char *unit, uint64_t total, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));

/* So much more is done.  Reads the clock: to be called for a step, or a hundred rows, and not for each. */
void progress_add(struct progress *progress, uint64_t more);

/* Is it worth finding out how much there is?  True from when it is shown until progress_expect() was called: short work need not know. */
bool progress_wants_total(const struct progress *progress);

/* There is so much, what is done included; 0: it cannot be known. */
void progress_expect(struct progress *progress, uint64_t total);

/* It is over, well or not: takes the line away, or writes a last one where others were written.  One that was not started stays so. */
void progress_finish(struct progress *progress);

#endif
