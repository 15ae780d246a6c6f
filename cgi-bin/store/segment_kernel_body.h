/* SPDX-License-Identifier: MIT */
/*
 * The loops over bit planes, included once for each kind of processor.  KERNEL_NAME is what the struct segment_kernel is
 * called, KERNEL_VECTOR_BYTES how many bytes a register holds, KERNEL_TARGET an attribute of the functions, KERNEL_POPCOUNT 1
 * where counting bits is one instruction.
 *
 * A comparison of 64 codes goes plane by plane from the lowest bit: whether code >= bound depends on the highest bit where they
 * differ, so each plane is one AND (the bound's bit is 1) or OR (it is 0) on what the lower planes said.
 */
#include "store/segment_private.h"

#ifndef KERNEL_NAME
#define KERNEL_NAME segment_kernel_plain
#define KERNEL_VECTOR_BYTES 16
#define KERNEL_TARGET
#define KERNEL_POPCOUNT 0
#endif

#if defined(__clang__)
#define KERNEL_UNROLL _Pragma("clang loop unroll(full)")
#else
#define KERNEL_UNROLL _Pragma("GCC unroll 16")
#endif

typedef uint64_t vector __attribute__((vector_size(KERNEL_VECTOR_BYTES), aligned(8), may_alias));

enum {
    VECTOR_WORDS = KERNEL_VECTOR_BYTES / 8,
    TILE_VECTORS = 4,
    TILE_WORDS = TILE_VECTORS * VECTOR_WORDS, /* that are compared at once */
    SPARSE_WORDS = VECTOR_WORDS,              /* fewer words with bits are compared one by one */
    SPARSE_BITS = 6,                          /* fewer bits of a word are looked at one by one */
    TREE_VALUES = 64 /* up to so many values are counted by dividing the bits */
};

/* A comparison whose results, taken exclusive-or, say whether a code is in a set. */
struct comparison {
    uint32_t code; /* 1 or more, unless `equal` */
    bool equal;    /* code equal, or at least */
};

/* As the set is made of comparisons. */
struct comparisons {
    struct comparison items[2 * SEGMENT_COMPARED_MAX];
    size_t count;
    uint64_t start; /* to begin the exclusive-or with: all bits or none */
};

static KERNEL_TARGET inline uint32_t bits_in(uint64_t word)
{
#if KERNEL_POPCOUNT
    return (uint32_t)__builtin_popcountll(word);
#else
    word -= word >> 1 & 0x5555555555555555;
    word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return (uint32_t)(word * 0x0101010101010101 >> 56);
#endif
}

static KERNEL_TARGET uint32_t count_bits(const uint64_t *words, size_t count)
{
    uint32_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += bits_in(words[i]);
    return total;
}

/* ---- Comparing ----------------------------------------------------------------------------------- */

static void compile(const struct segment_code_set *set, uint32_t value_count,
                    struct comparisons *compiled)
{
    compiled->count = 0;
    compiled->start = set->exclude ? ~(uint64_t)0 : 0;
    for (size_t i = 0; i < set->count; i++) {
        struct segment_codes range = set->ranges[i];

        if (range.first == range.last) {
            compiled->items[compiled->count++] = (struct comparison){range.first, true};
            continue;
        }
        if (range.first == 0)
            compiled->start = ~compiled->start;
        else
            compiled->items[compiled->count++] = (struct comparison){range.first, false};
        if (range.last < value_count - 1)
            compiled->items[compiled->count++] = (struct comparison){range.last + 1, false};
    }
}

/* One comparison of a tile whose lowest plane begins at `at`. */
static KERNEL_TARGET inline void compare_tile(const uint64_t *at, size_t stride, unsigned bits,
                                              struct comparison comparison, vector *into)
{
    unsigned k = comparison.equal ? 0 : (unsigned)__builtin_ctz(comparison.code);
    const vector *plane = (const vector *)(at + k * stride);
    vector result[TILE_VECTORS];

    KERNEL_UNROLL
    for (int i = 0; i < TILE_VECTORS; i++)
        result[i] = comparison.equal && !(comparison.code & 1) ? ~plane[i] : plane[i];
    while (++k < bits) {
        plane = (const vector *)(at + k * stride);
        if (comparison.code >> k & 1) {
            KERNEL_UNROLL
            for (int i = 0; i < TILE_VECTORS; i++)
                result[i] &= plane[i];
        } else if (comparison.equal) {
            KERNEL_UNROLL
            for (int i = 0; i < TILE_VECTORS; i++)
                result[i] &= ~plane[i];
        } else {
            KERNEL_UNROLL
            for (int i = 0; i < TILE_VECTORS; i++)
                result[i] |= plane[i];
        }
    }
    KERNEL_UNROLL
    for (int i = 0; i < TILE_VECTORS; i++)
        into[i] ^= result[i];
}

