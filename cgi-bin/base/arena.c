/* SPDX-License-Identifier: MIT */
/* Blocks in a list, filled from the front; a piece larger than a block gets a block of its own. */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    BLOCK_BYTES = 64 * 1024,
    SPARE_BLOCKS_MAX = 3, /* a page of 50 rows needs two blocks */
    ALIGNMENT = _Alignof(max_align_t),
    FIRST_ELEMENTS = 8
};

struct block {
    struct block *next;
    size_t size;
    size_t used;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *first; /* the block being filled; full ones behind it */
    struct block *spare; /* empty ones of BLOCK_BYTES, zeroed */
    size_t spare_count;
};

static struct block *block_new(size_t size)
{
    struct block *block = memory_new(sizeof(*block) + size);

    block->size = size;
    return block;
}

struct arena *arena_new(void)
{
    struct arena *arena = memory_new(sizeof(*arena));

    arena->first = block_new(BLOCK_BYTES);
    return arena;
}

static void blocks_free(struct block *block)
{
    while (block) {
        struct block *next = block->next;

        free(block);
        block = next;
    }
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    blocks_free(arena->first);
    blocks_free(arena->spare);
    free(arena);
}

static void empty(struct block *block)
{
    memset(block->bytes, 0, block->used);
    block->used = 0;
}

void arena_reset(struct arena *arena)
{
    struct block *kept = arena->first, *next;

    for (struct block *block = kept->next; block; block = next) {
        next = block->next;
        if (block->size == BLOCK_BYTES && arena->spare_count < SPARE_BLOCKS_MAX) {
            empty(block);
            block->next = arena->spare;
            arena->spare = block;
            arena->spare_count++;
        } else {
            free(block);
        }
    }
    kept->next = NULL;
    empty(kept);
}

static struct block *take_spare(struct arena *arena)
{
    struct block *block = arena->spare;

    if (!block)
        return block_new(BLOCK_BYTES);
    arena->spare = block->next;
    arena->spare_count--;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct block *block = arena->first;
    size_t rounded;
    void *piece;

    assert(size < SIZE_MAX - ALIGNMENT);
    rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded > block->size - block->used) {
        struct block *fresh = rounded > BLOCK_BYTES ? block_new(rounded) : take_spare(arena);

        if (rounded > BLOCK_BYTES) { /* full at once: keep filling the present one */
            fresh->used = rounded;
            fresh->next = block->next;
            block->next = fresh;
            return fresh->bytes;
        }
        fresh->next = block;
        arena->first = block = fresh;
    }
    piece = block->bytes + block->used;
    block->used += rounded;
    return piece;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    assert(size == 0 || count <= SIZE_MAX / 2 / size);
    return arena_alloc(arena, count * size);
}

void *arena_grow(struct arena *arena, void *array, size_t count, size_t *capacity, size_t size)
{
    void *grown;

    if (count < *capacity)
        return array;
    *capacity = *capacity ? *capacity * 2 : FIRST_ELEMENTS;
    grown = arena_array(arena, *capacity, size);
    if (count)
        memcpy(grown, array, count * size);
    return grown;
}

struct str arena_copy(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.len + 1);

    if (s.len)
        memcpy(copy, s.ptr, s.len);
    return (struct str){copy, s.len};
}

const char *arena_cstr(struct arena *arena, struct str s)
{
    return arena_copy(arena, s).ptr;
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    char brief[256]; /* most is no longer, and is made only once */
    va_list args;
    char *text;
    int len;

    va_start(args, format);
    len = vsnprintf(brief, sizeof(brief), format, args);
    va_end(args);
    assert(len >= 0);
    text = arena_alloc(arena, (size_t)len + 1);
    if ((size_t)len < sizeof(brief)) {
        memcpy(text, brief, (size_t)len);
        return (struct str){text, (size_t)len};
    }
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return (struct str){text, (size_t)len};
}
