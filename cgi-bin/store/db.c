/* SPDX-License-Identifier: MIT */
/*
 * Owns the connection: options, transactions, and the one place that judges errors.  Knows no table.  Must never log
 * a bound value: values are recorded bytes or secrets.
 */
#include "store/db.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <mysqld_error.h>
#include <errmsg.h>

#include "base/log.h"
#include "base/memory.h"
#include "store/db_private.h"

enum {
    CONNECT_TIMEOUT_S = 2,
    IO_TIMEOUT_S = 60,
    PASSWORD_BYTES = 256,
    CLIENT_ERROR_FIRST = 2000,
    CLIENT_ERROR_LAST = 2999,
    CHECK_VIOLATED = 4025,
    CHECK_VIOLATED_MYSQL = 3819,
};

/*
 * A reader may pause for long while a slow client takes a download, or while another stream is read first: the
 * server must not end the query meanwhile.  nginx ends what really stands still.
 */
static const char session_settings[] =
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', "
    "net_write_timeout = 3600, innodb_lock_wait_timeout = 5";

/*
 * How a transaction of each mode begins; a snapshot is consistent by its isolation alone.  A session has the isolation of the mode
 * that its role mostly uses, which saves a message before each such transaction.
 */
static const struct {
    const char *session, *once, *start;
} modes[] = {
    [DB_READ] = {"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                 "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                 "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"},
    [DB_WRITE] = {"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
                  "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "START TRANSACTION"},
};

static enum db_mode usual_mode(const struct db *db)
{
    return db->role == CONFIG_RECORDER ? DB_WRITE : DB_READ;
}

struct db *db_new(const struct config *config, enum config_role role, int (*check)(struct db *db))
{
    struct db *db = memory_new(sizeof(*db));

    db->config = config;
    db->role = role;
    db->check = check;
    return db;
}

/* The connection goes first: closing a statement on a living one would read all rows it still has to give. */
void db_disconnect(struct db *db)
{
    if (db->mysql)
        mysql_close(db->mysql);
    db->mysql = NULL;
    for (size_t i = 0; i < DB_STATEMENTS_MAX; i++) {
        struct db_rows *rows = db->cache[i];

        if (rows && db_statement_running(rows))
            db_statement_orphan(rows);
        else
            db_statement_free(rows);
        db->cache[i] = NULL;
    }
}

void db_free(struct db *db)
{
    if (!db)
        return;
    db_disconnect(db);
    free(db);
}

enum db_error db_last_error(const struct db *db)
{
    return db->error;
}

bool db_refused_value(const struct db *db)
{
    if (db->error != DB_ERROR_OTHER)
        return false;
    switch (db->code) {
    case ER_BAD_NULL_ERROR:
    case ER_TOO_BIG_ROWSIZE:
    case ER_NET_PACKET_TOO_LARGE:
    case ER_WARN_DATA_OUT_OF_RANGE:
    case WARN_DATA_TRUNCATED:
    case ER_TRUNCATED_WRONG_VALUE:
    case ER_INVALID_CHARACTER_STRING:
    case ER_TRUNCATED_WRONG_VALUE_FOR_FIELD:
    case ER_DATA_TOO_LONG:
    case ER_UNDO_RECORD_TOO_BIG:
    case CHECK_VIOLATED:
    case CHECK_VIOLATED_MYSQL:
        return true;
    default:
        return false;
    }
}

static enum db_error classify(unsigned code)
{
    switch (code) {
    case ER_DUP_ENTRY:
        return DB_ERROR_DUPLICATE;
    case ER_LOCK_DEADLOCK:
    case ER_LOCK_WAIT_TIMEOUT:
        return DB_ERROR_RETRY;
    case ER_OPTION_PREVENTS_STATEMENT: /* read only, as after a failover */
    case ER_READ_ONLY_MODE:
    case ER_DISK_FULL:
    case ER_RECORD_FILE_FULL:
    case ER_QUERY_INTERRUPTED:
        return DB_ERROR_UNAVAILABLE;
    case ER_SERVER_SHUTDOWN:
    case ER_NORMAL_SHUTDOWN:
    case ER_CONNECTION_KILLED:
        return DB_ERROR_GONE;
    default:
        return code >= CLIENT_ERROR_FIRST && code <= CLIENT_ERROR_LAST ? DB_ERROR_GONE
                                                                       : DB_ERROR_OTHER;
    }
}

/*
 * Notes the error, logs it unless it is an expected part of recording, drops a dead connection.  The server's message of
 * a duplicate quotes the key, that is recorded bytes: not logged.
 */
int db_failed(struct db *db, unsigned code, const char *message)
{
    char number[16];

    db->code = code;
    db->error = classify(code);
    if (db->error != DB_ERROR_DUPLICATE && db->error != DB_ERROR_RETRY) {
        snprintf(number, sizeof(number), "%u", code);
        log_event(LOG_LEVEL_ERROR, "database_error", {"code", str_from(number)},
                  {"message", str_from(message)});
    }
    if (db->error == DB_ERROR_GONE)
        db_disconnect(db);
    return -1;
}

int db_no_connection(struct db *db)
{
    return db_failed(db, CR_SERVER_LOST, "no connection");
}

static int connection_failed(struct db *db)
{
    char message[MYSQL_ERRMSG_SIZE];

    snprintf(message, sizeof(message), "%s", mysql_error(db->mysql));
    return db_failed(db, mysql_errno(db->mysql), message);
}

static int text_query(struct db *db, const char *sql)
{
    db->error = DB_ERROR_NONE;
    if (!db->mysql)
        return db_no_connection(db);
    if (mysql_query(db->mysql, sql) != 0)
        return connection_failed(db);
    return 0;
}

static void set_options(MYSQL *mysql)
{
    unsigned connect_timeout = CONNECT_TIMEOUT_S, io_timeout = IO_TIMEOUT_S;
    my_bool off = 0, on = 1;

    mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
    mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &io_timeout);
    mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &io_timeout);
    mysql_options(mysql, MYSQL_OPT_RECONNECT, &off);
    mysql_options(mysql, MYSQL_REPORT_DATA_TRUNCATION, &on);
    mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
}

