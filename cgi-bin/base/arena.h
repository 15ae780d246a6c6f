/* SPDX-License-Identifier: MIT */
/*
 * Memory of one request: many small pieces handed out, all given back at once by arena_reset().
 * What request, store and page functions return lives here unless their header says otherwise.
 * An arena belongs to one thread.
 */
#ifndef DAYBOOK_BASE_ARENA_H
#define DAYBOOK_BASE_ARENA_H

#include "base/str.h"

#include <stddef.h>

struct arena;

/* A new, empty arena.  Free it with arena_free(). */
struct arena *arena_new(void);

/* Gives back everything; NULL is allowed. */
void arena_free(struct arena *arena);

/* Forgets every piece.  Keeps a few blocks for the next request and frees the others. */
void arena_reset(struct arena *arena);

/* `size` zeroed bytes, aligned for any type.  Never NULL (base/memory.h). */
void *arena_alloc(struct arena *arena, size_t size);

/* `count` zeroed elements of `size` bytes; an overflow of the product ends the process. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/*
 * An array that grows: `array` if it has room for one element behind its first `count`, else a larger one with those in it;
 * `capacity` is 0 to begin with.
 */
void *arena_grow(struct arena *arena, void *array, size_t count, size_t *capacity, size_t size);

/* A copy of `s`, with a NUL behind it that is not counted in its length. */
struct str arena_copy(struct arena *arena, struct str s);

/* The same as a C string; a NUL inside `s` ends what a C function sees of it. */
const char *arena_cstr(struct arena *arena, struct str s);

/* Text made as by printf(). */
struct str arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
