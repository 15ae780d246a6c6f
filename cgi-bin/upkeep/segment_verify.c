/* SPDX-License-Identifier: MIT */
/* Three runs of rows in order of their ids, of event, of the segments and of event_recent, are walked side by side. */
#include "upkeep/segment_verify.h"

#include "index/segment_file.h"
#include "upkeep/segment_log.h"

enum { CHUNK_ROWS = 20000, SAID_ROWS = 1000 };

static const char *const words[SEGMENT_FAULT_COUNT] = {
    [SEGMENT_FAULT_MISSING] = "is not in the index",
    [SEGMENT_FAULT_TWICE] = "is in the index twice",
    [SEGMENT_FAULT_NO_EVENT] = "is in the index and not in the log",
    [SEGMENT_FAULT_DIFFERS] = "has other values in the index",
    [SEGMENT_FAULT_DAMAGED] = "cannot be read",
    [SEGMENT_FAULT_OVERLAP] = "overlaps the one before",
    [SEGMENT_FAULT_NEWER] = "is newer than its log",
    [SEGMENT_FAULT_FILE] = "has a damaged file in the cache",
};

/* Rows that are read some at a time. */
struct run {
    struct segment_rows rows;
    size_t at;
    uint64_t next_id; /* where the next ones begin; of segments, the place of the next one */
    bool at_end;
};

struct comparison {
    struct segment_log log;
    const struct segment_verify *verify;
    struct segment_verdict *verdict;
    struct run events, segments, recent;
    bool damaged;
};

const char *segment_fault_words(enum segment_fault fault)
{
    return words[fault];
}

bool segment_verdict_is_wrong(const struct segment_verdict *verdict)
{
    for (int i = 0; i < SEGMENT_FAULT_COUNT; i++)
        if (i != SEGMENT_FAULT_FILE && verdict->faults[i])
            return true;
    return false;
}

static void report(struct comparison *all, enum segment_fault fault, uint64_t id)
{
    all->verdict->faults[fault]++;
    all->verify->report(all->verify->context, fault, id);
}

/* ---- Rows -------------------------------------------------------------------------------------- */

static int fill_from_table(struct comparison *all, enum segment_source source, struct run *run)
{
    const struct segment_span span = {all->log.account_id, all->log.kind, run->next_id, UINT64_MAX};

    if (segment_source_read(all->log.db, source, &span, CHUNK_ROWS, &run->rows) < 0)
        return -1;
    run->at_end = run->rows.count < CHUNK_ROWS;
    if (run->rows.count)
        run->next_id = run->rows.items[run->rows.count - 1].id + 1;
    return 0;
}

static int fill_from_segments(struct comparison *all, struct run *run)
{
    const struct segment_entry *entry;
    int result;

    if (run->next_id == all->log.live_count) {
        run->at_end = true;
        return 0;
    }
    entry = &all->log.live[run->next_id++];
    result = segment_log_load(&all->log, entry, &run->rows);
    if (result == 1) {
        report(all, SEGMENT_FAULT_DAMAGED, entry->number);
        all->damaged = run->at_end = true;
    }
    return result < 0 ? -1 : 0;
}

/* The present row of a run, or NULL at its end, in `row`.  0 or -1. */
static int peek(struct comparison *all, struct run *run, const struct segment_row **row)
{
    int result = 0;

    while (run->at == run->rows.count && !run->at_end && result == 0) {
        run->at = run->rows.count = 0;
        if (run == &all->segments)
            result = fill_from_segments(all, run);
        else
            result = fill_from_table(
                all, run == &all->events ? SEGMENT_SOURCE_EVENT : SEGMENT_SOURCE_RECENT, run);
    }
    *row = run->at < run->rows.count ? &run->rows.items[run->at] : NULL;
    return result;
}

/* ---- Comparing --------------------------------------------------------------------------------- */

static bool is_same(const struct segment_row *a, const struct segment_row *b)
{
    for (unsigned i = 0; i < SEGMENT_DIMENSION_COUNT; i++)
        if (a->value[i] != b->value[i])
            return false;
    return true;
}

