/* SPDX-License-Identifier: MIT */
/*
 * The form of a segment that is stored.  Behind the header, before compression: for each id, 6 bytes of how many milliseconds it is later
 * than the one before, and the 3 bytes of its lower 22 bits, which are as good as random; the first bytes of all ids, then the
 * second ones and so on, since bytes of a kind compress best side by side.  Then the rest of the plain form as it is, without what
 * follows from it: the entity's starts, which are the sums of its counts, and its codes, which its positions tell.
 */
#include "index/segment.h"

#include <assert.h>
#include <stdlib.h>

#include "base/compress.h"
#include "base/memory.h"
#include "index/segment_private.h"

enum {
    HASH_BITS = 22,
    TIME_BYTES = 6,
    HASH_BYTES = 3,
    ID_BYTES = TIME_BYTES + HASH_BYTES,
    LOOSE_BYTES_MAX = SEGMENT_BYTES_MAX + SEGMENT_EVENTS_MAX
};

_Static_assert(SEGMENT_ENTITY == SEGMENT_DIMENSION_COUNT - 1, "its codes end the plain form");

/* Where the parts of a plain form lie. */
struct parts {
    size_t events, values; /* of the entity */
    size_t ids_end, starts, positions, codes, end;
};

/* False when this is not the header of a segment. */
static bool find_parts(struct str beginning, struct parts *parts)
{
    struct segment_header header;

    if (beginning.len < sizeof(header))
        return false;
    memcpy(&header, beginning.ptr, sizeof(header));
    parts->end = segment_header_bytes(&header);
    if (parts->end == 0)
        return false;
    parts->values = header.value_counts[SEGMENT_ENTITY];
    parts->events = header.events;
    parts->ids_end = sizeof(header) + parts->events * sizeof(uint64_t);
    parts->codes = parts->end - segment_padded(parts->events * sizeof(uint16_t));
    parts->positions = parts->codes - segment_padded(parts->events * sizeof(uint16_t));
    parts->starts = parts->positions - segment_padded((parts->values + 1) * sizeof(uint32_t));
    return true;
}

/* Where byte `i` of a loose id stands in the number that it is made of: the difference in time above the lower bits. */
static unsigned shift_of(size_t i)
{
    return (unsigned)(i < TIME_BYTES ? HASH_BITS + 8 * i : 8 * (i - TIME_BYTES));
}

static uint64_t mask_of(size_t i)
{
    return i == ID_BYTES - 1 ? 0xff >> (8 * HASH_BYTES - HASH_BITS) : 0xff;
}

/* Takes the ids apart, one byte of all of them after the other: so each pass writes one run of memory. */
static void loosen(const char *ids, size_t count, char *loose)
{
    uint64_t *numbers = memory_resize(NULL, count, sizeof(*numbers));
    uint64_t before = 0, id;

    for (size_t i = 0; i < count; i++) {
        memcpy(&id, ids + i * sizeof(id), sizeof(id));
        numbers[i] = id - (before >> HASH_BITS << HASH_BITS);
        before = id;
    }
    for (size_t byte = 0; byte < ID_BYTES; byte++)
        for (size_t i = 0; i < count; i++)
            *loose++ = (char)(numbers[i] >> shift_of(byte) & mask_of(byte));
    free(numbers);
}

static void tighten(const char *loose, size_t count, char *ids)
{
    uint64_t *numbers = memory_new(count * sizeof(*numbers));
    uint64_t before = 0;

    for (size_t byte = 0; byte < ID_BYTES; byte++)
        for (size_t i = 0; i < count; i++)
            numbers[i] |= ((unsigned char)*loose++ & mask_of(byte)) << shift_of(byte);
    for (size_t i = 0; i < count; i++) {
        before = numbers[i] + (before >> HASH_BITS << HASH_BITS);
        memcpy(ids + i * sizeof(before), &before, sizeof(before));
    }
    free(numbers);
}

