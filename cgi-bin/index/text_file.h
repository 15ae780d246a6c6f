/* SPDX-License-Identifier: MIT */
/*
 * The files that hold text indexes (index/text_index.h), in the folders of the cache:
 *
 *     cache_dir/<account>-<kind>/<segment_id>-<check, 16 hex digits>.text
 *
 * segment.text_check names the one that counts.  Nothing here is needed for a right answer: where there is no file, texts are read.
 */
#ifndef DAYBOOK_INDEX_TEXT_FILE_H
#define DAYBOOK_INDEX_TEXT_FILE_H

#include "base/config.h"
#include "index/text_index.h"

#define TEXT_FILE_SUFFIX ".text"

/* An index in a mapped file. */
struct text_file {
    struct text_index index;
    char *bytes;
    size_t size;
};

enum text_file_mode { TEXT_FILE_READ, TEXT_FILE_ADD /* text_index_add() is allowed */ };

/* 0; or -1 when it is not there or not whole: go on without.  text_file_close() is due after 0. */
int text_file_open(const struct config *config, const struct text_index_name *name,
                   enum text_file_mode mode, struct text_file *file);
void text_file_close(struct text_file *file);

/* Returns when what was added is on the disk.  0 or -1. */
int text_file_sync(const struct text_file *file);

/*
 * Writes the plain form of an index under a temporary name, syncs and renames it.  0; or -1 when that did not work (logged at most
 * once a process).
 */
int text_file_write(const struct config *config, const struct text_index_name *name,
                    struct str plain);

/* Removes a file, if it is there; whoever has mapped it keeps it. */
void text_file_remove(const struct config *config, const struct text_index_name *name);

/*
 * Removes the files of a log that are none of the `count` ones in `keep` and were written more than `age_s` seconds ago, and what is left of
 * killed writers.
 */
void text_file_sweep(const struct config *config, uint32_t account_id, unsigned kind,
                     const struct text_index_name *keep, size_t count, int age_s);

/* The bytes of a file; 0 when it is not there. */
uint64_t text_file_bytes(const struct config *config, const struct text_index_name *name);

#endif
