/* SPDX-License-Identifier: MIT */
/*
 * A hash table with chains, by dictionary and number, and the statements that fill it.  The server gives out the numbers one after
 * the other, so no sender can choose what collides.
 */
#include "store/name_cache.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "store/marks.h"

enum {
    FIRST_BUCKETS = 1024,
    FEW = 64, /* of MARKS_64: what a page needs */
    MANY = 256,
    HEAP_OVERHEAD = 16
};

#define SELECTS(columns_from)                                                                      \
    STR("SELECT id, " columns_from " WHERE id IN " MARKS_64),                                      \
        STR("SELECT id, " columns_from " WHERE id IN " MARKS_256)

static const struct {
    struct str few, many;
    unsigned texts;
} dictionaries[NAME_DICTIONARY_COUNT] = {
    [NAME_DICTIONARY_ENTITY_TYPE] = {SELECTS("name FROM entity_type"), 1},
    [NAME_DICTIONARY_ACTION] = {SELECTS("name FROM action"), 1},
    [NAME_DICTIONARY_USER] = {SELECTS("name FROM user"), 1},
    [NAME_DICTIONARY_PROVIDER] = {SELECTS("name FROM provider"), 1},
    [NAME_DICTIONARY_ENTITY] = {SELECTS("external_id, name FROM entity"), 2},
};

/* A remembered row; its texts stand behind it. */
struct row {
    struct row *next;
    uint64_t key; /* dictionary << 32 | number */
    struct name_texts name;
    char bytes[];
};

struct name_cache {
    struct row **buckets; /* a power of two of them */
    size_t bucket_count, count;
    size_t bytes, bytes_max;
    uint64_t connections;                /* through which of them it was read */
    const struct entity_names *entities; /* may be NULL */
};

static uint64_t key_of(enum name_dictionary dictionary, uint32_t id)
{
    return (uint64_t)dictionary << 32 | id;
}

static struct row **bucket_of(const struct name_cache *cache, uint64_t key)
{
    uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);

    return &cache->buckets[(hash >> 32) & (cache->bucket_count - 1)];
}

static void start(struct name_cache *cache)
{
    cache->bucket_count = FIRST_BUCKETS;
    cache->buckets = memory_new(cache->bucket_count * sizeof(struct row *));
    cache->count = 0;
    cache->bytes = cache->bucket_count * sizeof(struct row *);
}

static void forget(struct name_cache *cache)
{
    for (size_t i = 0; i < cache->bucket_count; i++) {
        for (struct row *row = cache->buckets[i], *next; row; row = next) {
            next = row->next;
            free(row);
        }
    }
    free(cache->buckets);
}

struct name_cache *name_cache_new(size_t bytes_max)
{
    struct name_cache *cache = memory_new(sizeof(*cache));

    cache->bytes_max = bytes_max;
    start(cache);
    return cache;
}

void name_cache_free(struct name_cache *cache)
{
    if (!cache)
        return;
    forget(cache);
    free(cache);
}

void name_cache_bound(struct name_cache *cache)
{
    if (cache->bytes <= cache->bytes_max)
        return;
    forget(cache);
    start(cache);
}

/* Behind a new connection there may be another database, restored to an earlier state, where numbers mean other names. */
static void keep_to_connection(struct name_cache *cache, const struct db *db)
{
    if (cache->connections == db_connections(db))
        return;
    forget(cache);
    start(cache);
    cache->connections = db_connections(db);
}

static const struct name_texts *find(const struct name_cache *cache, uint64_t key)
{
    for (const struct row *row = *bucket_of(cache, key); row; row = row->next)
        if (row->key == key)
            return &row->name;
    return NULL;
}

const struct name_texts *name_cache_find(const struct name_cache *cache,
                                         enum name_dictionary dictionary, uint32_t id)
{
    return find(cache, key_of(dictionary, id));
}

static void put(struct name_cache *cache, struct row *row)
{
    struct row **bucket = bucket_of(cache, row->key);

    row->next = *bucket;
    *bucket = row;
}

