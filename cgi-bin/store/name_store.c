/* SPDX-License-Identifier: MIT */
/*
 * Tables entity_type, action, user, entity and occurrence, for writing.  INSERT IGNORE is safe here: lengths were checked at
 * intake, and the only thing left to ignore is a name that another recorder has just made.
 */
#define _GNU_SOURCE
#include "store/name_store.h"

#include <assert.h>
#include <search.h>
#include <stdlib.h>

#include "base/memory.h"

enum { REMEMBERED_BYTES_MAX = 32 * 1024 * 1024, VALUES_MAX = 5, ATTEMPTS_MAX = 10 };

enum table {
    TABLE_ENTITY_TYPE,
    TABLE_ACTION,
    TABLE_USER,
    TABLE_ENTITY,
    TABLE_OCCURRENCE,
    TABLE_COUNT
};

static const struct {
    struct str select, insert;
    unsigned select_values, insert_values;
} statements[TABLE_COUNT] = {
    [TABLE_ENTITY_TYPE] = {STR("SELECT id FROM entity_type WHERE name = ?"),
                           STR("INSERT IGNORE INTO entity_type (name) VALUES (?)"), 1, 1},
    [TABLE_ACTION] = {STR("SELECT id FROM action WHERE name = ?"),
                      STR("INSERT IGNORE INTO action (name) VALUES (?)"), 1, 1},
    [TABLE_USER] = {STR("SELECT id FROM user WHERE account_id = ? AND name = ?"),
                    STR("INSERT IGNORE INTO user (account_id, name) VALUES (?, ?)"), 2, 2},
    [TABLE_ENTITY] = {STR("SELECT id FROM entity WHERE account_id = ? AND entity_type_id = ? "
                          "AND external_id = ? AND name = ?"),
                      STR("INSERT IGNORE INTO entity "
                          "(account_id, entity_type_id, external_id, name, name_folded) "
                          "VALUES (?, ?, ?, ?, ?)"),
                      4, 5},
    [TABLE_OCCURRENCE] = {STR("SELECT value_id FROM occurrence WHERE account_id = ? AND kind = ? "
                              "AND dimension = ? AND value_id = ?"),
                          STR("INSERT IGNORE INTO occurrence "
                              "(account_id, kind, dimension, value_id) VALUES (?, ?, ?, ?)"),
                          4, 4},
};

/* What a row of a dictionary is known by.  Of `numbers` and `texts` each table uses the first few. */
struct key {
    enum table table;
    uint32_t numbers[4];
    struct str texts[2];
    uint32_t id; /* found; 0 where the row has no name */
};

/* A remembered row; its texts stand behind it. */
struct remembered {
    struct key key;
    char bytes[];
};

struct name_store {
    void *tree; /* of struct remembered, by tsearch(3) */
    size_t bytes;
};

static int compare_keys(const struct key *a, const struct key *b)
{
    if (a->table != b->table)
        return a->table < b->table ? -1 : 1;
    for (size_t i = 0; i < sizeof(a->numbers) / sizeof(a->numbers[0]); i++)
        if (a->numbers[i] != b->numbers[i])
            return a->numbers[i] < b->numbers[i] ? -1 : 1;
    for (size_t i = 0; i < sizeof(a->texts) / sizeof(a->texts[0]); i++) {
        int order = str_compare(a->texts[i], b->texts[i]);

        if (order)
            return order;
    }
    return 0;
}

/* struct remembered begins with its key, so one comparison serves tree, sort and search. */
static int compare(const void *a, const void *b)
{
    return compare_keys(a, b);
}

struct name_store *name_store_new(void)
{
    return memory_new(sizeof(struct name_store));
}

static void forget_all(struct name_store *store)
{
    tdestroy(store->tree, free);
    store->tree = NULL;
    store->bytes = 0;
}

void name_store_free(struct name_store *store)
{
    if (!store)
        return;
    forget_all(store);
    free(store);
}

static const struct remembered *recall(const struct name_store *store, const struct key *key)
{
    const struct remembered *const *node = tfind(key, &store->tree, compare);

    return node ? *node : NULL;
}

