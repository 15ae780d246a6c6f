/* SPDX-License-Identifier: MIT */
/*
 * Opens the plain form of a segment.  Whatever the bytes are, what this accepts leads nowhere outside them: all that is later used as an
 * index has been compared with its bound here.  It runs once for each mapping, so checks are sums without branches.
 */
#include "index/segment.h"

#include "index/segment_private.h"

static size_t column_bytes(size_t dimension, uint32_t events, uint32_t value_count)
{
    size_t list = segment_padded((size_t)value_count * sizeof(uint32_t));

    if (dimension == SEGMENT_ENTITY)
        return 2 * list + segment_padded(((size_t)value_count + 1) * sizeof(uint32_t)) +
               2 * segment_padded((size_t)events * sizeof(uint16_t));
    return 2 * list + segment_bits(value_count) * (((size_t)events + 63) / 64) * sizeof(uint64_t);
}

size_t segment_header_bytes(const struct segment_header *header)
{
    uint32_t events = header->events;
    size_t bytes = sizeof(*header) + (size_t)events * sizeof(uint64_t);

    if (memcmp(header->magic, SEGMENT_MAGIC, sizeof(header->magic)) != 0 || events == 0 ||
        events > SEGMENT_EVENTS_MAX || header->filler != 0)
        return 0;
    for (size_t i = 0; i < SEGMENT_DIMENSION_COUNT; i++) {
        if (header->value_counts[i] == 0 || header->value_counts[i] > events)
            return 0;
        bytes += column_bytes(i, events, header->value_counts[i]);
    }
    return bytes == header->bytes ? bytes : 0;
}

/* The part at `*at`, which is moved behind it; NULL when it is not filled up with zeros. */
static const void *take(const char **at, size_t bytes)
{
    const char *part = *at, *end = part + segment_padded(bytes);

    for (const char *rest = part + bytes; rest < end; rest++)
        if (*rest)
            return NULL;
    *at = end;
    return part;
}

/* Are the values ascending, and do the counts, none of them 0, make all events? */
static bool is_dictionary(const struct segment_column *column, uint32_t events)
{
    uint64_t sum = column->counts[0];
    bool wrong = column->counts[0] == 0;

    for (uint32_t i = 1; i < column->value_count; i++) {
        wrong |= column->values[i - 1] >= column->values[i];
        wrong |= column->counts[i] == 0;
        sum += column->counts[i];
    }
    return !wrong && sum == events;
}

/*
 * No code above the last one; nothing behind the last event, and in each plane as many bits as the counts say.  The last is no
 * question of safety, it finds damage.
 */
static bool are_planes(const struct segment_column *column, uint32_t events)
{
    const struct segment_kernel *kernel = segment_kernel();
    size_t words = ((size_t)events + 63) / 64;
    struct segment_codes above = {column->value_count, UINT32_MAX};
    struct segment_code_set set = {&above, 1, false};
    uint64_t bits[SEGMENT_WORDS_MAX];

    for (unsigned k = 0; k < column->bits; k++) {
        const uint64_t *plane = column->planes + k * words;
        uint32_t ones = 0;

        for (uint32_t code = 0; code < column->value_count; code++)
            ones += (code >> k & 1) * column->counts[code];
        if (kernel->count(plane, words) != ones)
            return false;
        if (events % 64 && plane[words - 1] >> events % 64)
            return false;
    }
    if ((column->value_count & (column->value_count - 1)) == 0)
        return true; /* there is no such code */
    memset(bits, 0xff, words * sizeof(*bits));
    kernel->keep_ranges(column, words, &set, (struct segment_span){0, words}, bits);
    return kernel->count(bits, words) == 0;
}

/*
 * Are the positions of a value ascending, and is each event listed for the value of its code, so that it is listed once?  They
 * ascend when they fall only where another value begins: falls are counted over all places, and over those.
 */
static bool are_positions(const struct segment_column *entity, uint32_t events)
{
    const uint16_t *positions = entity->positions;
    uint32_t falls = 0, allowed = 0;
    bool wrong = entity->starts[0] != 0;

    for (uint32_t code = 0; code < entity->value_count; code++)
        wrong |= entity->starts[code + 1] - entity->starts[code] != entity->counts[code];
    for (uint32_t i = 0; i < events; i++)
        wrong |= positions[i] >= events;
    if (wrong)
        return false;
    for (uint32_t code = 0; code < entity->value_count; code++)
        for (uint32_t i = entity->starts[code]; i < entity->starts[code + 1]; i++)
            wrong |= entity->codes[positions[i]] != code;
    for (uint32_t i = 1; i < events; i++)
        falls += positions[i - 1] >= positions[i];
    for (uint32_t code = 1; code < entity->value_count; code++) {
        uint32_t start = entity->starts[code];

        allowed += positions[start - 1] >= positions[start];
    }
    return !wrong && falls == allowed;
}

static int open_column(const char **at, size_t dimension, uint32_t events, uint32_t value_count,
                       struct segment_column *column)
{
    size_t list = (size_t)value_count * sizeof(uint32_t);

    *column = (struct segment_column){.value_count = value_count};
    column->values = take(at, list);
    column->counts = column->values ? take(at, list) : NULL;
    if (!column->counts || !is_dictionary(column, events))
        return -1;
    if (dimension == SEGMENT_ENTITY) {
        column->starts = take(at, list + sizeof(uint32_t));
        column->positions = column->starts ? take(at, (size_t)events * sizeof(uint16_t)) : NULL;
        column->codes = column->positions ? take(at, (size_t)events * sizeof(uint16_t)) : NULL;
        return column->codes && are_positions(column, events) ? 0 : -1;
    }
    column->bits = segment_bits(value_count);
    column->planes =
        take(at, column->bits * (((size_t)events + 63) / 64) * sizeof(*column->planes));
    return are_planes(column, events) ? 0 : -1;
}

int segment_open(struct str plain, struct segment *segment)
{
    const char *at = plain.ptr;
    const struct segment_header *header;
    bool wrong = false;

    if (plain.len < sizeof(*header) || (uintptr_t)plain.ptr % 8 != 0)
        return -1;
    header = take(&at, sizeof(*header));
    if (segment_header_bytes(header) != plain.len)
        return -1;
    segment->events = header->events;
    segment->words = (header->events + 63) / 64;
    segment->ids = take(&at, (size_t)header->events * sizeof(*segment->ids));
    for (uint32_t i = 1; i < segment->events; i++)
        wrong |= segment->ids[i - 1] >= segment->ids[i];
    if (wrong)
        return -1;
    for (size_t i = 0; i < SEGMENT_DIMENSION_COUNT; i++)
        if (open_column(&at, i, header->events, header->value_counts[i], &segment->columns[i]) < 0)
            return -1;
    return 0;
}
