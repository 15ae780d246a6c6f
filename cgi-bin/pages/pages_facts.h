/* SPDX-License-Identifier: MIT */
/* What details.tpl says of a call in a few words each: the line below its title, its facts, and the head of a trigger. */
#ifndef DAYBOOK_PAGES_FACTS_H
#define DAYBOOK_PAGES_FACTS_H

#include "pages/pages.h"
#include "web/page.h"

/* Facts that a list filters by have links to the list that the page was opened from. */
void pages_fill_facts(struct page *page, struct arena *arena, const struct pages_details *details);

#endif
