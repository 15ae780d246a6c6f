/* SPDX-License-Identifier: MIT */
/* A hash table with chains.  Its hash begins with a secret, because senders choose the names. */
#include "store/name_memory.h"

#include <assert.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/memory.h"

enum { FIRST_BUCKETS = 1024, BYTES_MAX = 32 * 1024 * 1024 };

/* A remembered row; its texts stand behind it. */
struct row {
    struct row *next;
    uint64_t hash;
    struct name_key key;
    uint32_t id;
    char bytes[];
};

struct name_memory {
    struct row **buckets; /* a power of two of them */
    size_t bucket_count, count, bytes;
    uint64_t secret;
};

int name_key_compare(const struct name_key *a, const struct name_key *b)
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

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t mix_text(uint64_t hash, struct str text)
{
    uint64_t word;

    hash = mix(hash, text.len);
    for (; text.len >= sizeof(word); text = str_slice(text, sizeof(word), text.len)) {
        memcpy(&word, text.ptr, sizeof(word));
        hash = mix(hash, word);
    }
    word = 0;
    if (text.len)
        memcpy(&word, text.ptr, text.len);
    return mix(hash, word);
}

static uint64_t hash_of(const struct name_memory *memory, const struct name_key *key)
{
    uint64_t hash = mix(memory->secret, key->table);

    for (size_t i = 0; i < sizeof(key->numbers) / sizeof(key->numbers[0]); i += 2)
        hash = mix(hash, (uint64_t)key->numbers[i] << 32 | key->numbers[i + 1]);
    for (size_t i = 0; i < sizeof(key->texts) / sizeof(key->texts[0]); i++)
        hash = mix_text(hash, key->texts[i]);
    return mix(hash, memory->secret);
}

static struct row **bucket_of(const struct name_memory *memory, uint64_t hash)
{
    return &memory->buckets[hash & (memory->bucket_count - 1)];
}

static void start(struct name_memory *memory)
{
    memory->bucket_count = FIRST_BUCKETS;
    memory->buckets = memory_new(memory->bucket_count * sizeof(*memory->buckets));
    memory->count = memory->bytes = 0;
    digest_random(&memory->secret, sizeof(memory->secret));
}

static void forget(struct name_memory *memory)
{
    for (size_t i = 0; i < memory->bucket_count; i++) {
        while (memory->buckets[i]) {
            struct row *row = memory->buckets[i];

            memory->buckets[i] = row->next;
            free(row);
        }
    }
    free(memory->buckets);
}

struct name_memory *name_memory_new(void)
{
    struct name_memory *memory = memory_new(sizeof(*memory));

    start(memory);
    return memory;
}

void name_memory_free(struct name_memory *memory)
{
    if (!memory)
        return;
    forget(memory);
    free(memory);
}

void name_memory_bound(struct name_memory *memory)
{
    if (memory->bytes <= BYTES_MAX)
        return;
    forget(memory);
    start(memory);
}

uint32_t name_memory_find(const struct name_memory *memory, const struct name_key *key)
{
    uint64_t hash = hash_of(memory, key);

    for (const struct row *row = *bucket_of(memory, hash); row; row = row->next)
        if (row->hash == hash && name_key_compare(&row->key, key) == 0)
            return row->id;
    return 0;
}

static void put(struct name_memory *memory, struct row *row)
{
    struct row **bucket = bucket_of(memory, row->hash);

    row->next = *bucket;
    *bucket = row;
}

static void grow(struct name_memory *memory)
{
    struct name_memory old = *memory;

    memory->bucket_count *= 2;
    memory->buckets = memory_new(memory->bucket_count * sizeof(*memory->buckets));
    for (size_t i = 0; i < old.bucket_count; i++) {
        for (struct row *row = old.buckets[i], *next; row; row = next) {
            next = row->next;
            put(memory, row);
        }
    }
    free(old.buckets);
}

void name_memory_add(struct name_memory *memory, const struct name_key *key, uint32_t id)
{
    size_t size = sizeof(struct row) + key->texts[0].len + key->texts[1].len;
    struct row *row = memory_new(size);
    char *bytes = row->bytes;

    assert(id && name_memory_find(memory, key) == 0);
    if (memory->count == memory->bucket_count)
        grow(memory);
    row->hash = hash_of(memory, key);
    row->key = *key;
    row->id = id;
    for (size_t i = 0; i < 2; i++) {
        if (key->texts[i].len)
            memcpy(bytes, key->texts[i].ptr, key->texts[i].len);
        row->key.texts[i].ptr = bytes;
        bytes += key->texts[i].len;
    }
    put(memory, row);
    memory->count++;
    memory->bytes += size;
}
