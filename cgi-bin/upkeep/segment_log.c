/* SPDX-License-Identifier: MIT */
/*
 * Tables log and segment, for the writer.  A segment that is no more keeps its row, with no events and a new generation, so that readers
 * learn of it; its number is used again.  Numbers begin with 1.
 *
 * A generation must never come back, or a process that remembers segments would take others for them: the first one of an index is the
 * time in milliseconds, unless rows of an older index have come further.
 */
#include "upkeep/segment_log.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "index/entity_block.h"
#include "index/segment_file.h"

enum { FILL_MIN = 16, FIRST_ROOM = 64 };

static const struct str select_log =
    STR("SELECT generation FROM log WHERE account_id = ? AND kind = ?");
static const struct str select_account = STR("SELECT 1 FROM account WHERE id = ?");
static const struct str insert_log =
    STR("INSERT INTO log (account_id, kind, generation, changed_ms) VALUES (?, ?, ?, ?)");
static const struct str update_log =
    STR("UPDATE log SET generation = ?, changed_ms = ? WHERE account_id = ? AND kind = ?");

/* Of events, then of entities. */
static const struct str select_entries[] = {
    STR("SELECT segment_id, events, first_id, last_id, checksum, text_check, generation "
        "FROM segment WHERE account_id = ? AND kind = ? ORDER BY first_id"),
    STR("SELECT block_id, entities, 0, 0, checksum, 0, generation FROM entity_block "
        "WHERE account_id = ? AND ? = 0 ORDER BY block_id"),
};
static const struct str select_block[] = {
    STR("SELECT block FROM segment WHERE account_id = ? AND kind = ? AND segment_id = ?"),
    STR("SELECT block FROM entity_block WHERE account_id = ? AND ? = 0 AND block_id = ?"),
};
static const struct str insert_segment =
    STR("INSERT INTO segment (generation, events, first_id, last_id, checksum, text_check, block, "
        "account_id, kind, segment_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
static const struct str update_segment =
    STR("UPDATE segment SET generation = ?, events = ?, first_id = ?, last_id = ?, checksum = ?, "
        "text_check = ?, block = ? WHERE account_id = ? AND kind = ? AND segment_id = ?");

size_t segment_log_fill(const struct config *config)
{
    return config->segment_events < FILL_MIN ? FILL_MIN : (size_t)config->segment_events;
}

/* With the greatest setting, 60,000, a little below what a segment can hold. */
size_t segment_log_capacity(const struct config *config)
{
    size_t fill = segment_log_fill(config), capacity = fill + fill / 12 + 4;

    return capacity < SEGMENT_EVENTS_MAX ? capacity : SEGMENT_EVENTS_MAX;
}

/* ---- What there is ----------------------------------------------------------------------------- */

static void note_unused(struct segment_log *log, uint32_t number)
{
    log->unused = memory_resize(log->unused, log->unused_count + 1, sizeof(*log->unused));
    log->unused[log->unused_count++] = number;
}

static int read_entries(struct segment_log *log, uint64_t *newest)
{
    struct db_rows *rows = db_select(log->db, select_entries[log->kind == 0],
                                     DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(log->kind)));
    size_t room = 0;
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        struct segment_entry entry = {(uint32_t)db_number(rows, 0),
                                      (uint32_t)db_number(rows, 1),
                                      db_number(rows, 2),
                                      db_number(rows, 3),
                                      db_number(rows, 4),
                                      db_number(rows, 5),
                                      db_number(rows, 6)};

        if (entry.number >= log->next_number)
            log->next_number = entry.number + 1;
        if (db_number(rows, 6) > *newest)
            *newest = db_number(rows, 6);
        if (entry.events == 0) {
            if (log->kind != 0) /* the order of blocks is that of their numbers */
                note_unused(log, entry.number);
            continue;
        }
        if (log->live_count == room) {
            room = room ? room * 2 : FIRST_ROOM;
            log->live = memory_resize(log->live, room, sizeof(*log->live));
        }
        log->live[log->live_count++] = entry;
    }
    db_finish(rows);
    return more;
}

static int read_account(struct segment_log *log)
{
    struct db_rows *rows =
        db_select(log->db, select_account, DB_VALUES(DB_NUMBER(log->account_id)));
    int more = rows ? db_next(rows) : -1;

    log->has_left = more == 0;
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

static int read_generation(struct segment_log *log)
{
    struct db_rows *rows =
        db_select(log->db, select_log, DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(log->kind)));
    int more = rows ? db_next(rows) : -1;

    if (more == 1) {
        log->indexed = true;
        log->log_generation = db_number(rows, 0);
    }
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

int segment_log_open(struct segment_log *log, struct db *db, const struct config *config,
                     uint32_t account_id, unsigned kind)
{
    uint64_t newest = 0;

    *log = (struct segment_log){
        .db = db, .config = config, .account_id = account_id, .kind = kind, .next_number = 1};
    strbuf_init(&log->plain);
    strbuf_init(&log->packed);
    if (read_account(log) < 0 || read_generation(log) < 0 || read_entries(log, &newest) < 0)
        return -1;
    if (!log->indexed && newest < (uint64_t)clock_now_ms())
        newest = (uint64_t)clock_now_ms();
    log->generation = 1 + (newest > log->log_generation ? newest : log->log_generation);
    return 0;
}

void segment_log_close(struct segment_log *log)
{
    strbuf_release(&log->plain);
    strbuf_release(&log->packed);
    free(log->live);
    free(log->unused);
    *log = (struct segment_log){0};
}

/* ---- Reading one ------------------------------------------------------------------------------- */

static bool holds(const struct segment *segment, const struct segment_entry *entry)
{
    return segment->events == entry->events && segment->ids[0] == entry->first_id &&
           segment->ids[segment->events - 1] == entry->last_id;
}

void segment_log_complain(const struct segment_log *log, const struct segment_entry *entry,
                          const char *why)
{
    char account[16], kind[16], number[16];

    snprintf(account, sizeof(account), "%u", log->account_id);
    snprintf(kind, sizeof(kind), "%u", log->kind);
    snprintf(number, sizeof(number), "%u", entry->number);
    log_event(LOG_LEVEL_ERROR, "segment_damaged", {"account", str_from(account)},
              {"kind", str_from(kind)}, {"segment", str_from(number)}, {"why", str_from(why)});
}

int segment_log_read(struct segment_log *log, const struct segment_entry *entry,
                     struct strbuf *plain)
{
    int (*unpack)(struct str packed, struct strbuf * plain) =
        log->kind ? segment_unpack : entity_block_unpack;
    struct db_rows *found = db_select(
        log->db, select_block[log->kind == 0],
        DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(log->kind), DB_NUMBER(entry->number)));
    int more = found ? db_next(found) : -1;
    const char *why = NULL;

    strbuf_reset(plain);
    if (more == 0)
        why = "not there";
    else if (more == 1 && unpack(db_bytes(found, 0), plain) < 0)
        why = "not unpacked";
    else if (more == 1 && segment_file_checksum(strbuf_str(plain)) != entry->checksum)
        why = "checksum differs";
    db_finish(found);
    if (why)
        segment_log_complain(log, entry, why);
    return more < 0 ? -1 : why != NULL;
}

