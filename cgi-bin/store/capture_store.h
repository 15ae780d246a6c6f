/* SPDX-License-Identifier: MIT */
/*
 * How far capture files have been read, and what became of their lines (schema/0006_capture.sql): the writing side, for one
 * follower.  A file's mark moves in the transaction that stores its lines, so a line is neither lost nor stored twice,
 * whenever the follower or the database ends.
 */
#ifndef DAYBOOK_STORE_CAPTURE_STORE_H
#define DAYBOOK_STORE_CAPTURE_STORE_H

#include "base/arena.h"
#include "base/capture_trouble.h"
#include "store/db.h"

enum { CAPTURE_HASH_BYTES = 32 };

struct capture_source {
    struct str name;
    uint32_t account_id; /* whose calls these are where a line does not say */
    struct str path;
    uint32_t silent_after_s; /* 0: never */
};

struct capture_file {
    uint32_t id;
    uint64_t inode;
    unsigned char first_line_hash[CAPTURE_HASH_BYTES];
    struct str name;
    uint64_t read_bytes; /* stored up to here */
    uint64_t refused;    /* lines of it that were not stored */
    bool ended;
};

/* What one transaction did with the lines of one file. */
struct capture_step {
    uint32_t source_id, file_id;
    uint64_t from_bytes, to_bytes;
    uint64_t lines, stored, duplicates, dropped, refused;
    int64_t last_line_ms; /* of the newest line; 0: none */
    int64_t now_ms;
};

struct capture_share {
    uint32_t source_id, account_id;
    uint64_t stored, duplicates, dropped, unmatched;
    int64_t last_event_ms, lag_ms;
};

/* All of these: 0, or -1 when the database failed. */

/* Finds `source` by its name, or makes it, as one that no follower reads. */
int capture_source_find(struct db *db, const struct capture_source *source, int64_t now_ms,
                        uint32_t *id);

/* The same, and notes that a follower begins to read it, with what it was told. */
int capture_source_start(struct db *db, const struct capture_source *source, int64_t now_ms,
                         uint32_t *id);
int capture_source_stop(struct db *db, uint32_t id, int64_t now_ms);

/* A sign of life, with what was not stored yet. */
int capture_source_seen(struct db *db, uint32_t id, uint64_t backlog_bytes, uint64_t backlog_files,
                        int64_t now_ms);

/* Finds `file` by inode and first line, or makes it; fills id, read_bytes, refused and ended. */
int capture_file_find(struct db *db, uint32_t source_id, struct capture_file *file, int64_t now_ms);

/* Those that have not ended.  In the arena. */
int capture_files_open(struct db *db, struct arena *arena, uint32_t source_id,
                       struct capture_file **files, size_t *count);

/* Its lines are to be read again from the first one; those that stand already are recognised by their keys. */
int capture_file_rewind(struct db *db, uint32_t id);
int capture_file_end(struct db *db, uint32_t id, int64_t now_ms);

int capture_trouble_note(struct db *db, uint32_t source_id, enum capture_trouble reason,
                         uint64_t count, struct str file, uint64_t at_byte, int64_t now_ms);

enum capture_step_result {
    CAPTURE_STEP_FAILED = -1, /* the database */
    CAPTURE_STEP_WRITTEN,
    CAPTURE_STEP_STANDS,  /* an earlier commit of it got through: write nothing else */
    CAPTURE_STEP_FOREIGN, /* the mark is elsewhere: another follower reads the file */
};

/* Inside the transaction that stores the lines: moves the file's mark and adds to the figures. */
enum capture_step_result capture_step_write(struct db *db, const struct capture_step *step);

/* Inside a transaction that stores lines, once for each account; 0 or -1. */
int capture_share_write(struct db *db, const struct capture_share *share);

#endif
