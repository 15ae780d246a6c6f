/* SPDX-License-Identifier: MIT */
/*
 * Finds the place of a page: counts of each segment lead to the segments that it lies in, bits to the positions in them, and a
 * segment holds all columns of its events, so that a page is made without reading table event.
 */
#include "store/log_index.h"
#include "store/log_view.h"

enum { PAGE_ROWS_MAX = 512 }; /* more than any page shows */

struct event_numbers log_row_numbers(const struct segment_row *row, enum event_kind kind)
{
    return (struct event_numbers){
        .id = row->id,
        .kind = kind,
        .entity_type_id = row->value[SEGMENT_ENTITY_TYPE],
        .action_id = row->value[SEGMENT_ACTION],
        .user_id = row->value[SEGMENT_USER],
        .entity_id = row->value[SEGMENT_ENTITY],
        .provider_id = row->value[SEGMENT_PROVIDER],
        .status = row->value[SEGMENT_STATUS],
        .source = (enum event_source)row->value[SEGMENT_SOURCE],
        .signature = (enum event_signature)row->value[SEGMENT_SIGNATURE],
    };
}

static uint64_t range_begin(const struct log_view *view, size_t range)
{
    return range ? view->set->entries[range].first_id : 0;
}

/* Which late ones lie in a range: from the first to below the second. */
static void late_of(const struct log_view *view, size_t range, size_t *first, size_t *end)
{
    *first = range ? view->recent_ends[range - 1] : 0;
    *end = view->recent_ends[range];
}

/* The code of the event at `position` in a column with planes. */
static uint32_t code_at(const struct segment *segment, const struct segment_column *column,
                        uint32_t position)
{
    uint32_t code = 0;

    for (unsigned k = 0; k < column->bits; k++) {
        uint64_t word = column->planes[(size_t)k * segment->words + position / 64];

        code |= (uint32_t)(word >> (position % 64) & 1) << k;
    }
    return code;
}

/* The rows at ascending positions. */
static void read_rows(const struct segment *segment, const uint32_t *positions, size_t count,
                      struct segment_row *rows)
{
    const struct segment_column *entity = &segment->columns[SEGMENT_ENTITY];

    for (size_t i = 0; i < count; i++) {
        rows[i].id = segment->ids[positions[i]];
        rows[i].value[SEGMENT_ENTITY] = entity->values[entity->codes[positions[i]]];
        for (unsigned d = 0; d < SEGMENT_ENTITY; d++) {
            const struct segment_column *column = &segment->columns[d];

            rows[i].value[d] = column->values[code_at(segment, column, positions[i])];
        }
    }
}

/* How many events the largest segment holds: room for one of any, and no more where thousands of small logs are asked together. */
static uint32_t largest_segment(const struct log_view *view)
{
    uint32_t largest = 0;

    for (size_t i = 0; i < view->set->count; i++)
        if (view->set->entries[i].count > largest)
            largest = view->set->entries[i].count;
    return largest;
}

/* Of a segment of which `all` or those in view->bits match: the positions of number `first` and following, at most `limit`, into view->positions. */
static uint32_t select_positions(struct log_view *view, const struct segment *segment, bool all,
                                 uint32_t first, uint32_t limit)
{
    uint32_t count = 0;

    if (view->positions_room < limit) {
        uint32_t largest = largest_segment(view);

        view->positions_room = limit <= PAGE_ROWS_MAX ? PAGE_ROWS_MAX
                               : limit <= view->piece_max && view->piece_max < largest
                                   ? view->piece_max
                                   : largest;
        view->positions = arena_array(view->arena, view->positions_room, sizeof(*view->positions));
    }
    if (!all)
        return segment_select(segment, &view->bits, first, limit, view->positions);
    while (count < limit && first + count < segment->events) {
        view->positions[count] = first + count;
        count++;
    }
    return count;
}

