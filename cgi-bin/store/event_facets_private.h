/* SPDX-License-Identifier: MIT */
/* What event_facets.c and event_facets_sql.c share; nobody else includes it. */
#ifndef DAYBOOK_STORE_EVENT_FACETS_PRIVATE_H
#define DAYBOOK_STORE_EVENT_FACETS_PRIVATE_H

#include "store/event_facets.h"

/* As that of event_facets.h, by SQL; `filter` has no conditions on the dimension. */
int event_facets_by_sql(struct db *db, struct arena *arena, const struct filter *filter,
                        enum filter_dimension dimension, size_t limit, struct event_facets *facets);

#endif
