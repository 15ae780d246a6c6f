/* SPDX-License-Identifier: MIT */
/* The part of merged_list_read() that looks into texts. */
#ifndef DAYBOOK_STORE_MERGED_SEARCH_H
#define DAYBOOK_STORE_MERGED_SEARCH_H

#include "store/merged_log.h"

/* As merged_list_read() with a text, for at least one account.  0 or -1. */
int merged_search(struct reader *reader, struct arena *arena, const struct merged_log *log,
                  uint64_t offset, uint64_t limit, struct event_list *list);

#endif
