/* SPDX-License-Identifier: MIT */
/*
 * A file is taken up by inode and first line, read from the mark that the database has, and left only at its end.  The rows come
 * first: a file is marked as ended before it is deleted, so that one that is missing without a mark was lost.
 */
#include "tools/follow_files.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "tools/follow_closed.h"
#include "tools/follow_left.h"

enum { SCAN_MS = 1000, READ_BYTES = 32 * 1024 * 1024 };

struct entry {
    struct follow_file file;
    struct capture_file row; /* filled once it is known */
    bool known;
    bool rewound; /* by `again`, which counts once */
};

struct follow_files {
    uint32_t source_id;
    const char *path;
    bool keep, again;
    struct entry **entries; /* the oldest first */
    size_t count;
    struct follow_left left;
    bool scanned;
    int64_t scan_ms;
    struct follow_closed closed;
    bool has_failed; /* a file was none, or could not be read */
    struct strbuf buffer;
};

struct follow_files *follow_files_new(uint32_t source_id, const char *path, bool keep, bool again)
{
    struct follow_files *files = memory_new(sizeof(*files));

    files->source_id = source_id;
    files->path = path;
    files->keep = keep;
    files->again = again;
    strbuf_init(&files->buffer);
    follow_closed_init(&files->closed);
    return files;
}

static void free_entry(struct entry *entry)
{
    follow_file_close(&entry->file);
    free(entry);
}

void follow_files_free(struct follow_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->count; i++)
        free_entry(files->entries[i]);
    strbuf_release(&files->buffer);
    follow_closed_release(&files->closed);
    free(files->entries);
    follow_left_release(&files->left);
    free(files);
}

static void remove_entry(struct follow_files *files, struct entry *entry)
{
    size_t at = 0;

    while (files->entries[at] != entry)
        at++;
    files->count--;
    memmove(&files->entries[at], &files->entries[at + 1],
            (files->count - at) * sizeof(struct entry *));
    free_entry(entry);
}

/* Reads no further in `entry` until its file changes. */
static void leave_entry(struct follow_files *files, struct entry *entry, bool unreadable)
{
    follow_left_add(&files->left, &entry->file, unreadable);
    remove_entry(files, entry);
}

static struct entry *find_entry(const struct follow_files *files, const struct follow_file *file)
{
    for (size_t i = 0; i < files->count; i++)
        if (files->entries[i]->file.device == file->device &&
            files->entries[i]->file.inode == file->inode)
            return files->entries[i];
    return NULL;
}

static int note_trouble(struct follow_files *files, struct db *db, enum capture_trouble reason,
                        const char *path, uint64_t at)
{
    log_event(LOG_LEVEL_WARNING, "capture_file", {"file", str_from(path)},
              {"reason", capture_trouble_words(reason)});
    return capture_trouble_note(db, files->source_id, reason, 1, str_from(path), at,
                                clock_now_ms());
}

static int open_file(struct follow_files *files, struct follow_file *file, const char *path)
{
    int result = follow_file_open(file, path);

    if (result < 0)
        follow_closed_note(&files->closed, path);
    return result;
}

/* Takes `path` up if it is not yet; a file known under its former name gets the new one. */
static void open_path(struct follow_files *files, const char *path)
{
    struct follow_file file;
    struct entry *entry;

    if (open_file(files, &file, path) < 0)
        return;
    entry = find_entry(files, &file);
    if (entry) { /* the new struct carries the present path, and takes the former one away */
        char *former = entry->file.path;

        entry->file.path = file.path;
        entry->row.name = str_from(entry->file.path);
        file.path = former;
    }
    if (entry || follow_left_has(&files->left, &file)) {
        follow_file_close(&file);
        return;
    }
    entry = memory_new(sizeof(*entry));
    entry->file = file;
    files->entries = memory_resize(files->entries, files->count + 1, sizeof(struct entry *));
    files->entries[files->count++] = entry;
}

/* That a file cannot be read is said once, however it grows. */
static int note_unreadable(struct follow_files *files, struct db *db,
                           const struct follow_file *file)
{
    return follow_left_is_unreadable(&files->left, file)
               ? 0
               : note_trouble(files, db, CAPTURE_TROUBLE_UNREADABLE, file->path, 0);
}

/* Whatever else than captured lines and compressed files stands in the folder is left alone. */
static int open_rotated(struct follow_files *files, struct db *db, const char *path)
{
    struct follow_file file;
    int result = 0;

    if (!follow_path_is_compressed(path)) {
        open_path(files, path);
        return 0;
    }
    if (open_file(files, &file, path) < 0)
        return 0;
    if (!follow_left_has(&files->left, &file)) {
        result = note_unreadable(files, db, &file);
        if (result == 0)
            follow_left_add(&files->left, &file, true);
    }
    follow_file_close(&file);
    return result;
}

/* Is a file that the database knows among those that were found? */
static bool is_found(const struct follow_files *files, const struct capture_file *row)
{
    for (size_t i = 0; i < files->count; i++)
        if (files->entries[i]->known && files->entries[i]->row.id == row->id)
            return true;
    return false;
}

