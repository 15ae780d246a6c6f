/* SPDX-License-Identifier: MIT */
/* The only file that knows zstd. */
#include "base/compress.h"

#include <assert.h>
#include <zstd.h>

enum { LEVEL = 1 };

void compress_pack(struct str bytes, struct strbuf *packed)
{
    size_t room = ZSTD_compressBound(bytes.len), written;
    ZSTD_CCtx *context = ZSTD_createCCtx();

    assert(context); /* no memory: the process ends, as everywhere */
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    written = ZSTD_compress2(context, strbuf_reserve(packed, room), room, bytes.ptr, bytes.len);
    ZSTD_freeCCtx(context);
    assert(!ZSTD_isError(written)); /* there is room for the worst case */
    packed->len += written;
    packed->ptr[packed->len] = '\0';
}

int compress_unpack(struct str packed, size_t max_bytes, struct strbuf *bytes)
{
    unsigned long long said;
    size_t written;

    if (packed.len == 0 || ZSTD_findFrameCompressedSize(packed.ptr, packed.len) != packed.len)
        return -1;
    said = ZSTD_getFrameContentSize(packed.ptr, packed.len);
    if (said == ZSTD_CONTENTSIZE_UNKNOWN || said == ZSTD_CONTENTSIZE_ERROR || said > max_bytes)
        return -1;
    written =
        ZSTD_decompress(strbuf_reserve(bytes, (size_t)said), (size_t)said, packed.ptr, packed.len);
    if (ZSTD_isError(written) || written != said) {
        bytes->ptr[bytes->len] = '\0';
        return -1;
    }
    bytes->len += written;
    bytes->ptr[bytes->len] = '\0';
    return 0;
}
