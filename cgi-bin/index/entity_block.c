/* SPDX-License-Identifier: MIT */
/* The form of a block of entities: building, opening, packing.  entity_search.c searches it. */
#include "index/entity_block.h"

#include <assert.h>
#include <stdlib.h>

#include "base/compress.h"
#include "base/memory.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "blocks are used as they are stored");

/* What follows: ids, ends, texts, and zeros: at least 8, up to a multiple of 8 bytes. */
struct header {
    char magic[8];
    uint32_t entities;
    uint32_t text_bytes;
};

#define MAGIC "DAYENT2" /* with its NUL */

enum { EXTERNAL_ID, NAME, WRITTEN }; /* the texts, in this order */

enum {
    NUMBERS = 4, /* for each entity: its id and three ends */
    SLACK = 8,
    BLOCK_BYTES_MAX = (int)sizeof(struct header) + ENTITY_BLOCK_MAX * NUMBERS * 4 +
                      ENTITY_BLOCK_TEXT_MAX + 2 * SLACK
};

/* The size of the plain form with this header, or 0. */
static size_t whole_bytes(const struct header *header)
{
    if (memcmp(header->magic, MAGIC, sizeof(header->magic)) != 0 || header->entities == 0 ||
        header->entities > ENTITY_BLOCK_MAX || header->text_bytes > ENTITY_BLOCK_TEXT_MAX)
        return 0;
    return (sizeof(*header) + (size_t)header->entities * NUMBERS * sizeof(uint32_t) +
            header->text_bytes + SLACK + 7) &
           ~(size_t)7;
}

void entity_ids_release(struct entity_ids *ids)
{
    free(ids->ids);
    *ids = (struct entity_ids){NULL, 0, 0};
}

/* What is kept of the name as it was written: nothing where folding has changed nothing. */
static struct str kept_written(const struct entity_entry *entry)
{
    return str_equal(entry->written, entry->name) ? (struct str){NULL, 0} : entry->written;
}

size_t entity_block_fill(const struct entity_entry *entries, size_t count)
{
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        bytes += entries[i].external_id.len + entries[i].name.len + kept_written(&entries[i]).len;
        if (i == ENTITY_BLOCK_MAX || (i > 0 && bytes > ENTITY_BLOCK_TEXT_MAX))
            return i;
    }
    return count;
}

static void put_number(struct strbuf *plain, size_t number)
{
    uint32_t small = (uint32_t)number;

    strbuf_add(plain, (struct str){(const char *)&small, sizeof(small)});
}

void entity_block_build(const struct entity_entry *entries, size_t count, struct strbuf *plain)
{
    struct header header = {.magic = MAGIC, .entities = (uint32_t)count};
    size_t begin = plain->len, end = 0;

    assert(count > 0 && count <= ENTITY_BLOCK_MAX);
    strbuf_add(plain, (struct str){(const char *)&header, sizeof(header)});
    for (size_t i = 0; i < count; i++) {
        assert(i == 0 || entries[i - 1].id < entries[i].id);
        put_number(plain, entries[i].id);
    }
    for (size_t i = 0; i < count; i++)
        put_number(plain, end += entries[i].external_id.len);
    for (size_t i = 0; i < count; i++)
        put_number(plain, end += entries[i].name.len);
    for (size_t i = 0; i < count; i++)
        put_number(plain, end += kept_written(&entries[i]).len);
    assert(end <= ENTITY_BLOCK_TEXT_MAX);
    for (size_t i = 0; i < count; i++)
        strbuf_add(plain, entries[i].external_id);
    for (size_t i = 0; i < count; i++)
        strbuf_add(plain, entries[i].name);
    for (size_t i = 0; i < count; i++)
        strbuf_add(plain, kept_written(&entries[i]));
    header.text_bytes = (uint32_t)end;
    memcpy(plain->ptr + begin, &header, sizeof(header));
    while (plain->len - begin < whole_bytes(&header))
        strbuf_add_char(plain, 0);
}

static struct str text_of(const struct entity_block *block, unsigned which, uint32_t i)
{
    const uint32_t *end = block->texts_end + (size_t)which * block->entities + i;
    uint32_t begin = end == block->texts_end ? 0 : end[-1];

    return (struct str){block->texts + begin, *end - begin};
}

