/* SPDX-License-Identifier: MIT */
/* A filter in the terms of the index: what store/filter.c says in SQL, as conditions on the numbers that segments hold. */
#ifndef DAYBOOK_STORE_FILTER_QUERY_H
#define DAYBOOK_STORE_FILTER_QUERY_H

#include "store/filter.h"
#include "store/index_set.h"
#include "index/segment_query.h"

/*
 * What `filter` asks, without the conditions on dimension `without` (FILTER_DIMENSION_COUNT: with all) and on texts.  When
 * nothing can match, query->first_id is above query->last_id.  Everything is in the arena.  Run it in the transaction that the
 * index is asked in.  0 or -1.
 */
int filter_query_build(struct db *db, struct index_sets *sets, struct arena *arena,
                       const struct filter *filter, enum filter_dimension without,
                       struct segment_query *query);

#endif
