/* SPDX-License-Identifier: MIT */
/*
 * _histogram.tpl.  A bar is as wide as its neighbours, whatever its span; what was counted is never less than a pixel high.  Links ask for exactly
 * what they say a number of.
 */
#include "pages/pages_histogram.h"

#include "pages/pages_filter.h"
#include "pages/pages_frame.h"
#include "query/params_values.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/time_spans.h"

/* Pixels. */
enum { HEIGHT = 64, FAILED_HEIGHT_MIN = 2 };

/* From the bottom up. */
static const enum event_class layers[EVENT_CLASS_COUNT] = {EVENT_CLASS_FAILED, EVENT_CLASS_REFUSED,
                                                           EVENT_CLASS_NONE, EVENT_CLASS_OK};

/* How each class is called: in the style sheet, in the legend, and by the parameter `status`. */
static const struct {
    const char *style, *label, *value;
} names[EVENT_CLASS_COUNT] = {
    [EVENT_CLASS_OK] = {"ok", "OK", "ok"},
    [EVENT_CLASS_REFUSED] = {"refused", "4xx", "4xx"},
    [EVENT_CLASS_FAILED] = {"failed", "5xx", "5xx"},
    [EVENT_CLASS_NONE] = {"none", "No status", FILTER_NONE},
};

struct chart {
    struct page *page;
    struct arena *arena;
    const struct pages_list *list;
    const struct event_histogram *histogram;
    uint64_t most; /* in one span */
};

static uint64_t total_of(const uint64_t *events)
{
    uint64_t total = 0;

    for (int class = 0; class < EVENT_CLASS_COUNT; class ++)
        total += events[class];
    return total;
}

/* ---- Bars ------------------------------------------------------------------------------------------ */

/* How high each class is in a bar: the greatest gives what the others need to be seen. */
static void heights_of(const uint64_t *events, uint64_t most, unsigned heights[EVENT_CLASS_COUNT])
{
    uint64_t total = total_of(events);
    unsigned whole = (unsigned)((double)total / (double)most * HEIGHT + 0.5), others = 0;
    int greatest = 0;

    for (int class = 0; class < EVENT_CLASS_COUNT; class ++) {
        unsigned least = class == EVENT_CLASS_FAILED ? FAILED_HEIGHT_MIN : 1;
        unsigned height = (unsigned)((double)events[class] / (double)most * HEIGHT + 0.5);

        heights[class] = events[class] == 0 ? 0 : height < least ? least : height;
        others += heights[class];
        if (events[class] > events[greatest])
            greatest = class;
    }
    others -= heights[greatest];
    if (whole > others + heights[greatest] || others + heights[greatest] > HEIGHT)
        heights[greatest] = whole > others ? whole - others : 1;
}

/* All bars of a class as one path: each stands on those of the layers below, and is one more for those above. */
static struct str path_of(const struct chart *chart, unsigned heights[][EVENT_CLASS_COUNT],
                          unsigned *bottoms, enum event_class class)
{
    struct strbuf path;
    struct str text;

    strbuf_init(&path);
    for (size_t i = 0; i < chart->histogram->spans.count; i++) {
        if (heights[i][class])
            strbuf_printf(&path, "M%zu %uh.9v-%uh-.9z", i, bottoms[i], heights[i][class]);
        bottoms[i] -= heights[i][class];
    }
    text = arena_copy(chart->arena, strbuf_str(&path));
    strbuf_release(&path);
    return text;
}

static void fill_layers(const struct chart *chart)
{
    unsigned heights[TIME_SPANS_MAX][EVENT_CLASS_COUNT], bottoms[TIME_SPANS_MAX];

    for (size_t i = 0; i < chart->histogram->spans.count; i++) {
        heights_of(chart->histogram->events[i], chart->most, heights[i]);
        bottoms[i] = HEIGHT;
    }
    for (int layer = 0; layer < EVENT_CLASS_COUNT; layer++) {
        struct str path = path_of(chart, heights, bottoms, layers[layer]);
        struct page *part;

        if (path.len == 0)
            continue;
        part = page_add(chart->page, PAGE_LAYER);
        page_set(part, PAGE_CLASS, str_from(names[layers[layer]].style));
        page_set(part, PAGE_PATH, path);
    }
}

/* ---- Spans ----------------------------------------------------------------------------------------- */

/*
 * Two times with as much of them as the spans need: the ends of a list's range may lie within a span, and are shown like the others,
 * unless both would read the same.
 */