/* Once more as it was written stands only a name that folding changed. */
static bool is_well_written(const struct entity_block *block)
{
    bool well = true;

    for (uint32_t i = 0; i < block->entities; i++) {
        struct str name = text_of(block, NAME, i), written = text_of(block, WRITTEN, i);

        well &= written.len == 0 || !str_equal(written, name);
    }
    return well;
}

int entity_block_open(struct str plain, struct entity_block *block)
{
    struct header header;
    bool wrong = false;
    uint32_t before = 0;
    const char *rest;

    if (plain.len < sizeof(header) || (uintptr_t)plain.ptr % 8 != 0)
        return -1;
    memcpy(&header, plain.ptr, sizeof(header));
    if (whole_bytes(&header) != plain.len)
        return -1;
    block->entities = header.entities;
    block->ids = (const uint32_t *)(const void *)(plain.ptr + sizeof(header));
    block->texts_end = block->ids + header.entities;
    block->texts =
        plain.ptr + sizeof(header) + (size_t)header.entities * NUMBERS * sizeof(uint32_t);
    for (uint32_t i = 1; i < block->entities; i++)
        wrong |= block->ids[i - 1] >= block->ids[i];
    for (uint32_t i = 0; i < 3 * block->entities; i++) {
        wrong |= block->texts_end[i] < before;
        before = block->texts_end[i];
    }
    block->names = block->texts_end[block->entities - 1];
    for (rest = block->texts + header.text_bytes; rest < plain.ptr + plain.len; rest++)
        wrong |= *rest != 0;
    return wrong || before != header.text_bytes || !is_well_written(block) ? -1 : 0;
}

struct entity_entry entity_block_entry(const struct entity_block *block, uint32_t i)
{
    struct entity_entry entry = {
        .id = block->ids[i],
        .external_id = text_of(block, EXTERNAL_ID, i),
        .name = text_of(block, NAME, i),
        .written = text_of(block, WRITTEN, i),
    };

    if (entry.written.len == 0)
        entry.written = entry.name;
    return entry;
}

bool entity_block_find(const struct entity_block *block, uint32_t id, struct entity_entry *entry)
{
    uint32_t low = 0, high = block->entities;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (block->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == block->entities || block->ids[low] != id)
        return false;
    *entry = entity_block_entry(block, low);
    return true;
}

/* ---- Packing: numbers as differences to the one before, the rest as it is ------------------------- */

/* Replaces `count` numbers at `at`, which may be unaligned, by their differences, or by their sums. */
static void change_numbers(char *at, size_t count, bool to_sums)
{
    uint32_t before = 0, number, changed;

    for (size_t i = 0; i < count; i++, at += sizeof(number)) {
        memcpy(&number, at, sizeof(number));
        changed = to_sums ? before + number : number - before;
        memcpy(at, &changed, sizeof(changed));
        before = to_sums ? changed : number;
    }
}

static void change_all_numbers(char *plain, size_t entities, bool to_sums)
{
    char *numbers = plain + sizeof(struct header);

    change_numbers(numbers, entities, to_sums);
    change_numbers(numbers + entities * sizeof(uint32_t), (NUMBERS - 1) * entities, to_sums);
}

void entity_block_pack(struct str plain, struct strbuf *packed)
{
    struct header header;
    struct strbuf loose;

    assert(plain.len >= sizeof(header));
    memcpy(&header, plain.ptr, sizeof(header));
    assert(whole_bytes(&header) == plain.len);
    strbuf_init(&loose);
    strbuf_add(&loose, plain);
    change_all_numbers(loose.ptr, header.entities, false);
    compress_pack(strbuf_str(&loose), packed);
    strbuf_release(&loose);
}

int entity_block_unpack(struct str packed, struct strbuf *plain)
{
    size_t begin = plain->len;
    struct header header;

    if (compress_unpack(packed, BLOCK_BYTES_MAX, plain) < 0)
        return -1;
    if (plain->len - begin < sizeof(header))
        goto wrong;
    memcpy(&header, plain->ptr + begin, sizeof(header));
    if (whole_bytes(&header) != plain->len - begin)
        goto wrong;
    change_all_numbers(plain->ptr + begin, header.entities, true);
    return 0;
wrong:
    plain->len = begin;
    plain->ptr[begin] = '\0';
    return -1;
}
