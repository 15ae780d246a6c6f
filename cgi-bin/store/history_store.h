/* SPDX-License-Identifier: MIT */
/*
 * The calls on one entity around one of them, found by the index event.entity: ranges of it that end at a LIMIT.
 *
 * The same entity is: the same account, entity type and id; without an id, the same type and name.  One whose name has changed is
 * several rows of table entity; of more than HISTORY_NAMES_MAX older and as many newer ones those that came nearest to this call's
 * are looked at.  A call that has neither id nor name has no history.
 */
#ifndef DAYBOOK_STORE_HISTORY_STORE_H
#define DAYBOOK_STORE_HISTORY_STORE_H

#include "store/link_store.h"

enum {
    HISTORY_SIDE_MAX =
        5, /* calls of a history that are newer than this one, and as many that are older */
    HISTORY_BACK_MAX = 256,  /* calls before this one among which the previous body is looked for */
    HISTORY_OTHERS_MAX = 32, /* bodies of other actions that are read */
    HISTORY_NAMES_MAX = 16,
};

/* How much of the bodies before this one is read, all together, to find one that is JSON. */
#define HISTORY_BACK_BYTES_MAX (UINT64_C(8) * 1024 * 1024)

/* Which call before, with a body, is looked for besides. */
enum history_body {
    HISTORY_BODY_NONE,
    HISTORY_BODY_COMPARED, /* the one that the JSON body of this call is compared with */
    HISTORY_BODY_LAST,     /* the latest, for a call that has none itself */
};

struct history {
    struct event
        *rows; /* as in struct event_list, the newest first, this call among them; in the arena */
    size_t count;
    bool more_newer, more_older; /* there are others */
    struct event
        previous; /* the call that was looked for, with its time, status, action and user; id 0: there is none */
    struct str previous_body; /* of HISTORY_BODY_COMPARED */
};

/*
 * The history of the entity of `event`, which is whole (event_read()), of calls of its kind; and the call before it that `body` asks for, of
 * the HISTORY_BACK_MAX before, that took effect, has a body, and the same provider and webhook event.  The last is just that.  The one that
 * its body is compared with has a body that is JSON, and is the latest with the action of `event`.  Without one, of the latest of each other action the latest that is
 * related (json_diff_is_related()): an update is compared with what created the entity, and not with what only ran it.  Nothing below
 * scope->first_id.  0 or -1.
 */
int history_read(struct db *db, struct arena *arena, const struct link_scope *scope,
                 const struct event *event, enum history_body body, struct history *history);

/* Did a call of that status take effect?  None counts as yes; one that failed, was refused or was broken off as no. */
bool history_took_effect(unsigned status);

#endif
