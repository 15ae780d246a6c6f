/* SPDX-License-Identifier: MIT */
/* A page of what holds a text: the candidates are looked at until their end, or until time is up. */
#ifndef DAYBOOK_STORE_TEXT_SEARCH_H
#define DAYBOOK_STORE_TEXT_SEARCH_H

#include "store/filter.h"
#include "store/reader.h"

struct text_hits {
    uint64_t *ids; /* of the page, in the order of the list; in the arena */
    size_t count;
    uint64_t total; /* found at all */

    /*
     * Time was up: there may be more.  Everything before `rest` in the order of the list was looked at and counted, nothing from it on.
     * For a list that is oldest first it is the first id of a millisecond.
     */
    bool at_least;
    uint64_t rest;
};

/*
 * Hits number `offset` and following, at most `limit`, of what matches `filter` with its text, and the total.  It ends soon after
 * reader->config->search_ms, newest first after a quarter of it when the page is full, but never before it got on: whoever goes on
 * from `rest` comes to the end.  filter->kind must not be EVENT_KIND_ALL.  Run it in one db_begin(DB_READ).  0 or -1.
 */
int text_search_page(struct reader *reader, struct arena *arena, const struct filter *filter,
                     uint64_t offset, uint64_t limit, struct text_hits *hits);

#endif
