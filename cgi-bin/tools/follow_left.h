/* SPDX-License-Identifier: MIT */
/*
 * The files that a follower has put away: not read any further for as long as they stay as they are.  What is gone from the folder is
 * forgotten, and so it is when its inode has become another file.
 */
#ifndef DAYBOOK_TOOLS_FOLLOW_LEFT_H
#define DAYBOOK_TOOLS_FOLLOW_LEFT_H

#include "tools/follow_file.h"

struct follow_left {
    struct left_file *files;
    size_t count;
};

/* Begins as {0}; release frees what it holds. */
void follow_left_release(struct follow_left *left);

/* Puts `file` away as it is now.  `unreadable`: because it is no capture file. */
void follow_left_add(struct follow_left *left, const struct follow_file *file, bool unreadable);

/* Was it put away, and has not changed since?  To be asked of each file that a look at the folder finds. */
bool follow_left_has(struct follow_left *left, const struct follow_file *file);

/* Was it put away as unreadable, whatever has been written to it since? */
bool follow_left_is_unreadable(const struct follow_left *left, const struct follow_file *file);

/* Around a look at the folder: at its end those are forgotten that it did not find as they were. */
void follow_left_look_begins(struct follow_left *left);
void follow_left_look_ends(struct follow_left *left);

#endif
