/* SPDX-License-Identifier: MIT */
/* From what a filter reaches over to spans, and their counts one by one or by plain SQL; by the index: log_spread.c. */
#include "store/event_histogram.h"

#include "base/clock.h"
#include "base/strbuf.h"

static const struct str select_oldest =
    STR("SELECT COALESCE(MIN(id), 0) FROM event WHERE account_id = ? AND kind = ?");

/* The classes as INTERVAL() of a status numbers them. */
#define STATUS_CLASS "INTERVAL(e.status, 1, 400, 500)"
static const enum event_class classes[] = {EVENT_CLASS_NONE, EVENT_CLASS_OK, EVENT_CLASS_REFUSED,
                                           EVENT_CLASS_FAILED};

enum event_class event_class_of(unsigned status)
{
    return classes[(status >= 1) + (status >= 400) + (status >= 500)];
}

struct event_extent event_extent_of(const struct filter *filter, uint64_t oldest, uint64_t newest)
{
    struct event_extent extent = {
        .oldest = oldest ? oldest : UINT64_MAX,
        .newest = filter->has_asof && filter->asof < newest ? filter->asof : newest,
        .has_to = filter->has_to,
        .from_ms = filter->has_from ? filter->from_ms : 0,
        .to_ms = filter->to_ms,
    };

    if (extent.from_ms > CLOCK_MAX_MS) {
        extent.oldest = UINT64_MAX;
    } else if (extent.from_ms > 0 && extent.oldest < event_id_first(extent.from_ms)) {
        extent.oldest = event_id_first(extent.from_ms);
        extent.has_from = true; /* something is left out before it */
    }
    if (filter->has_to && filter->to_ms <= 0)
        extent.newest = 0;
    else if (filter->has_to && filter->to_ms <= CLOCK_MAX_MS &&
             extent.newest >= event_id_first(filter->to_ms))
        extent.newest = event_id_first(filter->to_ms) - 1;
    return extent;
}

void event_extent_join(struct event_extent *one, const struct event_extent *other)
{
    if (other->oldest > other->newest)
        return;
    if (one->oldest > one->newest) {
        *one = *other;
        return;
    }
    one->oldest = other->oldest < one->oldest ? other->oldest : one->oldest;
    one->newest = other->newest > one->newest ? other->newest : one->newest;
    one->has_from = one->has_from || other->has_from;
    one->has_to = one->has_to && other->has_to;
    one->from_ms = other->from_ms < one->from_ms ? other->from_ms : one->from_ms;
    one->to_ms = other->to_ms > one->to_ms ? other->to_ms : one->to_ms;
}

struct event_histogram *event_histogram_new(struct arena *arena, const struct event_extent *extent,
                                            const char *zone)
{
    struct event_histogram *histogram;
    struct time_spans *spans;

    if (extent->oldest > extent->newest)
        return NULL;
    histogram = arena_alloc(arena, sizeof(*histogram));
    memset(histogram, 0, sizeof(*histogram));
    spans = &histogram->spans;
    time_spans_choose(event_id_ms(extent->oldest), event_id_ms(extent->newest) + 1, zone, spans);
    if (extent->has_from && spans->bounds_ms[0] < extent->from_ms)
        spans->bounds_ms[0] = extent->from_ms;
    if (extent->has_to && spans->bounds_ms[spans->count] > extent->to_ms)
        spans->bounds_ms[spans->count] = extent->to_ms;
    return histogram;
}

size_t event_histogram_span(const struct time_spans *spans, uint64_t id)
{
    size_t low = 0, high = spans->count;
    int64_t ms = event_id_ms(id);

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (spans->bounds_ms[middle] <= ms)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void event_histogram_add(struct event_histogram *histogram, uint64_t id, unsigned status)
{
    const struct time_spans *spans = &histogram->spans;
    int64_t ms = event_id_ms(id);

    if (ms >= spans->bounds_ms[0] && ms < spans->bounds_ms[spans->count])
        histogram->events[event_histogram_span(spans, id)][event_class_of(status)]++;
}

int event_oldest(struct db *db, uint32_t account_id, enum event_kind kind, uint64_t *id)
{
    int found =
        db_select_number(db, select_oldest, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind)), id);

    return found == 1 ? 0 : -1;
}

/* The number of the span in which each event lies, from 1; its class; how many there are.  A time is the upper bits of an id. */
static struct str spans_statement(struct arena *arena, const struct filter_sql *sql, size_t count)
{
    struct strbuf text;
    struct str statement;

    strbuf_init(&text);
    strbuf_printf(&text, "SELECT INTERVAL(e.id >> %d", EVENT_ID_SLOT_BITS);
    for (size_t i = 0; i < count; i++)
        strbuf_add_cstr(&text, ", ?");
    strbuf_printf(&text,
                  ") AS span, " STATUS_CLASS
                  " AS class, COUNT(*)%s%.*s GROUP BY span, class ORDER BY NULL",
                  filter_sql_from(sql), STR_ARG(sql->where));
    statement = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return statement;
}

int event_histogram_read_plain(struct db *db, struct arena *arena, const struct filter *filter,
                               struct event_histogram *histogram)
{
    const struct time_spans *spans = &histogram->spans;
    struct filter_sql sql;
    struct db_value *values;
    struct db_rows *rows;
    int more = -1;

    if (filter_sql_build(db, arena, filter, filter->kind, &sql) < 0)
        return -1;
    if (sql.empty)
        return 0;
    values = arena_array(arena, spans->count + sql.count, sizeof(*values));
    for (size_t i = 0; i < spans->count; i++)
        values[i] = DB_NUMBER((uint64_t)spans->bounds_ms[i]);
    memcpy(values + spans->count, sql.values, sql.count * sizeof(*values));
    rows =
        db_select(db, spans_statement(arena, &sql, spans->count), values, spans->count + sql.count);
    while (rows && (more = db_next(rows)) == 1) {
        uint64_t span = db_number(rows, 0), class = db_number(rows, 1);

        if (span >= 1 && span <= spans->count && class < EVENT_CLASS_COUNT)
            histogram->events[span - 1][classes[class]] += db_number(rows, 2);
    }
    db_finish(rows);
    return more < 0 ? -1 : 0;
}
