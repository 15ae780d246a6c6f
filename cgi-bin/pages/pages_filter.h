/* SPDX-License-Identifier: MIT */
/* The filter bar of a list: chips, menus of ticks, the date range and how many rows a page has.  One GET form, complete without script. */
#ifndef DAYBOOK_PAGES_FILTER_H
#define DAYBOOK_PAGES_FILTER_H

#include "pages/pages.h"
#include "web/page.h"

/* "Status"; "4xx, 500 +3; not 404", empty when nothing is asked: as chips say it. */
const char *pages_dimension_label(enum filter_dimension dimension);
struct str pages_dimension_summary(struct arena *arena, const struct filter_values *include,
                                   const struct filter_values *exclude);

/* "Contains", or where the text stands that is looked for: "Client address" … */
const char *pages_text_label(enum filter_in in);

/* Where the text stands that is looked for, be it one that was refused. */
enum filter_in pages_text_place(const struct pages_list *list);

/* The same of an id or name that is asked for (may be empty), and of those that are left out. */
struct str pages_text_summary(struct arena *arena, struct str asked,
                              const struct filter_values *left_out);

void pages_fill_filter(struct page *page, struct arena *arena, const struct pages_list *list);

/*
 * pages_refused.c: is this parameter the first that is wrong, whose panel stands open?  And what its field shows: `value`, or where there is
 * none what was given, with what is wrong of it in {{#MISTAKE}} of `panel`.
 */
bool pages_is_wrong_first(const struct pages_list *list, const char *name);
struct str pages_fill_wrong(struct page *panel, struct arena *arena, const struct pages_list *list,
                            const char *name, struct str value);

/* ---- pages_dates.c ---- */

/* "2026-01-31 12:00 to 13:00" of two times of clock_show(): the day once where it is the same. */
struct str pages_dates_between(struct arena *arena, struct str from, struct str to);

/* What the chip of the range says, and what its panel holds. */
struct str pages_dates_summary(struct arena *arena, const struct params *params);
void pages_fill_dates(struct page *panel, struct arena *arena, const struct pages_list *list);

#endif
