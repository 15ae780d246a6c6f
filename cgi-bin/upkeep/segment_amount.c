/* SPDX-License-Identifier: MIT */
/* Counts rows by their keys, and sums up what segments say of themselves. */
#include "upkeep/segment_amount.h"

#include "base/event.h"

static const struct str count_behind =
    STR("SELECT COUNT(*) FROM event FORCE INDEX (PRIMARY) WHERE account_id = ? AND kind = ? AND "
        "id > ?");
static const struct str count_before =
    STR("SELECT COUNT(*) FROM event FORCE INDEX (PRIMARY) WHERE account_id = ? AND kind = ? AND "
        "id < ?");
static const struct str count_waiting_events = STR("SELECT COUNT(*) FROM event_recent");
static const struct str count_waiting_entities = STR("SELECT COUNT(*) FROM entity_recent");

#define OF_LOGS(table, kind)                                                                       \
    " FROM log l JOIN " table " t ON t.account_id = l.account_id AND " kind                        \
    " WHERE l.account_id BETWEEN ? AND ?"
static const struct str indexed[] = {
    STR("SELECT COALESCE(SUM(t.events), 0)" OF_LOGS("segment", "t.kind = l.kind")),
    STR("SELECT COALESCE(SUM(t.entities), 0)" OF_LOGS("entity_block", "l.kind = 0")),
    STR("SELECT COUNT(*)" OF_LOGS("event_recent", "t.kind = l.kind")),
    STR("SELECT COUNT(*)" OF_LOGS("entity_recent", "l.kind = 0")),
};

int segment_amount_behind(struct db *db, const struct log_name *name, uint64_t id, uint64_t *rows)
{
    *rows = 0;
    if (name->kind == 0)
        return 0;
    return db_select_number(
               db, count_behind,
               DB_VALUES(DB_NUMBER(name->account_id), DB_NUMBER(name->kind), DB_NUMBER(id)),
               rows) < 0
               ? -1
               : 0;
}

int segment_amount_before(struct db *db, uint32_t account_id, int64_t before_ms, uint64_t *rows)
{
    *rows = 0;
    for (unsigned kind = EVENT_KIND_EVENT; kind <= EVENT_KIND_TRIGGER; kind++) {
        uint64_t count = 0;

        if (db_select_number(db, count_before,
                             DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind),
                                       DB_NUMBER(event_id_first(before_ms))),
                             &count) < 0)
            return -1;
        *rows += count;
    }
    return 0;
}

int segment_amount_waiting(struct db *db, bool of_entities, uint64_t *rows)
{
    *rows = 0;
    return db_select_number(db, of_entities ? count_waiting_entities : count_waiting_events,
                            DB_NO_VALUES, rows) < 0
               ? -1
               : 0;
}

int segment_amount_indexed(struct db *db, uint32_t account_id, uint64_t *rows)
{
    uint32_t last = account_id ? account_id : UINT32_MAX;

    *rows = 0;
    for (size_t i = 0; i < sizeof(indexed) / sizeof(indexed[0]); i++) {
        uint64_t count = 0;

        if (db_select_number(db, indexed[i], DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(last)),
                             &count) < 0)
            return -1;
        *rows += count;
    }
    return 0;
}
