/* SPDX-License-Identifier: MIT */
/* Prepared statements: the cache of them, binding values, reading rows.  Knows no table, never logs a value. */
#include "store/db.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "store/db_private.h"

enum { FIRST_CELL_BYTES = 256, KEPT_CELL_BYTES = 64 * 1024 };

struct cell {
    uint64_t number;
    char *bytes; /* for text columns, grown on demand */
    unsigned long capacity;
    unsigned long len;
    my_bool is_null;
    my_bool truncated;
    bool is_number;
};

/* A prepared statement, and while it runs its rows: one statement has at most one set of rows. */
struct db_rows {
    struct db *db;
    MYSQL_STMT *statement;
    struct str sql;
    struct cell *cells;
    MYSQL_BIND *binds;
    unsigned columns;
    unsigned long last_use;
    bool running;
    bool streaming;
    bool at_end;
};

void db_statement_free(struct db_rows *rows)
{
    if (!rows)
        return;
    if (rows->statement)
        mysql_stmt_close(rows->statement);
    for (unsigned i = 0; i < rows->columns; i++)
        free(rows->cells[i].bytes);
    free(rows->cells);
    free(rows->binds);
    free((char *)(uintptr_t)rows->sql.ptr);
    free(rows);
}

void db_statement_orphan(struct db_rows *rows)
{
    mysql_stmt_close(rows->statement);
    rows->statement = NULL;
}

bool db_statement_running(const struct db_rows *rows)
{
    return rows->running;
}

static int statement_failed(struct db *db, MYSQL_STMT *statement)
{
    unsigned code = mysql_stmt_errno(statement);
    char message[MYSQL_ERRMSG_SIZE];

    snprintf(message, sizeof(message), "%s", mysql_stmt_error(statement));
    if (code == 0 && db->mysql) { /* an error between two rows is noted with the connection alone */
        code = mysql_errno(db->mysql);
        snprintf(message, sizeof(message), "%s", mysql_error(db->mysql));
    }
    return code ? db_failed(db, code, message) : db_no_connection(db);
}

/* The cached statement of this text, or a free place for it, at the cost of the one used longest ago. */
static struct db_rows **cache_place(struct db *db, struct str sql)
{
    struct db_rows **place = NULL;

    for (size_t i = 0; i < DB_STATEMENTS_MAX; i++) {
        struct db_rows **at = &db->cache[i];

        if (*at && str_equal((*at)->sql, sql) && !(*at)->running)
            return at;
        if (*at && (*at)->running)
            continue;
        if (!place || (*place && (!*at || (*at)->last_use < (*place)->last_use)))
            place = at;
    }
    assert(place);
    return place;
}

static void bind_columns(struct db_rows *rows)
{
    MYSQL_RES *metadata = mysql_stmt_result_metadata(rows->statement);

    if (!metadata)
        return;
    rows->columns = mysql_num_fields(metadata);
    rows->cells = memory_new(rows->columns * sizeof(*rows->cells));
    rows->binds = memory_new(rows->columns * sizeof(*rows->binds));
    for (unsigned i = 0; i < rows->columns; i++) {
        const MYSQL_FIELD *field = mysql_fetch_field_direct(metadata, i);
        struct cell *cell = &rows->cells[i];
        MYSQL_BIND *bind = &rows->binds[i];

        cell->is_number = IS_NUM(field->type) && field->type != MYSQL_TYPE_NULL;
        bind->is_null = &cell->is_null;
        bind->length = &cell->len;
        bind->error = &cell->truncated;
        if (cell->is_number) {
            bind->buffer_type = MYSQL_TYPE_LONGLONG;
            bind->is_unsigned = 1;
            bind->buffer = &cell->number;
            continue;
        }
        cell->capacity = FIRST_CELL_BYTES;
        cell->bytes = memory_new(cell->capacity);
        bind->buffer_type = MYSQL_TYPE_BLOB;
        bind->buffer = cell->bytes;
        bind->buffer_length = cell->capacity;
    }
    mysql_free_result(metadata);
}

static struct db_rows *prepare(struct db *db, struct str sql)
{
    struct db_rows **place = cache_place(db, sql);
    struct db_rows *rows = *place;

    if (rows && str_equal(rows->sql, sql)) {
        rows->last_use = ++db->uses;
        return rows;
    }
    db_statement_free(rows);
    *place = rows = memory_new(sizeof(*rows));
    rows->db = db;
    rows->last_use = ++db->uses;
    rows->sql = (struct str){memory_new(sql.len), sql.len};
    memcpy((char *)(uintptr_t)rows->sql.ptr, sql.ptr, sql.len);
    rows->statement = mysql_stmt_init(db->mysql);
    assert(rows->statement);
    if (mysql_stmt_prepare(rows->statement, sql.ptr, sql.len) != 0) {
        MYSQL_STMT *statement = rows->statement;

        rows->statement = NULL;
        *place = NULL;
        db_statement_free(rows);
        statement_failed(db, statement);
        mysql_stmt_close(statement);
        return NULL;
    }
    bind_columns(rows);
    return rows;
}