static int open_connection(struct db *db)
{
    const struct config *config = db->config;
    bool by_socket = config->database_socket[0] != '\0';
    char password[PASSWORD_BYTES];
    MYSQL *opened;

    if (config_password(config, db->role, password, sizeof(password)) < 0)
        return -1;
    db->mysql = mysql_init(NULL);
    assert(db->mysql);
    set_options(db->mysql);
    opened = mysql_real_connect(db->mysql, by_socket ? "localhost" : config->database_host,
                                config->user[db->role], password, config->database_name,
                                (unsigned)config->database_port,
                                by_socket ? config->database_socket : NULL, 0);
    explicit_bzero(password, sizeof(password));
    return opened ? 0 : connection_failed(db);
}

int db_connect(struct db *db)
{
    if (db->mysql)
        return 0;
    if (open_connection(db) < 0 || text_query(db, session_settings) < 0 ||
        text_query(db, modes[usual_mode(db)].session) < 0 || (db->check && db->check(db) < 0)) {
        db->error = DB_ERROR_GONE;
        db_disconnect(db);
        return -1;
    }
    db->connections++;
    return 0;
}

uint64_t db_connections(const struct db *db)
{
    return db->connections;
}

static int begin_once(struct db *db, enum db_mode mode)
{
    if (mode != usual_mode(db) && text_query(db, modes[mode].once) < 0)
        return -1;
    return text_query(db, modes[mode].start);
}

int db_begin(struct db *db, enum db_mode mode)
{
    bool fresh = db->mysql == NULL;

    if (db_connect(db) < 0)
        return -1;
    if (begin_once(db, mode) == 0)
        return 0;
    if (fresh || db->error != DB_ERROR_GONE || db_connect(db) < 0)
        return -1;
    return begin_once(db, mode);
}

int db_commit(struct db *db)
{
    return text_query(db, "COMMIT");
}

void db_rollback(struct db *db)
{
    enum db_error error = db->error;

    if (db->mysql && text_query(db, "ROLLBACK") < 0)
        db_disconnect(db);
    db->error = error;
}
