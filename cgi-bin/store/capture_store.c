/* SPDX-License-Identifier: MIT */
/* Tables capture_source, capture_file, capture_account and capture_trouble, for writing.  Never touches the log. */
#include "store/capture_store.h"

static const struct str insert_source =
    STR("INSERT IGNORE INTO capture_source (name, account_id, path, silent_after_s, started_ms, "
        "stopped_ms, seen_ms, backlog_bytes, backlog_files, last_line_ms, `lines`, stored, "
        "duplicates, dropped, refused) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0)");
static const struct str update_started =
    STR("UPDATE capture_source SET account_id = ?, path = ?, silent_after_s = ?, started_ms = ?, "
        "stopped_ms = NULL, seen_ms = ? WHERE id = ?");
static const struct str select_source = STR("SELECT id FROM capture_source WHERE name = ?");
static const struct str update_stopped =
    STR("UPDATE capture_source SET stopped_ms = ?, seen_ms = ? WHERE id = ?");
static const struct str update_seen =
    STR("UPDATE capture_source SET seen_ms = ?, backlog_bytes = ?, backlog_files = ? WHERE id = ?");
static const struct str update_figures =
    STR("UPDATE capture_source SET seen_ms = ?, last_line_ms = GREATEST(last_line_ms, ?), "
        "`lines` = `lines` + ?, stored = stored + ?, duplicates = duplicates + ?, "
        "dropped = dropped + ?, refused = refused + ? WHERE id = ?");

static const struct str insert_file =
    STR("INSERT IGNORE INTO capture_file (source_id, inode, first_line_hash, name, found_ms, "
        "read_bytes, refused, ended_ms) "
        "SELECT id, ?, ?, ?, ?, 0, 0, NULL FROM capture_source WHERE id = ? LOCK IN SHARE MODE");
static const struct str select_file =
    STR("SELECT id, read_bytes, refused, ended_ms IS NOT NULL FROM capture_file "
        "WHERE source_id = ? AND inode = ? AND first_line_hash = ?");
static const struct str select_open =
    STR("SELECT id, inode, first_line_hash, name, read_bytes, refused FROM capture_file "
        "WHERE source_id = ? AND ended_ms IS NULL");
static const struct str update_rewind =
    STR("UPDATE capture_file SET read_bytes = 0, refused = 0, ended_ms = NULL WHERE id = ?");
static const struct str update_end =
    STR("UPDATE capture_file SET ended_ms = ? WHERE id = ? AND ended_ms IS NULL");
static const struct str update_mark =
    STR("UPDATE capture_file SET read_bytes = ?, refused = refused + ? "
        "WHERE id = ? AND read_bytes = ?");
static const struct str select_mark = STR("SELECT read_bytes FROM capture_file WHERE id = ?");

static const struct str insert_share =
    STR("INSERT INTO capture_account (source_id, account_id, stored, duplicates, dropped, "
        "unmatched, last_event_ms, lag_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON DUPLICATE KEY UPDATE stored = stored + VALUES(stored), "
        "duplicates = duplicates + VALUES(duplicates), dropped = dropped + VALUES(dropped), "
        "unmatched = unmatched + VALUES(unmatched), "
        "last_event_ms = GREATEST(last_event_ms, VALUES(last_event_ms)), lag_ms = VALUES(lag_ms)");
static const struct str insert_trouble =
    STR("INSERT INTO capture_trouble (source_id, reason, count, last_ms, file, at_byte) "
        "VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE count = count + VALUES(count), "
        "last_ms = VALUES(last_ms), file = VALUES(file), at_byte = VALUES(at_byte)");

static struct db_value hash_of(const struct capture_file *file)
{
    return DB_BYTES(((struct str){(const char *)file->first_line_hash, CAPTURE_HASH_BYTES}));
}

int capture_source_find(struct db *db, const struct capture_source *source, int64_t now_ms,
                        uint32_t *id)
{
    uint64_t now = (uint64_t)now_ms, number = 0;

    if (db_run(db, insert_source,
               DB_VALUES(DB_BYTES(source->name), DB_NUMBER(source->account_id),
                         DB_BYTES(source->path), DB_NUMBER(source->silent_after_s), DB_NUMBER(now),
                         DB_NUMBER(now), DB_NUMBER(now)),
               NULL) < 0 ||
        db_select_number(db, select_source, DB_VALUES(DB_BYTES(source->name)), &number) != 1)
        return -1;
    *id = (uint32_t)number;
    return 0;
}

int capture_source_start(struct db *db, const struct capture_source *source, int64_t now_ms,
                         uint32_t *id)
{
    uint64_t now = (uint64_t)now_ms;

    if (capture_source_find(db, source, now_ms, id) < 0)
        return -1;
    return db_run(db, update_started,
                  DB_VALUES(DB_NUMBER(source->account_id), DB_BYTES(source->path),
                            DB_NUMBER(source->silent_after_s), DB_NUMBER(now), DB_NUMBER(now),
                            DB_NUMBER(*id)),
                  NULL);
}

int capture_source_stop(struct db *db, uint32_t id, int64_t now_ms)
{
    return db_run(
        db, update_stopped,
        DB_VALUES(DB_NUMBER((uint64_t)now_ms), DB_NUMBER((uint64_t)now_ms), DB_NUMBER(id)), NULL);
}

