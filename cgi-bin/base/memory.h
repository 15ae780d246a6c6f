/* SPDX-License-Identifier: MIT */
/*
 * Heap memory that is never NULL: a process that cannot get memory ends with status 71 after one
 * line on stderr, and its supervisor starts it again.  Nothing can be done better half-way through a page.
 */
#ifndef DAYBOOK_BASE_MEMORY_H
#define DAYBOOK_BASE_MEMORY_H

#include <stddef.h>

/*
 * For a process that serves one request or batch after another: some MB that were freed are kept for the next one instead of being
 * given back to the system, which would clear each page again.
 */
void memory_keep_freed(void);

/*
 * For a process that now and then needs a block of hundreds of KB, of another size each time: each of them is given back when it is
 * freed, and grows where it stands.  Kept ones lie between small ones and add up.  What memory_keep_freed() says of smaller ones stays.
 */
void memory_give_back_large(void);

/* Gives all that was freed back to the system: after work that needs much and is seldom. */
void memory_give_back(void);

/* A new block of `size` bytes, all zero.  The caller frees it with free(). */
void *memory_new(size_t size);

/* Like realloc(), for `count` elements of `size` bytes; an overflow of the product ends the process too. */
void *memory_resize(void *block, size_t count, size_t size);

#endif
