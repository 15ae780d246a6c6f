/* SPDX-License-Identifier: MIT */
/*
 * Searches a block of entities.  Names are searched as one text, 16 places at a time by the first and the last byte of what is
 * looked for; what is found is then given to the name it stands in.
 */
#include "index/entity_block.h"

#include "base/memory.h"

typedef unsigned char places __attribute__((vector_size(16), aligned(1), may_alias));

enum { PLACES = sizeof(places), FIRST_CAPACITY = 64 };

static void add(struct entity_ids *ids, uint32_t id)
{
    if (ids->count == ids->capacity) {
        ids->capacity = ids->capacity ? ids->capacity * 2 : FIRST_CAPACITY;
        ids->ids = memory_resize(ids->ids, ids->capacity, sizeof(*ids->ids));
    }
    ids->ids[ids->count++] = id;
}

/* ---- Names --------------------------------------------------------------------------------------- */

/* The next place, from `at` on and below `end`, where `text` stands; `end` when there is none. */
static size_t find(const char *names, size_t at, size_t end, struct str text)
{
    places first = (places){0} + (unsigned char)text.ptr[0];
    places last = (places){0} + (unsigned char)text.ptr[text.len - 1];

    for (; at + PLACES <= end; at += PLACES) {
        places found = (places)(*(const places *)(names + at) == first) &
                       (places)(*(const places *)(names + at + text.len - 1) == last);
        uint64_t halves[2];

        memcpy(halves, &found, sizeof(halves));
        for (size_t half = 0; half < 2; half++) {
            uint64_t left = halves[half] & 0x8080808080808080;

            for (; left; left &= left - 1) {
                size_t place = at + half * 8 + (size_t)__builtin_ctzll(left) / 8;

                if (memcmp(names + place, text.ptr, text.len) == 0)
                    return place;
            }
        }
    }
    for (; at < end; at++)
        if (memcmp(names + at, text.ptr, text.len) == 0)
            return at;
    return end;
}

/* The first of the ends, from number `i` on, that is above `place`; near ones are found first. */
static uint32_t find_end(const uint32_t *ends, uint32_t i, uint32_t count, size_t place)
{
    uint32_t step = 1, end = i;

    while (end < count && ends[end] <= place) {
        i = end + 1;
        end = count - end > step ? end + step : count;
        step *= 2;
    }
    while (i < end) {
        uint32_t middle = i + (end - i) / 2;

        if (ends[middle] <= place)
            i = middle + 1;
        else
            end = middle;
    }
    return i;
}

void entity_block_search_name(const struct entity_block *block, struct str folded,
                              struct entity_ids *ids)
{
    const uint32_t *ends = block->texts_end + block->entities;
    size_t at = block->names, end = ends[block->entities - 1];
    uint32_t i = 0;

    for (; folded.len == 0 && i < block->entities; i++)
        add(ids, block->ids[i]);
    if (folded.len == 0 || folded.len > end - at)
        return;
    end -= folded.len - 1; /* behind the last place where it may begin */
    while ((at = find(block->texts, at, end, folded)) < end) {
        i = find_end(ends, i, block->entities, at);
        if (at + folded.len > ends[i]) { /* it goes on into the next name */
            at++;
            continue;
        }
        add(ids, block->ids[i]);
        at = ends[i];
    }
}

/* ---- External ids -------------------------------------------------------------------------------- */

static uint64_t eight_bytes(const char *at)
{
    uint64_t bytes;

    memcpy(&bytes, at, sizeof(bytes));
    return bytes;
}

void entity_block_search_external(const struct entity_block *block, struct str external_id,
                                  bool prefix, struct entity_ids *ids)
{
    size_t head = external_id.len < 8 ? external_id.len : 8;
    uint64_t wanted = 0, mask = head ? ~(uint64_t)0 >> (64 - 8 * head) : 0;
    uint32_t begin = 0;

    if (head)
        memcpy(&wanted, external_id.ptr, head);
    for (uint32_t i = 0; i < block->entities; i++) {
        const char *text = block->texts + begin;
        size_t len = block->texts_end[i] - begin;

        begin = block->texts_end[i];
        if ((eight_bytes(text) & mask) != wanted)
            continue;
        if (len < external_id.len || (!prefix && len > external_id.len))
            continue;
        if (external_id.len <= head ||
            memcmp(text + head, external_id.ptr + head, external_id.len - head) == 0)
            add(ids, block->ids[i]);
    }
}
