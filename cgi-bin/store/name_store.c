/* SPDX-License-Identifier: MIT */
/*
 * Tables entity_type, action, user, provider and entity with entity_recent, for writing.  INSERT IGNORE is safe here: lengths were
 * checked at intake, and the only thing left to ignore is a name that another recorder has just made.
 */
#include "store/name_store.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "store/account_store.h"
#include "store/name_memory.h"

/* Names are looked up and made so many at a time. */
enum {
    CHUNK = 16,
    VALUES_MAX = 5,
    SELECT_VALUES_MAX = 2 + 2 * CHUNK,
    RECENT_VALUES = 1 + 3 * CHUNK,
    ATTEMPTS_MAX = 10,
    KEYS_PER_EVENT = 4 /* that one step looks up */
};

#define FOUR(text, between) text between text between text between text
#define SIXTEEN(text, between)                                                                     \
    FOUR(text, between) between FOUR(text, between)                                                \
    between FOUR(text, between)                                                                    \
    between FOUR(text, between)
#define MARKS "(" SIXTEEN("?", ", ") ")"

/* INSERT of one row, and of a chunk.  Not by db_run_many(): there a deadlock would count as one more row to ignore. */
#define INSERT(into, row)                                                                          \
    {                                                                                              \
        STR(into " VALUES " row), STR(into " VALUES " SIXTEEN(row, ", "))                          \
    }

/*
 * The keys of one SELECT have the first `shared` numbers in common; each adds its texts.  A row gives the number of the name,
 * then what the key adds.
 */
static const struct {
    struct str select;
    struct {
        struct str one, chunk;
    } insert;
    unsigned shared, texts, insert_values;
} tables[NAME_TABLE_COUNT] = {
    [NAME_TABLE_ENTITY_TYPE] = {STR("SELECT id, name FROM entity_type WHERE name IN " MARKS),
                                INSERT("INSERT IGNORE INTO entity_type (name)", "(?)"), 0, 1, 1},
    [NAME_TABLE_ACTION] = {STR("SELECT id, name FROM action WHERE name IN " MARKS),
                           INSERT("INSERT IGNORE INTO action (name)", "(?)"), 0, 1, 1},
    [NAME_TABLE_USER] = {STR("SELECT id, name FROM user WHERE account_id = ? AND name IN " MARKS),
                         INSERT("INSERT IGNORE INTO user (account_id, name)", "(?, ?)"), 1, 1, 2},
    [NAME_TABLE_PROVIDER] = {STR("SELECT id, name FROM provider WHERE name IN " MARKS),
                             INSERT("INSERT IGNORE INTO provider (name)", "(?)"), 0, 1, 1},
    [NAME_TABLE_ENTITY] = {STR("SELECT id, external_id, name FROM entity "
                               "WHERE account_id = ? AND entity_type_id = ? AND "
                               "(" SIXTEEN("(external_id = ? AND name = ?)", " OR ") ")"),
                           INSERT("INSERT IGNORE INTO entity "
                                  "(account_id, entity_type_id, external_id, name, name_folded)",
                                  "(?, ?, ?, ?, ?)"),
                           2, 2, 5},
};

static const struct str select_version = STR("SELECT names_version FROM account WHERE id = ?");
static const struct str insert_recent =
    STR("INSERT IGNORE INTO entity_recent (account_id, entity_id) SELECT account_id, id "
        "FROM entity FORCE INDEX (entity) WHERE account_id = ? AND "
        "(" SIXTEEN("(entity_type_id = ? AND external_id = ? AND name = ?)", " OR ") ")");

/* As of which version of its names those of an account are remembered. */
struct known_version {
    uint32_t account_id;
    uint64_t version;
};

struct name_store {
    struct name_memory *memory;
    uint64_t connections; /* through which of them it was read */
    struct known_version *versions;
    size_t count, capacity;
};

/* Looks up what `events` need; the keys that are not remembered go to `unknown`.  How many. */
typedef size_t look_up(const struct name_memory *memory, uint32_t account_id,
                       const struct event *events, size_t count, struct event_names *names,
                       struct name_key *unknown);

