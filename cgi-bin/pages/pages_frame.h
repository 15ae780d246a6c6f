/* SPDX-License-Identifier: MIT */
/* What the pages*.c share among themselves. */
#ifndef DAYBOOK_PAGES_FRAME_H
#define DAYBOOK_PAGES_FRAME_H

#include "pages/pages.h"
#include "web/page.h"

/* What stands where a value is missing. */
#define PAGES_MISSING STR("---")

/*
 * A name so that two names look different: white space that a browser would fold or hide (at the ends, in runs, tabs, line
 * breaks) is shown by a sign: U+2423, U+2409 and the like; a space that only looks like one by its number, [U+00A0].
 */
struct str pages_name(struct arena *arena, struct str name);

/* The same for lists and menus: an overlong one is cut, with "…" behind it. */
struct str pages_short_name(struct arena *arena, struct str name);

/* "/acme/events" or "/acme/triggers". */
struct str pages_tab_path(struct arena *arena, struct str slug, enum event_kind kind);

/* "/acme/events/670505ba1ec1c0de" */
struct str pages_event_path(struct arena *arena, struct str slug, const struct event *event);

/* "All Audit" or "Triggers"; with whose log it is, for the title of the window. */
struct str pages_heading(enum event_kind kind);
struct str pages_list_title(struct arena *arena, const struct pages_list *list);

/* `path` with the parameters behind it. */
struct str pages_link(struct arena *arena, struct str path, const struct params *params,
                      enum params_scope scope);

/* "/acme/events?…": that list from its first page, live. */
struct str pages_view_link(struct arena *arena, struct str slug, const struct params *params);

/* The list of that kind with all that holds `text`: "/acme/events?q=…". */
struct str pages_find_link(struct arena *arena, struct str slug, enum event_kind kind,
                           struct str text);

/*
 * Fills {{#PIECE}} of `page` with a text that is cut behind each place where a secret was replaced; such a place leads to where
 * the same secret was.
 */
void pages_add_pieces(struct page *page, struct arena *arena, struct str slug, enum event_kind kind,
                      struct str text);

/* "/acme/-/health": a page about the account. */
struct str pages_about_path(struct arena *arena, struct str slug, const char *name);

/* What layout.tpl can lead to, and mark as open. */
enum pages_tab {
    PAGES_TAB_NONE,
    PAGES_TAB_EVENTS,
    PAGES_TAB_TRIGGERS,
    PAGES_TAB_VIEWS,
    PAGES_TAB_HEALTH,
    PAGES_TAB_TOKENS,
    PAGES_TAB_MEMBERS,
    PAGES_TAB_FIND_SECRET,
    PAGES_TAB_COUNT
};
enum pages_tab pages_tab_of(enum event_kind kind);

/*
 * Fills layout.tpl around the template `content` and returns the page of the latter.  Tabs are shown for an
 * `account` (NULL: none), `current` being the one that is open; those for admins when the account was found for one.  The
 * person's way out is the request's.
 */
struct page *pages_frame(struct page *layout, const struct request *request, struct str title,
                         struct str person, const struct account *account, enum pages_tab current,
                         const char *content);

/* The same around a list; its other tab shows the same time. */
struct page *pages_list_frame(struct page *layout, const struct request *request,
                              const struct pages_list *list, const char *content);

/* Renders and sends. */
void pages_send(struct page *layout, struct response *response);

/* A time as people read it in `zone`: "2026-01-31 12:00:00", and the name of the zone is shown once beside. */
void pages_set_time(struct page *page, struct arena *arena, int64_t ms, const char *zone);

/* A time in UTC, and how long before `now_ms` it was: "2026-01-31 12:00:00 UTC", "3 minutes ago". */
void pages_set_age(struct page *page, struct arena *arena, int64_t ms, int64_t now_ms);

/* The badge: code, class and words of a status. */
void pages_set_status(struct page *page, unsigned status);

#endif
