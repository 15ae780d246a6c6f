/* SPDX-License-Identifier: MIT */
/* What pages say about triggers: their head, their attempts, and what belongs to what. */
#ifndef DAYBOOK_PAGES_LINKS_H
#define DAYBOOK_PAGES_LINKS_H

#include "pages.h"
#include "web/page.h"

/* Head, attempts and linked events of details.tpl. */
void pages_fill_links(struct page *page, struct arena *arena, const struct pages_details *details);

/* The marks in a row of the list: which attempt a trigger is, where there are several, and that its signature is invalid. */
void pages_mark_trigger(struct page *row, struct arena *arena, const struct event *trigger,
                        const struct link_attempt *attempt);

#endif
