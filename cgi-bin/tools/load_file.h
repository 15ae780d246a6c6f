/* SPDX-License-Identifier: MIT */
/* One file of a load: lines, or a whole that is JSON over several lines. */
#ifndef DAYBOOK_TOOLS_LOAD_FILE_H
#define DAYBOOK_TOOLS_LOAD_FILE_H

#include "tools/load_step.h"

/* Reads the file, "-" for standard input, and takes all its events.  0, or 1: said on stderr. */
int load_file(struct load *load, const char *path);

/* How many bytes there are to be read of it: of a regular file, also as standard input.  False where that cannot be known. */
bool load_file_bytes(const char *path, uint64_t *bytes);

#endif
