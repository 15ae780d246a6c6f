/* SPDX-License-Identifier: MIT */
/* Ten bytes hold any difference. */
#include "index/arrival_block.h"

#include "base/compress.h"

enum { DIFFERENCE_BYTES_MAX = 10, BITS = 7, MORE = 0x80 };

static void add_difference(struct strbuf *out, uint64_t difference)
{
    uint64_t zigzag = difference << 1 ^ (difference >> 63 ? UINT64_MAX : 0);

    for (; zigzag >= MORE; zigzag >>= BITS)
        strbuf_add_char(out, (char)(unsigned char)(zigzag | MORE));
    strbuf_add_char(out, (char)(unsigned char)zigzag);
}

void arrival_block_pack(const uint64_t *ids, size_t count, struct strbuf *out)
{
    struct strbuf plain;
    uint64_t last = 0;

    strbuf_init(&plain);
    for (size_t i = 0; i < count; i++) {
        add_difference(&plain, ids[i] - last);
        last = ids[i];
    }
    compress_pack(strbuf_str(&plain), out);
    strbuf_release(&plain);
}

/* Reads one from `at` on, and moves it behind.  0 or -1. */
static int read_difference(struct str plain, size_t *at, uint64_t *difference)
{
    uint64_t zigzag = 0;

    for (unsigned i = 0; i < DIFFERENCE_BYTES_MAX && *at < plain.len; i++) {
        unsigned char byte = (unsigned char)plain.ptr[(*at)++];

        zigzag |= (uint64_t)(byte & (MORE - 1)) << BITS * i;
        if (byte & MORE)
            continue;
        *difference = zigzag >> 1 ^ (zigzag & 1 ? UINT64_MAX : 0);
        return 0;
    }
    return -1;
}

int arrival_block_unpack(struct str block, uint64_t *ids, size_t count)
{
    struct strbuf plain;
    uint64_t last = 0, difference;
    size_t at = 0;
    int result;

    strbuf_init(&plain);
    result = compress_unpack(block, count * DIFFERENCE_BYTES_MAX, &plain);
    for (size_t i = 0; i < count && result == 0; i++) {
        result = read_difference(strbuf_str(&plain), &at, &difference);
        if (result == 0)
            ids[i] = last += difference;
    }
    if (at != plain.len)
        result = -1;
    strbuf_release(&plain);
    return result;
}