/* The matches of a segment from number `first` on, at most `limit`: their positions, ascending, into view->positions. */
static uint32_t find_positions(struct log_view *view, const struct segment *segment, size_t range,
                               uint32_t first, uint32_t limit)
{
    bool all = log_view_match(view, range) == LOG_MATCH_ALL;

    if (!all)
        segment_match(segment, &view->query, &view->bits);
    return select_positions(view, segment, all, first, limit);
}

/* Of two ascending runs that are merged: how many of the first are among the first `rank` of both? */
static uint32_t split(const uint64_t *ids, uint32_t count, const struct segment_row *late,
                      size_t late_count, size_t rank)
{
    uint32_t taken = 0;
    size_t other = 0;

    while (taken + other < rank) {
        if (taken < count && (other == late_count || ids[taken] < late[other].id))
            taken++;
        else
            other++;
    }
    return taken;
}

/*
 * Adds to `rows` those of a range with the ranks `first` and following, counted ascending; `count` is in range.  Late ones are merged in;
 * most ranges have none.
 */
static int rows_of_range(struct log_view *view, size_t range, size_t first, size_t count,
                         struct segment_row *rows)
{
    size_t late_first, late_end, late_count;
    uint32_t matches = view->counts[range], begin = (uint32_t)first,
             end = (uint32_t)(first + count);
    const struct segment *segment;
    const struct segment_row *late;
    struct segment_row *own;
    uint32_t found, skip = 0;
    bool failed = false;

    late_of(view, range, &late_first, &late_end);
    late = view->recent + late_first;
    late_count = late_end - late_first;
    if (matches == 0) {
        memcpy(rows, late + first, count * sizeof(*rows));
        return 0;
    }
    segment = log_view_segment(view, range, &failed);
    if (failed || !segment)
        return -1;
    if (late_count) {
        uint64_t *ids = arena_array(view->arena, matches, sizeof(*ids));

        found = find_positions(view, segment, range, 0, matches);
        for (uint32_t i = 0; i < found; i++)
            ids[i] = segment->ids[view->positions[i]];
        begin = split(ids, found, late, late_count, first);
        end = split(ids, found, late, late_count, first + count);
        skip = begin;
    } else {
        find_positions(view, segment, range, begin, (uint32_t)count);
    }
    own = arena_array(view->arena, end - begin, sizeof(*own));
    read_rows(segment, view->positions + skip, end - begin, own);
    late += first - begin;
    for (size_t i = 0, a = 0, b = 0; i < count; i++) {
        bool take_own = a < end - begin && (b == count - (end - begin) || own[a].id < late[b].id);

        rows[i] = take_own ? own[a++] : late[b++];
    }
    return 0;
}

static void turn_round(struct segment_row *rows, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct segment_row row = rows[i];

        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = row;
    }
}

int log_view_rows(struct log_view *view, uint64_t offset, uint64_t limit, struct segment_row *rows,
                  size_t *count)
{
    size_t ranges = log_view_ranges(view);
    uint64_t total, skip = offset;

    *count = 0;
    if (log_view_total(view, &total) < 0)
        return -1;
    for (size_t i = 0; i < ranges && *count < limit && offset < total; i++) {
        size_t range = view->oldest_first ? i : ranges - 1 - i;
        size_t late_first, late_end, here, take;

        late_of(view, range, &late_first, &late_end);
        here = view->counts[range] + (late_end - late_first);
        if (skip >= here) {
            skip -= here;
            continue;
        }
        take = here - skip < limit - *count ? here - skip : limit - *count;
        if (rows_of_range(view, range, view->oldest_first ? skip : here - skip - take, take,
                          rows + *count) < 0)
            return -1;
        if (!view->oldest_first)
            turn_round(rows + *count, take);
        *count += take;
        skip = 0;
    }
    return 0;
}

static void begin_range(struct log_view *view, size_t range, uint32_t matches)
{
    struct log_rest *rest = &view->rest;

    *rest = (struct log_rest){.own_end = matches,
                              .first_id = range_begin(view, range),
                              .last_id = log_view_end(view, range),
                              .is_open = true};
    late_of(view, range, &rest->late_first, &rest->late_end);
}

