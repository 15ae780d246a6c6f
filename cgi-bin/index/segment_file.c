/* SPDX-License-Identifier: MIT */
/* One file of the cache: its name, mapping it, writing it.  Links are not followed below cache_dir. */
#define _GNU_SOURCE
#include "index/segment_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/parse.h"
#include "index/segment_file_private.h"

enum {
    FILE_MODE = 0640,
    FOLDER_MODE = 0750,
    FILE_BYTES_MAX = 256 * 1024 * 1024,
    HEX_DIGITS = 16,
    TEMPORARY_NAME_BYTES = SEGMENT_FILE_NAME_BYTES + 24,
    USED_EVERY_MS = 60 * 1000,
    USED_LOGS = 256, /* remembered by a process */
};

#define TEMPORARY_END ".new"

/* ---- Names ------------------------------------------------------------------------------------- */

void segment_file_folder_name(uint32_t account_id, unsigned kind,
                              char out[SEGMENT_FILE_FOLDER_BYTES])
{
    snprintf(out, SEGMENT_FILE_FOLDER_BYTES, "%" PRIu32 "-%u", account_id, kind);
}

/* A number as printf writes it: no leading zero. */
static bool read_number(struct str text, uint64_t max, uint64_t *number)
{
    return parse_u64(text, 0, max, number) && (text.len == 1 || text.ptr[0] != '0');
}

bool segment_file_is_folder(const char *name, uint32_t *account_id, unsigned *kind)
{
    struct str rest = str_from(name), first;
    uint64_t account_number, kind_number;

    if (!str_next(&rest, '-', &first) || !read_number(first, UINT32_MAX, &account_number) ||
        !read_number(rest, UINT8_MAX, &kind_number))
        return false;
    *account_id = (uint32_t)account_number;
    *kind = (unsigned)kind_number;
    return true;
}

static bool read_file_name(struct str name, struct segment_file *file)
{
    struct str rest = name, first;
    uint64_t number;

    if (!str_next(&rest, '-', &first) || !read_number(first, UINT32_MAX, &number) ||
        !parse_hex16(rest, &file->checksum))
        return false;
    file->number = (uint32_t)number;
    return true;
}

bool segment_file_is_file(const char *name, struct segment_file *file)
{
    return read_file_name(str_from(name), file);
}

/* A file's name, a dot, 16 hexadecimal digits that were drawn, and the end. */
bool segment_file_is_temporary(const char *name)
{
    struct str text = str_from(name), end = STR(TEMPORARY_END);
    struct segment_file file;
    uint64_t drawn;
    size_t at;

    if (text.len < HEX_DIGITS + 1 + end.len)
        return false;
    at = text.len - end.len - HEX_DIGITS;
    return str_equal(str_slice(text, text.len - end.len, end.len), end) &&
           parse_hex16(str_slice(text, at, HEX_DIGITS), &drawn) && text.ptr[at - 1] == '.' &&
           read_file_name(str_slice(text, 0, at - 1), &file);
}

static void file_name(const struct segment_file *file, char out[SEGMENT_FILE_NAME_BYTES])
{
    snprintf(out, SEGMENT_FILE_NAME_BYTES, "%" PRIu32 "-%016" PRIx64, file->number, file->checksum);
}

static void temporary_name(const char *name, char out[TEMPORARY_NAME_BYTES])
{
    uint64_t drawn;

    digest_random(&drawn, sizeof(drawn));
    snprintf(out, TEMPORARY_NAME_BYTES, "%s.%016" PRIx64 TEMPORARY_END, name, drawn);
}

uint64_t segment_file_checksum(struct str plain)
{
    unsigned char digest[DIGEST_BYTES];
    uint64_t checksum = 0;

    digest_sha256(plain, digest);
    for (size_t i = 0; i < sizeof(checksum); i++)
        checksum = checksum << 8 | digest[i];
    return checksum;
}

/* ---- Folders ----------------------------------------------------------------------------------- */

