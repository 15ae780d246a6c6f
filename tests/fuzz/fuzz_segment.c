/* SPDX-License-Identifier: MIT */
/*
 * Bytes taken for a plain segment, for a packed one, and for what is inside a packed one: whatever is opened must be usable
 * throughout, and what rows are decoded from it must lead to a segment with the same rows.
 */
#include "index/segment_query.h"

#include <stdlib.h>

#include "base/compress.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void ask(const struct segment *segment)
{
    struct segment_range ranges[] = {{0, 1}, {3, 3}, {200, 404}, {500, UINT32_MAX}};
    struct segment_condition conditions[SEGMENT_DIMENSION_COUNT];
    struct segment_query query = {segment->ids[0] + 1, UINT64_MAX, conditions, 0};
    uint32_t *counts = memory_new(segment->events * sizeof(*counts));
    struct segment_bits bits;

    for (; query.count < SEGMENT_DIMENSION_COUNT; query.count++) {
        conditions[query.count] =
            (struct segment_condition){query.count, query.count % 2, ranges, 4, NULL};
        require(segment_match(segment, &query, &bits) <= segment->events);
        if (query.count < SEGMENT_ENTITY)
            segment_facet(segment, &bits, query.count, counts);
    }
    free(counts);
}

static void try_plain(struct str bytes)
{
    struct segment_row *rows, *again;
    struct segment segment;
    struct strbuf plain;

    if (segment_open(bytes, &segment) < 0)
        return;
    ask(&segment);
    rows = memory_new(segment.events * sizeof(*rows));
    again = memory_new(segment.events * sizeof(*again));
    segment_rows(&segment, rows);
    strbuf_init(&plain);
    segment_build(rows, segment.events, &plain);
    require(segment_open(strbuf_str(&plain), &segment) == 0);
    segment_rows(&segment, again);
    require(memcmp(rows, again, segment.events * sizeof(*rows)) == 0);
    strbuf_release(&plain);
    free(rows);
    free(again);
}

static void try_packed(struct str bytes)
{
    struct strbuf plain;

    strbuf_init(&plain);
    if (segment_unpack(bytes, &plain) == 0)
        try_plain(strbuf_str(&plain));
    strbuf_release(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct strbuf packed;

    try_plain(bytes); /* malloc() aligns what replay_main.c and libFuzzer hand over */
    try_packed(bytes);
    strbuf_init(&packed);
    compress_pack(bytes, &packed);
    try_packed(strbuf_str(&packed));
    strbuf_release(&packed);
    return 0;
}
