/* SPDX-License-Identifier: MIT */
/*
 * From the conditions of a query to the bits of the events that match: conditions become ranges of codes, and are then fulfilled one after
 * the other, the rarest first.
 */
#include "index/segment_query.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "index/segment_private.h"

enum {
    RANGES_INSIDE = 16,
    BITMAP_RANGES = 256,
    BITMAP_WORDS_MAX = 1024 * 1024 /* 8 MB: for values up to 67 million */
};

/* A condition in the codes of one segment. */
struct task {
    enum segment_dimension dimension;
    struct segment_code_set set;
    uint32_t events; /* that fulfil it, in the whole segment */
    struct segment_codes inside[RANGES_INSIDE];
    struct segment_codes *outside; /* the ranges, when they are more; to be freed */
};

/* What is left to do for a query. */
struct plan {
    uint32_t first, end; /* positions; first == end: nothing matches */
    size_t count;
    struct task *order[SEGMENT_CONDITIONS_MAX]; /* rarest first */
    struct task tasks[SEGMENT_CONDITIONS_MAX];
};

/* ---- From values to codes ------------------------------------------------------------------------ */

/* The first place from `at` on whose value is not below `value`; near ones are found first. */
static uint32_t find_value(const struct segment_column *column, uint32_t at, uint32_t value)
{
    uint32_t step = 1, end = at;

    while (end < column->value_count && column->values[end] < value) {
        at = end + 1;
        end = column->value_count - end > step ? end + step : column->value_count;
        step *= 2;
    }
    while (at < end) {
        uint32_t middle = at + (end - at) / 2;

        if (column->values[middle] < value)
            at = middle + 1;
        else
            end = middle;
    }
    return at;
}

/* The first range from `at` on that does not end below `value`. */
static size_t find_range(const struct segment_condition *condition, size_t at, uint32_t value)
{
    size_t step = 1, end = at;

    while (end < condition->count && condition->ranges[end].last < value) {
        at = end + 1;
        end = condition->count - end > step ? end + step : condition->count;
        step *= 2;
    }
    while (at < end) {
        size_t middle = at + (end - at) / 2;

        if (condition->ranges[middle].last < value)
            at = middle + 1;
        else
            end = middle;
    }
    return at;
}

static uint32_t events_with(const struct segment_column *column, struct segment_codes codes)
{
    uint32_t events = 0;

    if (column->starts)
        return column->starts[codes.last + 1] - column->starts[codes.first];
    for (uint32_t code = codes.first; code <= codes.last; code++)
        events += column->counts[code];
    return events;
}

/* Adds a range behind those that are there. */
static void add_codes(struct segment_codes *codes, size_t *count, struct segment_codes found)
{
    if (*count && codes[*count - 1].last + 1 == found.first)
        codes[*count - 1].last = found.last;
    else
        codes[(*count)++] = found;
}

/* What find_codes() does, by looking each value of the dictionary up. */
static uint32_t find_in_bitmap(const struct segment_column *column,
                               const struct segment_condition *condition,
                               struct segment_codes *codes, size_t *count)
{
    uint32_t last = condition->ranges[condition->count - 1].last, events = 0;

    for (uint32_t code = 0; code < column->value_count; code++) {
        uint32_t value = column->values[code];

        if (value > last || !(condition->bitmap[value / 64] >> value % 64 & 1))
            continue;
        events += column->counts[code];
        add_codes(codes, count, (struct segment_codes){code, code});
    }
    return events;
}

/* Fills the task's ranges of codes, neighbours made one; the number of events in them. */
static uint32_t find_codes(const struct segment_column *column,
                           const struct segment_condition *condition, struct task *task)
{
    size_t most = column->value_count / 2 + 1;
    struct segment_codes *codes = task->inside;
    bool use_bitmap = condition->bitmap && condition->count > column->value_count / 8;
    uint32_t at = 0, events = 0;
    size_t count = 0;

    if (most > RANGES_INSIDE && condition->count > RANGES_INSIDE) {
        most = condition->count < most ? condition->count : most;
        codes = task->outside = memory_resize(NULL, most, sizeof(*codes));
    }
    if (use_bitmap)
        events = find_in_bitmap(column, condition, codes, &count);
    for (size_t i = 0; !use_bitmap && i < condition->count && at < column->value_count; i++) {
        struct segment_codes found;

        i = find_range(condition, i, column->values[at]);
        if (i == condition->count)
            break;
        found.first = at = find_value(column, at, condition->ranges[i].first);
        if (condition->ranges[i].last == UINT32_MAX)
            at = column->value_count;
        else
            at = find_value(column, at, condition->ranges[i].last + 1);
        if (at == found.first)
            continue;
        found.last = at - 1;
        events += events_with(column, found);
        add_codes(codes, &count, found);
    }
    task->set = (struct segment_code_set){codes, count, condition->exclude};
    return events;
}