/*
 * Is it there and just not among those that this follower reads?  It may not be opened, or belongs to another follower of the source, such
 * as one that reads a rotated file again.
 */
static bool is_elsewhere(const struct follow_files *files, const char *path, uint64_t inode)
{
    for (size_t i = 0; i < files->count; i++)
        if (files->entries[i]->file.inode == inode)
            return false;
    return follow_path_has_inode(path, inode);
}

/* What was not at its end when the last follower stopped, and is not there any more, is a gap. */
static int note_vanished(struct follow_files *files, struct db *db)
{
    struct arena *arena = arena_new();
    struct capture_file *rows;
    size_t count;
    int result = capture_files_open(db, arena, files->source_id, &rows, &count);

    for (size_t i = 0; i < count && result == 0; i++) {
        const char *path = arena_cstr(arena, rows[i].name);

        if (is_found(files, &rows[i]) || is_elsewhere(files, path, rows[i].inode))
            continue;
        result = note_trouble(files, db, CAPTURE_TROUBLE_VANISHED, path, rows[i].read_bytes);
        if (result == 0)
            result = capture_file_end(db, rows[i].id, clock_now_ms());
    }
    arena_free(arena);
    return result;
}

/* Of a file that has ended, all of which is stored, nothing needs to stay. */
static void delete_ended(struct follow_files *files, struct entry *entry)
{
    if (!files->keep && entry->row.refused == 0 && follow_file_delete(&entry->file) < 0)
        log_event(LOG_LEVEL_WARNING, "capture_file", {"file", str_from(entry->file.path)},
                  {"reason", str_from(strerror(errno))});
}

/* Asks the database how far the file was read.  0; 1 nothing is to be read of it; -1. */
static int meet_row(struct follow_files *files, struct db *db, struct entry *entry)
{
    entry->row =
        (struct capture_file){.inode = entry->file.inode, .name = str_from(entry->file.path)};
    memcpy(entry->row.first_line_hash, entry->file.first_line_hash, CAPTURE_HASH_BYTES);
    if (capture_file_find(db, files->source_id, &entry->row, clock_now_ms()) < 0)
        return -1;
    if (files->again && !entry->rewound) {
        if (capture_file_rewind(db, entry->row.id) < 0)
            return -1;
        entry->row.read_bytes = entry->row.refused = 0;
        entry->row.ended = false;
        entry->rewound = true;
    }
    entry->known = true;
    return entry->row.ended && follow_file_size(&entry->file) == entry->row.read_bytes;
}

/* Finds out which file `entry` is, as soon as it has a whole line.  0; 1 it was put away; -1 the database failed. */
static int identify(struct follow_files *files, struct db *db, struct entry *entry)
{
    int result;

    switch (follow_file_identify(&entry->file)) {
    case FOLLOW_TOO_NEW:
        return 0;
    case FOLLOW_FOREIGN:
        if (follow_file_is_at(&entry->file, files->path)) {
            files->has_failed = true;
            if (note_unreadable(files, db, &entry->file) < 0)
                return -1;
        }
        leave_entry(files, entry, true);
        return 1;
    case FOLLOW_KNOWN:
        break;
    }
    result = meet_row(files, db, entry);
    if (result != 1)
        return result;
    delete_ended(files, entry);
    leave_entry(files, entry, false);
    return 1;
}

/* Identifies all that can be.  The list may shrink meanwhile. */
static int identify_all(struct follow_files *files, struct db *db)
{
    for (size_t i = 0; i < files->count;) {
        int put_away = files->entries[i]->known ? 0 : identify(files, db, files->entries[i]);

        if (put_away < 0)
            return -1;
        if (put_away == 0)
            i++;
    }
    return 0;
}

/* That something may not be opened is a trouble once, until a look finds nothing of the kind. */
static int say_closed(struct follow_files *files, struct db *db)
{
    struct str path;

    if (!follow_closed_is_new(&files->closed, &path) ||
        note_trouble(files, db, CAPTURE_TROUBLE_UNREADABLE, path.ptr, 0) == 0)
        return 0;
    files->closed.is_said = false; /* the next look notes it */
    return -1;
}

static int scan(struct follow_files *files, struct db *db)
{
    char **paths = follow_paths(files->path);
    int result = 0;

    follow_closed_begin(&files->closed);
    if (!paths)
        follow_closed_note(&files->closed, files->path);
    follow_left_look_begins(&files->left);
    for (size_t i = 0; paths && paths[i] && result == 0; i++)
        result = open_rotated(files, db, paths[i]);
    follow_paths_free(paths);
    open_path(files, files->path);
    if (result < 0 || say_closed(files, db) < 0 || identify_all(files, db) < 0)
        return -1;
    follow_left_look_ends(&files->left);
    if (!files->scanned && note_vanished(files, db) < 0)
        return -1;
    files->scanned = true;
    files->scan_ms = clock_now_ms();
    return 0;
}

