/* SPDX-License-Identifier: MIT */
/*
 * Where in a segment may a text stand?  A signature of its texts, so that a search reads few of them.  Pure over bytes.
 *
 * The events of a segment are cut into blocks of some that follow each other: block b holds whatever has an id from first_ids[b] to
 * below first_ids[b + 1], also what comes late.  A block has TEXT_INDEX_ROWS bits; each run of four bytes (A-Z as a-z) of each text
 * sets the one that its hash names.  All blocks' bits of one hash stand together, as a row, so that a search reads a few short rows and
 * ANDs them: what is left are the blocks that may hold the text.  Bits are only ever set: a deleted event leaves its bits behind, and
 * a late one sets its bits in place.  So a block may be named in vain, but none that holds the text is left out.
 *
 * Plain form, all numbers little-endian and aligned: a header, first_ids, the rows.
 */
#ifndef DAYBOOK_INDEX_TEXT_INDEX_H
#define DAYBOOK_INDEX_TEXT_INDEX_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TEXT_INDEX_ROWS = 65536,
    TEXT_INDEX_BLOCKS_MAX = 4096,
    TEXT_INDEX_GRAM = 4, /* bytes; a shorter text may be anywhere */
};

/* Whose texts they are.  `check` is segment.text_check: drawn at random when the index is made, never 0. */
struct text_index_name {
    uint32_t account_id;
    unsigned kind;
    uint32_t segment_id;
    uint64_t check;
};

/* An open index: borrowed views into its bytes. */
struct text_index {
    uint32_t blocks; /* 1 to TEXT_INDEX_BLOCKS_MAX */
    size_t row_bytes;
    const uint64_t *first_ids; /* ascending, each once; the first is 0 */
    unsigned char *rows;       /* TEXT_INDEX_ROWS × row_bytes; only text_index_add() writes */
};

/* Which blocks: bit b % 8 of byte b / 8. */
struct text_index_blocks {
    unsigned char bytes[TEXT_INDEX_BLOCKS_MAX / 8];
};

/* Makes an index of about `events` events (more or fewer come out right too). */
struct text_index_builder;
struct text_index_builder *text_index_builder_new(uint64_t events);

/* The texts of the next event; ids ascend. */
void text_index_builder_add(struct text_index_builder *builder, uint64_t id,
                            const struct str *texts, size_t count);

/* Appends the plain form. */
void text_index_builder_finish(struct text_index_builder *builder,
                               const struct text_index_name *name, struct strbuf *plain);

/* NULL is allowed. */
void text_index_builder_free(struct text_index_builder *builder);

/*
 * Opens a plain form, which must be aligned to 8 bytes and stays borrowed.  0; or -1 when it is not the one of that name, or not a
 * whole one: nothing is followed outside the bytes whatever they are.
 */
int text_index_open(char *bytes, size_t size, const struct text_index_name *name,
                    struct text_index *index);

/* Sets the bits of one more event, in place: the bytes must be writable. */
void text_index_add(const struct text_index *index, uint64_t id, const struct str *texts,
                    size_t count);

/*
 * The blocks that may hold `folded` (from str_fold()), and how many they are.  All of them when it is shorter than
 * TEXT_INDEX_GRAM.
 */
uint32_t text_index_find(const struct text_index *index, struct str folded,
                         struct text_index_blocks *blocks);

/* The block of an id. */
uint32_t text_index_block(const struct text_index *index, uint64_t id);

static inline bool text_index_has(const struct text_index_blocks *blocks, uint32_t block)
{
    return blocks->bytes[block / 8] >> block % 8 & 1;
}

#endif
