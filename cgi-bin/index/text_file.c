/* SPDX-License-Identifier: MIT */
/* Paths, maps and durable writing of text files.  Knows no SQL, looks into no index. */
#define _GNU_SOURCE
#include "index/text_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

#define TEMPORARY ".new" /* behind the whole name */

enum { FOLDER_MODE = 0750, FILE_MODE = 0640 };

static void folder_path(const struct config *config, const struct text_index_name *name,
                        char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/%u-%u", config->cache_dir, name->account_id, name->kind);
}

static void file_path(const struct config *config, const struct text_index_name *name,
                      const char *suffix, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/%u-%u/%u-%016llx%s", config->cache_dir, name->account_id,
             name->kind, name->segment_id, (unsigned long long)name->check, suffix);
}

/* Maps a whole file.  NULL when that is not possible. */
static char *map(const char *path, enum text_file_mode mode, size_t *size)
{
    bool adds = mode == TEXT_FILE_ADD;
    int fd = open(path, (adds ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;
    char *bytes = MAP_FAILED;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        *size = (size_t)status.st_size;
        bytes = mmap(NULL, *size, adds ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    }
    close(fd);
    return bytes == MAP_FAILED ? NULL : bytes;
}

int text_file_open(const struct config *config, const struct text_index_name *name,
                   enum text_file_mode mode, struct text_file *file)
{
    char path[PATH_MAX];

    if (name->check == 0 || config->cache_dir[0] == '\0')
        return -1;
    file_path(config, name, TEXT_FILE_SUFFIX, path);
    file->bytes = map(path, mode, &file->size);
    if (!file->bytes)
        return -1;
    if (text_index_open(file->bytes, file->size, name, &file->index) < 0) {
        log_event(LOG_LEVEL_WARNING, "text_file_broken", {"file", str_from(path)});
        text_file_close(file);
        return -1;
    }
    madvise(file->bytes, file->size, MADV_RANDOM); /* rows of a few bytes, far apart */
    return 0;
}

void text_file_close(struct text_file *file)
{
    munmap(file->bytes, file->size);
    file->bytes = NULL;
}

int text_file_sync(const struct text_file *file)
{
    return msync(file->bytes, file->size, MS_SYNC);
}

/* A new name is on the disk when its folder is. */
static int sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 ? -1 : fsync(fd);

    if (fd >= 0)
        close(fd);
    return result;
}

static int write_failed(const char *path)
{
    static bool said;

    if (!said)
        log_event(LOG_LEVEL_WARNING, "text_file_not_written", {"file", str_from(path)},
                  {"reason", str_from(strerror(errno))});
    said = true;
    return -1;
}

int text_file_write(const struct config *config, const struct text_index_name *name,
                    struct str plain)
{
    char folder[PATH_MAX], path[PATH_MAX], temporary[PATH_MAX];
    int fd, result;

    if (config->cache_dir[0] == '\0')
        return -1;
    folder_path(config, name, folder);
    file_path(config, name, TEXT_FILE_SUFFIX, path);
    file_path(config, name, TEXT_FILE_SUFFIX TEMPORARY, temporary);
    mkdir(config->cache_dir, FOLDER_MODE);
    mkdir(folder, FOLDER_MODE);
    fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (fd < 0)
        return write_failed(temporary);
    result = file_write_all(fd, plain) < 0 || fsync(fd) < 0 ? -1 : 0;
    if (close(fd) < 0)
        result = -1;
    if (result == 0 && (rename(temporary, path) < 0 || sync_folder(folder) < 0))
        result = -1;
    if (result < 0) {
        write_failed(path);
        unlink(temporary);
    }
    return result;
}

void text_file_remove(const struct config *config, const struct text_index_name *name)
{
    char path[PATH_MAX];

    file_path(config, name, TEXT_FILE_SUFFIX, path);
    unlink(path);
}

/* Is it the name of a file as made here, whole or not, and whose? */
static bool read_name(const char *text, struct text_index_name *name, bool *temporary)
{
    unsigned long long check;
    int end = 0;

    if (sscanf(text, "%" SCNu32 "-%16llx" TEXT_FILE_SUFFIX "%n", &name->segment_id, &check, &end) <
            2 ||
        end == 0)
        return false;
    name->check = check;
    *temporary = text[end] != '\0';
    return !*temporary || strcmp(text + end, TEMPORARY) == 0;
}

static bool is_kept(const struct text_index_name *name, const struct text_index_name *keep,
                    size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (keep[i].segment_id == name->segment_id)
            return keep[i].check == name->check;
    return false;
}

void text_file_sweep(const struct config *config, uint32_t account_id, unsigned kind,
                     const struct text_index_name *keep, size_t count, int age_s)
{
    const struct text_index_name log = {.account_id = account_id, .kind = kind};
    const struct dirent *entry;
    char path[PATH_MAX];
    DIR *folder;

    folder_path(config, &log, path);
    folder = config->cache_dir[0] ? opendir(path) : NULL;
    while (folder && (entry = readdir(folder))) {
        struct text_index_name name;
        struct stat status;
        bool temporary;

        if (read_name(entry->d_name, &name, &temporary) &&
            (temporary || !is_kept(&name, keep, count)) &&
            fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            status.st_mtime + age_s <= time(NULL))
            unlinkat(dirfd(folder), entry->d_name, 0);
    }
    if (folder)
        closedir(folder);
}

uint64_t text_file_bytes(const struct config *config, const struct text_index_name *name)
{
    char path[PATH_MAX];
    struct stat status;

    file_path(config, name, TEXT_FILE_SUFFIX, path);
    return stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
}
