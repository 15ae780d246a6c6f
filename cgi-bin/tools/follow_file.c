/* SPDX-License-Identifier: MIT */
/* System calls around one capture file.  Never writes to it. */
#define _GNU_SOURCE
#include "tools/follow_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

enum {
    FIRST_READ_BYTES = 64 * 1024,
    QUIET_SECONDS = 60,
    LINE_BYTES_MAX = 256 * 1024 * 1024, /* a body of 16 MiB, each byte as \u00xx, and some */
};

static const struct str beginning = STR("{\"daybook\":");

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(memory_new(size), text, size);
}

int follow_file_open(struct follow_file *file, const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return -1;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    *file = (struct follow_file){.fd = fd,
                                 .path = copy_text(path),
                                 .device = (uint64_t)status.st_dev,
                                 .inode = (uint64_t)status.st_ino};
    return 0;
}

void follow_file_close(struct follow_file *file)
{
    close(file->fd);
    free(file->path);
    *file = (struct follow_file){.fd = -1};
}

uint64_t follow_file_size(const struct follow_file *file)
{
    struct stat status;

    return fstat(file->fd, &status) == 0 ? (uint64_t)status.st_size : 0;
}

/* Appends up to `wanted` bytes from `at`.  How many there were, or -1. */
static ssize_t append(const struct follow_file *file, uint64_t at, size_t wanted,
                      struct strbuf *buffer)
{
    char *room = strbuf_reserve(buffer, wanted);
    size_t got = 0;

    while (got < wanted) {
        ssize_t part = pread(file->fd, room + got, wanted - got, (off_t)(at + got));

        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return -1;
        if (part == 0)
            break;
        got += (size_t)part;
    }
    buffer->len += got;
    buffer->ptr[buffer->len] = '\0';
    return (ssize_t)got;
}

/* Reads on until `buffer` holds a line's end or the file has ended.  1 a line is there, 0 not, -1. */
static int append_line(const struct follow_file *file, uint64_t at, size_t wanted,
                       struct strbuf *buffer)
{
    size_t searched = 0;

    for (;;) {
        ssize_t got = append(file, at + buffer->len, wanted, buffer);

        if (got < 0)
            return -1;
        if (memchr(buffer->ptr + searched, '\n', buffer->len - searched))
            return 1;
        if ((size_t)got < wanted || buffer->len > LINE_BYTES_MAX)
            return 0;
        searched = buffer->len;
        wanted = buffer->len;
    }
}

enum follow_identity follow_file_identify(struct follow_file *file)
{
    enum follow_identity identity = FOLLOW_TOO_NEW;
    struct strbuf buffer;
    int line;

    strbuf_init(&buffer);
    line = append_line(file, 0, FIRST_READ_BYTES, &buffer);
    if (!str_starts(beginning, str_slice(strbuf_str(&buffer), 0, beginning.len))) {
        identity = FOLLOW_FOREIGN;
    } else if (line == 1) {
        size_t len = (size_t)((char *)memchr(buffer.ptr, '\n', buffer.len) - buffer.ptr) + 1;

        digest_sha256((struct str){buffer.ptr, len}, file->first_line_hash);
        file->start_bytes = len < FOLLOW_START_BYTES ? len : FOLLOW_START_BYTES;
        memcpy(file->start, buffer.ptr, file->start_bytes);
        identity = FOLLOW_KNOWN;
    }
    strbuf_release(&buffer);
    return identity;
}

static bool begins_as_before(const struct follow_file *file)
{
    char start[FOLLOW_START_BYTES];

    return pread(file->fd, start, file->start_bytes, 0) == (ssize_t)file->start_bytes &&
           memcmp(start, file->start, file->start_bytes) == 0;
}

enum follow_read follow_file_read(struct follow_file *file, uint64_t at, size_t wanted,
                                  struct strbuf *buffer, uint64_t *size)
{
    int line;

