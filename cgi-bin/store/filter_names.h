/* SPDX-License-Identifier: MIT */
/* How the names in a filter become numbers of the dictionaries, many of them at a time. */
#ifndef DAYBOOK_STORE_FILTER_NAMES_H
#define DAYBOOK_STORE_FILTER_NAMES_H

#include "store/filter.h"

/*
 * Looks up those names of the filter that mean the same in every account, for copies of it that are asked of many: sets filter->names, in the
 * arena.  0 or -1.
 */
int filter_names_look_up(struct db *db, struct arena *arena, struct filter *filter);

/* In the arena, in no order. */
struct filter_numbers {
    uint32_t *items;
    size_t count;
};

/*
 * What stands for any of `values` in the column of `dimension`, which is not FILTER_STATUS; a value that no event of the filter's account can
 * have adds nothing.  One with CR LF counts with and without CR, since browsers' forms put it there.  0 or -1.
 */
int filter_names_numbers(struct db *db, struct arena *arena, const struct filter *filter,
                         enum filter_dimension dimension, const struct filter_values *values,
                         struct filter_numbers *numbers);

/* CR LF as LF: what a browser's form has made of it.  In the arena. */
struct str filter_with_line_feeds(struct arena *arena, struct str value);

#endif