/* ---- Planning ------------------------------------------------------------------------------------ */

static void insert(struct plan *plan, struct task *task)
{
    size_t place = plan->count++;

    for (; place > 0 && plan->order[place - 1]->events > task->events; place--)
        plan->order[place] = plan->order[place - 1];
    plan->order[place] = task;
}

/* To be ended with release(). */
static void make_plan(const struct segment *segment, const struct segment_query *query,
                      struct plan *plan)
{
    assert(query->count <= SEGMENT_CONDITIONS_MAX);
    plan->count = 0;
    plan->first = segment_position(segment, query->first_id);
    plan->end = segment->events;
    if (query->last_id < segment->ids[segment->events - 1])
        plan->end = segment_position(segment, query->last_id + 1);
    if (plan->end < plan->first || query->first_id > query->last_id)
        plan->end = plan->first;
    for (size_t i = 0; i < query->count && plan->first < plan->end; i++) {
        const struct segment_condition *condition = &query->conditions[i];
        struct task *task = &plan->tasks[plan->count];
        uint32_t events;

        task->dimension = condition->dimension;
        task->outside = NULL;
        events = find_codes(&segment->columns[condition->dimension], condition, task);
        task->events = condition->exclude ? segment->events - events : events;
        if (task->events == 0)
            plan->end = plan->first;
        if (task->events > 0 && task->events < segment->events) {
            insert(plan, task);
        } else {
            free(task->outside);
            task->outside = NULL;
        }
    }
}

static void release(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        free(plan->tasks[i].outside);
}

/* ---- Bits ---------------------------------------------------------------------------------------- */

/* Sets the bits of the positions from first to below end, and clears all others. */
static void set_span(uint64_t *words, size_t count, uint32_t first, uint32_t end)
{
    memset(words, 0, count * sizeof(*words));
    if (first >= end)
        return;
    memset(words + first / 64, 0xff, (end / 64 - first / 64) * sizeof(*words));
    if (end % 64)
        words[end / 64] = ~(uint64_t)0 >> (64 - end % 64);
    words[first / 64] &= ~(uint64_t)0 << first % 64;
}

/* The entity's condition, by the positions that are listed for each value. */
static void keep_positions(const struct segment *segment, const struct task *task,
                           struct segment_span span, uint64_t *words)
{
    const struct segment_column *entity = &segment->columns[SEGMENT_ENTITY];
    uint64_t listed[SEGMENT_WORDS_MAX], turn = task->set.exclude ? ~(uint64_t)0 : 0;

    memset(listed, 0, segment->words * sizeof(*listed));
    for (size_t i = 0; i < task->set.count; i++) {
        struct segment_codes codes = task->set.ranges[i];

        for (uint32_t at = entity->starts[codes.first]; at < entity->starts[codes.last + 1]; at++)
            listed[entity->positions[at] / 64] |= (uint64_t)1 << entity->positions[at] % 64;
    }
    for (size_t word = span.first; word < span.end; word++)
        words[word] &= listed[word] ^ turn;
}

/* A condition of many ranges, by a table of all codes. */
static void keep_listed(const struct segment *segment, const struct task *task,
                        struct segment_span span, uint64_t *words)
{
    const struct segment_column *column = &segment->columns[task->dimension];
    unsigned char table[SEGMENT_EVENTS_MAX];

    memset(table, task->set.exclude, column->value_count);
    for (size_t i = 0; i < task->set.count; i++) {
        struct segment_codes codes = task->set.ranges[i];

        memset(table + codes.first, !task->set.exclude, codes.last - codes.first + 1);
    }
    segment_kernel()->keep_table(column, segment->words, table, span, words);
}

