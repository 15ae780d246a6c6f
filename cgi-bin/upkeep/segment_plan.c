/* SPDX-License-Identifier: MIT */
/* One walk over rows and segments: both are in order, and so are the targets. */
#include "upkeep/segment_plan.h"

struct walk {
    size_t fill, capacity;
    const struct segment_entry *live;
    size_t live_count;
    const struct segment_rows *rows;
    size_t next;                   /* the first segment that begins behind the present row */
    struct segment_target *target; /* of the row before; NULL at first */
    size_t target_next; /* `next` when it was chosen: a new segment stands before that one */
};

static const struct segment_entry *before(const struct walk *walk)
{
    return walk->next ? &walk->live[walk->next - 1] : NULL;
}

static const struct segment_entry *behind(const struct walk *walk)
{
    return walk->next < walk->live_count ? &walk->live[walk->next] : NULL;
}

static size_t size_of(const struct walk *walk, const struct segment_entry *entry)
{
    size_t added = walk->target && walk->target->entry == entry ? walk->target->count : 0;

    return (entry ? entry->events : 0) + added;
}

/* Rows from `at` on that stand before the segment behind. */
static size_t rows_in_gap(const struct walk *walk, size_t at)
{
    const struct segment_entry *end = behind(walk);
    size_t count = 0;

    while (at + count < walk->rows->count &&
           (!end || walk->rows->items[at + count].id < end->first_id))
        count++;
    return count;
}

/* Was the row before put into a new segment that stands before this row as well? */
static bool is_behind_new(const struct walk *walk)
{
    return walk->target && !walk->target->entry && walk->target_next == walk->next;
}

/* Does the segment before the row hold its place, or have room for one more? */
static bool takes(const struct walk *walk, const struct segment_entry *low, size_t at)
{
    return walk->rows->items[at].id <= low->last_id ||
           size_of(walk, low) < (behind(walk) ? walk->capacity : walk->fill);
}

/* Does the row belong where the one before it went? */
static bool goes_on(const struct walk *walk, size_t at)
{
    const struct segment_entry *entry = walk->target ? walk->target->entry : NULL;

    if (!entry)
        return is_behind_new(walk) && walk->target->count < walk->fill;
    return entry == behind(walk) || (entry == before(walk) && takes(walk, entry, at));
}

/* The segment for a row that does not go on; NULL: a new one. */
static const struct segment_entry *choose(const struct walk *walk, size_t at)
{
    const struct segment_entry *low = before(walk), *high = behind(walk);

    if (low && !is_behind_new(walk) && takes(walk, low, at))
        return low;
    return high && high->events + rows_in_gap(walk, at) <= walk->capacity ? high : NULL;
}

size_t segment_plan(const struct config *config, const struct segment_entry *live,
                    size_t live_count, const struct segment_rows *rows,
                    struct segment_target *targets, size_t max, size_t *placed)
{
    struct walk walk = {.fill = segment_log_fill(config),
                        .capacity = segment_log_capacity(config),
                        .live = live,
                        .live_count = live_count,
                        .rows = rows};
    size_t count = 0;

    for (*placed = 0; *placed < rows->count; ++*placed) {
        size_t at = *placed;

        while (walk.next < live_count && live[walk.next].first_id <= rows->items[at].id)
            walk.next++;
        if (goes_on(&walk, at)) {
            walk.target->count++;
            continue;
        }
        if (count == max)
            break;
        targets[count] = (struct segment_target){choose(&walk, at), at, 1};
        walk.target = &targets[count++];
        walk.target_next = walk.next;
    }
    return count;
}