int capture_source_seen(struct db *db, uint32_t id, uint64_t backlog_bytes, uint64_t backlog_files,
                        int64_t now_ms)
{
    return db_run(db, update_seen,
                  DB_VALUES(DB_NUMBER((uint64_t)now_ms), DB_NUMBER(backlog_bytes),
                            DB_NUMBER(backlog_files), DB_NUMBER(id)),
                  NULL);
}

int capture_file_find(struct db *db, uint32_t source_id, struct capture_file *file, int64_t now_ms)
{
    struct db_rows *rows;
    int found = -1;

    if (db_run(db, insert_file,
               DB_VALUES(DB_NUMBER(file->inode), hash_of(file), DB_BYTES(file->name),
                         DB_NUMBER((uint64_t)now_ms), DB_NUMBER(source_id)),
               NULL) < 0)
        return -1;
    rows = db_select(db, select_file,
                     DB_VALUES(DB_NUMBER(source_id), DB_NUMBER(file->inode), hash_of(file)));
    found = rows ? db_next(rows) : -1;
    if (found == 1) {
        file->id = (uint32_t)db_number(rows, 0);
        file->read_bytes = db_number(rows, 1);
        file->refused = db_number(rows, 2);
        file->ended = db_number(rows, 3) != 0;
    }
    db_finish(rows);
    return found == 1 ? 0 : -1;
}

static void read_file(const struct db_rows *rows, struct arena *arena, struct capture_file *file)
{
    struct str hash = db_bytes(rows, 2);

    file->id = (uint32_t)db_number(rows, 0);
    file->inode = db_number(rows, 1);
    memcpy(file->first_line_hash, hash.ptr, CAPTURE_HASH_BYTES);
    file->name = arena_copy(arena, db_bytes(rows, 3));
    file->read_bytes = db_number(rows, 4);
    file->refused = db_number(rows, 5);
    file->ended = false;
}

int capture_files_open(struct db *db, struct arena *arena, uint32_t source_id,
                       struct capture_file **files, size_t *count)
{
    struct db_rows *rows = db_select(db, select_open, DB_VALUES(DB_NUMBER(source_id)));
    size_t capacity = 0;
    int more = rows ? 1 : -1;

    *files = NULL;
    *count = 0;
    while (more == 1 && (more = db_next(rows)) == 1) {
        *files = arena_grow(arena, *files, *count, &capacity, sizeof(**files));
        read_file(rows, arena, &(*files)[(*count)++]);
    }
    db_finish(rows);
    return more;
}

int capture_file_rewind(struct db *db, uint32_t id)
{
    return db_run(db, update_rewind, DB_VALUES(DB_NUMBER(id)), NULL);
}

int capture_file_end(struct db *db, uint32_t id, int64_t now_ms)
{
    return db_run(db, update_end, DB_VALUES(DB_NUMBER((uint64_t)now_ms), DB_NUMBER(id)), NULL);
}

int capture_trouble_note(struct db *db, uint32_t source_id, enum capture_trouble reason,
                         uint64_t count, struct str file, uint64_t at_byte, int64_t now_ms)
{
    return db_run(db, insert_trouble,
                  DB_VALUES(DB_NUMBER(source_id), DB_NUMBER(reason), DB_NUMBER(count),
                            DB_NUMBER((uint64_t)now_ms), DB_BYTES(file), DB_NUMBER(at_byte)),
                  NULL);
}

enum capture_step_result capture_step_write(struct db *db, const struct capture_step *step)
{
    uint64_t changed = 0, mark = 0;

    if (db_run(db, update_mark,
               DB_VALUES(DB_NUMBER(step->to_bytes), DB_NUMBER(step->refused),
                         DB_NUMBER(step->file_id), DB_NUMBER(step->from_bytes)),
               &changed) < 0)
        return CAPTURE_STEP_FAILED;
    if (changed == 0) {
        if (db_select_number(db, select_mark, DB_VALUES(DB_NUMBER(step->file_id)), &mark) != 1)
            return CAPTURE_STEP_FAILED;
        return mark == step->to_bytes ? CAPTURE_STEP_STANDS : CAPTURE_STEP_FOREIGN;
    }
    if (db_run(db, update_figures,
               DB_VALUES(DB_NUMBER((uint64_t)step->now_ms), DB_NUMBER((uint64_t)step->last_line_ms),
                         DB_NUMBER(step->lines), DB_NUMBER(step->stored),
                         DB_NUMBER(step->duplicates), DB_NUMBER(step->dropped),
                         DB_NUMBER(step->refused), DB_NUMBER(step->source_id)),
               NULL) < 0)
        return CAPTURE_STEP_FAILED;
    return CAPTURE_STEP_WRITTEN;
}

int capture_share_write(struct db *db, const struct capture_share *share)
{
    return db_run(db, insert_share,
                  DB_VALUES(DB_NUMBER(share->source_id), DB_NUMBER(share->account_id),
                            DB_NUMBER(share->stored), DB_NUMBER(share->duplicates),
                            DB_NUMBER(share->dropped), DB_NUMBER(share->unmatched),
                            DB_NUMBER((uint64_t)share->last_event_ms),
                            DB_NUMBER((uint64_t)share->lag_ms)),
                  NULL);
}
