/* SPDX-License-Identifier: MIT */
/* "What changed" of details.tpl: the body of a call compared with that of an earlier call on the same entity. */
#ifndef DAYBOOK_PAGES_CHANGES_H
#define DAYBOOK_PAGES_CHANGES_H

#include "pages/pages.h"
#include "web/page.h"

/* Nothing for a call whose body is no JSON, or that has no entity. */
void pages_fill_changes(struct page *page, struct arena *arena,
                        const struct pages_details *details);

#endif
