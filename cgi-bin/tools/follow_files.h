/* SPDX-License-Identifier: MIT */
/*
 * All files of one source: the one that nginx writes to and those that rotation has made of it.  Opens what appears, has its lines
 * stored, and ends and deletes what was rotated once all of it is stored and nobody can write to it.
 */
#ifndef DAYBOOK_TOOLS_FOLLOW_FILES_H
#define DAYBOOK_TOOLS_FOLLOW_FILES_H

#include "tools/follow_lines.h"

struct follow_files;

/* Of the source `source_id`, whose file is `path`.  `keep`: what is stored is not deleted; `again`: it is read from its first line. */
struct follow_files *follow_files_new(uint32_t source_id, const char *path, bool keep, bool again);
void follow_files_free(struct follow_files *files);

enum follow_progress {
    FOLLOW_MOVED,     /* some lines were stored; there may be more */
    FOLLOW_AT_END,    /* nothing is left to be read just now */
    FOLLOW_NO_ANSWER, /* the database does not answer: try again */
    FOLLOW_NOT_OURS,  /* another follower reads these files */
};

/* One step: looks for new files now and then, and has one transaction's worth of lines stored. */
enum follow_progress follow_files_step(struct follow_files *files, struct db *db,
                                       struct follow_lines *lines);

/* Was there a file that could not be opened or read, or is the one at the path no capture file?  The log says which. */
bool follow_files_have_failed(const struct follow_files *files);

/* What has not been stored yet. */
void follow_files_backlog(const struct follow_files *files, uint64_t *bytes, uint64_t *count);

#endif
