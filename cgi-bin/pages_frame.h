/* SPDX-License-Identifier: MIT */
/* What the pages*.c share among themselves. */
#ifndef DAYBOOK_PAGES_FRAME_H
#define DAYBOOK_PAGES_FRAME_H

#include "pages.h"
#include "web/page.h"

/* What stands where a value is missing. */
#define PAGES_MISSING STR("---")

/*
 * A name so that two names look different: white space that a browser would fold or hide (at the ends, in runs, tabs, line
 * breaks) is shown by a sign: U+2423, U+2409 and the like.
 */
struct str pages_name(struct arena *arena, struct str name);

/* The same for lists and menus: an overlong one is cut, with "…" behind it. */
struct str pages_short_name(struct arena *arena, struct str name);

/* "/acme/events" or "/acme/triggers". */
struct str pages_tab_path(struct arena *arena, struct str slug, enum event_kind kind);

/* "/acme/events/670505ba1ec1c0de" */
struct str pages_event_path(struct arena *arena, struct str slug, const struct event *event);

/* `path` with the parameters behind it. */
struct str pages_link(struct arena *arena, struct str path, const struct params *params,
                      enum params_scope scope);

/*
 * Fills layout.tpl around the template `content` and returns the page of the latter.  Tabs are shown for an
 * `account` (NULL: none), `current` being the one that is open.
 */
struct page *pages_frame(struct page *layout, struct arena *arena, struct str title,
                         struct str person, const struct account *account, enum event_kind current,
                         const char *content);

/* Renders, sends and frees. */
void pages_send(struct page *layout, struct response *response);

/* A time as people read it in `zone`: "2026-01-31 12:00:00", and the name of the zone is shown once beside. */
void pages_set_time(struct page *page, struct arena *arena, int64_t ms, const char *zone);

/* The badge: code, class and words of a status. */
void pages_set_status(struct page *page, unsigned status);

#endif