void segment_pack(struct str plain, struct strbuf *packed)
{
    struct strbuf loose;
    struct parts parts;

    bool whole = find_parts(plain, &parts);
    char *at;

    assert(whole && parts.end == plain.len);
    strbuf_init(&loose);
    at = strbuf_reserve(&loose, plain.len + parts.events);
    memcpy(at, plain.ptr, sizeof(struct segment_header));
    loosen(plain.ptr + sizeof(struct segment_header), parts.events,
           at + sizeof(struct segment_header));
    loose.len = sizeof(struct segment_header) + ID_BYTES * parts.events;
    strbuf_add(&loose, str_slice(plain, parts.ids_end, parts.starts - parts.ids_end));
    strbuf_add(&loose, str_slice(plain, parts.positions, parts.codes - parts.positions));
    compress_pack(strbuf_str(&loose), packed);
    strbuf_release(&loose);
}

/* Appends the entity's starts, which were left out. */
static void put_starts(const struct parts *parts, size_t begin, struct strbuf *plain)
{
    size_t counts = begin + parts->starts - segment_padded(parts->values * sizeof(uint32_t));
    uint32_t start = 0, count;

    strbuf_reserve(plain, parts->positions - parts->starts);
    memset(plain->ptr + plain->len, 0, parts->positions - parts->starts);
    for (size_t i = 0; i < parts->values; i++) {
        memcpy(&count, plain->ptr + counts + i * sizeof(count), sizeof(count));
        start += count;
        memcpy(plain->ptr + plain->len + (i + 1) * sizeof(start), &start, sizeof(start));
    }
    plain->len += parts->positions - parts->starts;
}

/* Appends the entity's codes.  What damage makes of them is found when the segment is opened. */
static void put_codes(const struct parts *parts, size_t begin, struct strbuf *plain)
{
    const char *starts, *positions;
    uint16_t position, code = 0;
    uint32_t next;
    char *codes = strbuf_reserve(plain, parts->end - parts->codes);

    memset(codes, 0, parts->end - parts->codes);
    starts = plain->ptr + begin + parts->starts;
    positions = plain->ptr + begin + parts->positions;
    memcpy(&next, starts + sizeof(next), sizeof(next));
    for (size_t i = 0; i < parts->events; i++) {
        while (i >= next && code < parts->values - 1) {
            code++;
            memcpy(&next, starts + ((size_t)code + 1) * sizeof(next), sizeof(next));
        }
        memcpy(&position, positions + i * sizeof(position), sizeof(position));
        if (position < parts->events)
            memcpy(codes + position * sizeof(code), &code, sizeof(code));
    }
    plain->len += parts->end - parts->codes;
}

int segment_unpack(struct str packed, struct strbuf *plain)
{
    struct strbuf loose;
    struct parts parts;
    size_t begin = plain->len, loose_ids, left_out;
    int result = -1;

    strbuf_init(&loose);
    if (compress_unpack(packed, LOOSE_BYTES_MAX, &loose) < 0)
        goto out;
    if (!find_parts(strbuf_str(&loose), &parts))
        goto out;
    left_out = parts.positions - parts.starts + parts.end - parts.codes;
    if (loose.len != parts.end + parts.events - left_out)
        goto out;
    strbuf_reserve(plain, parts.end);
    strbuf_add(plain, str_slice(strbuf_str(&loose), 0, sizeof(struct segment_header)));
    loose_ids = sizeof(struct segment_header);
    tighten(loose.ptr + loose_ids, parts.events, plain->ptr + plain->len);
    plain->len += parts.events * sizeof(uint64_t);
    loose_ids += ID_BYTES * parts.events;
    strbuf_add(plain, str_slice(strbuf_str(&loose), loose_ids, parts.starts - parts.ids_end));
    put_starts(&parts, begin, plain);
    strbuf_add(plain,
               str_slice(strbuf_str(&loose), loose_ids + parts.starts - parts.ids_end, loose.len));
    put_codes(&parts, begin, plain);
    result = 0;
out:
    strbuf_release(&loose);
    return result;
}
