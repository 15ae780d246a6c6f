/* SPDX-License-Identifier: MIT */
/* One table of columns per INSERT; rows go out in arrays of bounded count and size. */
#include "store/event_rows.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/memory.h"

enum {
    ARRAY_ROWS_MAX = 1000,
    ARRAY_BYTES_MAX = 4 * 1024 * 1024,
    EVENT_COLUMNS = 12,
    REQUEST_COLUMNS = 27,
    KEY_COLUMNS = 5,
};

/*
 * How the rows of a table, or of two with the same columns, are made: `fill` writes the row's values; `digest` is room for bytes
 * it computes.
 */
struct table {
    struct str insert, insert_too;
    size_t columns;
    void (*fill)(struct db_value *values, uint32_t account_id, const struct event_row *row,
                 unsigned char digest[DIGEST_BYTES]);
};

static struct db_value bytes_of(const unsigned char *bytes, size_t len)
{
    return DB_BYTES(((struct str){(const char *)bytes, len}));
}

static void fill_event(struct db_value *values, uint32_t account_id, const struct event_row *row,
                       unsigned char digest[DIGEST_BYTES])
{
    const struct db_value filled[EVENT_COLUMNS] = {
        DB_NUMBER(account_id),
        DB_NUMBER(row->event->kind),
        DB_NUMBER(row->id),
        DB_NUMBER(row->names->entity_type_id),
        DB_NUMBER(row->names->action_id),
        DB_NUMBER(row->names->user_id),
        DB_NUMBER(row->names->entity_id),
        DB_NUMBER(row->event->status),
        DB_NUMBER(row->event->source),
        DB_NUMBER(event_method_of(row->event->method)),
        DB_NUMBER(row->names->provider_id),
        DB_NUMBER(row->event->kind == EVENT_KIND_TRIGGER ? row->event->trigger_signature : 0),
    };

    (void)digest;
    memcpy(values, filled, sizeof(filled));
}

static void fill_request(struct db_value *values, uint32_t account_id, const struct event_row *row,
                         unsigned char digest[DIGEST_BYTES])
{
    const struct event *event = row->event;
    const struct db_value filled[] = {
        DB_NUMBER(account_id),
        DB_NUMBER(event->kind),
        DB_NUMBER(row->id),
        bytes_of(row->key_hash, sizeof(row->key_hash)),
        event->idempotency_key.len ? DB_BYTES(event->idempotency_key) : DB_NULL,
        DB_NUMBER((uint64_t)event->received_ms),
        DB_BYTES(event->method),
        DB_BYTES(event->url),
        DB_BYTES(event->params),
        DB_BYTES(event->query),
        DB_BYTES(event->headers),
        DB_BYTES(event->body),
        DB_NUMBER(event->body_bytes),
        bytes_of(digest, DIGEST_BYTES),
        event->has_response_time ? DB_NUMBER(event->response_time_ms) : DB_NULL,
        event->has_response_bytes ? DB_NUMBER(event->response_bytes) : DB_NULL,
        DB_BYTES(event->response_body_head),
        DB_BYTES(event->request_id),
        DB_BYTES(event->trace_id),
        DB_BYTES(event->client_address),
        DB_BYTES(event->forwarded_for),
        DB_BYTES(event->user_agent),
        DB_BYTES(event->trigger_provider),
        DB_BYTES(event->trigger_event),
        DB_BYTES(event->trigger_delivery_id),
        DB_NUMBER(event->trigger_signature),
        DB_BYTES(event->extra),
    };

    _Static_assert(sizeof(filled) / sizeof(filled[0]) == REQUEST_COLUMNS, "one value a column");
    digest_sha256(event->body, digest);
    memcpy(values, filled, sizeof(filled));
}

static void fill_key(struct db_value *values, uint32_t account_id, const struct event_row *row,
                     unsigned char digest[DIGEST_BYTES])
{
    const struct db_value filled[KEY_COLUMNS] = {
        DB_NUMBER(account_id),
        DB_NUMBER(row->event->kind),
        bytes_of(row->key_hash, sizeof(row->key_hash)),
        DB_NUMBER(row->id),
        DB_NUMBER((uint64_t)row->event->received_ms),
    };

    (void)digest;
    memcpy(values, filled, sizeof(filled));
}

#define INSERT_EVENT(table)                                                                        \
    STR("INSERT INTO " table " (account_id, kind, id, entity_type_id, action_id, user_id, "        \
        "entity_id, status, source, method, provider_id, signature) "                              \
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
static const struct table event_table = {INSERT_EVENT("event"), INSERT_EVENT("event_recent"),
                                         EVENT_COLUMNS, fill_event};
static const struct table request_table = {
    STR("INSERT INTO event_request (account_id, kind, id, key_hash, idempotency_key, received_ms, "
        "method, url, params, query, headers, body, body_bytes, body_sha256, response_time_ms, "
        "response_bytes, response_body_head, request_id, trace_id, client_address, forwarded_for, "
        "user_agent, trigger_provider, trigger_event, trigger_delivery_id, trigger_signature, "
        "extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?)"),
    {NULL, 0},
    REQUEST_COLUMNS,
    fill_request};
static const struct table key_table = {
    STR("INSERT INTO recent_key (account_id, kind, key_hash, id, noted_ms) VALUES (?, ?, ?, ?, ?)"),
    {NULL, 0},
    KEY_COLUMNS,
    fill_key};

static size_t bytes_bound(const struct db_value *values, size_t columns)
{
    size_t total = 0;

    for (size_t i = 0; i < columns; i++)
        total += values[i].bytes.len + sizeof(values[i].number);
    return total;
}

static int send_array(struct db *db, const struct table *table, const struct db_value *values,
                      size_t rows)
{
    if (db_run_many(db, table->insert, values, rows, table->columns) < 0)
        return -1;
    return table->insert_too.len ? db_run_many(db, table->insert_too, values, rows, table->columns)
                                 : 0;
}

static int insert(struct db *db, const struct table *table, uint32_t account_id,
                  struct event_row *const *rows, size_t count)
{
    size_t room = count < ARRAY_ROWS_MAX ? count : ARRAY_ROWS_MAX;
    struct db_value *values = memory_new(room * table->columns * sizeof(*values));
    unsigned char(*digests)[DIGEST_BYTES] = memory_new(room * sizeof(*digests));
    size_t filled = 0, bytes = 0;
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++) {
        struct db_value *row = values + filled * table->columns;

        table->fill(row, account_id, rows[i], digests[filled]);
        bytes += bytes_bound(row, table->columns);
        filled++;
        if (filled == ARRAY_ROWS_MAX || bytes >= ARRAY_BYTES_MAX || i + 1 == count) {
            result = send_array(db, table, values, filled);
            filled = bytes = 0;
        }
    }
    free(digests);
    free(values);
    return result;
}

int event_rows_insert(struct db *db, uint32_t account_id, struct event_row *const *rows,
                      size_t count)
{
    if (insert(db, &event_table, account_id, rows, count) < 0)
        return -1;
    return insert(db, &request_table, account_id, rows, count);
}

int event_rows_insert_keys(struct db *db, uint32_t account_id, struct event_row *const *rows,
                           size_t count)
{
    return insert(db, &key_table, account_id, rows, count);
}
