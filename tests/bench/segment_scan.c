/* SPDX-License-Identifier: MIT */
/*
 * Measures segments in memory, without a database: `make build/test/segment_scan && build/test/segment_scan [EVENTS [ROUNDS [plain]]]`;
 * `plain`: as on a processor without AVX2.
 * Prints what building, packing, unpacking and opening cost, and for a dozen filters the milliseconds of processor time, best of ROUNDS, of the total over all
 * segments, of the counts over time (weeks, by class of status, as a list shows them), and of the counts by value of the first five dimensions.
 *
 * The events are skewed as real ones are: few users and entities do most, in sessions; an entity type has its own actions.
 */
#include "index/segment_query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/event.h"
#include "base/memory.h"
#include "index/segment_private.h"

enum {
    TYPES = 20,
    ACTIONS = 150,
    USERS = 500,
    STATUSES = 12,
    SOURCES = 4,
    RUN = 65536,
    YEAR_DAYS = 365
};

static const uint32_t statuses[STATUSES] = {200, 201, 204, 400, 401, 403,
                                            404, 409, 422, 429, 500, 503};

/* ---- Events -------------------------------------------------------------------------------------- */

static uint64_t seed = 1;

static double draw(void)
{
    uint64_t z = seed += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

/* 1 to count; number k about 1/k as often as number 1. */
static uint32_t draw_zipf(uint32_t count)
{
    return (uint32_t)exp(draw() * log(count + 1.0));
}

struct maker {
    uint64_t events, made, time_us;
    uint32_t user, entity, type, session;
};

static void make_row(struct maker *maker, struct segment_row *row)
{
    double year_us = YEAR_DAYS * 86400e6, hour;

    if (maker->session == 0) {
        maker->session = 1 + (uint32_t)(draw() * 40);
        maker->user = draw_zipf(USERS);
        maker->type = draw_zipf(TYPES);
        maker->entity = draw_zipf((uint32_t)(maker->events / 20 + 1));
    }
    maker->session--;
    if (draw() < 0.2)
        maker->entity = draw_zipf((uint32_t)(maker->events / 20 + 1));
    hour = fmod((double)maker->time_us / 3600e6, 24);
    maker->time_us += (uint64_t)(-log(1 - draw()) * year_us / (double)maker->events *
                                 (hour > 8 && hour < 18 ? 0.6 : 1.3));
    row->id = ((maker->time_us / 1000 + 1700000000000) << 22 | (uint64_t)(draw() * 4194304));
    row->value[SEGMENT_ENTITY_TYPE] = maker->type;
    row->value[SEGMENT_ACTION] = (maker->type * 7 + draw_zipf(8)) % ACTIONS + 1;
    row->value[SEGMENT_USER] = maker->user;
    row->value[SEGMENT_STATUS] = statuses[draw() < 0.9 ? (int)(draw() * 3) : (int)(draw() * 12)];
    row->value[SEGMENT_SOURCE] = maker->user % 5 ? 1 : 1 + (uint32_t)(draw() * SOURCES);
    row->value[SEGMENT_METHOD] =
        row->value[SEGMENT_ACTION] % 4 ? EVENT_METHOD_GET : EVENT_METHOD_PATCH;
    row->value[SEGMENT_PROVIDER] = 0;
    row->value[SEGMENT_SIGNATURE] = 0;
    row->value[SEGMENT_ENTITY] = maker->entity;
    maker->made++;
}

/* ---- Segments ------------------------------------------------------------------------------------ */

struct segments {
    struct segment *items;
    size_t count;
    double build_ms, pack_ms, unpack_ms, open_ms, plain_bytes, packed_bytes;
};

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_id(const void *a, const void *b)
{
    uint64_t left = ((const struct segment_row *)a)->id,
             right = ((const struct segment_row *)b)->id;

    return (left > right) - (left < right);
}

static void add_segment(struct segments *segments, struct segment_row *rows, size_t count)
{
    struct strbuf plain, packed, again;
    struct segment *segment = &segments->items[segments->count++];
    double times[5];

    strbuf_init(&plain);
    strbuf_init(&packed);
    strbuf_init(&again);
    times[0] = now_ms();
    segment_build(rows, count, &plain);
    times[1] = now_ms();
    segment_pack(strbuf_str(&plain), &packed);
    times[2] = now_ms();
    if (segment_unpack(strbuf_str(&packed), &again) < 0 ||
        !str_equal(strbuf_str(&plain), strbuf_str(&again)))
        abort();
    times[3] = now_ms();
    if (segment_open(strbuf_str(&plain), segment) < 0)
        abort();
    times[4] = now_ms();
    segments->build_ms += times[1] - times[0];
    segments->pack_ms += times[2] - times[1];
    segments->unpack_ms += times[3] - times[2];
    segments->open_ms += times[4] - times[3];
    segments->plain_bytes += (double)plain.len;
    segments->packed_bytes += (double)packed.len;
    strbuf_release(&packed);
    strbuf_release(&again); /* the plain form is kept until the end */
}

static void make_segments(uint64_t events, struct segments *segments)
{
    struct segment_row *rows = memory_new(RUN * sizeof(*rows));
    struct maker maker = {.events = events};

    segments->items = memory_new((events / RUN + 1) * sizeof(*segments->items));
    while (maker.made < events) {
        size_t count = 0, kept = 1;

        while (count < RUN && maker.made < events)
            make_row(&maker, &rows[count++]);
        qsort(rows, count, sizeof(*rows), by_id);
        for (size_t i = 1; i < count; i++)
            if (rows[i].id != rows[kept - 1].id)
                rows[kept++] = rows[i];
        add_segment(segments, rows, kept);
        maker.time_us += 1000;
    }
    free(rows);
}

/* ---- Filters ------------------------------------------------------------------------------------- */

enum { LISTED = 100000, LISTED_USERS = 100 };

static struct segment_range listed[LISTED];       /* entities, as a search in names finds them */
static struct segment_range others[LISTED_USERS]; /* every fifth user */

static uint64_t bitmap[1024 * 1024];

static void make_lists(uint64_t events)
{
    for (uint32_t i = 0; i < LISTED; i++)
        listed[i].first = listed[i].last = (uint32_t)(i * (events / 20) / LISTED) + 2 * i;
    for (uint32_t i = 0; i < LISTED_USERS; i++)
        others[i].first = others[i].last = 5 * i + 4;
    if (segment_bitmap_words(listed, LISTED, SEGMENT_BITMAP_LARGE))
        segment_bitmap(listed, LISTED, bitmap);
}

#define ONE(value)                                                                                 \
    {                                                                                              \
        (value), (value)                                                                           \
    }
#define ON(dimension, ranges)                                                                      \
    {                                                                                              \
        (dimension), false, (ranges), sizeof(ranges) / sizeof((ranges)[0]), NULL                   \
    }

static const struct segment_range common[] = {ONE(1)}, rare[] = {ONE(497)}, rare_type[] = {ONE(20)},
                                  users[] = {ONE(3), ONE(17), ONE(40), ONE(200), ONE(444)},
                                  three[] = {ONE(2), ONE(5), ONE(9)}, failed[] = {{400, 599}},
                                  some_actions[] = {{8, 30}}, entity[] = {ONE(30000)};

static const struct filter {
    const char *name;
    struct segment_condition conditions[5];
    size_t count;
    double days; /* 0: all */
} filters[] = {
    {"none", {{0}}, 0, 0},
    {"one common value", {ON(SEGMENT_USER, common)}, 1, 0},
    {"one rare value", {ON(SEGMENT_USER, rare)}, 1, 0},
    {"5 users", {ON(SEGMENT_USER, users)}, 1, 0},
    {"status >= 400", {ON(SEGMENT_STATUS, failed)}, 1, 0},
    {"type and user, common", {ON(SEGMENT_ENTITY_TYPE, common), ON(SEGMENT_USER, common)}, 2, 0},
    {"type and user, rare meet",
     {ON(SEGMENT_ENTITY_TYPE, rare_type), ON(SEGMENT_USER, rare)},
     2,
     0},
    {"not one user", {{SEGMENT_USER, true, common, 1, NULL}}, 1, 0},
    {"five dims",
     {ON(SEGMENT_ENTITY_TYPE, common),
      ON(SEGMENT_ACTION, some_actions),
      {SEGMENT_USER, true, users, 5, NULL},
      {SEGMENT_STATUS, true, failed, 1, NULL},
      ON(SEGMENT_SOURCE, common)},
     5,
     0},
    {"last 30 of 365 days", {{0}}, 0, 30},
    {"one entity", {ON(SEGMENT_ENTITY, entity)}, 1, 0},
    {"3 types, 5 users, failed",
     {ON(SEGMENT_ENTITY_TYPE, three), ON(SEGMENT_USER, users), ON(SEGMENT_STATUS, failed)},
     3,
     0},
    {"100 users, type", {ON(SEGMENT_USER, others), ON(SEGMENT_ENTITY_TYPE, three)}, 2, 0},
    {"100,000 entities", {ON(SEGMENT_ENTITY, listed)}, 1, 0},
    {"100,000 entities, bitmap", {{SEGMENT_ENTITY, false, listed, LISTED, bitmap}}, 1, 0},
    {"100,000 entities, type", {ON(SEGMENT_ENTITY, listed), ON(SEGMENT_ENTITY_TYPE, three)}, 2, 0},
};

static uint64_t count_all(const struct segments *segments, const struct segment_query *query)
{
    uint64_t total = 0;

    for (size_t i = 0; i < segments->count; i++)
        total += segment_count(&segments->items[i], query);
    return total;
}

static uint32_t counts[RUN]; /* looked at by nobody */

static void facet_all(const struct segments *segments, const struct segment_query *query)
{
    struct segment_bits bits;

    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->items[i];
        uint32_t matches = segment_match(segment, query, &bits);

        for (size_t dimension = 0; matches && dimension <= SEGMENT_SOURCE; dimension++)
            segment_facet(segment, matches == segment->events ? NULL : &bits, dimension, counts);
    }
}

