/* SPDX-License-Identifier: MIT */
/* What pages say about triggers: their attempts, and what belongs to what. */
#ifndef DAYBOOK_PAGES_LINKS_H
#define DAYBOOK_PAGES_LINKS_H

#include "pages/pages.h"
#include "web/page.h"

/* Attempts and linked events of details.tpl. */
void pages_fill_links(struct page *page, struct arena *arena, const struct pages_details *details);

/* The page of another call, which stands in no list that one came from: only the time zone goes along. */
struct str pages_linked_href(struct arena *arena, const struct pages_details *details,
                             const struct event *event);

/* A row of a table of other calls there: what it is, and the way to it; the call that the page shows is marked instead. */
void pages_add_linked(struct page *table, struct arena *arena, const struct pages_details *details,
                      const struct event *event);

/* The marks in a row of the list: which attempt a trigger is, where there are several, and that its signature is invalid. */
void pages_mark_trigger(struct page *row, struct arena *arena, const struct event *trigger,
                        const struct link_attempt *attempt);

#endif