static void grow(struct name_cache *cache)
{
    struct name_cache old = *cache;

    cache->bucket_count *= 2;
    cache->buckets = memory_new(cache->bucket_count * sizeof(struct row *));
    cache->bytes += old.bucket_count * sizeof(struct row *);
    for (size_t i = 0; i < old.bucket_count; i++) {
        for (struct row *row = old.buckets[i], *next; row; row = next) {
            next = row->next;
            put(cache, row);
        }
    }
    free(old.buckets);
}

void name_cache_set_entities(struct name_cache *cache, const struct entity_names *entities)
{
    cache->entities = entities;
}

void name_cache_add(struct name_cache *cache, enum name_dictionary dictionary, uint32_t id,
                    const struct name_texts *texts)
{
    size_t size = sizeof(struct row) + texts->texts[0].len + texts->texts[1].len;
    struct row *row = memory_new(size);
    char *bytes = row->bytes;

    assert(!name_cache_find(cache, dictionary, id));
    if (cache->count == cache->bucket_count)
        grow(cache);
    row->key = key_of(dictionary, id);
    for (size_t i = 0; i < 2; i++) {
        struct str text = texts->texts[i];

        if (text.len)
            memcpy(bytes, text.ptr, text.len);
        row->name.texts[i] = (struct str){bytes, text.len};
        bytes += text.len;
    }
    put(cache, row);
    cache->count++;
    cache->bytes += size + HEAP_OVERHEAD;
}

/* How many of the sorted `keys` one statement can take, from the first on. */
static size_t chunk_of(const uint64_t *keys, size_t count)
{
    size_t len = 1;

    while (len < count && len < MANY && keys[len] >> 32 == keys[0] >> 32)
        len++;
    return len;
}

/* Reads a chunk; the first number fills the marks that are left over. */
static int read_chunk(struct name_cache *cache, struct db *db, const uint64_t *keys, size_t count)
{
    enum name_dictionary dictionary = (enum name_dictionary)(keys[0] >> 32);
    struct str select = count > FEW ? dictionaries[dictionary].many : dictionaries[dictionary].few;
    size_t marks = count > FEW ? MANY : FEW;
    struct db_value values[MANY];
    struct db_rows *rows;
    int more = -1;

    for (size_t i = 0; i < marks; i++)
        values[i] = DB_NUMBER((uint32_t)keys[i < count ? i : 0]);
    rows = db_select(db, select, values, marks);
    while (rows && (more = db_next(rows)) == 1) {
        struct name_texts name = {{db_bytes(rows, 1), {NULL, 0}}};

        if (dictionaries[dictionary].texts == 2)
            name.texts[1] = db_bytes(rows, 2);
        name_cache_add(cache, dictionary, (uint32_t)db_number(rows, 0), &name);
    }
    db_finish(rows);
    return more;
}

