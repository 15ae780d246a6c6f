/* SPDX-License-Identifier: MIT */
/* How the commands print what others have written: one line stays one line, and no terminal obeys it. */
#ifndef DAYBOOK_TOOLS_PRINT_H
#define DAYBOOK_TOOLS_PRINT_H

#include "base/str.h"

#include <stdint.h>

/* Prints a text with \t, \n, \\ and \xHH for what is no printable UTF-8; "---" when it is empty. */
void print_text(struct str text);

/* Prints a time as "2026-01-31T12:00:00.123Z"; "none" for 0. */
void print_time(int64_t ms);

#endif