    *size = follow_file_size(file);
    strbuf_reset(buffer);
    if (*size < at || (*size > at && !begins_as_before(file)))
        return FOLLOW_TRUNCATED;
    if (*size == at)
        return FOLLOW_NOTHING;
    line = append_line(file, at, wanted, buffer);
    if (line < 0)
        return FOLLOW_FAILED;
    return line == 1 ? FOLLOW_LINES : FOLLOW_CUT;
}

bool follow_file_is_at(const struct follow_file *file, const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && (uint64_t)status.st_dev == file->device &&
           (uint64_t)status.st_ino == file->inode;
}

bool follow_file_has_writer(const struct follow_file *file)
{
    struct stat status;

    if (fcntl(file->fd, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(file->fd, F_SETLEASE, F_UNLCK);
        return false;
    }
    if (errno == EAGAIN)
        return true;
    return fstat(file->fd, &status) < 0 || status.st_mtime + QUIET_SECONDS > time(NULL);
}

int follow_file_delete(const struct follow_file *file)
{
    if (!follow_file_is_at(file, file->path))
        return 0;
    return unlink(file->path);
}

struct found {
    char *path;
    struct timespec changed;
};

static int by_change(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->changed.tv_sec != y->changed.tv_sec)
        return x->changed.tv_sec < y->changed.tv_sec ? -1 : 1;
    if (x->changed.tv_nsec != y->changed.tv_nsec)
        return x->changed.tv_nsec < y->changed.tv_nsec ? -1 : 1;
    return strcmp(x->path, y->path);
}

static bool is_rotated(const char *name, struct str base)
{
    struct str found = str_from(name);

    return found.len > base.len && str_starts(found, base) &&
           (name[base.len] == '.' || name[base.len] == '-');
}

/* Notes NAME in the folder if it is a regular file that rotation may have made. */
static void add_found(struct found **list, size_t *count, int folder, struct str prefix,
                      const char *name)
{
    struct stat status;
    struct strbuf path;

    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode))
        return;
    strbuf_init(&path);
    strbuf_add(&path, prefix);
    strbuf_add_cstr(&path, name);
    *list = memory_resize(*list, *count + 1, sizeof(**list));
    (*list)[(*count)++] = (struct found){path.ptr, status.st_mtim};
}

char **follow_paths(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str base = str_from(slash ? slash + 1 : path);
    struct str prefix = {path, slash ? (size_t)(slash - path) + 1 : 0};
    struct found *list = NULL;
    struct strbuf folder;
    struct dirent *entry;
    size_t count = 0;
    char **paths;
    DIR *directory;

    strbuf_init(&folder);
    strbuf_add(&folder, prefix.len ? prefix : STR("."));
    directory = opendir(folder.ptr);
    strbuf_release(&folder);
    if (!directory)
        return NULL;
    while ((entry = readdir(directory)) != NULL)
        if (is_rotated(entry->d_name, base))
            add_found(&list, &count, dirfd(directory), prefix, entry->d_name);
    closedir(directory);
    if (count)
        qsort(list, count, sizeof(*list), by_change);
    paths = memory_new((count + 1) * sizeof(*paths));
    for (size_t i = 0; i < count; i++)
        paths[i] = list[i].path;
    free(list);
    return paths;
}

void follow_paths_free(char **paths)
{
    for (size_t i = 0; paths && paths[i]; i++)
        free(paths[i]);
    free(paths);
}

bool follow_path_has_inode(const char *path, uint64_t inode)
{
    struct stat status;

    return stat(path, &status) == 0 && (uint64_t)status.st_ino == inode;
}

bool follow_path_is_compressed(const char *path)
{
    static const char *const endings[] = {".gz", ".bz2", ".xz", ".zst", ".lz4", ".Z"};
    size_t len = strlen(path);

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (len > strlen(endings[i]) && strcmp(path + len - strlen(endings[i]), endings[i]) == 0)
            return true;
    return false;
}
