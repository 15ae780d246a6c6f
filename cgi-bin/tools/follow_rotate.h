/* SPDX-License-Identifier: MIT */
/* Rotating a capture file, so that what stands in it in plain does not stand there for long. */
#ifndef DAYBOOK_TOOLS_FOLLOW_ROTATE_H
#define DAYBOOK_TOOLS_FOLLOW_ROTATE_H

/*
 * Renames `path` to itself with the time behind it and has the nginx of `pid_file` open a new one (SIGUSR1), which also is told where
 * there is no file: then it still writes to one that was renamed.  An empty file stays, and so does every file
 * while that nginx does not run, or cannot be told.  0, or -1 after a line in the log.
 */
int follow_rotate(const char *path, const char *pid_file);

#endif
