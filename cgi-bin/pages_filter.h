/* SPDX-License-Identifier: MIT */
/* The filter bar of a list: chips, menus of ticks, the date range and the size box.  One GET form, complete without script. */
#ifndef DAYBOOK_PAGES_FILTER_H
#define DAYBOOK_PAGES_FILTER_H

#include "pages.h"
#include "web/page.h"

void pages_fill_filter(struct page *page, struct arena *arena, const struct pages_list *list);

#endif