static void add_rows(const struct segment *segment, struct segment_rows *rows)
{
    size_t wanted = rows->count + segment->events;

    if (rows->room < wanted) {
        rows->items = memory_resize(rows->items, wanted, sizeof(*rows->items));
        rows->room = wanted;
    }
    segment_rows(segment, rows->items + rows->count);
    rows->count = wanted;
}

int segment_log_load(struct segment_log *log, const struct segment_entry *entry,
                     struct segment_rows *rows)
{
    int result = segment_log_read(log, entry, &log->plain);
    const char *why = NULL;
    struct segment segment;

    if (result != 0)
        return result;
    if (segment_open(strbuf_str(&log->plain), &segment) < 0)
        why = "not a segment";
    else if (!holds(&segment, entry))
        why = "holds other events than its row says";
    if (why) {
        segment_log_complain(log, entry, why);
        return 1;
    }
    add_rows(&segment, rows);
    return 0;
}

/* ---- Writing one ------------------------------------------------------------------------------- */

static int write_row(struct segment_log *log, struct str sql, const struct segment_entry *entry,
                     struct str block)
{
    return db_run(log->db, sql,
                  DB_VALUES(DB_NUMBER(log->generation), DB_NUMBER(entry->events),
                            DB_NUMBER(entry->first_id), DB_NUMBER(entry->last_id),
                            DB_NUMBER(entry->checksum), DB_NUMBER(entry->text_check),
                            DB_BYTES(block), DB_NUMBER(log->account_id), DB_NUMBER(log->kind),
                            DB_NUMBER(entry->number)),
                  NULL);
}

bool segment_log_prepare(struct segment_log *log, struct segment_entry *entry)
{
    struct str plain = strbuf_str(&log->plain);
    bool is_new = entry->number == SEGMENT_NEW && log->unused_count == 0;

    entry->checksum = segment_file_checksum(plain);
    if (is_new)
        entry->number = log->next_number++;
    else if (entry->number == SEGMENT_NEW)
        entry->number = log->unused[--log->unused_count];
    segment_file_write(
        log->config,
        &(struct segment_file){log->account_id, log->kind, entry->number, entry->checksum}, plain);
    log->segments_written++;
    log->bytes_written += log->packed.len;
    return is_new;
}

static int put(struct segment_log *log, uint32_t number, uint64_t text_check,
               const struct segment_row *rows, size_t count)
{
    struct segment_entry entry = {.number = number,
                                  .events = (uint32_t)count,
                                  .first_id = rows[0].id,
                                  .last_id = rows[count - 1].id,
                                  .text_check = text_check};
    bool is_new;

    strbuf_reset(&log->plain);
    strbuf_reset(&log->packed);
    segment_build(rows, count, &log->plain);
    segment_pack(strbuf_str(&log->plain), &log->packed);
    is_new = segment_log_prepare(log, &entry);
    return write_row(log, is_new ? insert_segment : update_segment, &entry,
                     strbuf_str(&log->packed));
}

int segment_log_put(struct segment_log *log, uint32_t number, const struct segment_row *rows,
                    size_t count)
{
    return put(log, number, 0, rows, count);
}

int segment_log_put_over(struct segment_log *log, const struct segment_entry *entry,
                         const struct segment_row *rows, size_t count)
{
    return put(log, entry->number, entry->text_check, rows, count);
}

int segment_log_drop(struct segment_log *log, uint32_t number)
{
    const struct segment_entry none = {.number = number};

    return write_row(log, update_segment, &none, (struct str){NULL, 0});
}

int segment_log_raise(struct segment_log *log)
{
    if (!log->indexed)
        return 0;
    return db_run(log->db, update_log,
                  DB_VALUES(DB_NUMBER(log->generation), DB_NUMBER((uint64_t)clock_now_ms()),
                            DB_NUMBER(log->account_id), DB_NUMBER(log->kind)),
                  NULL);
}

int segment_log_note_indexed(struct segment_log *log)
{
    return db_run(log->db, insert_log,
                  DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(log->kind),
                            DB_NUMBER(log->generation), DB_NUMBER((uint64_t)clock_now_ms())),
                  NULL);
}
