/* SPDX-License-Identifier: MIT */
/* Other calls at the end of details.tpl: on the same entity, and around the same time. */
#ifndef DAYBOOK_PAGES_AROUND_H
#define DAYBOOK_PAGES_AROUND_H

#include "pages/pages.h"
#include "web/page.h"

/* Sections without any other call are left out. */
void pages_fill_history(struct page *page, struct arena *arena,
                        const struct pages_details *details);
void pages_fill_around(struct page *page, struct arena *arena, const struct pages_details *details);

#endif
