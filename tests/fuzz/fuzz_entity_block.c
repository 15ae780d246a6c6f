/* SPDX-License-Identifier: MIT */
/* Bytes taken for a block of entities, plain or packed: whatever is opened can be searched and leads to the same block. */
#include "index/entity_block.h"

#include <stdlib.h>

#include "base/compress.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void try_plain(struct str bytes)
{
    struct entity_ids ids = {NULL, 0, 0};
    struct entity_entry *entries;
    struct entity_block block;
    struct strbuf again;

    if (entity_block_open(bytes, &block) < 0)
        return;
    entity_block_search_name(&block, STR("a"), &ids);
    entity_block_search_external(&block, STR("5c"), true, &ids);
    require(ids.count <= (size_t)2 * block.entities);
    entity_ids_release(&ids);
    entries = memory_new(block.entities * sizeof(*entries));
    for (uint32_t i = 0; i < block.entities; i++)
        entries[i] = entity_block_entry(&block, i);
    strbuf_init(&again);
    entity_block_build(entries, block.entities, &again);
    require(str_equal(bytes, strbuf_str(&again)));
    strbuf_release(&again);
    free(entries);
}

static void try_packed(struct str bytes)
{
    struct strbuf plain;

    strbuf_init(&plain);
    if (entity_block_unpack(bytes, &plain) == 0)
        try_plain(strbuf_str(&plain));
    strbuf_release(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct strbuf packed;

    try_plain(bytes);
    try_packed(bytes);
    strbuf_init(&packed);
    compress_pack(bytes, &packed);
    try_packed(strbuf_str(&packed));
    strbuf_release(&packed);
    return 0;
}