static void show_both(const struct chart *chart, int64_t from_ms, int64_t to_ms,
                      char from[CLOCK_TEXT_BYTES], char to[CLOCK_TEXT_BYTES])
{
    const char *zone = chart->list->params.zone;
    enum clock_unit unit = chart->histogram->spans.minutes ? CLOCK_MINUTE : CLOCK_SECOND;

    do {
        clock_show(from_ms, zone, unit, from);
        clock_show(to_ms, zone, unit, to);
    } while (strcmp(from, to) == 0 && unit++ < CLOCK_MS);
}

/* "2026-01-31 12:00 to 13:00", "2026-01-31", "2026-01-26 to 2026-02-01"; `range`: the same as parameters. */
static struct str words_of(const struct chart *chart, const struct params *range)
{
    char from[CLOCK_TEXT_BYTES], to[CLOCK_TEXT_BYTES];

    if (params_is_day(range->from))
        return pages_dates_summary(chart->arena, range);
    show_both(chart, range->filter.from_ms, range->filter.to_ms, from, to);
    return pages_dates_between(chart->arena, str_from(from), str_from(to));
}

/* The first page of the list with other parameters; only what would count other events otherwise stays pinned. */
static struct str link_of(const struct chart *chart, struct params *params, bool pinned)
{
    const struct pages_list *list = chart->list;

    params->page = 1;
    params->filter.has_asof = params->filter.has_asof && pinned;
    return pages_list_link(chart->arena, list, params);
}

static void add_row(struct page *table, struct str link, struct str words, const uint64_t *events)
{
    static const enum page_key cells[EVENT_CLASS_COUNT] = {
        [EVENT_CLASS_OK] = PAGE_COUNT_OK,
        [EVENT_CLASS_REFUSED] = PAGE_COUNT_REFUSED,
        [EVENT_CLASS_FAILED] = PAGE_COUNT_FAILED,
        [EVENT_CLASS_NONE] = PAGE_COUNT_NONE,
    };
    struct page *row = page_add(table, PAGE_ROW);

    page_set(row, PAGE_LINK_HREF, link);
    page_set(row, PAGE_TIME, words);
    for (int class = 0; class < EVENT_CLASS_COUNT; class ++)
        page_set_count(row, cells[class], events[class]);
    page_set_count(row, PAGE_COUNT_TOTAL, total_of(events));
}

/* `table`: NULL where the page has none. */
static void fill_span(const struct chart *chart, struct page *table, size_t i)
{
    const uint64_t *events = chart->histogram->events[i];
    const int64_t *bounds = chart->histogram->spans.bounds_ms + i;
    uint64_t total = total_of(events),
             failed = events[EVENT_CLASS_REFUSED] + events[EVENT_CLASS_FAILED];
    struct params params = chart->list->params;
    struct page *bar;
    struct str link, words;

    if (total == 0)
        return;
    params_set_range(chart->arena, &params, bounds[0], bounds[1]);
    link = link_of(chart, &params, event_id_ms(params.filter.asof) < bounds[1]);
    words = words_of(chart, &params);
    bar = page_add(chart->page, PAGE_BAR);
    page_set(bar, PAGE_LINK_HREF, link);
    page_set_number(bar, PAGE_PLACE, i);
    page_set(bar, PAGE_TIME_TITLE,
             arena_printf(chart->arena, "%.*s (%s): %s call%s%s", STR_ARG(words), params.zone,
                          count_words(chart->arena, total), total == 1 ? "" : "s",
                          failed ? ", " : ""));
    if (failed)
        page_set_count(page_add(bar, PAGE_STATUS_FAILED), PAGE_NUMBER, failed);
    if (table)
        add_row(table, link, words, events);
}

/* ---- Axis and legend ------------------------------------------------------------------------------- */

static void add_mark(const struct chart *chart, const char *text)
{
    page_set(page_add(chart->page, PAGE_AXIS), PAGE_TIME, arena_copy(chart->arena, str_from(text)));
}

/* The beginning, the middle unless it reads like one of the others, and the end; of days the last one. */
static void fill_axis(const struct chart *chart)
{
    const struct time_spans *spans = &chart->histogram->spans;
    const char *zone = chart->list->params.zone;
    int64_t first_ms = spans->bounds_ms[0], middle_ms = spans->bounds_ms[spans->count / 2],
            last_ms = spans->bounds_ms[spans->count];
    char first[CLOCK_TEXT_BYTES], middle[CLOCK_TEXT_BYTES], last[CLOCK_TEXT_BYTES];

    if (spans->days) {
        clock_show(first_ms, zone, CLOCK_DAY, first);
        clock_show(middle_ms, zone, CLOCK_DAY, middle);
        clock_show(last_ms - 1, zone, CLOCK_DAY, last);
    } else {
        show_both(chart, first_ms, last_ms, first, last);
        clock_show(middle_ms, zone, spans->minutes ? CLOCK_MINUTE : CLOCK_SECOND, middle);
    }
    add_mark(chart, first);
    if (spans->count > 1 && strcmp(middle, first) != 0 && strcmp(middle, last) != 0)
        add_mark(chart, middle);
    add_mark(chart, last);
}

