/* SPDX-License-Identifier: MIT */
/* Bytes made smaller, by zstd at its quickest level: for blocks that are kept in the database. */
#ifndef DAYBOOK_BASE_COMPRESS_H
#define DAYBOOK_BASE_COMPRESS_H

#include "base/strbuf.h"

#include <stddef.h>

/* Appends the packed form of `bytes` to `packed`: one zstd frame, with the size of `bytes` and a checksum. */
void compress_pack(struct str bytes, struct strbuf *packed);

/*
 * Appends what was packed.  0; or -1, with `bytes` as before, when `packed` is not exactly one such frame, is damaged, or holds more than
 * `max_bytes`.  No more memory than that is taken, whatever the frame says.
 */
int compress_unpack(struct str packed, size_t max_bytes, struct strbuf *bytes);

#endif
