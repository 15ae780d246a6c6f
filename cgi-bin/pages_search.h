/* SPDX-License-Identifier: MIT */
/* The search box of a list: _search.tpl, and mistake.tpl for a text that cannot be read. */
#ifndef DAYBOOK_PAGES_SEARCH_H
#define DAYBOOK_PAGES_SEARCH_H

#include "pages.h"
#include "web/page.h"

/* Fills {{>SEARCH}} of `page` with the box: in it stands what the list asks for, or the text that has the mistake params.mistake. */
void pages_fill_search(struct page *page, struct arena *arena, const struct pages_list *list);

#endif
