/* SPDX-License-Identifier: MIT */
/*
 * Numbers as people read them.
 */
#ifndef DAYBOOK_BASE_COUNT_H
#define DAYBOOK_BASE_COUNT_H

struct arena;

/* "103,482,911": digits in groups of three, divided by commas.  Lives in `arena`. */
const char *count_words(struct arena *arena, unsigned long long count);

#endif
