/* SPDX-License-Identifier: MIT */
/*
 * The ids of some events in their order of arrival, small: the differences between neighbours, zigzag and LEB128 as in Protocol Buffers, then
 * compressed (base/compress.h).  Pure.
 */
#ifndef DAYBOOK_INDEX_ARRIVAL_BLOCK_H
#define DAYBOOK_INDEX_ARRIVAL_BLOCK_H

#include "base/strbuf.h"

#include <stddef.h>
#include <stdint.h>

enum { ARRIVAL_BLOCK_MAX = 65536 }; /* ids in one */

/* Appends the packed form of `count` ids. */
void arrival_block_pack(const uint64_t *ids, size_t count, struct strbuf *out);

/* Fills `ids` with the `count` ids that are in a block.  0; -1: it is damaged, or holds another number of them. */
int arrival_block_unpack(struct str block, uint64_t *ids, size_t count);

#endif
