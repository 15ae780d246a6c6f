/* SPDX-License-Identifier: MIT */
/*
 * The cache of plain segments and entity blocks: one file for each, below cache_dir, mapped by every process that asks it, so
 * that memory is the kernel's page cache, shared and given back as it sees fit.  A file is never changed; its name holds the
 * checksum of what is in it.  Nothing here is needed for a right answer: what is missing comes from the database.
 *
 *     cache_dir/<account>-<kind>/<number>-<checksum, 16 hex digits>
 *
 * Files have the mode 0640 and folders 0750, whatever the umask; readers and whoever writes must be one user, or the writer root.
 * Other files in these folders, such as the index of the texts, are never touched here.
 */
#ifndef DAYBOOK_INDEX_SEGMENT_FILE_H
#define DAYBOOK_INDEX_SEGMENT_FILE_H

#include "base/config.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* What is cached: a segment of (account, kind), or with kind 0 a block of the account's entities. */
struct segment_file {
    uint32_t account_id;
    unsigned kind;
    uint32_t number; /* segment_id, or block_id */
    uint64_t checksum;
};

/* The checksum of a plain form. */
uint64_t segment_file_checksum(struct str plain);

/*
 * The mapped file, to be given back with segment_file_unmap(); empty when it is not there, or there is no cache, or it is anything but a
 * regular file of this user or root that nobody else may write.  What is in it has not been looked at.
 */
struct str segment_file_map(const struct config *config, const struct segment_file *file);
void segment_file_unmap(struct str mapped);

/*
 * Writes the file under a temporary name, syncs and renames it.  0; or -1 when that did not work (logged at most once a
 * process): the caller goes on without.
 */
int segment_file_write(const struct config *config, const struct segment_file *file,
                       struct str plain);

/* Says that the files of a log are in use, so that they are not the next to be removed; cheap, at most once a minute it touches their folder. */
void segment_file_used(const struct config *config, uint32_t account_id, unsigned kind);

/* Is there a folder of this log in the cache?  Else there is nothing to be swept. */
bool segment_file_has_folder(const struct config *config, uint32_t account_id, unsigned kind);

/* Removes a file, if it is there; whoever has mapped it keeps it. */
void segment_file_remove(const struct config *config, const struct segment_file *file);

/*
 * Removes the files of a log that are none of `keep` and were written more than `age_s` seconds ago: versions that have been replaced.
 * `keep` is in order of number and checksum.
 */
void segment_file_sweep(const struct config *config, uint32_t account_id, unsigned kind,
                        const struct segment_file *keep, size_t count, int age_s);

/* Removes all files of a log, also unfinished ones, and its folder when nothing else is in there. */
void segment_file_clear(const struct config *config, uint32_t account_id, unsigned kind);

/*
 * Keeps the cache below config->cache_max_bytes (0: a quarter of the memory): empties the folders that were used longest ago, and removes
 * from all folders what writers left that were killed more than an hour ago.  For `daybook maintain`.
 */
void segment_file_evict(const struct config *config);

#endif
