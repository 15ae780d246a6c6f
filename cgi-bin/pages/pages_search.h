/* SPDX-License-Identifier: MIT */
/* The search box of a list: _search.tpl, and mistake.tpl for a text that cannot be read. */
#ifndef DAYBOOK_PAGES_SEARCH_H
#define DAYBOOK_PAGES_SEARCH_H

#include "pages/pages.h"
#include "web/page.h"

/* Fills {{>SEARCH}} of `page` with the box: in it stands what the list asks for, or the text that has the mistake params.mistake. */
void pages_fill_search(struct page *page, struct arena *arena, const struct pages_list *list);

/* Fills {{#KEPT}} of a form of the list: how it is shown, which the form asks for as well. The zone is not among it. */
void pages_fill_kept(struct page *form, struct arena *arena, const struct params *params);

/* The same of where the text stands that a field of the form holds. */
void pages_fill_place(struct page *form, enum filter_in in);

#endif