/* Does the plan; how many match. */
static uint32_t fulfil(const struct segment *segment, const struct plan *plan, uint64_t *words)
{
    struct segment_span span = {plan->first / 64, ((size_t)plan->end + 63) / 64};
    const struct segment_kernel *kernel = segment_kernel();

    set_span(words, segment->words, plan->first, plan->end);
    for (size_t i = 0; i < plan->count; i++) {
        const struct task *task = plan->order[i];

        if (task->dimension == SEGMENT_ENTITY)
            keep_positions(segment, task, span, words);
        else if (task->set.count > SEGMENT_COMPARED_MAX)
            keep_listed(segment, task, span, words);
        else
            kernel->keep_ranges(&segment->columns[task->dimension], segment->words, &task->set,
                                span, words);
    }
    return kernel->count(words + span.first, span.end - span.first);
}

/* ---- Asking -------------------------------------------------------------------------------------- */

/* The matches, where no event has to be looked at; else false. */
static bool count_at_once(const struct segment *segment, const struct plan *plan, uint32_t *matches)
{
    if (plan->first == plan->end)
        *matches = 0;
    else if (plan->count == 0)
        *matches = plan->end - plan->first;
    else if (plan->count == 1 && plan->end - plan->first == segment->events)
        *matches = plan->order[0]->events;
    else
        return false;
    return true;
}

uint32_t segment_count(const struct segment *segment, const struct segment_query *query)
{
    uint64_t words[SEGMENT_WORDS_MAX];
    struct plan plan;
    uint32_t matches;

    make_plan(segment, query, &plan);
    if (!count_at_once(segment, &plan, &matches))
        matches = fulfil(segment, &plan, words);
    release(&plan);
    return matches;
}

uint32_t segment_match(const struct segment *segment, const struct segment_query *query,
                       struct segment_bits *bits)
{
    struct plan plan;
    uint32_t matches;

    make_plan(segment, query, &plan);
    if (count_at_once(segment, &plan, &matches) && (plan.count == 0 || matches == 0))
        set_span(bits->words, segment->words, plan.first, plan.end);
    else
        matches = fulfil(segment, &plan, bits->words);
    release(&plan);
    return matches;
}

bool segment_values(const struct segment *segment, const struct segment_query *query,
                    enum segment_dimension dimension, uint32_t *counts)
{
    const struct segment_column *column = &segment->columns[dimension];
    struct plan plan;
    bool told;

    make_plan(segment, query, &plan);
    told = plan.end - plan.first == segment->events &&
           (plan.count == 0 || (plan.count == 1 && plan.order[0]->dimension == dimension));
    if (told) {
        bool exclude = plan.count && plan.order[0]->set.exclude;

        for (uint32_t code = 0; code < column->value_count; code++)
            counts[code] = plan.count == 0 || exclude ? column->counts[code] : 0;
        for (size_t i = 0; plan.count && i < plan.order[0]->set.count; i++) {
            struct segment_codes codes = plan.order[0]->set.ranges[i];

            for (uint32_t code = codes.first; code <= codes.last; code++)
                counts[code] = exclude ? 0 : column->counts[code];
        }
    }
    release(&plan);
    return told;
}

size_t segment_bitmap_words(const struct segment_range *ranges, size_t count, size_t words_each)
{
    size_t words = count ? (size_t)ranges[count - 1].last / 64 + 1 : 0;

    return count >= BITMAP_RANGES && words <= BITMAP_WORDS_MAX && words / words_each <= count
               ? words
               : 0;
}

void segment_bitmap(const struct segment_range *ranges, size_t count, uint64_t *words)
{
    memset(words, 0, ((size_t)ranges[count - 1].last / 64 + 1) * sizeof(*words));
    for (size_t i = 0; i < count; i++)
        for (uint32_t value = ranges[i].first;; value++) {
            words[value / 64] |= (uint64_t)1 << value % 64;
            if (value == ranges[i].last)
                break;
        }
}

bool segment_row_matches(const struct segment_row *row, const struct segment_query *query)
{
    if (row->id < query->first_id || row->id > query->last_id)
        return false;
    for (size_t i = 0; i < query->count; i++) {
        const struct segment_condition *condition = &query->conditions[i];
        uint32_t value = row->value[condition->dimension];
        size_t at = find_range(condition, 0, value);
        bool listed = at < condition->count && condition->ranges[at].first <= value;

        if (listed == condition->exclude)
            return false;
    }
    return true;
}

uint32_t segment_position(const struct segment *segment, uint64_t id)
{
    uint32_t at = 0, end = segment->events;

    while (at < end) {
        uint32_t middle = at + (end - at) / 2;

        if (segment->ids[middle] < id)
            at = middle + 1;
        else
            end = middle;
    }
    return at;
}