/* Does nginx write to one of them, as far as its path tells? */
static bool has_active(const struct follow_files *files)
{
    for (size_t i = files->count; i-- > 0;)
        if (follow_file_is_at(&files->entries[i]->file, files->path))
            return true;
    return false;
}

static bool must_scan(const struct follow_files *files)
{
    int64_t now_ms = clock_now_ms();

    return !files->scanned || now_ms >= files->scan_ms + SCAN_MS || now_ms < files->scan_ms ||
           !has_active(files);
}

/* The end of a file that was rotated and that nobody can write to. */
static enum follow_progress end_entry(struct follow_files *files, struct db *db,
                                      struct entry *entry)
{
    if (entry->known && capture_file_end(db, entry->row.id, clock_now_ms()) < 0)
        return FOLLOW_NO_ANSWER;
    log_event(LOG_LEVEL_INFO, "capture_file_ended", {"file", str_from(entry->file.path)});
    if (entry->known)
        delete_ended(files, entry);
    leave_entry(files, entry, false);
    return FOLLOW_MOVED;
}

/* Other contents under the same inode: what stood behind the mark is lost, and the file begins anew. */
static enum follow_progress begin_anew(struct follow_files *files, struct db *db,
                                       struct entry *entry)
{
    if (note_trouble(files, db, CAPTURE_TROUBLE_VANISHED, entry->file.path, entry->row.read_bytes) <
            0 ||
        capture_file_end(db, entry->row.id, clock_now_ms()) < 0)
        return FOLLOW_NO_ANSWER;
    entry->known = false;
    return FOLLOW_MOVED;
}

static enum follow_progress store_lines(struct follow_files *files, struct entry *entry,
                                        struct follow_lines *lines, bool cut)
{
    switch (follow_lines_store(lines, &entry->row, strbuf_str(&files->buffer), cut)) {
    case FOLLOW_STORED:
        return FOLLOW_MOVED;
    case FOLLOW_ELSEWHERE:
        return FOLLOW_NOT_OURS;
    case FOLLOW_LATER:
        break;
    }
    entry->known = false; /* a commit may have got through: the database knows the mark */
    return FOLLOW_NO_ANSWER;
}

/* A rotated file without a single whole line. */
static enum follow_progress end_unknown(struct follow_files *files, struct db *db,
                                        struct entry *entry)
{
    if (follow_file_size(&entry->file) > 0 &&
        note_trouble(files, db, CAPTURE_TROUBLE_CUT, entry->file.path, 0) < 0)
        return FOLLOW_NO_ANSWER;
    return end_entry(files, db, entry);
}

static enum follow_progress advance(struct follow_files *files, struct db *db, struct entry *entry,
                                    struct follow_lines *lines)
{
    /* Asked before reading: what is read after it cannot have been followed by anything. */
    bool closed =
        !follow_file_is_at(&entry->file, files->path) && !follow_file_has_writer(&entry->file);
    uint64_t size;

    if (!entry->known)
        return closed ? end_unknown(files, db, entry) : FOLLOW_AT_END;
    switch (
        follow_file_read(&entry->file, entry->row.read_bytes, READ_BYTES, &files->buffer, &size)) {
    case FOLLOW_LINES:
        return store_lines(files, entry, lines, false);
    case FOLLOW_CUT:
        return closed ? store_lines(files, entry, lines, true) : FOLLOW_AT_END;
    case FOLLOW_NOTHING:
        return closed ? end_entry(files, db, entry) : FOLLOW_AT_END;
    case FOLLOW_TRUNCATED:
        return begin_anew(files, db, entry);
    case FOLLOW_FAILED:
        break;
    }
    files->has_failed = true;
    log_event(LOG_LEVEL_ERROR, "capture_file", {"file", str_from(entry->file.path)},
              {"reason", str_from(strerror(errno))});
    return FOLLOW_AT_END;
}

bool follow_files_have_failed(const struct follow_files *files)
{
    return files->has_failed || files->closed.ever;
}

enum follow_progress follow_files_step(struct follow_files *files, struct db *db,
                                       struct follow_lines *lines)
{
    if (db_connect(db) < 0)
        return FOLLOW_NO_ANSWER;
    if (must_scan(files) ? scan(files, db) < 0 : identify_all(files, db) < 0)
        return FOLLOW_NO_ANSWER;
    for (size_t i = 0; i < files->count; i++) {
        enum follow_progress progress = advance(files, db, files->entries[i], lines);

        if (progress != FOLLOW_AT_END)
            return progress;
    }
    return FOLLOW_AT_END;
}

void follow_files_backlog(const struct follow_files *files, uint64_t *bytes, uint64_t *count)
{
    *bytes = *count = 0;
    for (size_t i = 0; i < files->count; i++) {
        const struct entry *entry = files->entries[i];
        uint64_t size = follow_file_size(&entry->file);
        uint64_t read = entry->known ? entry->row.read_bytes : 0;

        if (size <= read)
            continue;
        *bytes += size - read;
        (*count)++;
    }
}
