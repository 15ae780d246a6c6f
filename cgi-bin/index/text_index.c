/* SPDX-License-Identifier: MIT */
/* Owns the form of a text index and the hash in it: who changes either changes MAGIC. */
#include "index/text_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * A block is closed when a quarter of its bits is set, which texts that differ much do early and those that repeat themselves late;
 * but it has events enough that a segment stays below TEXT_INDEX_BLOCKS_MAX, and not so much text that reading it takes long.
 */
enum {
    BLOCK_EVENTS_MIN = 16,
    BLOCK_EVENTS_MAX = 256,
    BLOCK_TEXT_BYTES = 128 * 1024,
    BLOCK_BITS = TEXT_INDEX_ROWS / 4,
    COLUMN_BLOCKS = 8,
    COLUMNS_MAX = TEXT_INDEX_BLOCKS_MAX / COLUMN_BLOCKS,
    HASH_BITS = 16,
};
static_assert(1 << HASH_BITS == TEXT_INDEX_ROWS, "a hash names a row");

#define MAGIC UINT64_C(0x3158544b59414420) /* " DAYKTX1" */

struct header {
    uint64_t magic;
    uint64_t check;
    uint32_t account_id, kind, segment_id, blocks;
};

/* While it is made, the bits of eight blocks stand in one array, a byte for each hash: setting a bit needs no other memory. */
struct text_index_builder {
    uint32_t events_min; /* of a block */
    uint32_t blocks;
    uint32_t block_events;
    size_t block_bytes;
    uint32_t block_bits; /* set */
    uint64_t *first_ids;
    unsigned char *columns[COLUMNS_MAX];
};

static unsigned char folded(char c)
{
    unsigned char byte = (unsigned char)c;

    return (unsigned)(byte - 'A') < 26 ? (unsigned char)(byte | 0x20) : byte;
}

static uint32_t hash(uint32_t gram)
{
    return (uint32_t)((gram * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - HASH_BITS));
}

/* Sets bit number `bit` in the byte of each hash of the text, which stand `stride` apart; how many were not set before. */
static uint32_t set_bits(unsigned char *bytes, size_t stride, unsigned bit, struct str text)
{
    uint32_t gram = 0, fresh = 0;

    if (text.len < TEXT_INDEX_GRAM)
        return 0;
    for (size_t i = 0; i < TEXT_INDEX_GRAM - 1; i++)
        gram = gram << 8 | folded(text.ptr[i]);
    for (size_t i = TEXT_INDEX_GRAM - 1; i < text.len; i++) {
        unsigned char *byte;

        gram = gram << 8 | folded(text.ptr[i]);
        byte = &bytes[hash(gram) * stride];
        fresh += (~*byte >> bit) & 1U;
        *byte |= (unsigned char)(1U << bit);
    }
    return fresh;
}

struct text_index_builder *text_index_builder_new(uint64_t events)
{
    struct text_index_builder *builder = memory_new(sizeof(*builder));
    uint64_t fewest = events / TEXT_INDEX_BLOCKS_MAX + 1;

    builder->events_min = (uint32_t)(fewest > BLOCK_EVENTS_MIN ? fewest : BLOCK_EVENTS_MIN);
    builder->first_ids = memory_new(TEXT_INDEX_BLOCKS_MAX * sizeof(*builder->first_ids));
    return builder;
}

static bool is_full(const struct text_index_builder *builder)
{
    if (builder->blocks == TEXT_INDEX_BLOCKS_MAX || builder->block_events < builder->events_min)
        return false;
    return builder->block_bits >= BLOCK_BITS || builder->block_bytes >= BLOCK_TEXT_BYTES ||
           builder->block_events >= BLOCK_EVENTS_MAX;
}

/* Whatever comes before the first event belongs to the first block. */
static void begin_block(struct text_index_builder *builder, uint64_t id)
{
    unsigned column = builder->blocks / COLUMN_BLOCKS;

    if (builder->blocks % COLUMN_BLOCKS == 0)
        builder->columns[column] = memory_new(TEXT_INDEX_ROWS);
    builder->first_ids[builder->blocks] = builder->blocks ? id : 0;
    builder->blocks++;
    builder->block_events = 0;
    builder->block_bytes = 0;
    builder->block_bits = 0;
}

void text_index_builder_add(struct text_index_builder *builder, uint64_t id,
                            const struct str *texts, size_t count)
{
    unsigned block;

    if (builder->blocks == 0 || is_full(builder))
        begin_block(builder, id);
    block = builder->blocks - 1;
    for (size_t i = 0; i < count; i++) {
        builder->block_bits +=
            set_bits(builder->columns[block / COLUMN_BLOCKS], 1, block % COLUMN_BLOCKS, texts[i]);
        builder->block_bytes += texts[i].len;
    }
    builder->block_events++;
}

