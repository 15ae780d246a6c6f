/* SPDX-License-Identifier: MIT */
/*
 * What the text of a search is besides.  A search looks into the texts of calls; who types the name of a user or an action there means
 * that, and would take a part of the calls for all of them.
 */
#ifndef DAYBOOK_LIST_NAMED_H
#define DAYBOOK_LIST_NAMED_H

#include "query/params.h"
#include "store/reader.h"

enum list_name {
    LIST_NAME_USER,
    LIST_NAME_ACTION,
    LIST_NAME_ENTITY_TYPE,
    LIST_NAME_ENTITY_ID,
    LIST_NAME_ENTITY, /* part of an entity's name */
    LIST_NAME_COUNT
};

struct list_named {
    uint64_t calls[LIST_NAME_COUNT]; /* that have it as this name, and fit the rest of the filter */
    uint64_t call;                   /* not 0: the id of a call that can be opened */
};

/* Is the text anything besides? */
bool list_named_is_any(const struct list_named *named);

/* What asks for the calls that have the text as this name.  False: the filter asks for such names already.  In the arena. */
bool list_named_params(struct arena *arena, const struct params *params, enum list_name name,
                       struct params *named);

/* In the transaction of the list, of one account, whose plan keeps what is since then; nothing where no text is searched.  0 or -1. */
int list_named_read(struct reader *reader, struct arena *arena, const struct params *params,
                    int64_t kept_from_ms, struct list_named *named);

#endif
