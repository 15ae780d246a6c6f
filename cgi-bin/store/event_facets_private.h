/* SPDX-License-Identifier: MIT */
/* What event_facets.c and event_facets_sql.c share; nobody else includes it. */
#ifndef DAYBOOK_STORE_EVENT_FACETS_PRIVATE_H
#define DAYBOOK_STORE_EVENT_FACETS_PRIVATE_H

#include "store/event_facets.h"

/* As those of event_facets.h, by SQL; `filter` has no conditions on the dimension, or lies within the bounds. */
int event_facets_by_sql(struct db *db, struct arena *arena, const struct filter *filter,
                        enum filter_dimension dimension, size_t limit, struct event_facets *facets);
int event_histogram_by_sql(struct db *db, struct arena *arena, const struct filter *filter,
                           const int64_t *bounds_ms, size_t count, uint64_t *events);

#endif