static uint64_t least_id(const struct segment_row *const rows[3])
{
    uint64_t least = UINT64_MAX;

    for (int i = 0; i < 3; i++)
        if (rows[i] && rows[i]->id < least)
            least = rows[i]->id;
    return least;
}

/* What the tables say of one id: event, segment, event_recent; NULL where it is not. */
static void compare_one(struct comparison *all, uint64_t id, const struct segment_row *event,
                        const struct segment_row *segment, const struct segment_row *recent)
{
    all->verdict->events += event != NULL;
    all->verdict->waiting += recent != NULL;
    if (segment && recent)
        report(all, SEGMENT_FAULT_TWICE, id);
    if (event && !segment && !recent)
        report(all, SEGMENT_FAULT_MISSING, id);
    if (!event)
        report(all, SEGMENT_FAULT_NO_EVENT, id);
    else if ((segment && !is_same(event, segment)) || (recent && !is_same(event, recent)))
        report(all, SEGMENT_FAULT_DIFFERS, id);
}

static int compare_rows(struct comparison *all)
{
    struct run *const runs[3] = {&all->events, &all->segments, &all->recent};

    while (!all->damaged) {
        const struct segment_row *rows[3];
        uint64_t id;

        for (int i = 0; i < 3; i++)
            if (peek(all, runs[i], &rows[i]) < 0)
                return -1;
        if (all->damaged || (!rows[0] && !rows[1] && !rows[2]))
            break;
        id = least_id(rows);
        for (int i = 0; i < 3; i++) {
            if (rows[i] && rows[i]->id != id)
                rows[i] = NULL;
            runs[i]->at += rows[i] != NULL;
        }
        compare_one(all, id, rows[0], rows[1], rows[2]);
        if (rows[0] && all->verdict->events % SAID_ROWS == 0)
            all->verify->advance(all->verify->context, SAID_ROWS);
    }
    all->verify->advance(all->verify->context, all->verdict->events % SAID_ROWS);
    return 0;
}

/* ---- Segments ---------------------------------------------------------------------------------- */

static void check_file(struct comparison *all, const struct segment_entry *entry)
{
    const struct segment_file file = {all->log.account_id, all->log.kind, entry->number,
                                      entry->checksum};
    struct str mapped = segment_file_map(all->log.config, &file);

    if (mapped.len && segment_file_checksum(mapped) != entry->checksum)
        report(all, SEGMENT_FAULT_FILE, entry->number);
    segment_file_unmap(mapped);
}

static void check_segments(struct comparison *all)
{
    const struct segment_log *log = &all->log;

    all->verdict->segments = log->live_count;
    for (size_t i = 0; i < log->live_count; i++) {
        if (i > 0 && log->live[i].first_id <= log->live[i - 1].last_id)
            report(all, SEGMENT_FAULT_OVERLAP, log->live[i].number);
        if (log->live[i].generation > log->log_generation)
            report(all, SEGMENT_FAULT_NEWER, log->live[i].number);
        check_file(all, &log->live[i]);
    }
}

int segment_verify(struct db *db, const struct config *config, uint32_t account_id, unsigned kind,
                   const struct segment_verify *verify, struct segment_verdict *verdict)
{
    struct comparison all = {.verify = verify, .verdict = verdict};
    int result = -1;

    *verdict = (struct segment_verdict){0};
    if (db_begin(db, DB_READ) < 0)
        return -1;
    if (segment_log_open(&all.log, db, config, account_id, kind) < 0)
        goto out;
    verdict->indexed = all.log.indexed;
    if (all.log.indexed) {
        check_segments(&all);
        if (compare_rows(&all) < 0)
            goto out;
    }
    result = db_commit(db);
out:
    if (result < 0)
        db_rollback(db);
    segment_rows_release(&all.events.rows);
    segment_rows_release(&all.segments.rows);
    segment_rows_release(&all.recent.rows);
    segment_log_close(&all.log);
    return result;
}
