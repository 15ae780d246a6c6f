/* SPDX-License-Identifier: MIT */
/* The rows of the table in list.tpl. */
#ifndef DAYBOOK_PAGES_ROWS_H
#define DAYBOOK_PAGES_ROWS_H

#include "pages/pages.h"
#include "web/page.h"

/* Adds a {{#ROW}} to `table` for each event that was found. */
void pages_fill_rows(struct page *table, struct arena *arena, const struct pages_list *list);

#endif
