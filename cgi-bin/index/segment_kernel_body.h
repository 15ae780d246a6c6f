/* SPDX-License-Identifier: MIT */
/*
 * The loops over bit planes, included once for each kind of processor.  KERNEL_NAME is what the struct segment_kernel is
 * called, KERNEL_VECTOR_BYTES how many bytes a register holds, KERNEL_TARGET an attribute of the functions, KERNEL_POPCOUNT 1
 * where counting bits is one instruction.
 *
 * A comparison of 64 codes goes plane by plane from the lowest bit: whether code >= bound depends on the highest bit where they
 * differ, so each plane is one AND (the bound's bit is 1) or OR (it is 0) on what the lower planes said.
 */
#include "index/segment_private.h"

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
    TREE_VALUES = KERNEL_POPCOUNT ? 64 : 32,  /* up to so many are counted by dividing the bits */
    TWICE_VALUES = 2048                       /* up to so many are counted in two places by turns */
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

/* Exchanges what the upper parts of `low` and the lower parts of `high` hold. */
static KERNEL_TARGET inline void exchange(vector *low, vector *high, int shift, uint64_t lower)
{
    vector differ = (*low >> shift ^ *high) & ((vector){0} + lower);

    *high ^= differ;
    *low ^= differ << shift;
}

/* The same within one word, of the bits that `upper` marks and those `shift` above. */
static KERNEL_TARGET inline vector exchange_bits(vector bits, int shift, uint64_t upper)
{
    vector differ = (bits >> shift ^ bits) & ((vector){0} + upper);

    return bits ^ differ ^ differ << shift;
}

/*
 * Up to 8 planes of some words as a byte for each event: 8 bytes of 8 planes are turned, then the 8 × 8 bits in each word.
 */
static KERNEL_TARGET void plane_bytes(const uint64_t *at, size_t stride, unsigned bits,
                                      unsigned char *bytes)
{
    vector planes[8] = {{0}}, turned[8];

    for (unsigned k = 0; k < bits; k++)
        planes[k] = *(const vector *)(at + k * stride);
    KERNEL_UNROLL
    for (int k = 0; k < 8; k++)
        turned[k] = planes[k];
    KERNEL_UNROLL
    for (int i = 0; i < 8; i += 2)
        exchange(&turned[i], &turned[i + 1], 8, 0x00ff00ff00ff00ff);
    KERNEL_UNROLL
    for (int i = 0; i < 4; i++)
        exchange(&turned[i / 2 * 4 + i % 2], &turned[i / 2 * 4 + i % 2 + 2], 16,
                 0x0000ffff0000ffff);
    KERNEL_UNROLL
    for (int i = 0; i < 4; i++)
        exchange(&turned[i], &turned[i + 4], 32, 0x00000000ffffffff);
    KERNEL_UNROLL
    for (int i = 0; i < 8; i++) {
        turned[i] = exchange_bits(turned[i], 7, 0x00aa00aa00aa00aa);
        turned[i] = exchange_bits(turned[i], 14, 0x0000cccc0000cccc);
        turned[i] = exchange_bits(turned[i], 28, 0x00000000f0f0f0f0);
        for (int k = 0; k < VECTOR_WORDS; k++) {
            uint64_t eight = turned[i][k];

            __builtin_memcpy(bytes + (size_t)(64 * k + 8 * i), &eight, sizeof(eight));
        }
    }
}