/* What the list asks for of a class, so that its count is what the link shows: of each range the part that lies in the class. */
static struct filter_values asked_of(struct arena *arena, const struct filter_values *asked,
                                     const char *value)
{
    struct filter_values values = {.items =
                                       arena_array(arena, asked->count + 1, sizeof(struct str))};
    unsigned first = 0, last = 0, low, high;
    bool whole = asked->count == 0;

    filter_status_range(str_from(value), &first, &last);
    for (size_t i = 0; i < asked->count; i++) {
        if (!filter_status_range(asked->items[i], &low, &high) || low > last || high < first)
            continue;
        if (low <= first && high >= last)
            whole = true;
        else if (low >= first && high <= last)
            values.items[values.count++] = asked->items[i];
        else
            values.items[values.count++] =
                arena_printf(arena, "%u-%u", low > first ? low : first, high < last ? high : last);
    }
    if (whole) {
        values.items[0] = str_from(value);
        values.count = 1;
    }
    return values;
}

static void fill_legend(const struct chart *chart)
{
    for (int class = 0; class < EVENT_CLASS_COUNT; class ++) {
        struct params params = chart->list->params;
        struct filter_values *asked = &params.filter.include[FILTER_STATUS];
        struct page *entry;
        uint64_t count = 0;

        for (size_t i = 0; i < chart->histogram->spans.count; i++)
            count += chart->histogram->events[i][class];
        if (count == 0)
            continue;
        *asked = asked_of(chart->arena, asked, names[class].value);
        entry = page_add(chart->page, PAGE_LEGEND);
        page_set(entry, PAGE_CLASS, str_from(names[class].style));
        page_set(entry, PAGE_LABEL, str_from(names[class].label));
        page_set_count(entry, PAGE_NUMBER, count);
        page_set(entry, PAGE_LINK_HREF, link_of(chart, &params, true));
    }
}

/* From a range to the hour, day, week, month or year around it, else to all. */
static void fill_way_out(const struct chart *chart)
{
    struct params params = chart->list->params;
    const struct filter *filter = &params.filter;
    const struct time_spans *spans = &chart->histogram->spans;
    int64_t around[2];

    if (params.from.len == 0 && params.to.len == 0)
        return;
    if (params.from.len && params.to.len && filter->from_ms >= spans->bounds_ms[0] &&
        filter->to_ms > filter->from_ms && filter->to_ms <= spans->bounds_ms[spans->count] &&
        time_spans_around(filter->from_ms, filter->to_ms, params.zone, around))
        params_set_range(chart->arena, &params, around[0], around[1]);
    else
        params.from.len = params.to.len = 0;
    page_set(page_add(chart->page, PAGE_ZOOM_OUT), PAGE_LINK_HREF, link_of(chart, &params, false));
}

/* The table is the longer half of it and seldom read: it comes with a page of its own. */
static struct str table_link(const struct chart *chart)
{
    struct params params = chart->list->params;

    params.has_menu = false;
    params.histogram_table = true;
    return pages_asking_link(chart->arena, chart->list, &params);
}

void pages_fill_histogram(struct page *page, struct arena *arena, const struct pages_list *list)
{
    struct chart chart = {.arena = arena, .list = list, .histogram = list->found.histogram};
    struct page *table;
    size_t spans;

    if (!chart.histogram || list->found.total == 0)
        return;
    spans = chart.histogram->spans.count;
    for (size_t i = 0; i < spans; i++) {
        uint64_t total = total_of(chart.histogram->events[i]);

        chart.most = total > chart.most ? total : chart.most;
    }
    chart.page = page_include(page, PAGE_HISTOGRAM, "_histogram.tpl");
    page_set_count(chart.page, PAGE_NUMBER, chart.most);
    /* The last bar ends where the chart does. */
    page_set(chart.page, PAGE_WIDTH, arena_printf(arena, "%zu.9", spans - 1));
    page_set(chart.page, PAGE_ZONE, str_from(list->params.zone));
    table = list->params.histogram_table ? page_add(chart.page, PAGE_TABLE) : NULL;
    if (!table)
        page_set(page_add(chart.page, PAGE_ASK), PAGE_LINK_HREF, table_link(&chart));
    fill_layers(&chart);
    for (size_t i = 0; i < spans; i++)
        fill_span(&chart, table, i);
    fill_axis(&chart);
    fill_legend(&chart);
    fill_way_out(&chart);
}
