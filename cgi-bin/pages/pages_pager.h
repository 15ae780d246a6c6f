/* SPDX-License-Identifier: MIT */
#ifndef DAYBOOK_PAGES_PAGER_H
#define DAYBOOK_PAGES_PAGER_H

#include "pages/pages.h"
#include "web/page.h"

/* A link to page `number` of what is shown now: pinned to the newest event, so that pages do not shift.  In the arena. */
struct str pages_page_link(struct arena *arena, const struct pages_list *list, uint64_t number);

/* First, last, and the neighbours of the present one; a gap where numbers are left out, and then a field for any of them. */
void pages_fill_pager(struct page *page, struct arena *arena, const struct pages_list *list);

#endif