static void remember(struct name_store *store, const struct key *key)
{
    size_t size = sizeof(struct remembered) + key->texts[0].len + key->texts[1].len;
    struct remembered *row = memory_new(size);
    char *bytes = row->bytes;

    row->key = *key;
    for (size_t i = 0; i < 2; i++) {
        if (key->texts[i].len)
            memcpy(bytes, key->texts[i].ptr, key->texts[i].len);
        row->key.texts[i].ptr = bytes;
        bytes += key->texts[i].len;
    }
    if (!tsearch(row, &store->tree, compare))
        abort();
    store->bytes += size;
}

/* The values of a key in the order that both statements of its table bind them. */
static void fill_values(const struct key *key, struct db_value values[VALUES_MAX], char *folded)
{
    switch (key->table) {
    case TABLE_ENTITY_TYPE:
    case TABLE_ACTION:
        values[0] = DB_BYTES(key->texts[0]);
        break;
    case TABLE_USER:
        values[0] = DB_NUMBER(key->numbers[0]);
        values[1] = DB_BYTES(key->texts[0]);
        break;
    case TABLE_ENTITY:
        str_fold(key->texts[1], folded);
        values[0] = DB_NUMBER(key->numbers[0]);
        values[1] = DB_NUMBER(key->numbers[1]);
        values[2] = DB_BYTES(key->texts[0]);
        values[3] = DB_BYTES(key->texts[1]);
        values[4] = DB_BYTES(((struct str){folded, key->texts[1].len}));
        break;
    case TABLE_OCCURRENCE:
        for (size_t i = 0; i < 4; i++)
            values[i] = DB_NUMBER(key->numbers[i]);
        break;
    case TABLE_COUNT:
        assert(!"a table");
    }
}

/* 1 and key->id; 0 not there; -1. */
static int find_row(struct db *db, struct key *key)
{
    struct db_value values[VALUES_MAX];
    char folded[EVENT_NAME_MAX];
    struct db_rows *rows;
    int found;

    fill_values(key, values, folded);
    rows =
        db_select(db, statements[key->table].select, values, statements[key->table].select_values);
    found = rows ? db_next(rows) : -1;
    if (found == 1)
        key->id = (uint32_t)db_number(rows, 0);
    db_finish(rows);
    return found;
}

static int insert_rows(struct db *db, const struct key *keys, size_t count)
{
    struct db_value values[VALUES_MAX];
    char folded[EVENT_NAME_MAX];

    if (db_begin(db, DB_WRITE) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        fill_values(&keys[i], values, folded);
        if (db_run(db, statements[keys[i].table].insert, values,
                   statements[keys[i].table].insert_values, NULL) < 0) {
            db_rollback(db);
            return -1;
        }
    }
    return db_commit(db);
}

/* Repeats after a deadlock, which the sorted order makes rare but a gap lock can still cause. */
static int insert_rows_patiently(struct db *db, const struct key *keys, size_t count)
{
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        if (insert_rows(db, keys, count) == 0)
            return 0;
        if (db_last_error(db) != DB_ERROR_RETRY)
            break;
    }
    return -1;
}

/* Makes and remembers the rows of `keys`, which are sorted and not remembered yet. */
static int make_rows(struct name_store *store, struct db *db, struct key *keys, size_t count)
{
    size_t missing = 0;
    struct key *absent = memory_new(count * sizeof(*absent));
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++) {
        int found = find_row(db, &keys[i]);

        if (found < 0)
            result = -1;
        else if (found)
            remember(store, &keys[i]);
        else
            absent[missing++] = keys[i];
    }
    if (result == 0 && missing)
        result = insert_rows_patiently(db, absent, missing);
    for (size_t i = 0; i < missing && result == 0; i++) {
        if (find_row(db, &absent[i]) == 1)
            remember(store, &absent[i]);
        else
            result = -1;
    }
    free(absent);
    return result;
}

/* Sees to it that every one of `keys` is remembered.  Leaves `keys` as they are. */
static int learn(struct name_store *store, struct db *db, const struct key *keys, size_t count)
{
    struct key *unknown = memory_new(count * sizeof(*unknown));
    size_t total = 0, unique = 0;
    int result;

    for (size_t i = 0; i < count; i++)
        if (!recall(store, &keys[i]))
            unknown[total++] = keys[i];
    qsort(unknown, total, sizeof(*unknown), compare);
    for (size_t i = 0; i < total; i++)
        if (unique == 0 || compare(&unknown[unique - 1], &unknown[i]) != 0)
            unknown[unique++] = unknown[i];
    result = make_rows(store, db, unknown, unique);
    free(unknown);
    return result;
}

