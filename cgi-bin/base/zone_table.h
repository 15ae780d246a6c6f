/* SPDX-License-Identifier: MIT */
/* The time zone that a person means, who does not type its whole name. */
#ifndef DAYBOOK_BASE_ZONE_TABLE_H
#define DAYBOOK_BASE_ZONE_TABLE_H

#include "base/arena.h"
#include "base/str.h"

/* How many zones one text may mean, as far as they are named. */
enum { ZONE_TABLE_FOUND_MAX = 8 };

/*
 * The zones that `typed` may mean, by the names that clock_zone_exists() knows, in the arena; how many.  That of exactly this name alone; else
 * those whose name it is, or the end of it after a /, in letters of either case and with blanks for _ ("berlin", "new york"), each by
 * the name that it has today, also where an older one was typed.
 */
size_t zone_table_find(struct arena *arena, struct str typed,
                       struct str found[ZONE_TABLE_FOUND_MAX]);

#endif
