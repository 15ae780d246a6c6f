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

/* Learns an entity without the database.  False: it must be asked. */
static bool learn_entity(struct name_cache *cache, uint64_t key)
{
    struct entity_entry entity;
    struct name_texts texts;

    if (key >> 32 != NAME_DICTIONARY_ENTITY || !cache->entities ||
        !entity_names_find(cache->entities, (uint32_t)key, &entity))
        return false;
    texts = (struct name_texts){{entity.external_id, entity.written}};
    name_cache_add(cache, NAME_DICTIONARY_ENTITY, entity.id, &texts);
    return true;
}

/* Writes what is not remembered yet to `unknown`, which has room for all keys.  How many. */
static size_t collect_unknown(struct name_cache *cache, const struct event_numbers *numbers,
                              size_t count, uint64_t *unknown)
{
    uint64_t keys[NAME_DICTIONARY_COUNT];
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        keys_of(&numbers[i], keys);
        for (size_t j = 0; j < NAME_DICTIONARY_COUNT; j++)
            if ((uint32_t)keys[j] && !find(cache, keys[j]) && !learn_entity(cache, keys[j]))
                unknown[used++] = keys[j];
    }
    return used;
}

static struct str text_of(const struct name_cache *cache, struct arena *arena, uint64_t key,
                          unsigned text)
{
    const struct name_texts *name = (uint32_t)key ? find(cache, key) : NULL;

    if (!name)
        return (struct str){NULL, 0};
    return arena ? arena_copy(arena, name->texts[text]) : name->texts[text];
}

static void set_event(const struct name_cache *cache, struct arena *arena,
                      const struct event_numbers *numbers, struct event *event)
{
    uint64_t keys[NAME_DICTIONARY_COUNT];

    keys_of(numbers, keys);
    *event = (struct event){
        .id = numbers->id,
        .kind = numbers->kind,
        .source = numbers->source,
        .has_time = true,
        .occurred_ms = event_id_ms(numbers->id),
        .status = numbers->status,
        .entity_type = text_of(cache, arena, keys[NAME_DICTIONARY_ENTITY_TYPE], 0),
        .entity_id = text_of(cache, arena, keys[NAME_DICTIONARY_ENTITY], 0),
        .entity_name = text_of(cache, arena, keys[NAME_DICTIONARY_ENTITY], 1),
        .action = text_of(cache, arena, keys[NAME_DICTIONARY_ACTION], 0),
        .user = text_of(cache, arena, keys[NAME_DICTIONARY_USER], 0),
        .trigger_provider = text_of(cache, arena, keys[NAME_DICTIONARY_PROVIDER], 0),
        .trigger_signature = numbers->signature,
    };
}

int name_cache_fill(struct name_cache *cache, struct db *db, struct arena *arena,
                    const struct event_numbers *numbers, size_t count, struct event *events)
{
    uint64_t *unknown = memory_new((count * NAME_DICTIONARY_COUNT + 1) * sizeof(*unknown));
    size_t missing;
    int result = 0;

    name_cache_bound(cache);
    missing = collect_unknown(cache, numbers, count, unknown);
    if (missing)
        result = learn(cache, db, unknown, missing);
    for (size_t i = 0; i < count && result == 0; i++)
        set_event(cache, arena, &numbers[i], &events[i]);
    free(unknown);
    return result;
}
