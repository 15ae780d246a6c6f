/* SPDX-License-Identifier: MIT */
/* Asking for a secret, so that it is neither shown nor kept in the history of a shell. */
#ifndef DAYBOOK_TOOLS_ASK_H
#define DAYBOOK_TOOLS_ASK_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* In place of a length. */
enum {
    ASK_ENDED = -1, /* there is no further line */
    ASK_BROKEN =
        -2, /* one that is longer than it may be, or cannot be read; or a signal has ended the asking */
};

/*
 * Reads one line from standard input into `out`, without its end (LF or CR LF); from a terminal after `prompt`, without echo.
 * How many bytes, at most `size`, which may be any; or one of the above.  After a signal the terminal is as before, and the signal is
 * raised.
 */
ssize_t ask_secret(const char *prompt, char *out, size_t size);

/*
 * Prints `what` and asks for the name of an account on a terminal: true when it is typed.  Else false, after a line on stderr, as where standard
 * input is none.
 */
bool ask_account(const char *what, struct str slug);

#endif