static void bind_value(MYSQL_BIND *bind, const struct db_value *value)
{
    *bind = (MYSQL_BIND){0};
    switch (value->type) {
    case DB_TYPE_NULL:
        bind->buffer_type = MYSQL_TYPE_NULL;
        break;
    case DB_TYPE_NUMBER:
        bind->buffer_type = MYSQL_TYPE_LONGLONG;
        bind->is_unsigned = 1;
        bind->buffer = (void *)(uintptr_t)&value->number;
        break;
    case DB_TYPE_BYTES:
        bind->buffer_type = MYSQL_TYPE_BLOB;
        bind->buffer = (void *)(uintptr_t)(value->bytes.ptr ? value->bytes.ptr : "");
        bind->buffer_length = value->bytes.len;
        break;
    }
}

/* A statement that is remembered may have been run with an array (run_array()), which is gone. */
static void forget_array(MYSQL_STMT *statement)
{
    unsigned no_array = 0;

    mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &no_array);
    mysql_stmt_attr_set(statement, STMT_ATTR_CB_PARAM, NULL);
    mysql_stmt_attr_set(statement, STMT_ATTR_CB_USER_DATA, NULL);
}

/* Prepared, bound and executed; NULL on failure. */
static struct db_rows *execute(struct db *db, struct str sql, const struct db_value *values,
                               size_t count)
{
    struct db_rows *rows;
    MYSQL_BIND *binds;
    int result = 0;

    if (!db->mysql) {
        db_no_connection(db);
        return NULL;
    }
    db->error = DB_ERROR_NONE;
    rows = prepare(db, sql);
    if (!rows)
        return NULL;
    assert(mysql_stmt_param_count(rows->statement) == count);
    forget_array(rows->statement);
    binds = memory_new((count + 1) * sizeof(*binds));
    for (size_t i = 0; i < count; i++)
        bind_value(&binds[i], &values[i]);
    if ((count && mysql_stmt_bind_param(rows->statement, binds) != 0) ||
        mysql_stmt_execute(rows->statement) != 0)
        result = statement_failed(db, rows->statement);
    free(binds);
    return result < 0 ? NULL : rows;
}

int db_run(struct db *db, struct str sql, const struct db_value *values, size_t count,
           uint64_t *changed)
{
    struct db_rows *rows = execute(db, sql, values, count);

    if (!rows)
        return -1;
    if (changed)
        *changed = mysql_stmt_affected_rows(rows->statement);
    return 0;
}

/* The rows of one array, and which cells of the one being sent are NULL. */
struct array {
    const struct db_value *values;
    size_t columns;
    char *indicators;
};

/* Called by libmariadb for each row as it writes the message: nothing is laid out column by column before. */
static my_bool bind_row(void *data, MYSQL_BIND *binds, unsigned row)
{
    const struct array *array = data;

    for (size_t i = 0; i < array->columns; i++) {
        const struct db_value *value = &array->values[row * array->columns + i];

        array->indicators[i] =
            value->type == DB_TYPE_NULL ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
        if (value->type == DB_TYPE_NUMBER) {
            binds[i].buffer = (void *)(uintptr_t)&value->number;
        } else {
            binds[i].buffer = (void *)(uintptr_t)(value->bytes.ptr ? value->bytes.ptr : "");
            binds[i].buffer_length = value->bytes.len;
        }
    }
    return 0;
}

/* The type of a column is that of its first value that is not NULL. */
static void bind_column(MYSQL_BIND *bind, const struct array *array, size_t rows, size_t column)
{
    enum db_type type = DB_TYPE_NULL;

    for (size_t row = 0; row < rows && type == DB_TYPE_NULL; row++)
        type = array->values[row * array->columns + column].type;
    bind->buffer_type = type == DB_TYPE_BYTES ? MYSQL_TYPE_BLOB : MYSQL_TYPE_LONGLONG;
    bind->is_unsigned = type != DB_TYPE_BYTES;
    bind->u.indicator = &array->indicators[column];
}

static int run_array(struct db *db, struct db_rows *statement, const struct db_value *values,
                     size_t rows, size_t columns)
{
    struct array array = {values, columns, memory_new(columns)};
    MYSQL_BIND *binds = memory_new(columns * sizeof(*binds));
    unsigned array_size = (unsigned)rows;
    int result = 0;

    for (size_t i = 0; i < columns; i++)
        bind_column(&binds[i], &array, rows, i);
    if (mysql_stmt_attr_set(statement->statement, STMT_ATTR_ARRAY_SIZE, &array_size) != 0 ||
        mysql_stmt_attr_set(statement->statement, STMT_ATTR_CB_USER_DATA, &array) != 0 ||
        mysql_stmt_attr_set(statement->statement, STMT_ATTR_CB_PARAM, bind_row) != 0 ||
        mysql_stmt_bind_param(statement->statement, binds) != 0 ||
        mysql_stmt_execute(statement->statement) != 0)
        result = statement_failed(db, statement->statement);
    free(array.indicators);
    free(binds);
    return result;
}