/* The classes of a status, as a list shows them: none, good, refused, failed. */
static const struct segment_range classes[SEGMENT_CLASSES_MAX] = {
    {1, 399}, {400, 499}, {500, UINT32_MAX}, {0, 0}};

static void spread_segment(const struct segment *segment, const struct segment_bits *bits)
{
    uint64_t week = (uint64_t)(7 * 86400e3) << 22, spread[SEGMENT_SPANS_MAX * SEGMENT_CLASSES_MAX];
    uint32_t edges[SEGMENT_SPANS_MAX + 1] = {0};
    size_t spans = 0;

    memset(spread, 0, sizeof(spread));
    for (uint64_t next = segment->ids[0] / week * week + week;
         next <= segment->ids[segment->events - 1]; next += week)
        edges[++spans] = segment_position(segment, next);
    edges[++spans] = segment->events;
    segment_spread(
        segment,
        &(struct segment_spread){bits, SEGMENT_STATUS, classes, SEGMENT_CLASSES_MAX, edges, spans},
        spread);
}

static void spread_all(const struct segments *segments, const struct segment_query *query)
{
    struct segment_bits bits;

    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->items[i];
        uint32_t matches = segment_match(segment, query, &bits);

        if (matches)
            spread_segment(segment, matches == segment->events ? NULL : &bits);
    }
}

