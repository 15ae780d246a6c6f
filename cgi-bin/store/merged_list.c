/* SPDX-License-Identifier: MIT */
/*
 * A page of a merged log.  Its place is found by counting: the index says how many matches each account has in each of many spans of
 * ids, and the span in which the place lies is cut again until little is left of it.  Then the rows from there on are taken from every
 * account and sorted.
 */
#include <stdlib.h>

#include "store/event_walk.h"
#include "store/merged_search.h"
#include "store/merged_sources.h"

enum {
    SPANS = 256,
    FEW = 64,        /* rows that are not worth counting any more */
    FEW_OF_EACH = 8, /* of each account, that are taken at first */
};

struct row {
    struct event_numbers numbers;
    size_t account; /* which one of the merged log */
    uint32_t account_id;
};

/* ---- Finding the place --------------------------------------------------------------------------- */

/* A stretch of ids, the end excluded, and how many matches lie in it. */
struct window {
    uint64_t first, end;
    uint64_t count;
};

/* How many ids are below `id`. */
static size_t ids_below(const struct merged_source *source, uint64_t id)
{
    size_t low = 0, high = source->id_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (source->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int count_spans(const struct merged_source *source, const uint64_t *bounds, size_t spans,
                       uint64_t *counts)
{
    if (source->view)
        return log_view_histogram(source->view, bounds, spans, counts);
    for (size_t i = 0; i < spans; i++)
        counts[i] = ids_below(source, bounds[i + 1]) - ids_below(source, bounds[i]);
    return 0;
}

/* Cuts the window into at most SPANS; how many. */
static size_t cut(const struct window *window, uint64_t bounds[SPANS + 1])
{
    uint64_t width = window->end - window->first;
    size_t spans = width < SPANS ? (size_t)width : SPANS;

    for (size_t i = 0; i < spans; i++)
        bounds[i] = window->first + width / spans * i;
    bounds[spans] = window->end;
    return spans;
}

/*
 * Counts what each account has in each span, and makes the window the span that `skip` matches of the window lead into.  `counts` has
 * room for SPANS of each account.
 */
static int narrow(struct merged_sources *merge, struct window *window, uint64_t *skip,
                  uint64_t *counts)
{
    const size_t accounts = merge->log->count;
    uint64_t bounds[SPANS + 1];
    size_t spans = cut(window, bounds);

    for (size_t i = 0; i < accounts; i++)
        if (merge->sources[i].total &&
            count_spans(&merge->sources[i], bounds, spans, counts + i * SPANS) < 0)
            return -1;
    for (size_t k = 0; k < spans; k++) {
        size_t span = merge->oldest_first ? k : spans - 1 - k;
        uint64_t here = 0;

        for (size_t i = 0; i < accounts; i++)
            here += counts[i * SPANS + span];
        if (*skip < here) {
            *window = (struct window){bounds[span], bounds[span + 1], here};
            return 0;
        }
        *skip -= here;
        for (size_t i = 0; i < accounts; i++)
            merge->sources[i].before += counts[i * SPANS + span];
    }
    return -1; /* the counts do not add up */
}

/* After it each source knows how many of its matches come before the place, but for the `skip` ones that are left.  0 or -1. */
static int find_place(struct merged_sources *merge, uint64_t offset, uint64_t *skip)
{
    struct window window = {0, merge->newest + 1, merge->total};
    uint64_t *counts;

    *skip = offset;
    if (offset == 0)
        return 0;
    counts = arena_array(merge->arena, merge->log->count * SPANS, sizeof(*counts));
    while (*skip > 0 && window.count > FEW && window.end - window.first > 1)
        if (narrow(merge, &window, skip, counts) < 0)
            return -1;
    return 0;
}

/* ---- Rows ---------------------------------------------------------------------------------------- */

struct slice {
    const uint64_t *ids; /* ascending */
    size_t count, given;
    bool oldest_first;
};

static int next_of_slice(void *context, uint64_t *ids, size_t max)
{
    struct slice *slice = context;
    size_t count = 0;

    while (count < max && slice->given < slice->count) {
        size_t at = slice->oldest_first ? slice->given : slice->count - 1 - slice->given;

        ids[count++] = slice->ids[at];
        slice->given++;
    }
    return (int)count;
}

static int walk_rows(struct merged_sources *merge, struct merged_source *source, size_t wanted,
                     struct event_numbers *numbers, size_t *count)
{
    uint64_t before = source->before + source->taken;
    size_t first = merge->oldest_first ? before : source->id_count - before - wanted;
    struct slice slice = {source->ids + first, wanted, 0, merge->oldest_first};
    const struct event_ids ids = {next_of_slice, &slice};
    struct event_walk *walk =
        event_walk_open(merge->reader->db, merge->arena, source->filter, &ids);
    int more = -1;

    while (walk && *count < wanted &&
           (more = event_walk_next(walk, numbers + *count, wanted - *count)) > 0)
        *count += (size_t)more;
    event_walk_close(walk);
    return walk && more >= 0 ? 0 : -1;
}

static int view_rows(struct merged_sources *merge, struct merged_source *source, size_t wanted,
                     struct event_numbers *numbers, size_t *count)
{
    struct segment_row *rows = arena_array(merge->arena, wanted, sizeof(*rows));

    if (log_view_rows(source->view, source->before + source->taken, wanted, rows, count) < 0)
        return -1;
    for (size_t i = 0; i < *count; i++)
        numbers[i] = log_row_numbers(&rows[i], source->filter->kind);
    return 0;
}

/* Rows that were taken of all accounts. */
struct taken {
    struct row *rows;
    size_t count, room;
};

/* Adds the next rows of an account, at most `wanted`. */
static int add_rows(struct merged_sources *merge, size_t account, uint64_t wanted,
                    struct taken *taken)
{
    struct merged_source *source = &merge->sources[account];
    uint64_t left = source->total - source->before - source->taken;
    size_t take = (size_t)(left < wanted ? left : wanted), found = 0;
    struct event_numbers *numbers;

    if (take == 0)
        return 0;
    numbers = arena_array(merge->arena, take, sizeof(*numbers));
    if ((source->view ? view_rows(merge, source, take, numbers, &found)
                      : walk_rows(merge, source, take, numbers, &found)) < 0)
        return -1;
    for (size_t i = 0; i < found; i++) {
        taken->rows =
            arena_grow(merge->arena, taken->rows, taken->count, &taken->room, sizeof(*taken->rows));
        taken->rows[taken->count++] = (struct row){numbers[i], account, source->filter->account_id};
    }
    source->taken += take;
    source->last = found ? numbers[found - 1].id : source->last;
    return 0;
}

static int compare_ids(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Two of one id stand in the order of the accounts' numbers in either order. */
static int ascending(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = compare_ids(x->numbers.id, y->numbers.id);

    return order ? order : compare_ids(x->account_id, y->account_id);
}

static int descending(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = compare_ids(y->numbers.id, x->numbers.id);

    return order ? order : compare_ids(x->account_id, y->account_id);
}

/* May rows that were not taken of an account yet be among the first `wanted` of all?  Those that were taken are sorted. */
static bool needs_more(const struct merged_sources *merge, size_t account,
                       const struct taken *taken, uint64_t wanted)
{
    const struct merged_source *source = &merge->sources[account];
    const struct row last = {{.id = source->last}, account, source->filter->account_id};

    if (source->total - source->before == source->taken)
        return false;
    return source->taken == 0 || taken->count < wanted ||
           (merge->oldest_first ? ascending : descending)(&last, &taken->rows[wanted - 1]) < 0;
}

/* Takes rows until the first `wanted` of all are among them: few of each account, and more of those that the few were not enough of. */
static int take_rows(struct merged_sources *merge, uint64_t wanted, struct taken *taken)
{
    bool done = false;

    for (uint64_t each = FEW_OF_EACH; !done; each *= 2) {
        size_t before = taken->count;

        for (size_t i = 0; i < merge->log->count; i++)
            if (merge->sources[i].needs_more && add_rows(merge, i, each, taken) < 0)
                return -1;
        if (taken->count > before)
            qsort(taken->rows, taken->count, sizeof(*taken->rows),
                  merge->oldest_first ? ascending : descending);
        done = true;
        for (size_t i = 0; i < merge->log->count; i++) {
            merge->sources[i].needs_more = needs_more(merge, i, taken, wanted);
            done = done && !merge->sources[i].needs_more;
        }
    }
    return 0;
}

/* The page, in `rows` from *first on. */
static int collect(struct merged_sources *merge, uint64_t offset, uint64_t limit, struct row **rows,
                   size_t *first, size_t *count)
{
    struct taken taken = {0};
    uint64_t skip;

    *first = *count = 0;
    if (offset >= merge->total || limit == 0)
        return 0;
    if (find_place(merge, offset, &skip) < 0)
        return -1;
    for (size_t i = 0; i < merge->log->count; i++)
        merge->sources[i].needs_more = true;
    if (take_rows(merge, skip + limit, &taken) < 0)
        return -1;
    *rows = taken.rows;
    *first = (size_t)skip;
    if (taken.count > skip)
        *count = taken.count - skip < limit ? taken.count - (size_t)skip : (size_t)limit;
    return 0;
}

/* ---- Events -------------------------------------------------------------------------------------- */

/* What a list of triggers shows besides, account by account. */
static int add_deliveries(struct merged_sources *merge, const struct row *rows,
                          struct event_list *list)
{
    struct event *events = arena_array(merge->arena, list->count, sizeof(*events));
    size_t *places = arena_array(merge->arena, list->count, sizeof(*places));

    for (size_t i = 0; i < merge->log->count; i++) {
        size_t count = 0;

        for (size_t k = 0; k < list->count; k++) {
            if (rows[k].account != i)
                continue;
            places[count] = k;
            events[count++] = list->rows[k];
        }
        if (count && event_read_deliveries(merge->reader, merge->arena, merge->log->accounts[i].id,
                                           events, count) < 0)
            return -1;
        for (size_t k = 0; k < count; k++)
            list->rows[places[k]] = events[k];
    }
    return 0;
}

static int fill_list(struct merged_sources *merge, const struct row *rows, size_t count,
                     struct event_list *list)
{
    struct reader *reader = merge->reader;
    struct event_numbers *numbers = arena_array(merge->arena, count, sizeof(*numbers));

    list->count = count;
    list->rows = arena_array(merge->arena, count, sizeof(*list->rows));
    for (size_t i = 0; i < count; i++)
        numbers[i] = rows[i].numbers;
    if (name_cache_fill(reader->names, reader->db, merge->arena, numbers, count, list->rows) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        list->rows[i].account = merge->log->accounts[rows[i].account].slug;
    if (count && merge->log->filters[0].kind == EVENT_KIND_TRIGGER)
        return add_deliveries(merge, rows, list);
    return 0;
}

static int read_page(struct merged_sources *merge, const struct event_page *page,
                     struct event_list *list)
{
    size_t first, count;
    struct row *rows = NULL;

    list->total = merge->total;
    list->newest = merge->newest;
    list->histogram = merge->histogram;
    if (collect(merge, page->offset, page->limit, &rows, &first, &count) < 0)
        return -1;
    return count ? fill_list(merge, rows + first, count, list) : 0;
}

/* ---- What others call ---------------------------------------------------------------------------- */

int merged_list_read(struct reader *reader, struct arena *arena, const struct merged_log *log,
                     const struct event_page *page, struct event_list *list)
{
    struct merged_sources merge;
    int result;

    *list = (struct event_list){0};
    if (log->count && log->filters[0].text.len)
        return merged_search(reader, arena, log, page->offset, page->limit, list);
    if (merged_sources_hold(reader, log) < 0)
        return -1;
    result = merged_sources_open(&merge, reader, arena, log, page->zone);
    if (result == 0)
        result = read_page(&merge, page, list);
    index_sets_let_go(reader->sets);
    return result;
}

int merged_log_totals(struct reader *reader, struct arena *arena, const struct merged_log *log,
                      uint64_t *totals, uint64_t *total)
{
    struct merged_sources merge;
    int result;

    if (merged_sources_hold(reader, log) < 0)
        return -1;
    result = merged_sources_open(&merge, reader, arena, log, NULL);
    index_sets_let_go(reader->sets);
    for (size_t i = 0; i < log->count && totals && result == 0; i++)
        totals[i] = merge.sources[i].total;
    *total = merge.total;
    return result;
}