struct name_store *name_store_new(void)
{
    struct name_store *store = memory_new(sizeof(*store));

    store->memory = name_memory_new();
    return store;
}

void name_store_free(struct name_store *store)
{
    if (!store)
        return;
    name_memory_free(store->memory);
    free(store->versions);
    free(store);
}

/* ---- Versions ---------------------------------------------------------------------------------- */

static struct known_version *find_version(const struct name_store *store, uint32_t account_id)
{
    for (size_t i = 0; i < store->count; i++)
        if (store->versions[i].account_id == account_id)
            return &store->versions[i];
    return NULL;
}

static void add_version(struct name_store *store, uint32_t account_id, uint64_t version)
{
    if (store->count == store->capacity) {
        store->capacity = store->capacity ? store->capacity * 2 : 8;
        store->versions = memory_resize(store->versions, store->capacity, sizeof(*store->versions));
    }
    store->versions[store->count++] = (struct known_version){account_id, version};
}

/* Behind a new connection there may be another database, restored to an earlier state, where numbers mean other names. */
static void keep_to_connection(struct name_store *store, const struct db *db)
{
    if (store->connections == db_connections(db))
        return;
    name_memory_free(store->memory);
    store->memory = name_memory_new();
    store->count = 0;
    store->connections = db_connections(db);
}

/* Before anything of the account is remembered.  0 or -1. */
static int note_version(struct name_store *store, struct db *db, uint32_t account_id)
{
    struct db_rows *rows;
    int found;

    if (find_version(store, account_id))
        return 0;
    rows = db_select(db, select_version, DB_VALUES(DB_NUMBER(account_id)));
    found = rows ? db_next(rows) : -1;
    if (found >= 0)
        add_version(store, account_id, found ? db_number(rows, 0) : 0);
    db_finish(rows);
    return found < 0 ? -1 : 0;
}

bool name_store_agrees(struct name_store *store, const struct db *db, uint32_t account_id,
                       uint64_t version)
{
    const struct known_version *known = find_version(store, account_id);

    if (known && known->version == version && store->connections == db_connections(db))
        return true;
    store->connections = 0; /* so that the next look forgets all of it */
    return false;
}

/* ---- Rows -------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    return name_key_compare(a, b);
}

/* How many of the sorted `keys` one statement can take, from the first on. */
static size_t chunk_of(const struct name_key *keys, size_t count)
{
    size_t len = 1;

    while (len < count && len < CHUNK && keys[len].table == keys[0].table &&
           memcmp(keys[len].numbers, keys[0].numbers,
                  tables[keys[0].table].shared * sizeof(keys[0].numbers[0])) == 0)
        len++;
    return len;
}

/* What `key` adds to what it shares.  How many values. */
static unsigned own_values(const struct name_key *key, struct db_value *values)
{
    unsigned texts = tables[key->table].texts;

    for (unsigned i = 0; i < texts; i++)
        values[i] = DB_BYTES(key->texts[i]);
    return texts;
}

/* The key of a row found for one of a chunk. */
static struct name_key key_of_row(const struct db_rows *rows, const struct name_key *chunk)
{
    struct name_key key = *chunk;

    for (unsigned i = 0; i < tables[key.table].texts; i++)
        key.texts[i] = db_bytes(rows, 1 + i);
    return key;
}

/* Remembers those of a chunk that stand.  0 or -1. */
static int find_chunk(struct name_store *store, struct db *db, const struct name_key *keys,
                      size_t count)
{
    struct db_value values[SELECT_VALUES_MAX];
    struct db_rows *rows;
    unsigned used = 0;
    int more = -1;

    for (; used < tables[keys->table].shared; used++)
        values[used] = DB_NUMBER(keys->numbers[used]);
    for (size_t i = 0; i < CHUNK; i++)
        used += own_values(&keys[i < count ? i : 0], &values[used]);
    rows = db_select(db, tables[keys->table].select, values, used);
    while (rows && (more = db_next(rows)) == 1) {
        struct name_key key = key_of_row(rows, keys);

        name_memory_add(store->memory, &key, (uint32_t)db_number(rows, 0));
    }
    db_finish(rows);
    return more;
}

