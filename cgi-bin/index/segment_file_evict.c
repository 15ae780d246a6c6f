/* SPDX-License-Identifier: MIT */
/*
 * What goes from the cache: files of replaced segments, what killed writers left, and whole folders when there is no room.  Must never remove
 * anything but files whose names are of the form that segment_file.c makes, and folders that are empty then.
 */
#define _GNU_SOURCE
#include "index/segment_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "index/segment_file_private.h"

enum { TEMPORARY_AGE_S = 3600, MEMORY_SHARE = 4 };

/* A folder of the cache, as met. */
struct folder {
    char name[SEGMENT_FILE_FOLDER_BYTES];
    struct timespec used;
    uint64_t bytes; /* of the files that are ours */
};

struct folders {
    struct folder *items;
    size_t count, room;
    uint64_t bytes;
};

/* Calls `visit` with each regular file of a folder; `fd` is taken. */
static void
each_file(int fd, void (*visit)(int fd, const char *name, const struct stat *about, void *context),
          void *context)
{
    DIR *dir = fdopendir(fd);
    const struct dirent *entry;
    struct stat about;

    if (!dir) {
        close(fd);
        return;
    }
    while ((entry = readdir(dir)))
        if (fstatat(fd, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode))
            visit(fd, entry->d_name, &about, context);
    closedir(dir);
}

static bool is_older(const struct stat *about, int age_s)
{
    return about->st_mtime + age_s <= time(NULL);
}

/* ---- Replaced files ---------------------------------------------------------------------------- */

struct sweep {
    const struct segment_file *keep;
    size_t count;
    int age_s;
};

static int by_number(const void *a, const void *b)
{
    const struct segment_file *x = a, *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->checksum > y->checksum) - (x->checksum < y->checksum);
}

static void sweep_file(int fd, const char *name, const struct stat *about, void *context)
{
    const struct sweep *sweep = context;
    struct segment_file file = {0};

    if (!segment_file_is_file(name, &file) || !is_older(about, sweep->age_s))
        return;
    if (sweep->count && bsearch(&file, sweep->keep, sweep->count, sizeof(*sweep->keep), by_number))
        return;
    unlinkat(fd, name, 0);
}

void segment_file_sweep(const struct config *config, uint32_t account_id, unsigned kind,
                        const struct segment_file *keep, size_t count, int age_s)
{
    struct sweep sweep = {keep, count, age_s};
    int cache = segment_file_open_cache(config), folder;
    char name[SEGMENT_FILE_FOLDER_BYTES];

    if (cache < 0)
        return;
    segment_file_folder_name(account_id, kind, name);
    folder = segment_file_open_folder(cache, name);
    if (folder >= 0)
        each_file(folder, sweep_file, &sweep);
    close(cache);
}

/* ---- Everything -------------------------------------------------------------------------------- */

static void clear_file(int fd, const char *name, const struct stat *about, void *context)
{
    struct segment_file file;

    (void)about;
    (void)context;
    if (segment_file_is_file(name, &file) || segment_file_is_temporary(name))
        unlinkat(fd, name, 0);
}

void segment_file_clear(const struct config *config, uint32_t account_id, unsigned kind)
{
    int cache = segment_file_open_cache(config), folder;
    char name[SEGMENT_FILE_FOLDER_BYTES];

    if (cache < 0)
        return;
    segment_file_folder_name(account_id, kind, name);
    folder = segment_file_open_folder(cache, name);
    if (folder >= 0) {
        each_file(folder, clear_file, NULL);
        unlinkat(cache, name, AT_REMOVEDIR); /* not when others have files there */
    }
    close(cache);
}

/* ---- Room -------------------------------------------------------------------------------------- */

/* Looks at one file: counts it, or removes what a killed writer has left. */
static void measure_file(int fd, const char *name, const struct stat *about, void *context)
{
    struct folder *folder = context;
    struct segment_file file;

    if (segment_file_is_file(name, &file))
        folder->bytes += (uint64_t)about->st_size;
    else if (segment_file_is_temporary(name) && is_older(about, TEMPORARY_AGE_S))
        unlinkat(fd, name, 0);
}

static void measure_folder(int cache, const char *name, struct folders *folders)
{
    struct folder folder = {0};
    unsigned kind;
    uint32_t account_id;
    struct stat about;
    int fd;

    if (!segment_file_is_folder(name, &account_id, &kind))
        return;
    fd = segment_file_open_folder(cache, name);
    if (fd < 0)
        return;
    segment_file_folder_name(account_id, kind, folder.name);
    if (fstat(fd, &about) == 0)
        folder.used = about.st_mtim;
    each_file(fd, measure_file, &folder);
    if (folders->count == folders->room) {
        folders->room = folders->room ? folders->room * 2 : 64;
        folders->items = memory_resize(folders->items, folders->room, sizeof(*folders->items));
    }
    folders->items[folders->count++] = folder;
    folders->bytes += folder.bytes;
}

static void measure_all(int cache, struct folders *folders)
{
    DIR *dir = fdopendir(dup(cache));
    const struct dirent *entry;

    if (!dir)
        return;
    rewinddir(dir);
    while ((entry = readdir(dir)))
        measure_folder(cache, entry->d_name, folders);
    closedir(dir);
}

static int by_use(const void *a, const void *b)
{
    const struct folder *x = a, *y = b;

    if (x->used.tv_sec != y->used.tv_sec)
        return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    return (x->used.tv_nsec > y->used.tv_nsec) - (x->used.tv_nsec < y->used.tv_nsec);
}

static void remove_file(int fd, const char *name, const struct stat *about, void *context)
{
    struct segment_file file;

    (void)about;
    (void)context;
    if (segment_file_is_file(name, &file))
        unlinkat(fd, name, 0);
}

static void empty_folder(int cache, const struct folder *folder)
{
    int fd = segment_file_open_folder(cache, folder->name);

    if (fd < 0)
        return;
    each_file(fd, remove_file, NULL);
    unlinkat(cache, folder->name, AT_REMOVEDIR); /* not when others have files there */
    log_event(LOG_LEVEL_INFO, "cache_folder_removed", {"folder", str_from(folder->name)});
}

static uint64_t limit_of(const struct config *config)
{
    long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGE_SIZE);

    if (config->cache_max_bytes)
        return config->cache_max_bytes;
    if (pages <= 0 || page_bytes <= 0)
        return UINT64_MAX;
    return (uint64_t)pages * (uint64_t)page_bytes / MEMORY_SHARE;
}

void segment_file_evict(const struct config *config)
{
    int cache = segment_file_open_cache(config);
    struct folders folders = {0};
    uint64_t limit = limit_of(config);

    if (cache < 0)
        return;
    measure_all(cache, &folders);
    if (folders.count)
        qsort(folders.items, folders.count, sizeof(*folders.items), by_use);
    for (size_t i = 0; i < folders.count && folders.bytes > limit; i++) {
        if (folders.items[i].bytes == 0)
            continue;
        empty_folder(cache, &folders.items[i]);
        folders.bytes -= folders.items[i].bytes;
    }
    free(folders.items);
    close(cache);
}
