/* SPDX-License-Identifier: MIT */
/*
 * One connection to MySQL or MariaDB, its prepared statements and its errors.  The only user of mysql.h.
 *
 * Statements are text with `?`; values are bound, never pasted.  Each text is prepared once per connection and
 * kept.  Any failure that may have ended the connection drops it; the next db_begin() connects again.
 * Errors are logged here, once; callers only pass -1 on.
 */
#ifndef DAYBOOK_STORE_DB_H
#define DAYBOOK_STORE_DB_H

#include "base/config.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_rows;

enum db_type { DB_TYPE_NULL, DB_TYPE_NUMBER, DB_TYPE_BYTES };

/* A value to bind.  Bytes are borrowed until the call returns. */
struct db_value {
    enum db_type type;
    uint64_t number;
    struct str bytes;
};

#define DB_NULL ((struct db_value){.type = DB_TYPE_NULL})
#define DB_NUMBER(n) ((struct db_value){.type = DB_TYPE_NUMBER, .number = (n)})
#define DB_BYTES(s) ((struct db_value){.type = DB_TYPE_BYTES, .bytes = (s)})

/* An array of values and its length, for the last two parameters below. */
#define DB_VALUES(...)                                                                             \
    (const struct db_value[]){__VA_ARGS__},                                                        \
        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NO_VALUES NULL, 0

/* Why the last call failed; DB_ERROR_NONE when it did not. */
enum db_error {
    DB_ERROR_NONE,
    DB_ERROR_DUPLICATE, /* a key stands already; the transaction is still open */
    DB_ERROR_RETRY, /* deadlock or lock wait timeout: the transaction is gone, repeat it whole */
    DB_ERROR_UNAVAILABLE, /* read only, full or interrupted: later it may work; the transaction is open */
    DB_ERROR_GONE,        /* no connection; what was sent last may or may not have happened */
    DB_ERROR_OTHER,       /* will fail again: our mistake, or a value that the schema refuses */
};

enum db_mode {
    DB_READ,  /* a consistent snapshot, read only */
    DB_WRITE, /* read committed */
};

/*
 * A connection as `role`, not opened yet.  `check`, when not NULL, runs on each new connection; -1 from it
 * refuses the connection.  `config` is borrowed and must outlive the connection.
 */
struct db *db_new(const struct config *config, enum config_role role, int (*check)(struct db *db));
void db_free(struct db *db);

/* Connects if there is no connection.  0 or -1. */
int db_connect(struct db *db);

/* How often it has connected: what was remembered of the database is good for one connection, behind the next there may be another. */
uint64_t db_connections(const struct db *db);

/* Drops the connection; rows still open become invalid and must only be finished. */
void db_disconnect(struct db *db);

/*
 * Begins a transaction; connects first where needed, and once more when an idle connection turns out to be dead.
 * Rows still open from before must have been finished.  0 or -1.
 */
int db_begin(struct db *db, enum db_mode mode);
int db_commit(struct db *db);

/* Never fails: a connection that cannot roll back is dropped. */
void db_rollback(struct db *db);

/* Runs a statement without rows.  0 or -1; the count of changed rows in `changed` unless NULL. */
int db_run(struct db *db, struct str sql, const struct db_value *values, size_t count,
           uint64_t *changed);

/*
 * Runs an INSERT once for each of `rows` rows of `columns` values, row after row in `values`; bound as arrays where the server
 * can (MariaDB), else one by one.  All rows or -1; roll back after -1.
 */
int db_run_many(struct db *db, struct str sql, const struct db_value *values, size_t rows,
                size_t columns);

/*
 * Runs a SELECT.  NULL on failure.  Rows are held by the client; with db_stream() they come from the server as they are asked
 * for, memory stays flat, and nothing else may run on this connection until db_finish().
 */
struct db_rows *db_select(struct db *db, struct str sql, const struct db_value *values,
                          size_t count);
struct db_rows *db_stream(struct db *db, struct str sql, const struct db_value *values,
                          size_t count);

/* 1: a row is there; 0: no more; -1: failed. */
int db_next(struct db_rows *rows);

/* Column `column` (from 0) of the present row.  Bytes are borrowed until the next db_next() or db_finish(). */
uint64_t db_number(const struct db_rows *rows, unsigned column);
struct str db_bytes(const struct db_rows *rows, unsigned column);
bool db_is_null(const struct db_rows *rows, unsigned column);

/*
 * Gives the rows back; NULL is allowed.  Unread rows of a db_stream() are not fetched: the connection is dropped instead,
 * which also ends the query in the server.
 */
void db_finish(struct db_rows *rows);

/* A SELECT of one number: 1 and the number in the first row; 0: there is no row, `number` stays as it was; -1: failed. */
int db_select_number(struct db *db, struct str sql, const struct db_value *values, size_t count,
                     uint64_t *number);

enum db_error db_last_error(const struct db *db);

/* Is it DB_ERROR_OTHER for the sake of a value that was given, and not of rights, tables or the server? */
bool db_refused_value(const struct db *db);

#endif
