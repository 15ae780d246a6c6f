/* SPDX-License-Identifier: MIT */
/*
 * Counts over time and by class of status: each segment is asked once, and what it has in all is noted for the pages of the same view.
 * One that matches whole within one span says it by its dictionary.
 */
#include "store/log_index.h"
#include "store/log_view.h"

/* There are no more than these. */
enum { STATUSES_MAX = 600 };

/* In the order of enum event_class. */
static const struct segment_range status_classes[EVENT_CLASS_COUNT] = {
    [EVENT_CLASS_OK] = {1, 399},
    [EVENT_CLASS_REFUSED] = {400, 499},
    [EVENT_CLASS_FAILED] = {500, UINT32_MAX},
    [EVENT_CLASS_NONE] = {0, 0},
};

_Static_assert((int)TIME_SPANS_MAX <= (int)SEGMENT_SPANS_MAX &&
                   (int)EVENT_CLASS_COUNT <= (int)SEGMENT_CLASSES_MAX,
               "a segment counts all of them at once");

int log_view_extent(struct log_view *view, const struct filter *filter, struct event_extent *extent)
{
    const struct index_set *set = view->set;
    uint64_t oldest = set->count ? set->entries[0].first_id : 0;

    /* A late event may be older than all that are in segments. */
    if (view->recent_all &&
        event_oldest(view->db, set->account_id, (enum event_kind)set->kind, &oldest) < 0)
        return -1;
    *extent = event_extent_of(filter, oldest, view->newest);
    return 0;
}

/* Adds the matches (`bits`; NULL: all events) of a segment.  What lies outside all spans does not match. */
static void add_matches(const struct segment *segment, const struct segment_bits *bits,
                        struct event_histogram *histogram)
{
    const struct time_spans *spans = &histogram->spans;
    size_t first = event_histogram_span(spans, segment->ids[0]),
           last = event_histogram_span(spans, segment->ids[segment->events - 1]);
    uint32_t edges[TIME_SPANS_MAX + 1] = {0};
    const struct segment_spread spread = {.bits = bits,
                                          .dimension = SEGMENT_STATUS,
                                          .classes = status_classes,
                                          .class_count = EVENT_CLASS_COUNT,
                                          .edges = edges,
                                          .spans = last - first + 1};

    for (size_t i = 1; i < spread.spans; i++)
        edges[i] = segment_position(segment, event_id_first(spans->bounds_ms[first + i]));
    edges[spread.spans] = segment->events;
    segment_spread(segment, &spread, histogram->events[first]);
}

/* The matches of a segment within one span, where dictionaries tell them by status; else false. */
static bool add_told(const struct segment *segment, const struct segment_query *query,
                     struct event_histogram *histogram, uint32_t *matches)
{
    const struct segment_column *column = &segment->columns[SEGMENT_STATUS];
    const struct time_spans *spans = &histogram->spans;
    size_t span = event_histogram_span(spans, segment->ids[0]);
    uint32_t counts[STATUSES_MAX];

    if (column->value_count > STATUSES_MAX ||
        span != event_histogram_span(spans, segment->ids[segment->events - 1]) ||
        !segment_values(segment, query, SEGMENT_STATUS, counts))
        return false;
    *matches = 0;
    for (uint32_t code = 0; code < column->value_count; code++) {
        histogram->events[span][event_class_of(column->values[code])] += counts[code];
        *matches += counts[code];
    }
    return true;
}

static int spread_range(struct log_view *view, size_t range, struct event_histogram *histogram)
{
    enum log_match match = log_view_match(view, range);
    const struct segment *segment;
    bool failed = false;
    uint32_t matches;

    if (match == LOG_MATCH_NONE)
        return 0;
    segment = log_view_segment(view, range, &failed);
    if (!segment)
        return -1;
    if (!add_told(segment, &view->query, histogram, &matches)) {
        matches = match == LOG_MATCH_ALL ? segment->events
                                         : segment_match(segment, &view->query, &view->bits);
        if (matches)
            add_matches(segment, matches < segment->events ? &view->bits : NULL, histogram);
    }
    view->counts[range] = matches;
    view->total += matches;
    return 0;
}

int log_view_spread(struct log_view *view, struct event_histogram *histogram)
{
    size_t ranges = log_view_ranges(view);

    if (log_view_read_recent(view) < 0)
        return -1;
    view->counts = arena_array(view->arena, ranges, sizeof(*view->counts));
    view->total = view->recent_count;
    for (size_t i = 0; i < view->recent_count; i++)
        event_histogram_add(histogram, view->recent[i].id, view->recent[i].value[SEGMENT_STATUS]);
    for (size_t i = 0; i < ranges && view->query.first_id <= view->query.last_id; i++)
        if (spread_range(view, i, histogram) < 0)
            return -1;
    return 0;
}
