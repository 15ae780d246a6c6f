/* SPDX-License-Identifier: MIT */
/* What db.c (connection) and db_statement.c (statements and rows) share; nobody else includes it, or mysql.h. */
#ifndef DAYBOOK_STORE_DB_PRIVATE_H
#define DAYBOOK_STORE_DB_PRIVATE_H

#include "store/db.h"

#include <mysql.h>

enum { DB_STATEMENTS_MAX = 64 };

struct db {
    const struct config *config;
    enum config_role role;
    int (*check)(struct db *db);
    MYSQL *mysql; /* NULL: no connection */
    enum db_error error;
    unsigned code; /* the server's number of the last error */
    unsigned long uses;
    uint64_t connections; /* that were made */
    struct db_rows *cache[DB_STATEMENTS_MAX];
};

/* Gives back a statement of the cache that no one holds; NULL is allowed. */
void db_statement_free(struct db_rows *rows);

/* Closes what the server knows of it; its holder still has to finish it. */
void db_statement_orphan(struct db_rows *rows);
bool db_statement_running(const struct db_rows *rows);

/* Notes and logs the error of a call and drops a dead connection.  Always -1. */
int db_failed(struct db *db, unsigned code, const char *message);
int db_no_connection(struct db *db);

#endif