static size_t row_bytes_of(uint32_t blocks)
{
    return (blocks + COLUMN_BLOCKS - 1) / COLUMN_BLOCKS;
}

void text_index_builder_finish(struct text_index_builder *builder,
                               const struct text_index_name *name, struct strbuf *plain)
{
    struct header header = {MAGIC, name->check, name->account_id, name->kind, name->segment_id, 0};
    size_t columns;
    char *rows;

    if (builder->blocks == 0)
        begin_block(builder, 0);
    header.blocks = builder->blocks;
    columns = row_bytes_of(builder->blocks);
    strbuf_add(plain, (struct str){(const char *)&header, sizeof(header)});
    strbuf_add(plain, (struct str){(const char *)builder->first_ids,
                                   builder->blocks * sizeof(*builder->first_ids)});
    rows = strbuf_reserve(plain, TEXT_INDEX_ROWS * columns);
    for (size_t row = 0; row < TEXT_INDEX_ROWS; row++)
        for (size_t column = 0; column < columns; column++)
            *rows++ = (char)builder->columns[column][row];
    plain->len += TEXT_INDEX_ROWS * columns;
    plain->ptr[plain->len] = '\0';
}

void text_index_builder_free(struct text_index_builder *builder)
{
    if (!builder)
        return;
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        free(builder->columns[i]);
    free(builder->first_ids);
    free(builder);
}

int text_index_open(char *bytes, size_t size, const struct text_index_name *name,
                    struct text_index *index)
{
    struct header header;
    size_t ids_bytes;

    assert((uintptr_t)bytes % sizeof(uint64_t) == 0);
    if (size < sizeof(header))
        return -1;
    memcpy(&header, bytes, sizeof(header));
    if (header.magic != MAGIC || header.check != name->check ||
        header.account_id != name->account_id || header.kind != name->kind ||
        header.segment_id != name->segment_id || header.blocks == 0 ||
        header.blocks > TEXT_INDEX_BLOCKS_MAX)
        return -1;
    ids_bytes = header.blocks * sizeof(uint64_t);
    index->blocks = header.blocks;
    index->row_bytes = row_bytes_of(header.blocks);
    if (size != sizeof(header) + ids_bytes + TEXT_INDEX_ROWS * index->row_bytes)
        return -1;
    index->first_ids = (const uint64_t *)(const void *)(bytes + sizeof(header));
    index->rows = (unsigned char *)bytes + sizeof(header) + ids_bytes;
    for (uint32_t i = 1; i < header.blocks; i++)
        if (index->first_ids[i - 1] >= index->first_ids[i])
            return -1;
    return index->first_ids[0] == 0 ? 0 : -1;
}

uint32_t text_index_block(const struct text_index *index, uint64_t id)
{
    uint32_t low = 0, high = index->blocks; /* first_ids[low] <= id < first_ids[high] */

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (index->first_ids[middle] <= id)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void text_index_add(const struct text_index *index, uint64_t id, const struct str *texts,
                    size_t count)
{
    uint32_t block = text_index_block(index, id);

    for (size_t i = 0; i < count; i++)
        set_bits(index->rows + block / COLUMN_BLOCKS, index->row_bytes, block % COLUMN_BLOCKS,
                 texts[i]);
}

static uint32_t count_blocks(const struct text_index_blocks *blocks, size_t bytes)
{
    uint32_t count = 0;

    for (size_t i = 0; i < bytes; i++)
        count += (uint32_t)__builtin_popcount(blocks->bytes[i]);
    return count;
}

uint32_t text_index_find(const struct text_index *index, struct str folded_text,
                         struct text_index_blocks *blocks)
{
    unsigned char any = 1;
    uint32_t gram = 0;

    memset(blocks->bytes, 0xff, index->row_bytes);
    if (index->blocks % 8)
        blocks->bytes[index->row_bytes - 1] = (unsigned char)((1U << index->blocks % 8) - 1);
    for (size_t i = 0; i < folded_text.len && any; i++) {
        const unsigned char *row;

        gram = gram << 8 | (unsigned char)folded_text.ptr[i];
        if (i < TEXT_INDEX_GRAM - 1)
            continue;
        row = index->rows + hash(gram) * index->row_bytes;
        any = 0;
        for (size_t k = 0; k < index->row_bytes; k++)
            any |= blocks->bytes[k] &= row[k];
    }
    return count_blocks(blocks, index->row_bytes);
}
