/* SPDX-License-Identifier: MIT */
/*
 * The one line on a terminal that is written over and over (standard error, no colours, no escapes).
 *
 * From the first time on that it is drawn, everything else that the process writes to standard error and, if that is a terminal too, to
 * standard output, by stdio or by base/log.h, takes the line away first; it stands again with the next drawing.  A signal
 * that ends the process leaves it, and the cursor on a line of its own; so does whoever ends otherwise, with nothing left of it.
 */
#ifndef DAYBOOK_TOOLS_PROGRESS_SCREEN_H
#define DAYBOOK_TOOLS_PROGRESS_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* Is standard error a terminal on which a line can be written over?  Not where TERM says "dumb", or nothing. */
bool progress_screen_is_there(void);

/* How many columns a line may have now: one less than the terminal, so that the cursor stays on the line. */
size_t progress_screen_columns(void);

/*
 * Draws the text (ASCII, no longer than progress_screen_columns()) over what is there.  Nothing while another process has the terminal, or
 * somebody's line is not at its end.
 */
void progress_screen_draw(const char *text);

/* Takes the line away, if it is drawn. */
void progress_screen_clear(void);

#endif