static KERNEL_TARGET size_t some_codes(const struct segment_column *column, size_t stride,
                                       size_t word, uint16_t *codes)
{
    unsigned char low[64 * VECTOR_WORDS], high[64 * VECTOR_WORDS];
    uint64_t last[16 * VECTOR_WORDS] = {0};
    const uint64_t *at = column->planes + word;

    if (word + VECTOR_WORDS > stride) { /* none must be read behind the planes */
        for (unsigned k = 0; k < column->bits; k++)
            __builtin_memcpy(last + (size_t)k * VECTOR_WORDS, at + k * stride,
                             (stride - word) * sizeof(*last));
        at = last;
        stride = VECTOR_WORDS;
    }
    plane_bytes(at, stride, column->bits < 8 ? column->bits : 8, low);
    if (column->bits <= 8) {
        for (int i = 0; i < 64 * VECTOR_WORDS; i++)
            codes[i] = low[i];
    } else {
        plane_bytes(at + 8 * stride, stride, column->bits - 8, high);
        for (int i = 0; i < 64 * VECTOR_WORDS; i++)
            codes[i] = (uint16_t)(low[i] | high[i] << 8);
    }
    return VECTOR_WORDS;
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

/* The bits of some words whose code the table has, all codes being known. */
static KERNEL_TARGET inline uint64_t look_up(const uint16_t *codes, const unsigned char *table)
{
    uint64_t inside = 0;

    for (unsigned i = 0; i < 64; i++)
        inside |= (uint64_t)table[codes[i]] << i;
    return inside;
}

static KERNEL_TARGET void keep_table(const struct segment_column *column, size_t stride,
                                     const unsigned char *table, struct segment_span span,
                                     uint64_t *bits)
{
    uint16_t codes[64 * VECTOR_WORDS];

    for (size_t word = span.first; word < span.end;) {
        size_t end = word + VECTOR_WORDS < span.end ? word + VECTOR_WORDS : span.end;

        if (count_bits(bits + word, end - word) > VECTOR_WORDS * SPARSE_BITS) {
            some_codes(column, stride, word, codes);
            for (const uint16_t *at = codes; word < end; word++, at += 64)
                bits[word] &= look_up(at, table);
            continue;
        }
        for (; word < end; word++) {
            for (uint64_t left = bits[word]; left; left &= left - 1) {
                unsigned event = (unsigned)__builtin_ctzll(left);

                if (!table[event_code(column, stride, word, event)])
                    bits[word] &= ~((uint64_t)1 << event);
            }
        }
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

        for (size_t i = ((column->value_count - 1) >> (k + 1)) + 1; i-- > 0;) {
            vector ones = parts[i] & plane;

            parts[2 * i] = parts[i] ^ ones;
            parts[2 * i + 1] = ones;
        }
    }
    for (uint32_t code = 0; code < column->value_count; code++)
        for (int i = 0; i < VECTOR_WORDS; i++)
            counts[code] += bits_in(*part++);
}

/*
 * Counts by turns in two places, which may be the same: neighbours often have the same value, and adding to what was just written
 * waits for it.
 */
static KERNEL_TARGET inline void count_codes(const uint16_t *codes, uint64_t bits, uint32_t *counts,
                                             uint32_t *others)
{
    while (bits) {
        uint32_t *turn = counts;

        counts[codes[__builtin_ctzll(bits)]]++;
        bits &= bits - 1;
        counts = others;
        others = turn;
    }
}

static KERNEL_TARGET void count_words(const struct segment_column *column, size_t stride,
                                      const uint64_t *bits, struct segment_span span,
                                      uint32_t *counts, uint32_t *others)
{
    uint16_t codes[64 * VECTOR_WORDS];

    if (count_bits(bits + span.first, span.end - span.first) > VECTOR_WORDS * SPARSE_BITS) {
        const uint16_t *at = codes;

        some_codes(column, stride, span.first, codes);
        for (size_t word = span.first; word < span.end; word++, at += 64)
            count_codes(at, bits[word], counts, others);
        return;
    }
    for (size_t word = span.first; word < span.end; word++)
        for (uint64_t left = bits[word]; left; left &= left - 1)
            counts[event_code(column, stride, word, (unsigned)__builtin_ctzll(left))]++;
}

static KERNEL_TARGET void facet(const struct segment_column *column, size_t stride,
                                const uint64_t *bits, uint32_t *counts)
{
    bool few = column->value_count <= TWICE_VALUES;
    uint32_t others[TWICE_VALUES];

    __builtin_memset(others, 0, few ? column->value_count * sizeof(*others) : 0);
    for (size_t word = 0; word < stride; word += VECTOR_WORDS) {
        struct segment_span span = {word,
                                    word + VECTOR_WORDS < stride ? word + VECTOR_WORDS : stride};

        if (column->value_count <= TREE_VALUES && span.end - word == VECTOR_WORDS &&
            count_bits(bits + word, VECTOR_WORDS) > VECTOR_WORDS * SPARSE_BITS)
            count_tree(column, stride, bits + word, word, counts);
        else
            count_words(column, stride, bits, span, counts, few ? others : counts);
    }
    for (uint32_t code = 0; few && code < column->value_count; code++)
        counts[code] += others[code];
}

const struct segment_kernel KERNEL_NAME = {
    .count = count_bits,
    .keep_ranges = keep_ranges,
    .keep_table = keep_table,
    .codes = some_codes,
    .facet = facet,
};