static uint32_t id_of(const struct name_store *store, const struct key *key)
{
    const struct remembered *row = recall(store, key);

    assert(row);
    return row->key.id;
}

static struct key type_key(const struct event *event)
{
    return (struct key){.table = TABLE_ENTITY_TYPE, .texts = {event->entity_type}};
}

static struct key action_key(const struct event *event)
{
    return (struct key){.table = TABLE_ACTION, .texts = {event->action}};
}

static struct key user_key(uint32_t account_id, const struct event *event)
{
    return (struct key){.table = TABLE_USER, .numbers = {account_id}, .texts = {event->user}};
}

static struct key entity_key(uint32_t account_id, uint32_t type_id, const struct event *event)
{
    return (struct key){.table = TABLE_ENTITY,
                        .numbers = {account_id, type_id},
                        .texts = {event->entity_id, event->entity_name}};
}

static bool has_entity(const struct event *event)
{
    return event->entity_id.len || event->entity_name.len;
}

/* Types, actions and users first: an entity's key holds the number of its type. */
static int resolve_plain(struct name_store *store, struct db *db, uint32_t account_id,
                         const struct event *events, size_t count, struct event_names *names,
                         struct key *keys)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        if (events[i].entity_type.len)
            keys[used++] = type_key(&events[i]);
        keys[used++] = action_key(&events[i]);
        if (events[i].user.len)
            keys[used++] = user_key(account_id, &events[i]);
    }
    if (learn(store, db, keys, used) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct key type = type_key(&events[i]), action = action_key(&events[i]),
                   user = user_key(account_id, &events[i]);

        names[i].entity_type_id = events[i].entity_type.len ? id_of(store, &type) : 0;
        names[i].action_id = id_of(store, &action);
        names[i].user_id = events[i].user.len ? id_of(store, &user) : 0;
    }
    return 0;
}

static int resolve_entities(struct name_store *store, struct db *db, uint32_t account_id,
                            const struct event *events, size_t count, struct event_names *names,
                            struct key *keys)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++)
        if (has_entity(&events[i]))
            keys[used++] = entity_key(account_id, names[i].entity_type_id, &events[i]);
    if (learn(store, db, keys, used) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct key key = entity_key(account_id, names[i].entity_type_id, &events[i]);

        names[i].entity_id = has_entity(&events[i]) ? id_of(store, &key) : 0;
    }
    return 0;
}

static int note_occurrences(struct name_store *store, struct db *db, uint32_t account_id,
                            const struct event *events, size_t count,
                            const struct event_names *names, struct key *keys)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        const uint32_t values[NAME_DIMENSION_END] = {
            [NAME_ENTITY_TYPE] = names[i].entity_type_id,
            [NAME_ACTION] = names[i].action_id,
            [NAME_USER] = names[i].user_id,
            [NAME_STATUS] = events[i].status,
            [NAME_SOURCE] = events[i].source,
        };

        for (uint32_t dimension = NAME_ENTITY_TYPE; dimension < NAME_DIMENSION_END; dimension++)
            keys[used++] =
                (struct key){.table = TABLE_OCCURRENCE,
                             .numbers = {account_id, events[i].kind, dimension, values[dimension]}};
    }
    return learn(store, db, keys, used);
}

int name_store_resolve(struct name_store *store, struct db *db, uint32_t account_id,
                       const struct event *events, size_t count, struct event_names *names)
{
    struct key *keys = memory_new(count * NAME_DIMENSION_END * sizeof(*keys));
    int result = -1;

    if (store->bytes > REMEMBERED_BYTES_MAX)
        forget_all(store);
    if (db_connect(db) == 0 &&
        resolve_plain(store, db, account_id, events, count, names, keys) == 0 &&
        resolve_entities(store, db, account_id, events, count, names, keys) == 0 &&
        note_occurrences(store, db, account_id, events, count, names, keys) == 0)
        result = 0;
    free(keys);
    return result;
}
