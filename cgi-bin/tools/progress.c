/* SPDX-License-Identifier: MIT */
/* When something is shown, and which of the two ways. */
#define _GNU_SOURCE
#include "tools/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "tools/progress_screen.h"
#include "tools/progress_text.h"

enum { SCREEN_FIRST_MS = 500, SCREEN_AGAIN_MS = 100 };

/* One that nobody sets. */
static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_start(struct progress *progress, const char *unit, uint64_t total, const char *format,
                    ...)
{
    char word[PROGRESS_WORD_BYTES];
    va_list arguments;
    int64_t start_ms;

    va_start(arguments, format);
    vsnprintf(word, sizeof(word), format, arguments);
    va_end(arguments);
    if (progress->is_running && progress->unit == unit && strcmp(progress->word, word) == 0)
        return;
    start_ms = now_ms();
    *progress = (struct progress){
        .has_log = progress->has_log,
        .unit = unit,
        .total = total,
        .is_running = true,
        .is_asked = total > 0,
        .on_screen = progress_screen_is_there(),
    };
    memcpy(progress->word, word, sizeof(word));
    progress->next_ms = start_ms + (progress->on_screen ? SCREEN_FIRST_MS : PROGRESS_FIRST_LINE_MS);
    progress_pace_start(&progress->pace, start_ms);
}

static struct progress_view view_of(const struct progress *progress, int64_t at_ms)
{
    return (struct progress_view){
        .word = progress->word,
        .unit = progress->unit,
        .done = progress->done,
        .total = progress->total,
        .rows_unit = progress->rows_unit,
        .rows = progress->rows,
        .rate = progress_pace_rate(&progress->pace, at_ms, progress->done),
        .left_ms = progress_pace_left_ms(&progress->pace, at_ms, progress->done, progress->total),
    };
}

static void show(struct progress *progress, int64_t at_ms)
{
    const struct progress_view view = view_of(progress, at_ms);
    char text[PROGRESS_TEXT_BYTES];

    progress_pace_note(&progress->pace, at_ms, progress->done);
    progress->is_shown = true;
    if (progress->on_screen) {
        progress_text(&view, progress_screen_columns(), text);
        progress_screen_draw(text);
        progress->next_ms = at_ms + SCREEN_AGAIN_MS;
    } else {
        progress_text(&view, sizeof(text) - 1, text);
        fprintf(stderr, "%s\n", text);
        progress->next_ms = progress_pace_next_line_ms(&progress->pace, at_ms);
    }
}

void progress_add(struct progress *progress, uint64_t more)
{
    int64_t at_ms;

    progress->done += more;
    if (!progress->is_running || (progress->has_log && !progress->on_screen))
        return;
    at_ms = now_ms();
    if (at_ms >= progress->next_ms)
        show(progress, at_ms);
}

bool progress_wants_total(const struct progress *progress)
{
    return progress->is_shown && !progress->is_asked;
}

void progress_expect(struct progress *progress, uint64_t total)
{
    progress->total = total;
    progress->is_asked = true;
}

/* What was done of how much is said once more; how fast it went follows from how long it took. */
static void show_end(const struct progress *progress)
{
    int64_t at_ms = now_ms();
    struct progress_view view = view_of(progress, at_ms);
    char text[PROGRESS_TEXT_BYTES], span[CLOCK_TEXT_BYTES];

    view.rate = 0;
    view.left_ms = -1;
    progress_text(&view, sizeof(text) - 1, text);
    clock_span(at_ms - progress->pace.start_ms, span);
    fprintf(stderr, "%s, ended after %s\n", text, span);
}

void progress_finish(struct progress *progress)
{
    if (progress->is_shown && progress->on_screen)
        progress_screen_clear();
    else if (progress->is_shown)
        show_end(progress);
    progress->is_running = progress->is_shown = false;
}
