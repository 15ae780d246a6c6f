/* SPDX-License-Identifier: MIT */
/* What all steps share: the lock, their transaction, forgetting an index, and sweeping the cache. */
#include "upkeep/segment_writer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "index/segment_file.h"
#include "upkeep/segment_step.h"
#include "index/text_file.h"

/* Two installations may share a server; names are at most 64 characters long. */
#define LOCK_NAME "LEFT(CONCAT('daybook maintain ', DATABASE()), 64)"

static const struct str take_lock = STR("SELECT COALESCE(GET_LOCK(" LOCK_NAME ", ?), 0)");
static const struct str release_lock = STR("SELECT COALESCE(RELEASE_LOCK(" LOCK_NAME "), 0)");
static const struct str select_holder =
    STR("SELECT COALESCE(IS_USED_LOCK(" LOCK_NAME ") = CONNECTION_ID(), 0)");
static const struct str delete_log = STR("DELETE FROM log WHERE account_id = ? AND kind = ?");
static const struct str clear_entries[] = {
    STR("UPDATE segment SET generation = ?, events = 0, first_id = 0, last_id = 0, checksum = 0, "
        "text_check = 0, block = '' WHERE account_id = ? AND kind = ?"),
    STR("UPDATE entity_block SET generation = ?, entities = 0, checksum = 0, block = '' "
        "WHERE account_id = ? AND ? = 0"),
};

/* The one number that a statement gives; -1 when it fails. */
static int select_flag(struct db *db, struct str sql, const struct db_value *values, size_t count)
{
    struct db_rows *rows = db_select(db, sql, values, count);
    int flag = rows && db_next(rows) == 1 ? (int)db_number(rows, 0) : -1;

    db_finish(rows);
    return flag;
}

int segment_lock_take(struct db *db, unsigned wait_s)
{
    if (db_connect(db) < 0)
        return -1;
    return select_flag(db, take_lock, DB_VALUES(DB_NUMBER(wait_s)));
}

void segment_lock_release(struct db *db)
{
    select_flag(db, release_lock, DB_NO_VALUES);
}

/* ---- A step ------------------------------------------------------------------------------------ */

int segment_step_lock(struct db *db)
{
    int held;

    if (db_begin(db, DB_WRITE) < 0)
        return -1;
    held = select_flag(db, select_holder, DB_NO_VALUES);
    if (held == 0)
        log_event(LOG_LEVEL_WARNING, "maintain_lock_lost",
                  {"reason", STR("the connection is another one")});
    return held == 1 ? 0 : -1;
}

int segment_step_begin(struct segment_log *log, struct db *db, const struct config *config,
                       uint32_t account_id, unsigned kind)
{
    *log = (struct segment_log){.db = db, .config = config};
    return segment_step_lock(db) < 0 ? -1 : segment_log_open(log, db, config, account_id, kind);
}

enum segment_step segment_step_end(struct segment_log *log, enum segment_step result,
                                   struct segment_work *work)
{
    const struct segment_log done = *log;
    bool commit = result == SEGMENT_STEP_MORE || result == SEGMENT_STEP_DONE;

    if (commit && db_commit(log->db) < 0)
        result = SEGMENT_STEP_FAILED;
    if (!commit)
        db_rollback(log->db);
    if (work && commit && result != SEGMENT_STEP_FAILED) {
        work->segments_written += log->segments_written;
        work->bytes_written += log->bytes_written;
    }
    segment_log_close(log);
    if (result == SEGMENT_STEP_DAMAGED &&
        segment_forget(done.db, done.config, done.account_id, done.kind) < 0)
        result = SEGMENT_STEP_FAILED;
    return result;
}

/* ---- Forgetting -------------------------------------------------------------------------------- */

/* All rows in one transaction: segments without a row in `log` are otherwise those of a rebuild that has begun. */
int segment_forget_within(struct segment_log *log)
{
    if (db_run(log->db, delete_log, DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(log->kind)),
               NULL) < 0)
        return -1;
    return db_run(
        log->db, clear_entries[log->kind == 0],
        DB_VALUES(DB_NUMBER(log->generation), DB_NUMBER(log->account_id), DB_NUMBER(log->kind)),
        NULL);
}

int segment_forget(struct db *db, const struct config *config, uint32_t account_id, unsigned kind)
{
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct segment_log log;

    if (segment_step_begin(&log, db, config, account_id, kind) == 0 &&
        segment_forget_within(&log) == 0)
        result = SEGMENT_STEP_DONE;
    return segment_step_end(&log, result, NULL) == SEGMENT_STEP_DONE ? 0 : -1;
}

/* ---- The cache --------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    const struct segment_file *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static void sweep(const struct segment_log *log, int age_s)
{
    struct segment_file *keep = memory_new((log->live_count + 1) * sizeof(*keep));

    for (size_t i = 0; i < log->live_count; i++)
        keep[i] = (struct segment_file){log->account_id, log->kind, log->live[i].number,
                                        log->live[i].checksum};
    qsort(keep, log->live_count, sizeof(*keep), by_number);
    segment_file_sweep(log->config, log->account_id, log->kind, keep, log->live_count, age_s);
    free(keep);
}

static void sweep_texts(const struct segment_log *log, int age_s)
{
    struct text_index_name *keep = memory_new((log->live_count + 1) * sizeof(*keep));

    for (size_t i = 0; i < log->live_count; i++)
        keep[i] = (struct text_index_name){log->account_id, log->kind, log->live[i].number,
                                           log->live[i].text_check};
    text_file_sweep(log->config, log->account_id, log->kind, keep, log->live_count, age_s);
    free(keep);
}

int segment_sweep(struct db *db, const struct config *config, uint32_t account_id, unsigned kind,
                  int age_s)
{
    struct segment_log log;
    int result;

    if (db_begin(db, DB_READ) < 0)
        return -1;
    result = segment_log_open(&log, db, config, account_id, kind);
    if (result == 0)
        result = db_commit(db);
    else
        db_rollback(db);
    if (result == 0)
        sweep(&log, age_s);
    if (result == 0 && kind != 0)
        sweep_texts(&log, age_s);
    segment_log_close(&log);
    return result;
}