static KERNEL_TARGET void keep_tile(const uint64_t *at, size_t stride, unsigned bits,
                                    const struct comparisons *compiled, uint64_t *words)
{
    vector *kept = (vector *)words;
    vector inside[TILE_VECTORS];

    KERNEL_UNROLL
    for (int i = 0; i < TILE_VECTORS; i++)
        inside[i] = (vector){0} + compiled->start;
    for (size_t i = 0; i < compiled->count; i++)
        compare_tile(at, stride, bits, compiled->items[i], inside);
    KERNEL_UNROLL
    for (int i = 0; i < TILE_VECTORS; i++)
        kept[i] &= inside[i];
}

/* The same for one word. */
static KERNEL_TARGET void keep_word(const uint64_t *at, size_t stride, unsigned bits,
                                    const struct comparisons *compiled, uint64_t *word)
{
    uint64_t inside = compiled->start;

    for (size_t i = 0; i < compiled->count; i++) {
        struct comparison comparison = compiled->items[i];
        uint64_t result = ~(uint64_t)0;

        for (unsigned k = 0; k < bits; k++) {
            uint64_t plane = at[k * stride];

            if (comparison.code >> k & 1)
                result &= plane;
            else
                result = comparison.equal ? result & ~plane : result | plane;
        }
        inside ^= result;
    }
    *word &= inside;
}

static KERNEL_TARGET void keep_ranges(const struct segment_column *column, size_t stride,
                                      const struct segment_code_set *set, struct segment_span span,
                                      uint64_t *bits)
{
    const uint64_t *planes = column->planes;
    struct comparisons compiled;
    size_t word = span.first;

    compile(set, column->value_count, &compiled);
    for (; word + TILE_WORDS <= span.end; word += TILE_WORDS) {
        unsigned filled = 0;

        for (size_t i = word; i < word + TILE_WORDS; i++)
            filled += bits[i] != 0;
        if (filled > SPARSE_WORDS) {
            keep_tile(planes + word, stride, column->bits, &compiled, bits + word);
            continue;
        }
        for (size_t i = word; filled && i < word + TILE_WORDS; i++)
            if (bits[i])
                keep_word(planes + i, stride, column->bits, &compiled, bits + i);
    }
    for (; word < span.end; word++)
        if (bits[word])
            keep_word(planes + word, stride, column->bits, &compiled, bits + word);
}

/* ---- From planes back to codes ------------------------------------------------------------------- */

#define SPREAD_1(b)                                                                                \
    ((uint64_t)((b)&1) | (uint64_t)((b) >> 1 & 1) << 8 | (uint64_t)((b) >> 2 & 1) << 16 |          \
     (uint64_t)((b) >> 3 & 1) << 24 | (uint64_t)((b) >> 4 & 1) << 32 |                             \
     (uint64_t)((b) >> 5 & 1) << 40 | (uint64_t)((b) >> 6 & 1) << 48 |                             \
     (uint64_t)((b) >> 7 & 1) << 56)
#define SPREAD_4(b) SPREAD_1(b), SPREAD_1((b) + 1), SPREAD_1((b) + 2), SPREAD_1((b) + 3)
#define SPREAD_16(b) SPREAD_4(b), SPREAD_4((b) + 4), SPREAD_4((b) + 8), SPREAD_4((b) + 12)
#define SPREAD_64(b) SPREAD_16(b), SPREAD_16((b) + 16), SPREAD_16((b) + 32), SPREAD_16((b) + 48)

/* Each bit of a byte in a byte of its own. */
static const uint64_t spread[256] = {SPREAD_64(0), SPREAD_64(64), SPREAD_64(128), SPREAD_64(192)};

/* Up to 8 planes of a word as a byte for each of its 64 events. */
static KERNEL_TARGET inline void spread_planes(const uint64_t *at, size_t stride, unsigned bits,
                                               unsigned char *bytes)
{
    uint64_t eights[8] = {0};

    for (unsigned k = 0; k < bits; k++) {
        uint64_t plane = at[k * stride];

        KERNEL_UNROLL
        for (int i = 0; i < 8; i++)
            eights[i] |= spread[plane >> 8 * i & 0xff] << k;
    }
    __builtin_memcpy(bytes, eights, sizeof(eights));
}

