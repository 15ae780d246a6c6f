/* SPDX-License-Identifier: MIT */
/* Makes the plain form of a segment from rows, and rows from it. */
#include "index/segment.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "index/segment_private.h"

/* What building one dimension needs, for as many rows as a segment may have. */
struct work {
    uint64_t keys[SEGMENT_EVENTS_MAX]; /* value << 16 | position */
    uint64_t spare[SEGMENT_EVENTS_MAX];
    uint32_t values[SEGMENT_EVENTS_MAX];
    uint32_t counts[SEGMENT_EVENTS_MAX];
    uint32_t starts[SEGMENT_EVENTS_MAX + 1];
    uint16_t positions[SEGMENT_EVENTS_MAX];
    uint16_t codes[SEGMENT_EVENTS_MAX];
    unsigned char low[SEGMENT_EVENTS_MAX]; /* the codes' lower and upper bytes */
    unsigned char high[SEGMENT_EVENTS_MAX];
    uint64_t plane[SEGMENT_WORDS_MAX];
};

/* Appends a part of the plain form and fills it up. */
static void put(struct strbuf *plain, const void *part, size_t bytes)
{
    static const char zeros[8];

    strbuf_add(plain, (struct str){part, bytes});
    strbuf_add(plain, (struct str){zeros, segment_padded(bytes) - bytes});
}

/* One pass of a radix sort over the byte of the keys at `shift`; false when they all have the same there. */
static bool sort_pass(const uint64_t *keys, size_t count, unsigned shift, uint64_t *sorted)
{
    uint32_t places[256] = {0};
    uint32_t place = 0;

    for (size_t i = 0; i < count; i++)
        places[keys[i] >> shift & 0xff]++;
    if (places[keys[0] >> shift & 0xff] == count)
        return false;
    for (size_t byte = 0; byte < 256; byte++) {
        uint32_t with = places[byte];

        places[byte] = place;
        place += with;
    }
    for (size_t i = 0; i < count; i++)
        sorted[places[keys[i] >> shift & 0xff]++] = keys[i];
    return true;
}

/* The keys of a dimension in order of value, then position. */
static const uint64_t *sorted_keys(struct work *work, const struct segment_row *rows, size_t count,
                                   size_t dimension)
{
    uint64_t *keys = work->keys, *spare = work->spare;

    for (size_t i = 0; i < count; i++)
        keys[i] = (uint64_t)rows[i].value[dimension] << 16 | i;
    for (unsigned shift = 16; shift < 48; shift += 8) {
        if (sort_pass(keys, count, shift, spare)) {
            uint64_t *sorted = spare;

            spare = keys;
            keys = sorted;
        }
    }
    return keys;
}

/* Fills dictionary, codes and positions of a dimension; how many values it has. */
static uint32_t encode(struct work *work, const struct segment_row *rows, size_t count,
                       size_t dimension)
{
    const uint64_t *keys = sorted_keys(work, rows, count, dimension);
    uint32_t code = 0;

    work->starts[0] = 0;
    work->values[0] = (uint32_t)(keys[0] >> 16);
    for (size_t i = 0; i < count; i++) {
        uint32_t value = (uint32_t)(keys[i] >> 16);
        uint16_t position = (uint16_t)keys[i];

        if (value != work->values[code]) {
            work->starts[++code] = (uint32_t)i;
            work->values[code] = value;
        }
        work->positions[i] = position;
        work->codes[position] = (uint16_t)code;
        work->low[position] = (unsigned char)code;
        work->high[position] = (unsigned char)(code >> 8);
    }
    work->starts[code + 1] = (uint32_t)count;
    for (uint32_t i = 0; i <= code; i++)
        work->counts[i] = work->starts[i + 1] - work->starts[i];
    return code + 1;
}

/* Gathers bit `bit` of each byte, 8 at a time: the product moves the lowest bits of 8 bytes into one. */
static void fill_plane(struct work *work, const unsigned char *codes, size_t count, unsigned bit)
{
    size_t words = (count + 63) / 64;
    unsigned char *plane = (unsigned char *)work->plane;

    for (size_t i = 0; i < words * 8; i++) {
        uint64_t eight;

        memcpy(&eight, codes + i * 8, sizeof(eight));
        plane[i] =
            (unsigned char)(((eight >> bit & 0x0101010101010101) * 0x0102040810204080) >> 56);
    }
}

/* How many values the dimension has. */
static uint32_t put_column(struct work *work, const struct segment_row *rows, size_t count,
                           size_t dimension, struct strbuf *plain)
{
    uint32_t value_count = encode(work, rows, count, dimension);

    put(plain, work->values, value_count * sizeof(*work->values));
    put(plain, work->counts, value_count * sizeof(*work->counts));
    if (dimension == SEGMENT_ENTITY) {
        put(plain, work->starts, (value_count + 1) * sizeof(*work->starts));
        put(plain, work->positions, count * sizeof(*work->positions));
        put(plain, work->codes, count * sizeof(*work->codes));
        return value_count;
    }
    for (unsigned bit = 0; bit < segment_bits(value_count); bit++) {
        fill_plane(work, bit < 8 ? work->low : work->high, count, bit % 8);
        put(plain, work->plane, (count + 63) / 64 * sizeof(*work->plane));
    }
    return value_count;
}

void segment_build(const struct segment_row *rows, size_t count, struct strbuf *plain)
{
    struct work *work = memory_new(sizeof(*work)); /* so codes behind the last event are 0 */
    struct segment_header header = {.magic = SEGMENT_MAGIC, .events = (uint32_t)count};
    size_t begin = plain->len;

    assert(count > 0 && count <= SEGMENT_EVENTS_MAX);
    put(plain, &header, sizeof(header));
    for (size_t i = 0; i < count; i++) {
        assert(i == 0 || rows[i - 1].id < rows[i].id);
        work->keys[i] = rows[i].id;
    }
    put(plain, work->keys, count * sizeof(*work->keys));
    for (size_t dimension = 0; dimension < SEGMENT_DIMENSION_COUNT; dimension++)
        header.value_counts[dimension] = put_column(work, rows, count, dimension, plain);
    header.bytes = (uint32_t)(plain->len - begin);
    memcpy(plain->ptr + begin, &header, sizeof(header));
    free(work);
}

static void decode(const struct segment *segment, size_t dimension, struct segment_row *rows)
{
    const struct segment_column *column = &segment->columns[dimension];
    const struct segment_kernel *kernel = segment_kernel();
    uint16_t codes[SEGMENT_CODES_MAX];
    uint32_t i = 0, end;

    if (column->bits == 0)
        for (; i < segment->events; i++)
            rows[i].value[dimension] = column->values[0];
    while (i < segment->events) {
        const uint16_t *code = codes;

        end = i + 64 * (uint32_t)kernel->codes(column, segment->words, i / 64, codes);
        for (; i < end && i < segment->events; i++)
            rows[i].value[dimension] = column->values[*code++];
    }
}

void segment_rows(const struct segment *segment, struct segment_row *rows)
{
    const struct segment_column *entity = &segment->columns[SEGMENT_ENTITY];

    for (uint32_t i = 0; i < segment->events; i++)
        rows[i].id = segment->ids[i];
    for (size_t dimension = 0; dimension < SEGMENT_ENTITY; dimension++)
        decode(segment, dimension, rows);
    for (uint32_t i = 0; i < segment->events; i++)
        rows[i].value[SEGMENT_ENTITY] = entity->values[entity->codes[i]];
}
