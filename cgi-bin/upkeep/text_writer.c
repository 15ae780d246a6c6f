/* SPDX-License-Identifier: MIT */
/* The file is complete and on the disk before the row of its segment names it. */
#include "upkeep/text_writer.h"

#include <stdlib.h>
#include <sys/statvfs.h>

#include "base/digest.h"
#include "base/memory.h"
#include "store/event_texts.h"
#include "store/marks.h"
#include "upkeep/segment_step.h"

enum { LATE_AT_ONCE = 256, EVENT_BYTES_GUESS = 256 };

static const struct str select_range =
    STR("SELECT r.id, " EVENT_TEXTS_COLUMNS
        " FROM event_request r FORCE INDEX (PRIMARY) WHERE r.account_id = ? AND r.kind = ? "
        "AND r.id BETWEEN ? AND ? ORDER BY r.id");
static const struct str select_late =
    STR("SELECT r.id, " EVENT_TEXTS_COLUMNS " FROM event_request r WHERE r.account_id = ? "
        "AND r.kind = ? AND r.id IN " MARKS_256);
static const struct str select_files =
    STR("SELECT account_id, kind, segment_id, text_check, last_id, events FROM segment "
        "WHERE text_check <> 0 ORDER BY last_id");
static const struct str update_check =
    STR("UPDATE segment SET text_check = ?, generation = ? WHERE account_id = ? AND kind = ? "
        "AND segment_id = ?");

/* ---- Room -------------------------------------------------------------------------------------- */

/* Files that are there, the oldest first. */
struct kept {
    struct text_index_name name;
    uint64_t last_id, bytes;
};

struct kept_files {
    struct kept *items;
    size_t count, room;
    uint64_t bytes, events; /* of all */
};

static uint64_t limit_of(const struct config *config)
{
    struct statvfs disk;

    if (config->text_index_percent == 0)
        return 0;
    if (statvfs(config->cache_dir, &disk) < 0)
        return UINT64_MAX; /* it is not there yet */
    return (uint64_t)disk.f_blocks * disk.f_frsize / 100 * config->text_index_percent;
}

static int read_kept(struct db *db, const struct config *config, struct kept_files *files)
{
    struct db_rows *rows = db_select(db, select_files, DB_NO_VALUES);
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        struct kept file = {{(uint32_t)db_number(rows, 0), (unsigned)db_number(rows, 1),
                             (uint32_t)db_number(rows, 2), db_number(rows, 3)},
                            db_number(rows, 4),
                            0};

        file.bytes = text_file_bytes(config, &file.name);
        if (file.bytes == 0)
            continue;
        if (files->count == files->room) {
            files->room = files->room ? files->room * 2 : 64;
            files->items = memory_resize(files->items, files->room, sizeof(*files->items));
        }
        files->items[files->count++] = file;
        files->bytes += file.bytes;
        files->events += db_number(rows, 5);
    }
    db_finish(rows);
    return more;
}

/*
 * Makes room for the file of a segment, at the cost of older ones, of whatever log.  Their rows go on naming them: who does not find a file
 * reads texts.  1; 0: there is no room; -1.
 */
static int make_room(struct db *db, const struct config *config, const struct segment_entry *entry)
{
    static bool emptied; /* where no files are wanted: looked at once */
    struct kept_files files = {0};
    uint64_t limit = limit_of(config), wanted, oldest = 0;
    int result;

    if (limit == 0 && emptied)
        return 0;
    result = read_kept(db, config, &files);
    emptied = result == 0;
    wanted = files.events ? files.bytes / files.events * entry->events
                          : (uint64_t)EVENT_BYTES_GUESS * entry->events;
    while (result == 0 && oldest < files.count && files.bytes + wanted > limit &&
           (files.bytes > limit || files.items[oldest].last_id < entry->last_id)) {
        text_file_remove(config, &files.items[oldest].name);
        files.bytes -= files.items[oldest++].bytes;
    }
    free(files.items);
    return result < 0 ? -1 : files.bytes + wanted <= limit;
}

/* ---- A whole file ------------------------------------------------------------------------------ */

static struct text_index_name name_of(const struct segment_log *log,
                                      const struct segment_entry *entry)
{
    return (struct text_index_name){log->account_id, log->kind, entry->number, entry->text_check};
}

/* Is the segment at this place closed, and without a file? */
static bool is_wanting(const struct segment_log *log, size_t at)
{
    const struct segment_entry *entry = &log->live[at];
    const struct text_index_name name = name_of(log, entry);

    if (at + 1 == log->live_count && entry->events < segment_log_fill(log->config))
        return false;
    return entry->text_check == 0 || text_file_bytes(log->config, &name) == 0;
}

/* The newest of them, or NULL. */
static const struct segment_entry *find_wanting(const struct segment_log *log)
{
    for (size_t i = log->live_count; i-- > 0;)
        if (is_wanting(log, i))
            return &log->live[i];
    return NULL;
}