static KERNEL_TARGET void word_codes(const struct segment_column *column, size_t stride,
                                     size_t word, uint16_t *codes)
{
    unsigned char low[64], high[64] = {0};

    spread_planes(column->planes + word, stride, column->bits < 8 ? column->bits : 8, low);
    if (column->bits > 8)
        spread_planes(column->planes + 8 * stride + word, stride, column->bits - 8, high);
    for (int i = 0; i < 64; i++)
        codes[i] = (uint16_t)(low[i] | high[i] << 8);
}

/* The code of a single event. */
static KERNEL_TARGET inline uint32_t event_code(const struct segment_column *column, size_t stride,
                                                size_t word, unsigned event)
{
    const uint64_t *plane = column->planes + word;
    uint32_t code = 0;

    for (unsigned k = 0; k < column->bits; k++, plane += stride)
        code |= (uint32_t)(*plane >> event & 1) << k;
    return code;
}

static KERNEL_TARGET void keep_table(const struct segment_column *column, size_t stride,
                                     const unsigned char *table, struct segment_span span,
                                     uint64_t *bits)
{
    uint16_t codes[64];

    for (size_t word = span.first; word < span.end; word++) {
        uint64_t inside = 0;

        if (bits_in(bits[word]) > SPARSE_BITS) {
            word_codes(column, stride, word, codes);
            for (unsigned i = 0; i < 64; i++)
                inside |= (uint64_t)table[codes[i]] << i;
        } else {
            for (uint64_t left = bits[word]; left; left &= left - 1) {
                unsigned event = (unsigned)__builtin_ctzll(left);

                inside |= (uint64_t)table[event_code(column, stride, word, event)] << event;
            }
        }
        bits[word] &= inside;
    }
}

/* ---- Counting values ----------------------------------------------------------------------------- */

/* Divides the bits of some words by one plane after the other until each part has one code. */
static KERNEL_TARGET void count_tree(const struct segment_column *column, size_t stride,
                                     const uint64_t *words, size_t word, uint32_t *counts)
{
    vector parts[TREE_VALUES + 1];
    const uint64_t *part = (const uint64_t *)parts;

    parts[0] = *(const vector *)words;
    for (unsigned k = column->bits; k-- > 0;) {
        vector plane = *(const vector *)(column->planes + k * stride + word);

        for (uint32_t i = ((column->value_count - 1) >> (k + 1)) + 1; i-- > 0;) {
            vector ones = parts[i] & plane;

            parts[2 * i] = parts[i] ^ ones;
            parts[2 * i + 1] = ones;
        }
    }
    for (uint32_t code = 0; code < column->value_count; code++)
        for (int i = 0; i < VECTOR_WORDS; i++)
            counts[code] += bits_in(*part++);
}

static KERNEL_TARGET void count_word(const struct segment_column *column, size_t stride,
                                     uint64_t bits, size_t word, uint32_t delta, uint32_t *counts)
{
    uint16_t codes[64];

    if (bits_in(bits) > 2 * SPARSE_BITS) {
        word_codes(column, stride, word, codes);
        for (; bits; bits &= bits - 1)
            counts[codes[__builtin_ctzll(bits)]] += delta;
    } else {
        for (; bits; bits &= bits - 1)
            counts[event_code(column, stride, word, (unsigned)__builtin_ctzll(bits))] += delta;
    }
}

static KERNEL_TARGET void facet(const struct segment_column *column, size_t stride,
                                const uint64_t *bits, uint32_t delta, uint32_t *counts)
{
    uint32_t few[TREE_VALUES] = {0};
    size_t word = 0;

    if (column->value_count <= TREE_VALUES) {
        for (; word + VECTOR_WORDS <= stride; word += VECTOR_WORDS) {
            if (count_bits(bits + word, VECTOR_WORDS) > VECTOR_WORDS * SPARSE_BITS) {
                count_tree(column, stride, bits + word, word, few);
                continue;
            }
            for (size_t i = word; i < word + VECTOR_WORDS; i++)
                count_word(column, stride, bits[i], i, 1, few);
        }
        for (; word < stride; word++)
            count_word(column, stride, bits[word], word, 1, few);
        for (uint32_t code = 0; code < column->value_count; code++)
            counts[code] += few[code] * delta;
    }
    for (; word < stride; word++)
        count_word(column, stride, bits[word], word, delta, counts);
}

const struct segment_kernel KERNEL_NAME = {
    .count = count_bits,
    .keep_ranges = keep_ranges,
    .keep_table = keep_table,
    .codes = word_codes,
    .facet = facet,
};