static int find_all(struct name_store *store, struct db *db, const struct name_key *keys,
                    size_t count)
{
    for (size_t at = 0, len; at < count; at += len) {
        len = chunk_of(&keys[at], count - at);
        if (find_chunk(store, db, &keys[at], len) < 0)
            return -1;
    }
    return 0;
}

/* All values of a new row.  `folded` has room for a name. */
static unsigned row_values(const struct name_key *key, struct db_value *values, char *folded)
{
    unsigned used = 0;

    for (; used < tables[key->table].shared; used++)
        values[used] = DB_NUMBER(key->numbers[used]);
    used += own_values(key, &values[used]);
    if (key->table == NAME_TABLE_ENTITY) {
        str_fold(key->texts[1], folded);
        values[used++] = DB_BYTES(((struct str){folded, key->texts[1].len}));
    }
    assert(used == tables[key->table].insert_values);
    return used;
}

/* Inserts CHUNK rows of one table, or the first alone.  How many, or -1. */
static int insert_some(struct db *db, const struct name_key *keys, size_t count)
{
    struct db_value values[CHUNK * VALUES_MAX];
    char folded[CHUNK][EVENT_NAME_MAX];
    bool whole = count >= CHUNK && keys[CHUNK - 1].table == keys[0].table; /* they are sorted */
    int rows = whole ? CHUNK : 1;
    unsigned used = 0;

    for (int i = 0; i < rows; i++)
        used += row_values(&keys[i], &values[used], folded[i]);
    if (db_run(db, whole ? tables[keys->table].insert.chunk : tables[keys->table].insert.one,
               values, used, NULL) < 0)
        return -1;
    return rows;
}

/*
 * Notes up to CHUNK entities, whose rows have just been inserted, in entity_recent.  Whoever makes an entity finds it here, so its
 * two rows are committed together or not at all, and a transaction that is repeated has neither.  What another recorder has made
 * stands with its own note by now, since our INSERT waited for the end of its transaction: it is noted once more, which does no harm.
 */
static int note_entities(struct db *db, const struct name_key *keys, size_t count)
{
    struct db_value values[RECENT_VALUES] = {DB_NUMBER(keys->numbers[0])};
    unsigned used = 1;

    for (size_t i = 0; i < CHUNK; i++) {
        const struct name_key *key = &keys[i < count ? i : 0];

        values[used++] = DB_NUMBER(key->numbers[1]);
        used += own_values(key, &values[used]);
    }
    return db_run(db, insert_recent, values, used, NULL);
}

static int insert_rows(struct db *db, const struct name_key *keys, size_t count)
{
    size_t entities = 0;
    int rows;

    for (size_t at = 0; at < count; at += (size_t)rows) {
        rows = insert_some(db, &keys[at], count - at);
        if (rows < 0)
            return -1;
    }
    while (entities < count && keys[entities].table != NAME_TABLE_ENTITY)
        entities++; /* they are the last table */
    for (size_t at = entities; at < count; at += CHUNK)
        if (note_entities(db, &keys[at], count - at) < 0)
            return -1;
    return 0;
}

/* Names that are of an account are all of the same one, which must be there. */
static bool may_insert(struct db *db, const struct name_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].table == NAME_TABLE_USER || keys[i].table == NAME_TABLE_ENTITY)
            return account_stays(db, keys[i].numbers[0], NULL) == 1;
    return true;
}

static int insert_all(struct db *db, const struct name_key *keys, size_t count)
{
    if (db_begin(db, DB_WRITE) < 0)
        return -1;
    if (!may_insert(db, keys, count) || insert_rows(db, keys, count) < 0) {
        db_rollback(db);
        return -1;
    }
    return db_commit(db);
}

/* Repeats after a deadlock, which the sorted order makes rare but a gap lock can still cause. */
static int insert_patiently(struct db *db, const struct name_key *keys, size_t count)
{
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        if (insert_all(db, keys, count) == 0)
            return 0;
        if (db_last_error(db) != DB_ERROR_RETRY)
            break;
    }
    return -1;
}

