/* SPDX-License-Identifier: MIT */
/* Filters of lists that have a name: table saved_view.  Says nothing about who may change one. */
#ifndef DAYBOOK_STORE_VIEW_STORE_H
#define DAYBOOK_STORE_VIEW_STORE_H

#include "base/arena.h"
#include "base/event.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    VIEW_NAME_MAX = 80,    /* bytes that somebody may give */
    VIEW_QUERY_MAX = 4000, /* likewise */
    VIEW_NAME_COLUMN =
        255, /* bytes that fit: where marks took the place of names there may be more */
    VIEW_QUERY_COLUMN = 65535,
    VIEWS_MAX = 100, /* of one person in one account, and as many that are shared there */
};

/*
 * A column for statements about `account a`: for which tabs the person has a default, one of their own or a shared one, as a set
 * of VIEW_KIND_BIT; `person` is an expression.  Looks at one key.
 */
#define VIEW_DEFAULT_KINDS(person)                                                                 \
    "(SELECT BIT_OR(v.kind) FROM saved_view v WHERE v.account_id = a.id AND "                      \
    "v.owner IN (" person ", '') AND v.is_default = 1)"

/* The numbers of the two kinds are bits already. */
#define VIEW_KIND_BIT(kind) ((unsigned)(kind))

struct view {
    uint32_t id;
    struct str owner; /* as in member.person; empty: shared by all members */
    enum event_kind kind;
    struct str name, query; /* the query string without `?`; may be empty */
    bool is_default;
    int64_t made_ms;
    struct str made_by;
};

/* Those of a person (of the empty name: the shared ones) in an account, by tab and name; in the arena.  0 or -1. */
int views_of_owner(struct db *db, struct arena *arena, uint32_t account_id, struct str owner,
                   struct view **views, size_t *count);

/*
 * One that a person may use: their own, or a shared one; with an empty person the shared ones alone.  `kind` may be EVENT_KIND_ALL.
 * 1; 0: there is none; -1.
 */
int view_find(struct db *db, struct arena *arena, uint32_t account_id, struct str person,
              enum event_kind kind, uint32_t id, struct view *view);

/* The one with which a person's tab opens: their own default, else the shared one.  1, 0, -1. */
int view_default(struct db *db, struct arena *arena, uint32_t account_id, struct str person,
                 enum event_kind kind, struct view *view);

/* ---- Changes, each in the caller's transaction, with whoever changes the same owner's views kept waiting (member_lock()) ---- */

enum view_result {
    VIEW_FAILED = -1,
    VIEW_DONE,
    VIEW_GONE,     /* there is no such view of this owner */
    VIEW_NAMED,    /* the owner has another of this name in this tab */
    VIEW_TOO_MANY, /* the owner has VIEWS_MAX */
};

/*
 * Adds one; of `view` id and made_ms are set.  With the same name and query as one that stands already that is the one, and nothing
 * is added: a form that is sent again is no mistake.
 */
enum view_result view_add(struct db *db, uint32_t account_id, struct view *view);

/* These change the view `view->id` of the owner `view->owner`. */
enum view_result view_rename(struct db *db, uint32_t account_id, const struct view *view,
                             struct str name);

/* Adds a copy of it for all members, by `made_by`, and sets copy->id. */
enum view_result view_share(struct db *db, struct arena *arena, uint32_t account_id,
                            const struct view *view, struct str made_by, struct view *copy);
enum view_result view_delete(struct db *db, uint32_t account_id, const struct view *view);

/* Makes it the owner's only default of its kind, or no default any more. */
enum view_result view_set_default(struct db *db, uint32_t account_id, const struct view *view,
                                  bool on);

/* Deletes all of a person.  0 or -1. */
int views_delete_of(struct db *db, uint32_t account_id, struct str person);

#endif
