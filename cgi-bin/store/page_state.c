/* SPDX-License-Identifier: MIT */
/* Joins member, account, plan, log, event_recent and saved_view: each is one look at a key. */
#include "store/page_state.h"

#include "base/clock.h"
#include "base/event.h"
#include "store/plan_store.h"
#include "store/view_store.h"

#define STATE(recent)                                                                              \
    "SELECT a.id, a.slug, a.name, m.role, l.generation, r.id, COALESCE(p.name, ''), "              \
    "COALESCE(p.days, 0), a.is_held, " ACCOUNT_MEMBER_HAS_OTHERS ", " VIEW_DEFAULT_KINDS(          \
        "m.person") " FROM member m JOIN account a ON a.id = m.account_id "                        \
                    "JOIN log l ON l.account_id = a.id AND l.kind = ? "                            \
                    "LEFT JOIN plan p ON p.id = a.plan_id "                                        \
                    "LEFT JOIN event_recent r ON r.account_id = a.id AND r.kind = l.kind" recent   \
                    " WHERE m.person = ? AND a.slug = ? LIMIT 1"

static const struct str select_state[] = {
    [false] = STR(STATE("")),
    [true] = STR(STATE(" AND r.entity_type_id <> COALESCE((SELECT t.id FROM entity_type t "
                       "WHERE t.name = '" EVENT_TYPE_OWN
                       "'), 4294967295)")), /* a number that no type has */
};

int page_state_read(struct db *db, struct arena *arena, struct str person, struct str slug,
                    unsigned kind, bool without_own, struct account *account, uint64_t *generation,
                    bool *merged)
{
    struct db_rows *rows = db_select(db, select_state[without_own],
                                     DB_VALUES(DB_NUMBER(kind), DB_BYTES(person), DB_BYTES(slug)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1) {
        *account = (struct account){
            .id = (uint32_t)db_number(rows, 0),
            .slug = arena_copy(arena, db_bytes(rows, 1)),
            .name = arena_copy(arena, db_bytes(rows, 2)),
            .role = (enum member_role)db_number(rows, 3),
            .plan = arena_copy(arena, db_bytes(rows, 6)),
            .plan_days = (unsigned)db_number(rows, 7),
            .is_held = db_number(rows, 8) != 0,
            .has_others = db_number(rows, 9) != 0,
            .default_kinds = (unsigned)db_number(rows, 10),
        };
        account->kept_from_ms = plan_kept_from_ms(account->plan_days, clock_now_ms());
        *generation = db_number(rows, 4);
        *merged = db_is_null(rows, 5);
    }
    db_finish(rows);
    return found;
}