int db_run_many(struct db *db, struct str sql, const struct db_value *values, size_t rows,
                size_t columns)
{
    unsigned long extended = 0;
    struct db_rows *statement;

    if (rows == 0)
        return 0;
    if (!db->mysql)
        return db_no_connection(db);
    db->error = DB_ERROR_NONE;
    mariadb_get_infov(db->mysql, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &extended);
    if (!(extended & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32))) {
        for (size_t row = 0; row < rows; row++)
            if (db_run(db, sql, values + row * columns, columns, NULL) < 0)
                return -1;
        return 0;
    }
    statement = prepare(db, sql);
    if (!statement)
        return -1;
    assert(mysql_stmt_param_count(statement->statement) == columns);
    return run_array(db, statement, values, rows, columns);
}

static struct db_rows *start_rows(struct db *db, struct str sql, const struct db_value *values,
                                  size_t count, bool streaming)
{
    struct db_rows *rows = execute(db, sql, values, count);

    if (!rows)
        return NULL;
    assert(rows->columns > 0);
    if (mysql_stmt_bind_result(rows->statement, rows->binds) != 0 ||
        (!streaming && mysql_stmt_store_result(rows->statement) != 0)) {
        statement_failed(db, rows->statement);
        return NULL;
    }
    rows->running = true;
    rows->streaming = streaming;
    rows->at_end = false;
    return rows;
}

struct db_rows *db_select(struct db *db, struct str sql, const struct db_value *values,
                          size_t count)
{
    return start_rows(db, sql, values, count, false);
}

struct db_rows *db_stream(struct db *db, struct str sql, const struct db_value *values,
                          size_t count)
{
    return start_rows(db, sql, values, count, true);
}

/* A cell longer than its buffer: make room, fetch it again, and keep the room for the next rows. */
static int fetch_long_cells(struct db_rows *rows)
{
    bool grown = false;

    for (unsigned i = 0; i < rows->columns; i++) {
        struct cell *cell = &rows->cells[i];

        if (cell->is_number || cell->is_null || cell->len <= cell->capacity)
            continue;
        cell->capacity = cell->len + cell->len / 2;
        cell->bytes = memory_resize(cell->bytes, cell->capacity, 1);
        rows->binds[i].buffer = cell->bytes;
        rows->binds[i].buffer_length = cell->capacity;
        if (mysql_stmt_fetch_column(rows->statement, &rows->binds[i], i, 0) != 0)
            return statement_failed(rows->db, rows->statement);
        grown = true;
    }
    if (grown && mysql_stmt_bind_result(rows->statement, rows->binds) != 0)
        return statement_failed(rows->db, rows->statement);
    return 1;
}

int db_next(struct db_rows *rows)
{
    if (!rows->statement)
        return -1;
    switch (mysql_stmt_fetch(rows->statement)) {
    case 0:
        return 1;
    case MYSQL_DATA_TRUNCATED:
        return fetch_long_cells(rows);
    case MYSQL_NO_DATA:
        rows->at_end = true;
        return 0;
    default:
        rows->at_end = true;
        return statement_failed(rows->db, rows->statement);
    }
}

uint64_t db_number(const struct db_rows *rows, unsigned column)
{
    assert(column < rows->columns && rows->cells[column].is_number);
    return rows->cells[column].is_null ? 0 : rows->cells[column].number;
}

struct str db_bytes(const struct db_rows *rows, unsigned column)
{
    const struct cell *cell = &rows->cells[column];

    assert(column < rows->columns && !cell->is_number);
    return cell->is_null ? (struct str){NULL, 0} : (struct str){cell->bytes, cell->len};
}

bool db_is_null(const struct db_rows *rows, unsigned column)
{
    assert(column < rows->columns);
    return rows->cells[column].is_null;
}

/* One long row must not stay with every statement that met it. */
static void shrink_cells(struct db_rows *rows)
{
    for (unsigned i = 0; i < rows->columns; i++) {
        struct cell *cell = &rows->cells[i];

        if (cell->capacity <= KEPT_CELL_BYTES)
            continue;
        free(cell->bytes);
        cell->capacity = FIRST_CELL_BYTES;
        cell->bytes = memory_new(cell->capacity);
        rows->binds[i].buffer = cell->bytes;
        rows->binds[i].buffer_length = cell->capacity;
    }
}

void db_finish(struct db_rows *rows)
{
    if (!rows)
        return;
    rows->running = false;
    if (!rows->statement) { /* the connection was dropped meanwhile, and with it the cache */
        db_statement_free(rows);
        return;
    }
    if (rows->streaming && !rows->at_end) {
        db_disconnect(rows->db);
        return;
    }
    mysql_stmt_free_result(rows->statement);
    shrink_cells(rows);
}

int db_select_number(struct db *db, struct str sql, const struct db_value *values, size_t count,
                     uint64_t *number)
{
    struct db_rows *rows = db_select(db, sql, values, count);
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        *number = db_number(rows, 0);
    db_finish(rows);
    return found;
}