/* The part of the rest that comes next in the list, cut off it: up to piece_max matches of the segment, and the late ones among them. */
static struct log_rest take_part(struct log_view *view, const struct segment *segment, bool all)
{
    struct log_rest *rest = &view->rest, part = *rest;
    uint32_t own = rest->own_end - rest->own_first, count;

    rest->is_open = segment && own > view->piece_max;
    if (rest->is_open)
        own = view->piece_max;
    if (view->oldest_first)
        part.own_end = rest->own_first = part.own_first + own;
    else
        part.own_first = rest->own_end = part.own_end - own;
    count = own ? select_positions(view, segment, all, part.own_first, own) : 0;
    if (!rest->is_open)
        return part;
    if (view->oldest_first) {
        part.last_id = segment->ids[view->positions[count - 1]];
        rest->first_id = part.last_id + 1;
        while (rest->late_first < rest->late_end &&
               view->recent[rest->late_first].id <= part.last_id)
            rest->late_first++;
        part.late_end = rest->late_first;
    } else {
        part.first_id = segment->ids[view->positions[0]];
        rest->last_id = part.first_id - 1;
        while (rest->late_end > rest->late_first &&
               view->recent[rest->late_end - 1].id >= part.first_id)
            rest->late_end--;
        part.late_first = rest->late_end;
    }
    return part;
}

/* The ids of a part, of which view->positions are those in the segment, in the order of the list into view->ids.  How many. */
static size_t ids_of_part(struct log_view *view, const struct segment *segment,
                          const struct log_rest *part)
{
    size_t matches = segment ? part->own_end - part->own_first : 0;
    size_t late = part->late_first, own = 0;
    size_t count = matches + (part->late_end - part->late_first);

    if (view->ids_room < count) {
        uint32_t largest = largest_segment(view);

        view->ids_room =
            (view->piece_max < largest ? view->piece_max : largest) + view->recent_count;
        view->ids = arena_array(view->arena, view->ids_room, sizeof(*view->ids));
    }
    for (size_t i = 0; i < count; i++) {
        bool take_own =
            own < matches &&
            (late == part->late_end || segment->ids[view->positions[own]] < view->recent[late].id);

        view->ids[view->oldest_first ? i : count - 1 - i] =
            take_own ? segment->ids[view->positions[own++]] : view->recent[late++].id;
    }
    return count;
}

int log_view_next(struct log_view *view, struct log_piece *piece)
{
    size_t ranges = log_view_ranges(view), range;
    const struct segment *segment = NULL;
    struct log_rest part;
    enum log_match match;
    bool failed = false;
    uint32_t matches = 0;

    if (log_view_read_recent(view) < 0)
        return -1;
    if (!view->rest.is_open && (view->next == ranges || view->query.first_id > view->query.last_id))
        return 0;
    view->next += !view->rest.is_open;
    range = view->oldest_first ? view->next - 1 : ranges - view->next;
    match = log_view_match(view, range);
    if (match != LOG_MATCH_NONE) {
        segment = log_view_segment(view, range, &failed);
        if (!segment)
            return -1;
        matches = match == LOG_MATCH_ALL ? segment->events
                                         : segment_match(segment, &view->query, &view->bits);
    }
    if (!view->rest.is_open)
        begin_range(view, range, matches);
    part = take_part(view, segment, match == LOG_MATCH_ALL);
    *piece = (struct log_piece){
        .count = ids_of_part(view, segment, &part),
        .entry = view->set->count ? &view->set->entries[range] : NULL,
        .first_id = part.first_id,
        .last_id = part.last_id,
        .all = view->query.count == 0,
        .late = view->recent + part.late_first,
        .late_count = part.late_end - part.late_first,
    };
    piece->ids = view->ids;
    return 1;
}
