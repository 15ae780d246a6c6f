/* SPDX-License-Identifier: MIT */
#include "store/log_state.h"

#include <stdlib.h>

#include "base/memory.h"

/* With what stands beside the segments or blocks, to save a round trip; an aggregate without GROUP BY always has one row. */
#define SELECT_STATE(table, id, where)                                                             \
    STR("SELECT (SELECT l.generation FROM log l WHERE l.account_id = ? AND l.kind = ?), "          \
        "COUNT(*), COALESCE(MAX(r." id "), 0) FROM " table " r WHERE r.account_id = ?" where)

static const struct str select_state = SELECT_STATE("event_recent", "id", " AND r.kind = ?");
static const struct str select_state_of_entities = SELECT_STATE("entity_recent", "entity_id", "");

#define SELECT_STATES(table, id, where)                                                            \
    "SELECT l.account_id, l.kind, l.generation, COUNT(r." id "), COALESCE(MAX(r." id "), 0) "      \
    "FROM log l LEFT JOIN " table " r ON r.account_id = l.account_id " where                       \
    " GROUP BY l.account_id, l.kind"

#define STATES_OF_EVENTS SELECT_STATES("event_recent", "id", "AND r.kind = l.kind WHERE l.kind > 0")
#define STATES_OF_ENTITIES SELECT_STATES("entity_recent", "entity_id", "WHERE l.kind = 0")

static const struct str select_states = STR(STATES_OF_EVENTS " UNION ALL " STATES_OF_ENTITIES);

struct known_state {
    uint32_t account_id;
    unsigned kind;
    struct log_state state;
};

struct log_states {
    struct known_state *items; /* ascending by account and kind */
    size_t count, capacity;
};

int log_state_read(struct db *db, uint32_t account_id, unsigned kind, struct log_state *state)
{
    const struct db_value values[] = {DB_NUMBER(account_id), DB_NUMBER(kind), DB_NUMBER(account_id),
                                      DB_NUMBER(kind)};
    struct db_rows *rows = kind ? db_select(db, select_state, values, 4)
                                : db_select(db, select_state_of_entities, values, 3);
    int found = rows ? db_next(rows) : -1;

    if (found == 1 && db_is_null(rows, 0))
        found = 0;
    if (found == 1)
        *state = (struct log_state){db_number(rows, 0), db_number(rows, 1), db_number(rows, 2)};
    db_finish(rows);
    return found;
}

static int by_log(const void *a, const void *b)
{
    const struct known_state *x = a, *y = b;

    if (x->account_id != y->account_id)
        return x->account_id > y->account_id ? 1 : -1;
    return (x->kind > y->kind) - (x->kind < y->kind);
}

static void add(struct log_states *states, const struct known_state *state)
{
    if (states->count == states->capacity) {
        states->capacity = states->capacity ? 2 * states->capacity : 64;
        states->items = memory_resize(states->items, states->capacity, sizeof(*states->items));
    }
    states->items[states->count++] = *state;
}

struct log_states *log_states_read(struct db *db)
{
    struct log_states *states = memory_new(sizeof(*states));
    struct db_rows *rows = db_select(db, select_states, DB_NO_VALUES);
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        const struct known_state state = {
            (uint32_t)db_number(rows, 0),
            (unsigned)db_number(rows, 1),
            {db_number(rows, 2), db_number(rows, 3), db_number(rows, 4)}};

        add(states, &state);
    }
    db_finish(rows);
    if (states->count)
        qsort(states->items, states->count, sizeof(*states->items), by_log);
    if (more == 0)
        return states;
    log_states_free(states);
    return NULL;
}

void log_states_free(struct log_states *states)
{
    if (!states)
        return;
    free(states->items);
    free(states);
}

bool log_states_find(const struct log_states *states, uint32_t account_id, unsigned kind,
                     struct log_state *state)
{
    const struct known_state wanted = {.account_id = account_id, .kind = kind};
    const struct known_state *found =
        states->count ? bsearch(&wanted, states->items, states->count, sizeof(wanted), by_log)
                      : NULL;

    if (found)
        *state = found->state;
    return found != NULL;
}
