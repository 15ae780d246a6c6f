/* SPDX-License-Identifier: MIT */
/* What segment_file.c (one file) and segment_file_evict.c (all of them) share: names and folders.  Nobody else includes it. */
#ifndef DAYBOOK_INDEX_SEGMENT_FILE_PRIVATE_H
#define DAYBOOK_INDEX_SEGMENT_FILE_PRIVATE_H

#include "index/segment_file.h"

#include <stdbool.h>

enum {
    SEGMENT_FILE_FOLDER_BYTES = 32, /* room for "4294967295-255" */
    SEGMENT_FILE_NAME_BYTES = 64,   /* room for a name that is not temporary, and a NUL */
};

void segment_file_folder_name(uint32_t account_id, unsigned kind,
                              char out[SEGMENT_FILE_FOLDER_BYTES]);

/* Is it the name of a folder as made here? */
bool segment_file_is_folder(const char *name, uint32_t *account_id, unsigned *kind);

/* Is it the name of a file, or of a temporary one, as made here?  Fills number and checksum. */
bool segment_file_is_file(const char *name, struct segment_file *file);
bool segment_file_is_temporary(const char *name);

/* The cache itself; -1: there is none, or it is not there. */
int segment_file_open_cache(const struct config *config);

/* A folder in it; no link is followed.  -1: it is not there, or is something else. */
int segment_file_open_folder(int cache, const char *name);

#endif
