/* SPDX-License-Identifier: MIT */
/* Table purge_record: PURGE itself is a word of SQL. */
#include "store/purge_store.h"

#include "base/clock.h"
#include "store/plan_store.h"

#define THIS_ONE " WHERE account_id = ? AND before_ms = ? AND cause = ?"

static const struct str insert_begin =
    STR("INSERT INTO purge_record (account_id, before_ms, cause, started_ms) "
        "SELECT id, ?, ?, ? FROM account WHERE id = ? LOCK IN SHARE MODE "
        "ON DUPLICATE KEY UPDATE cause = purge_record.cause");
static const struct str select_kept =
    STR("SELECT a.is_held, COALESCE(p.days, 0) FROM account a LEFT JOIN plan p ON p.id = a.plan_id "
        "WHERE a.id = ? LOCK IN SHARE MODE");
static const struct str update_removed =
    STR("UPDATE purge_record SET events = events + ?, triggers = triggers + ?" THIS_ONE);
static const struct str update_end = STR("UPDATE purge_record SET ended_ms = ?" THIS_ONE);
#define PURGE_COLUMNS                                                                              \
    "SELECT before_ms, cause, started_ms, ended_ms, events, triggers FROM purge_record"
static const struct str select_one = STR(PURGE_COLUMNS THIS_ONE);
static const struct str select_unfinished =
    STR(PURGE_COLUMNS " WHERE account_id = ? AND before_ms < ? AND ended_ms = 0 LIMIT 1");
static const struct str select_last =
    STR(PURGE_COLUMNS " WHERE account_id = ? ORDER BY started_ms DESC LIMIT 1");

int purge_begin(struct db *db, const struct purge *purge)
{
    return db_run(db, insert_begin,
                  DB_VALUES(DB_NUMBER((uint64_t)purge->before_ms), DB_NUMBER(purge->cause),
                            DB_NUMBER((uint64_t)clock_now_ms()), DB_NUMBER(purge->account_id)),
                  NULL);
}

int purge_is_allowed(struct db *db, const struct purge *purge)
{
    struct db_rows *rows = db_select(db, select_kept, DB_VALUES(DB_NUMBER(purge->account_id)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1) {
        bool is_held = db_number(rows, 0) != 0;
        int64_t from_ms = plan_kept_from_ms((unsigned)db_number(rows, 1), clock_now_ms());

        found = !is_held && (purge->cause != PURGE_BY_PLAN || purge->before_ms <= from_ms);
    }
    db_finish(rows);
    return found;
}

int purge_add(struct db *db, const struct purge *purge, uint64_t events, uint64_t triggers)
{
    return db_run(db, update_removed,
                  DB_VALUES(DB_NUMBER(events), DB_NUMBER(triggers), DB_NUMBER(purge->account_id),
                            DB_NUMBER((uint64_t)purge->before_ms), DB_NUMBER(purge->cause)),
                  NULL);
}

int purge_end(struct db *db, const struct purge *purge)
{
    return db_run(db, update_end,
                  DB_VALUES(DB_NUMBER((uint64_t)clock_now_ms()), DB_NUMBER(purge->account_id),
                            DB_NUMBER((uint64_t)purge->before_ms), DB_NUMBER(purge->cause)),
                  NULL);
}

static int read_purge(struct db_rows *rows, uint32_t account_id, struct purge *purge)
{
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        *purge = (struct purge){
            .account_id = account_id,
            .before_ms = (int64_t)db_number(rows, 0),
            .cause = (enum purge_cause)db_number(rows, 1),
            .started_ms = (int64_t)db_number(rows, 2),
            .ended_ms = (int64_t)db_number(rows, 3),
            .events = db_number(rows, 4),
            .triggers = db_number(rows, 5),
        };
    db_finish(rows);
    return found;
}

int purge_read(struct db *db, struct purge *purge)
{
    return read_purge(
        db_select(db, select_one,
                  DB_VALUES(DB_NUMBER(purge->account_id), DB_NUMBER((uint64_t)purge->before_ms),
                            DB_NUMBER(purge->cause))),
        purge->account_id, purge);
}

int purge_unfinished(struct db *db, const struct purge *later, struct purge *purge)
{
    return read_purge(
        db_select(db, select_unfinished,
                  DB_VALUES(DB_NUMBER(later->account_id), DB_NUMBER((uint64_t)later->before_ms))),
        later->account_id, purge);
}

int purge_last(struct db *db, uint32_t account_id, struct purge *purge)
{
    return read_purge(db_select(db, select_last, DB_VALUES(DB_NUMBER(account_id))), account_id,
                      purge);
}
