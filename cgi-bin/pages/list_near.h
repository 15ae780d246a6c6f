/* SPDX-License-Identifier: MIT */
/*
 * Names that hold what somebody typed.  A filter takes an action, a user or an entity type as a whole, byte for byte; who typed a part of
 * it, or another case, is shown what there is.
 */
#ifndef DAYBOOK_LIST_NEAR_H
#define DAYBOOK_LIST_NEAR_H

#include "query/params.h"
#include "store/reader.h"

/* How many names of one kind are offered, and among how many they are looked for: those that occur most often. */
enum { LIST_NEAR_MAX = 20, LIST_NEAR_AMONG = 500 };

/* Names of one kind, the most frequent first, and how many calls have one of them and fit the rest of the filter. */
struct list_near {
    enum filter_dimension dimension;
    struct filter_values names; /* at least one */
    uint64_t calls;
};

struct list_nears {
    struct list_near *items; /* in the arena; at most one for each kind of name */
    size_t count;
};

/*
 * The names that hold the text that is searched for; A-Z as a-z.  A name that is the text alone is none of them, nor are those of a kind
 * that the filter asks for.  In the transaction of the list.  0 or -1.
 */
int list_near_text(struct reader *reader, struct arena *arena, const struct filter *filter,
                   struct list_nears *nears);

/* The same of the names that the filter asks for, where nothing matches and no text is searched. */
int list_near_names(struct reader *reader, struct arena *arena, const struct filter *filter,
                    struct list_nears *nears);

/* What asks for them in the place of what was typed. */
struct params list_near_params(const struct params *params, const struct list_near *near);

#endif
