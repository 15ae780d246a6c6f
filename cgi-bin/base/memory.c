/* SPDX-License-Identifier: MIT */
/* The only place that meets a failed allocation. */
#include "base/memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum { KEPT_BYTES = 16 * 1024 * 1024, LARGE_BYTES = 256 * 1024 };

static void out_of_memory(void)
{
    fputs("level=fatal event=out_of_memory\n", stderr);
    exit(EX_OSERR);
}

void memory_keep_freed(void)
{
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
}

void memory_give_back_large(void)
{
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
}

void memory_give_back(void)
{
    malloc_trim(0);
}

void *memory_new(size_t size)
{
    void *block = calloc(1, size ? size : 1);

    if (!block)
        out_of_memory();
    return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
    void *resized;

    if (size && count > SIZE_MAX / size)
        out_of_memory();
    resized = realloc(block, count && size ? count * size : 1);
    if (!resized)
        out_of_memory();
    return resized;
}
