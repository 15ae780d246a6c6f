/* SPDX-License-Identifier: MIT */
/*
 * Pages that a process has made, to be given again while nothing that they show has changed: who asks names all of that in the key.
 * Full, it forgets what was given longest ago.
 */
#ifndef DAYBOOK_KEPT_PAGES_H
#define DAYBOOK_KEPT_PAGES_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct kept_pages;

struct kept_page {
    struct str html; /* borrowed: until the next kept_pages_add() */
    size_t rows;
};

/* Room for so many bytes of keys and pages; with 0 nothing is kept.  Never NULL. */
struct kept_pages *kept_pages_new(size_t bytes_max);
void kept_pages_free(struct kept_pages *kept);

/* True: `page` is filled. */
bool kept_pages_find(struct kept_pages *kept, struct str key, struct kept_page *page);

/* Copies both.  What is larger than an eighth of the room is not kept. */
void kept_pages_add(struct kept_pages *kept, struct str key, const struct kept_page *page);

#endif