static void measure(const struct segments *segments, const struct filter *filter, int rounds)
{
    const struct segment *last = &segments->items[segments->count - 1];
    struct segment_query query = {0, UINT64_MAX, filter->conditions, filter->count};
    double total_ms = 1e9, spread_ms = 1e9, facets_ms = 1e9;
    uint64_t total = 0;

    if (filter->days > 0)
        query.first_id = last->ids[last->events - 1] - ((uint64_t)(filter->days * 86400e3) << 22);
    for (int i = 0; i < rounds; i++) {
        double times[4] = {now_ms()};

        total = count_all(segments, &query);
        times[1] = now_ms();
        spread_all(segments, &query);
        times[2] = now_ms();
        facet_all(segments, &query);
        times[3] = now_ms();
        total_ms = fmin(total_ms, times[1] - times[0]);
        spread_ms = fmin(spread_ms, times[2] - times[1]);
        facets_ms = fmin(facets_ms, times[3] - times[2]);
    }
    printf("%-26s %12llu %9.2f %9.2f %9.2f\n", filter->name, (unsigned long long)total, total_ms,
           spread_ms, facets_ms);
}

int main(int argc, char **argv)
{
    uint64_t events = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    struct segments segments = {0};
    double each;

    if (events == 0 || rounds < 1)
        return 2;
    if (argc > 3 && str_equal(str_from(argv[3]), STR("plain")))
        segment_kernel_use(&segment_kernel_plain);
    make_lists(events);
    make_segments(events, &segments);
    each = (double)segments.count;
    printf("%llu events, %zu segments; bytes an event: %.2f plain, %.2f packed\n",
           (unsigned long long)events, segments.count, segments.plain_bytes / (double)events,
           segments.packed_bytes / (double)events);
    printf("ms a segment: build %.2f, pack %.2f, unpack %.2f, open %.3f\n",
           segments.build_ms / each, segments.pack_ms / each, segments.unpack_ms / each,
           segments.open_ms / each);
    printf("%-26s %12s %9s %9s %9s\n", "filter", "matches", "total ms", "spread ms", "facets ms");
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
        measure(&segments, &filters[i], rounds);
    return 0;
}
