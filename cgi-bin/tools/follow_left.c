/* SPDX-License-Identifier: MIT */
/* An inode is given out again at once, and lengths are often equal: the time of the last change tells two files apart, and no renaming changes it. */
#include "tools/follow_left.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"

struct left_file {
    uint64_t device, inode, size;
    struct timespec changed;
    bool unreadable;
    bool found; /* by the present look at the folder */
};

void follow_left_release(struct follow_left *left)
{
    free(left->files);
    *left = (struct follow_left){0};
}

static struct left_file *find(const struct follow_left *left, const struct follow_file *file)
{
    for (size_t i = 0; i < left->count; i++)
        if (left->files[i].device == file->device && left->files[i].inode == file->inode)
            return &left->files[i];
    return NULL;
}

void follow_left_add(struct follow_left *left, const struct follow_file *file, bool unreadable)
{
    struct left_file *known = find(left, file);
    struct stat status;

    if (fstat(file->fd, &status) < 0)
        return;
    if (!known) {
        left->files = memory_resize(left->files, left->count + 1, sizeof(*left->files));
        known = &left->files[left->count++];
    }
    *known = (struct left_file){.device = file->device,
                                .inode = file->inode,
                                .size = (uint64_t)status.st_size,
                                .changed = status.st_mtim,
                                .unreadable = unreadable,
                                .found = true};
}

bool follow_left_has(struct follow_left *left, const struct follow_file *file)
{
    struct left_file *known = find(left, file);
    struct stat status;

    if (!known || fstat(file->fd, &status) < 0 || known->size != (uint64_t)status.st_size ||
        known->changed.tv_sec != status.st_mtim.tv_sec ||
        known->changed.tv_nsec != status.st_mtim.tv_nsec)
        return false;
    known->found = true;
    return true;
}

bool follow_left_is_unreadable(const struct follow_left *left, const struct follow_file *file)
{
    const struct left_file *known = find(left, file);

    return known && known->unreadable;
}

void follow_left_look_begins(struct follow_left *left)
{
    for (size_t i = 0; i < left->count; i++)
        left->files[i].found = false;
}

void follow_left_look_ends(struct follow_left *left)
{
    size_t kept = 0;

    for (size_t i = 0; i < left->count; i++)
        if (left->files[i].found)
            left->files[kept++] = left->files[i];
    left->count = kept;
}