/* Keeps those of `keys` that are not remembered.  How many. */
static size_t keep_unknown(const struct name_store *store, struct name_key *keys, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (!name_memory_find(store->memory, &keys[i]))
            keys[kept++] = keys[i];
    return kept;
}

/* Sees to it that all `keys`, unknown as yet, are remembered: finds or makes their rows. */
static int learn(struct name_store *store, struct db *db, struct name_key *keys, size_t count)
{
    size_t unique = 0;

    qsort(keys, count, sizeof(*keys), compare);
    for (size_t i = 0; i < count; i++)
        if (unique == 0 || compare(&keys[unique - 1], &keys[i]) != 0)
            keys[unique++] = keys[i];
    if (find_all(store, db, keys, unique) < 0)
        return -1;
    count = keep_unknown(store, keys, unique);
    if (count == 0)
        return 0;
    if (insert_patiently(db, keys, count) < 0 || find_all(store, db, keys, count) < 0)
        return -1;
    return keep_unknown(store, keys, count) == 0 ? 0 : -1;
}

/* Writes the number of `key` to `number`, or notes the key. */
static void look_up_key(const struct name_memory *memory, struct name_key key, uint32_t *number,
                        struct name_key *unknown, size_t *unknown_count)
{
    *number = name_memory_find(memory, &key);
    if (*number == 0)
        unknown[(*unknown_count)++] = key;
}

static size_t look_up_plain(const struct name_memory *memory, uint32_t account_id,
                            const struct event *events, size_t count, struct event_names *names,
                            struct name_key *unknown)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        const struct event *event = &events[i];

        if (event->entity_type.len)
            look_up_key(
                memory,
                (struct name_key){.table = NAME_TABLE_ENTITY_TYPE, .texts = {event->entity_type}},
                &names[i].entity_type_id, unknown, &used);
        look_up_key(memory, (struct name_key){.table = NAME_TABLE_ACTION, .texts = {event->action}},
                    &names[i].action_id, unknown, &used);
        if (event->user.len)
            look_up_key(memory,
                        (struct name_key){.table = NAME_TABLE_USER,
                                          .numbers = {account_id},
                                          .texts = {event->user}},
                        &names[i].user_id, unknown, &used);
        if (event->kind == EVENT_KIND_TRIGGER && event->trigger_provider.len)
            look_up_key(
                memory,
                (struct name_key){.table = NAME_TABLE_PROVIDER, .texts = {event->trigger_provider}},
                &names[i].provider_id, unknown, &used);
    }
    return used;
}

static size_t look_up_entities(const struct name_memory *memory, uint32_t account_id,
                               const struct event *events, size_t count, struct event_names *names,
                               struct name_key *unknown)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++)
        if (events[i].entity_id.len || events[i].entity_name.len)
            look_up_key(memory,
                        (struct name_key){.table = NAME_TABLE_ENTITY,
                                          .numbers = {account_id, names[i].entity_type_id},
                                          .texts = {events[i].entity_id, events[i].entity_name}},
                        &names[i].entity_id, unknown, &used);
    return used;
}

int name_store_resolve(struct name_store *store, struct db *db, uint32_t account_id,
                       const struct event *events, size_t count, struct event_names *names)
{
    /* An entity's key holds the number of its type. */
    static look_up *const steps[] = {look_up_plain, look_up_entities};
    struct name_key *unknown = memory_new(count * KEYS_PER_EVENT * sizeof(*unknown));
    int result = db_connect(db);

    keep_to_connection(store, db);
    if (result == 0)
        result = note_version(store, db, account_id);
    name_memory_bound(store->memory);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && result == 0; i++) {
        size_t missing = steps[i](store->memory, account_id, events, count, names, unknown);

        if (missing) {
            result = learn(store, db, unknown, missing);
            if (result == 0)
                steps[i](store->memory, account_id, events, count, names, unknown);
        }
    }
    free(unknown);
    return result;
}