static int compare(const void *a, const void *b)
{
    const uint64_t *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

/* Sees to it that all `keys` that have a row are remembered. */
static int learn(struct name_cache *cache, struct db *db, uint64_t *keys, size_t count)
{
    size_t unique = 0;

    qsort(keys, count, sizeof(*keys), compare);
    for (size_t i = 0; i < count; i++)
        if (unique == 0 || keys[unique - 1] != keys[i])
            keys[unique++] = keys[i];
    for (size_t at = 0, len; at < unique; at += len) {
        len = chunk_of(&keys[at], unique - at);
        if (read_chunk(cache, db, &keys[at], len) < 0)
            return -1;
    }
    return 0;
}

static void keys_of(const struct event_numbers *numbers, uint64_t keys[NAME_DICTIONARY_COUNT])
{
    const uint32_t ids[NAME_DICTIONARY_COUNT] = {
        [NAME_DICTIONARY_ENTITY_TYPE] = numbers->entity_type_id,
        [NAME_DICTIONARY_ACTION] = numbers->action_id,
        [NAME_DICTIONARY_USER] = numbers->user_id,
        [NAME_DICTIONARY_PROVIDER] = numbers->provider_id,
        [NAME_DICTIONARY_ENTITY] = numbers->entity_id,
    };

    for (unsigned i = 0; i < NAME_DICTIONARY_COUNT; i++)
        keys[i] = key_of((enum name_dictionary)i, ids[i]);
}

/* What a fill works with. */
struct fill {
    const struct event_numbers *numbers;
    size_t count;
    struct name_texts
        *entities; /* of each row: its entity as the index has it; no pointers where it has not */
    uint64_t *unknown; /* keys; room for all */
    size_t missing;
};

static bool is_in_index(const struct name_cache *cache, uint32_t id, struct name_texts *texts)
{
    struct entity_entry entity;

    if (!cache->entities || !entity_names_find(cache->entities, id, &entity))
        return false;
    *texts = (struct name_texts){{entity.external_id, entity.written}};
    return true;
}

/* Finds what neither the index has nor is remembered. */
static void collect_unknown(const struct name_cache *cache, struct fill *fill)
{
    uint64_t keys[NAME_DICTIONARY_COUNT];

    for (size_t i = 0; i < fill->count; i++) {
        keys_of(&fill->numbers[i], keys);
        for (size_t j = 0; j < NAME_DICTIONARY_COUNT; j++) {
            if ((uint32_t)keys[j] == 0 ||
                (j == NAME_DICTIONARY_ENTITY &&
                 is_in_index(cache, (uint32_t)keys[j], &fill->entities[i])))
                continue;
            if (!find(cache, keys[j]))
                fill->unknown[fill->missing++] = keys[j];
        }
    }
}

static struct str give(struct arena *arena, struct str text)
{
    return arena ? arena_copy(arena, text) : text;
}

static struct str text_of(const struct name_cache *cache, struct arena *arena, uint64_t key)
{
    const struct name_texts *name = (uint32_t)key ? find(cache, key) : NULL;

    return name ? give(arena, name->texts[0]) : (struct str){NULL, 0};
}

static void set_event(const struct name_cache *cache, struct arena *arena, const struct fill *fill,
                      size_t i, struct event *event)
{
    const struct event_numbers *numbers = &fill->numbers[i];
    const struct name_texts *entity = &fill->entities[i];
    uint64_t keys[NAME_DICTIONARY_COUNT];

    keys_of(numbers, keys);
    if (!entity->texts[0].ptr && numbers->entity_id)
        entity = find(cache, keys[NAME_DICTIONARY_ENTITY]);
    *event = (struct event){
        .id = numbers->id,
        .kind = numbers->kind,
        .source = numbers->source,
        .has_time = true,
        .occurred_ms = event_id_ms(numbers->id),
        .status = numbers->status,
        .entity_type = text_of(cache, arena, keys[NAME_DICTIONARY_ENTITY_TYPE]),
        .action = text_of(cache, arena, keys[NAME_DICTIONARY_ACTION]),
        .user = text_of(cache, arena, keys[NAME_DICTIONARY_USER]),
        .trigger_provider = text_of(cache, arena, keys[NAME_DICTIONARY_PROVIDER]),
        .trigger_signature = numbers->signature,
    };
    if (entity) {
        event->entity_id = give(arena, entity->texts[0]);
        event->entity_name = give(arena, entity->texts[1]);
    }
}

int name_cache_fill(struct name_cache *cache, struct db *db, struct arena *arena,
                    const struct event_numbers *numbers, size_t count, struct event *events)
{
    struct fill fill = {
        .numbers = numbers,
        .count = count,
        .entities = memory_new((count + 1) * sizeof(*fill.entities)),
        .unknown = memory_new((count * NAME_DICTIONARY_COUNT + 1) * sizeof(*fill.unknown)),
    };
    int result = 0;

    keep_to_connection(cache, db);
    name_cache_bound(cache);
    collect_unknown(cache, &fill);
    if (fill.missing)
        result = learn(cache, db, fill.unknown, fill.missing);
    for (size_t i = 0; i < count && result == 0; i++)
        set_event(cache, arena, &fill, i, &events[i]);
    free(fill.unknown);
    free(fill.entities);
    return result;
}