int text_writer_wanting(struct db *db, const struct config *config, uint32_t account_id,
                        unsigned kind, uint64_t *count)
{
    struct segment_log log;
    int result = -1;

    *count = 0;
    if (db_begin(db, DB_READ) < 0)
        return -1;
    if (segment_log_open(&log, db, config, account_id, kind) == 0) {
        for (size_t i = 0; i < log.live_count && log.indexed; i++)
            *count += is_wanting(&log, i);
        result = db_commit(db);
    }
    if (result < 0)
        db_rollback(db);
    segment_log_close(&log);
    return result;
}

/* Reads every text of the segment's range, also those that have not been merged yet.  0 or -1. */
static int build(const struct segment_log *log, const struct segment_entry *entry,
                 const struct text_index_name *name, struct strbuf *plain)
{
    struct text_index_builder *builder = text_index_builder_new(entry->events);
    struct str texts[EVENT_TEXTS];
    int more = -1;
    struct db_rows *rows =
        db_stream(log->db, select_range,
                  DB_VALUES(DB_NUMBER(log->account_id), DB_NUMBER(log->kind),
                            DB_NUMBER(entry->first_id), DB_NUMBER(entry->last_id)));

    while (rows && (more = db_next(rows)) == 1) {
        event_texts_read(rows, 1, texts);
        text_index_builder_add(builder, db_number(rows, 0), texts, EVENT_TEXTS);
    }
    db_finish(rows);
    if (more == 0)
        text_index_builder_finish(builder, name, plain);
    text_index_builder_free(builder);
    return more;
}

static enum segment_step write_file(struct segment_log *log, const struct segment_entry *entry)
{
    struct text_index_name name = name_of(log, entry);
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct strbuf plain;

    do
        digest_random(&name.check, sizeof(name.check));
    while (name.check == 0);
    strbuf_init(&plain);
    if (build(log, entry, &name, &plain) == 0) {
        result = SEGMENT_STEP_DONE; /* a disk that takes no file is no reason to stop other work */
        if (text_file_write(log->config, &name, strbuf_str(&plain)) == 0)
            result = db_run(log->db, update_check,
                            DB_VALUES(DB_NUMBER(name.check), DB_NUMBER(log->generation),
                                      DB_NUMBER(log->account_id), DB_NUMBER(log->kind),
                                      DB_NUMBER(entry->number)),
                            NULL) == 0 &&
                             segment_log_raise(log) == 0
                         ? SEGMENT_STEP_MORE
                         : SEGMENT_STEP_FAILED;
    }
    strbuf_release(&plain);
    return result;
}

static enum segment_step step(struct segment_log *log)
{
    const struct segment_entry *entry = log->indexed ? find_wanting(log) : NULL;
    int room = entry ? make_room(log->db, log->config, entry) : 0;

    if (room < 0)
        return SEGMENT_STEP_FAILED;
    return room ? write_file(log, entry) : SEGMENT_STEP_DONE;
}

enum segment_step text_writer_step(struct db *db, const struct config *config, uint32_t account_id,
                                   unsigned kind)
{
    enum segment_step result = SEGMENT_STEP_FAILED;
    struct segment_log log;

    if (config->cache_dir[0] == '\0')
        return SEGMENT_STEP_DONE;
    if (segment_step_begin(&log, db, config, account_id, kind) == 0)
        result = step(&log);
    return segment_step_end(&log, result, NULL);
}

/* ---- Late events ------------------------------------------------------------------------------- */

/* 0 or -1. */
static int add_some(struct db *db, const struct text_file *file, const struct text_index_name *name,
                    const struct segment_row *rows, size_t count)
{
    struct db_value values[2 + LATE_AT_ONCE] = {DB_NUMBER(name->account_id), DB_NUMBER(name->kind)};
    struct str texts[EVENT_TEXTS];
    struct db_rows *found;
    int more = -1;

    for (size_t i = 0; i < LATE_AT_ONCE; i++)
        values[2 + i] = DB_NUMBER(rows[i < count ? i : 0].id);
    found = db_stream(db, select_late, values, 2 + LATE_AT_ONCE);
    while (found && (more = db_next(found)) == 1) {
        event_texts_read(found, 1, texts);
        text_index_add(&file->index, db_number(found, 0), texts, EVENT_TEXTS);
    }
    db_finish(found);
    return more;
}

int text_writer_add_late(struct db *db, const struct config *config,
                         const struct text_index_name *name, const struct segment_row *rows,
                         size_t count)
{
    struct text_file file;
    int result = 0;

    if (text_file_open(config, name, TEXT_FILE_ADD, &file) < 0)
        return 1;
    for (size_t at = 0; at < count && result == 0; at += LATE_AT_ONCE)
        result = add_some(db, &file, name, rows + at,
                          count - at < LATE_AT_ONCE ? count - at : LATE_AT_ONCE);
    if (result == 0 && text_file_sync(&file) < 0)
        result = 1;
    text_file_close(&file);
    return result;
}
