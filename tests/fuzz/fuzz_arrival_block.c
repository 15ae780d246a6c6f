/* SPDX-License-Identifier: MIT */
/* Bytes taken for a block of arrivals, plain or packed: whatever is unpacked packs to what unpacks to the same. */
#include "index/arrival_block.h"

#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void try_block(struct str block, size_t count)
{
    uint64_t *ids = memory_new((count + 1) * sizeof(*ids)),
             *again = memory_new((count + 1) * sizeof(*again));
    struct strbuf packed;

    strbuf_init(&packed);
    if (arrival_block_unpack(block, ids, count) == 0) {
        arrival_block_pack(ids, count, &packed);
        require(arrival_block_unpack(strbuf_str(&packed), again, count) == 0);
        require(memcmp(ids, again, count * sizeof(*ids)) == 0);
    }
    strbuf_release(&packed);
    free(again);
    free(ids);
}

/* The first byte says how many ids it is asked for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data + 1, size - 1};
    struct strbuf packed;

    if (size == 0)
        return 0;
    try_block(bytes, data[0]);
    strbuf_init(&packed);
    compress_pack(bytes, &packed);
    try_block(strbuf_str(&packed), data[0]);
    strbuf_release(&packed);
    return 0;
}