int segment_file_open_cache(const struct config *config)
{
    if (config->cache_dir[0] == '\0')
        return -1;
    return open(config->cache_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int segment_file_open_folder(int cache, const char *name)
{
    return openat(cache, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int open_folder_of(const struct config *config, uint32_t account_id, unsigned kind)
{
    char name[SEGMENT_FILE_FOLDER_BYTES];
    int cache = segment_file_open_cache(config), folder = -1;

    if (cache < 0)
        return -1;
    segment_file_folder_name(account_id, kind, name);
    folder = segment_file_open_folder(cache, name);
    close(cache);
    return folder;
}

bool segment_file_has_folder(const struct config *config, uint32_t account_id, unsigned kind)
{
    int folder = open_folder_of(config, account_id, kind);

    if (folder >= 0)
        close(folder);
    return folder >= 0;
}

/* The mode holds whatever the umask is; a folder that stands keeps its own. */
static int make_folder(int at, const char *name)
{
    if (mkdirat(at, name, FOLDER_MODE) == 0)
        return fchmodat(at, name, FOLDER_MODE, 0);
    return errno == EEXIST ? 0 : -1;
}

/* The folder of a log, made where it is not there yet. */
static int make_folder_of(const struct config *config, uint32_t account_id, unsigned kind)
{
    char name[SEGMENT_FILE_FOLDER_BYTES];
    int cache, folder = -1;

    if (make_folder(AT_FDCWD, config->cache_dir) < 0)
        return -1;
    cache = segment_file_open_cache(config);
    if (cache < 0)
        return -1;
    segment_file_folder_name(account_id, kind, name);
    if (make_folder(cache, name) == 0)
        folder = segment_file_open_folder(cache, name);
    close(cache);
    return folder;
}

/* ---- Mapping ----------------------------------------------------------------------------------- */

static bool is_plausible(const struct stat *about)
{
    return S_ISREG(about->st_mode) && (about->st_uid == geteuid() || about->st_uid == 0) &&
           (about->st_mode & (S_IWGRP | S_IWOTH)) == 0 && about->st_size > 0 &&
           about->st_size <= FILE_BYTES_MAX;
}

/* Does not wait for the other end of a pipe that somebody has put there. */
static struct str map_file(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct str mapped = {NULL, 0};
    struct stat about;
    void *bytes;

    if (fd < 0)
        return mapped;
    if (fstat(fd, &about) == 0 && is_plausible(&about)) {
        bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (bytes != MAP_FAILED)
            mapped = (struct str){bytes, (size_t)about.st_size};
    }
    close(fd);
    return mapped;
}

struct str segment_file_map(const struct config *config, const struct segment_file *file)
{
    int folder = open_folder_of(config, file->account_id, file->kind);
    struct str mapped = {NULL, 0};
    char name[SEGMENT_FILE_NAME_BYTES];

    if (folder < 0)
        return mapped;
    file_name(file, name);
    mapped = map_file(folder, name);
    close(folder);
    return mapped;
}

void segment_file_unmap(struct str mapped)
{
    if (mapped.len)
        munmap((void *)(uintptr_t)mapped.ptr, mapped.len);
}

/* ---- Writing ----------------------------------------------------------------------------------- */

/* On the disk before it has its name, so that no name ever stands for half a file. */
static int fill_file(int fd, struct str plain)
{
    if (fchmod(fd, FILE_MODE) < 0 || file_write_all(fd, plain) < 0)
        return -1;
    return fsync(fd);
}

static int write_file(int folder, const char *name, struct str plain)
{
    char temporary[TEMPORARY_NAME_BYTES];
    int fd, result;

    temporary_name(name, temporary);
    fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return -1;
    result = fill_file(fd, plain);
    if (close(fd) < 0)
        result = -1;
    if (result == 0)
        result = renameat(folder, temporary, folder, name);
    if (result < 0) {
        int error = errno;

        unlinkat(folder, temporary, 0);
        errno = error;
    }
    return result;
}

/* The name says what is in it, so a whole file need not be written again. */
static bool stands_already(int folder, const char *name, struct str plain)
{
    struct stat about;

    return fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0 && is_plausible(&about) &&
           (size_t)about.st_size == plain.len;
}

static void complain_once(const struct config *config)
{
    static bool complained;

    if (!complained)
        log_event(LOG_LEVEL_WARNING, "cache_not_written", {"folder", str_from(config->cache_dir)},
                  {"error", str_from(strerror(errno))});
    complained = true;
}

int segment_file_write(const struct config *config, const struct segment_file *file,
                       struct str plain)
{
    char name[SEGMENT_FILE_NAME_BYTES];
    int folder, result = 0;

    if (config->cache_dir[0] == '\0')
        return 0;
    folder = make_folder_of(config, file->account_id, file->kind);
    if (folder < 0) {
        complain_once(config);
        return -1;
    }
    file_name(file, name);
    if (!stands_already(folder, name, plain))
        result = write_file(folder, name, plain);
    if (result < 0)
        complain_once(config);
    close(folder);
    return result;
}

void segment_file_remove(const struct config *config, const struct segment_file *file)
{
    int folder = open_folder_of(config, file->account_id, file->kind);
    char name[SEGMENT_FILE_NAME_BYTES];

    if (folder < 0)
        return;
    file_name(file, name);
    unlinkat(folder, name, 0);
    close(folder);
}

/* Logs that meet in one place of the table only cost each other a touch more. */
void segment_file_used(const struct config *config, uint32_t account_id, unsigned kind)
{
    static struct {
        uint32_t account_id;
        unsigned kind;
        int64_t touched_ms;
    } seen[USED_LOGS];
    size_t place = (account_id * 4U + kind) % USED_LOGS;
    int64_t now_ms = clock_now_ms();
    int folder;

    if (config->cache_dir[0] == '\0' ||
        (seen[place].account_id == account_id && seen[place].kind == kind &&
         now_ms >= seen[place].touched_ms && now_ms < seen[place].touched_ms + USED_EVERY_MS))
        return;
    seen[place].account_id = account_id;
    seen[place].kind = kind;
    seen[place].touched_ms = now_ms;
    folder = open_folder_of(config, account_id, kind);
    if (folder < 0)
        return;
    futimens(folder, NULL);
    close(folder);
}
