/* SPDX-License-Identifier: MIT */
/* The list over time, above its rows: bars that lead to what they count, a legend, and the same as a table. */
#ifndef DAYBOOK_PAGES_HISTOGRAM_H
#define DAYBOOK_PAGES_HISTOGRAM_H

#include "pages/pages.h"
#include "web/page.h"

/* Nothing where nothing was counted. */
void pages_fill_histogram(struct page *page, struct arena *arena, const struct pages_list *list);

#endif
