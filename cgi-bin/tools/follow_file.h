/* SPDX-License-Identifier: MIT */
/*
 * A capture file on the disk, as nginx writes and somebody rotates it: found, known again, read line by line from a mark, and ended
 * only when nobody can write to it any more.  Knows nothing of what the lines say.
 */
#ifndef DAYBOOK_TOOLS_FOLLOW_FILE_H
#define DAYBOOK_TOOLS_FOLLOW_FILE_H

#include "base/digest.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum { FOLLOW_START_BYTES = 80 };

struct follow_file {
    int fd;
    char *path; /* where it was found; a rotation moves it on */
    uint64_t device, inode;
    unsigned char first_line_hash[DIGEST_BYTES];
    char start[FOLLOW_START_BYTES]; /* its first bytes: another beginning means other contents */
    size_t start_bytes;
};

/* What a look at a file's beginning says. */
enum follow_identity {
    FOLLOW_KNOWN,   /* first_line_hash is filled */
    FOLLOW_TOO_NEW, /* it has no whole line yet */
    FOLLOW_FOREIGN, /* it does not begin as a capture file does */
};

/* What reading found behind the mark. */
enum follow_read {
    FOLLOW_LINES,     /* at least one whole line */
    FOLLOW_NOTHING,   /* at the end */
    FOLLOW_CUT,       /* some bytes without a line's end */
    FOLLOW_TRUNCATED, /* the contents are not those that the mark belongs to */
    FOLLOW_FAILED,    /* errno */
};

/* 0, or -1 with errno.  follow_file_close() is due after success; it frees nothing of the struct itself. */
int follow_file_open(struct follow_file *file, const char *path);
void follow_file_close(struct follow_file *file);

enum follow_identity follow_file_identify(struct follow_file *file);

/*
 * Replaces `buffer` by what stands at `at`: at least one whole line however long it is, else up to about `wanted` bytes.  `size` is the
 * file's length then.  The buffer may end in the middle of a line.
 */
enum follow_read follow_file_read(struct follow_file *file, uint64_t at, size_t wanted,
                                  struct strbuf *buffer, uint64_t *size);

/* The length now; 0 when it cannot be known. */
uint64_t follow_file_size(const struct follow_file *file);

/* Does `path` still lead to this very file? */
bool follow_file_is_at(const struct follow_file *file, const char *path);

/*
 * Might somebody still write to it?  Asked of the kernel by a lease (fcntl(2), F_SETLEASE); where the file system has none, a file
 * counts as written to until it has not changed for a minute.
 */
bool follow_file_has_writer(const struct follow_file *file);

/* Removes it from its folder if it is still there; a file that only shares its path stays.  0, or -1 with errno. */
int follow_file_delete(const struct follow_file *file);

/*
 * The paths of the files that rotation made of `path`: those in its folder with its name and `.` or `-` behind it, the oldest first.
 * An array that ends with NULL, to be given to follow_paths_free(); NULL with errno when the folder cannot be read.
 */
char **follow_paths(const char *path);
void follow_paths_free(char **paths);

/* Does a file of this inode stand there, whether it may be opened or not? */
bool follow_path_has_inode(const char *path, uint64_t inode);

/* Does the name say that it was compressed, so that it cannot be read? */
bool follow_path_is_compressed(const char *path);

#endif
