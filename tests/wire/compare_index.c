/* SPDX-License-Identifier: MIT */
/*
 * Asks random filters of one log twice in the same snapshot, by the index and by plain SQL over `event`, and compares everything: totals,
 * pages with all that they show, counts by value and over time.  Others may record, merge and delete meanwhile.
 *
 *     compare_index CONFIG ACCOUNT KIND SEED CASES
 *
 * KIND is 1 for events, 2 for triggers.  Prints what differs, and last "N cases, N different, N by SQL alone"; the last ones are those that
 * met the log without an index.  Status 1 when anything differs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/parse.h"
#include "store/account_store.h"
#include "store/event_facets.h"
#include "store/event_store.h"
#include "store/log_index.h"

enum { VALUES_MAX = 300, NAMES_MAX = 300, LIST_MAX = 6, LIMIT_MAX = 200 };

struct pool {
    struct str items[VALUES_MAX];
    size_t count;
};

/* What random filters are made of: what occurs in the log. */
struct world {
    struct reader *reader;
    struct arena *kept; /* of what is here */
    uint32_t account_id;
    enum event_kind kind;
    struct pool dimensions[FILTER_DIMENSION_COUNT];
    struct pool ids, names;
    uint64_t first_id, last_id;
    uint64_t random;
    unsigned different, plain;
};

/* splitmix64, public domain (Sebastiano Vigna). */
static uint64_t next_random(struct world *world)
{
    uint64_t z = world->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t below(struct world *world, uint64_t limit)
{
    return limit ? next_random(world) % limit : 0;
}

static bool chance(struct world *world, unsigned percent)
{
    return below(world, 100) < percent;
}

static void fail(const char *what)
{
    fprintf(stderr, "compare_index: %s failed\n", what);
    exit(2);
}

static void begin(struct world *world)
{
    if (db_begin(world->reader->db, DB_READ) < 0)
        fail("begin");
}

/* ---- What there is ----------------------------------------------------------------------------- */

static void read_names(struct world *world)
{
    static const struct str sql =
        STR("SELECT n.external_id, n.name FROM entity n WHERE n.account_id = ? LIMIT 300");
    struct db_rows *rows =
        db_select(world->reader->db, sql, DB_VALUES(DB_NUMBER(world->account_id)));

    while (rows && db_next(rows) == 1 && world->ids.count < NAMES_MAX) {
        world->ids.items[world->ids.count++] = arena_copy(world->kept, db_bytes(rows, 0));
        world->names.items[world->names.count++] = arena_copy(world->kept, db_bytes(rows, 1));
    }
    db_finish(rows);
}

static void look_around(struct world *world)
{
    static const struct str sql = STR("SELECT COALESCE(MIN(id), 0), COALESCE(MAX(id), 0) FROM "
                                      "event WHERE account_id = ? AND kind = ?");
    struct filter filter = {.account_id = world->account_id, .kind = world->kind};
    struct db_rows *rows;

    begin(world);
    for (int i = 0; i < FILTER_DIMENSION_COUNT; i++) {
        struct event_facets facets;
        struct pool *pool = &world->dimensions[i];

        if (event_facets_read_plain(world->reader->db, world->kept, &filter,
                                    (enum filter_dimension)i, VALUES_MAX - 2, &facets) < 0)
            fail("facets");
        while (pool->count < facets.count) {
            pool->items[pool->count] = facets.items[pool->count].value;
            pool->count++;
        }
        pool->items[pool->count++] = STR("---");
        pool->items[pool->count++] = STR("never heard of");
    }
    read_names(world);
    rows = db_select(world->reader->db, sql,
                     DB_VALUES(DB_NUMBER(world->account_id), DB_NUMBER(world->kind)));
    if (!rows || db_next(rows) != 1)
        fail("range");
    world->first_id = db_number(rows, 0);
    world->last_id = db_number(rows, 1);
    db_finish(rows);
    db_commit(world->reader->db);
}

/* ---- Random filters ---------------------------------------------------------------------------- */

static struct str pick(struct world *world, const struct pool *pool)
{
    return pool->count ? pool->items[below(world, pool->count)] : STR("---");
}

static struct str pick_status(struct world *world)
{
    static const struct str words[] = {STR("ok"),  STR("failed"), STR("2xx"), STR("3xx"),
                                       STR("4xx"), STR("5xx"),    STR("---")};

    if (chance(world, 50))
        return words[below(world, sizeof(words) / sizeof(words[0]))];
    return pick(world, &world->dimensions[FILTER_STATUS]);
}

static struct filter_values pick_values(struct world *world, struct arena *arena, int dimension)
{
    struct filter_values values = {.count = 1 + below(world, LIST_MAX)};

    values.items = arena_array(arena, values.count, sizeof(*values.items));
    for (size_t i = 0; i < values.count; i++) {
        struct str value = dimension == FILTER_STATUS ? pick_status(world)
                                                      : pick(world, &world->dimensions[dimension]);

        values.items[i] =
            chance(world, 20)
                ? arena_printf(arena, "%.*s*", (int)below(world, value.len + 1), value.ptr)
                : value;
    }
    return values;
}

static uint64_t pick_id(struct world *world)
{
    return world->first_id + below(world, world->last_id - world->first_id + 1);
}

static void pick_texts(struct world *world, struct arena *arena, struct filter *filter)
{
    if (chance(world, 10)) {
        struct str id = pick(world, &world->ids);

        if (chance(world, 50))
            id = arena_printf(arena, "%.*s*", (int)below(world, id.len + 1), id.ptr);
        filter->entity_id = id;
    }
    if (chance(world, 12)) {
        struct str name = pick(world, &world->names);
        size_t from = below(world, name.len), len = 1 + below(world, 6);

        filter->entity_name = str_slice(name, from, from + len < name.len ? from + len : name.len);
    }
}

static struct filter pick_filter(struct world *world, struct arena *arena)
{
    struct filter filter = {.account_id = world->account_id, .kind = world->kind};
    unsigned density = (unsigned)below(world, 45);

    for (int i = 0; i < FILTER_DIMENSION_COUNT; i++) {
        if (chance(world, density))
            filter.include[i] = pick_values(world, arena, i);
        if (chance(world, density / 2))
            filter.exclude[i] = pick_values(world, arena, i);
    }
    pick_texts(world, arena, &filter);
    filter.has_from = chance(world, 30);
    filter.from_ms = event_id_ms(pick_id(world)) + (int64_t)below(world, 3) - 1;
    filter.has_to = chance(world, 30);
    filter.to_ms = event_id_ms(pick_id(world)) + (int64_t)below(world, 3) - 1;
    filter.has_asof = chance(world, 20);
    filter.asof = pick_id(world) + below(world, 3) - 1;
    filter.oldest_first = chance(world, 40);
    return filter;
}

/* ---- Comparing --------------------------------------------------------------------------------- */

static bool same_row(const struct event *a, const struct event *b)
{
    return a->id == b->id && a->status == b->status && a->source == b->source &&
           a->occurred_ms == b->occurred_ms && str_equal(a->entity_type, b->entity_type) &&
           str_equal(a->entity_id, b->entity_id) && str_equal(a->entity_name, b->entity_name) &&
           str_equal(a->action, b->action) && str_equal(a->user, b->user) &&
           str_equal(a->trigger_event, b->trigger_event) &&
           str_equal(a->trigger_delivery_id, b->trigger_delivery_id) &&
           (a->kind != EVENT_KIND_TRIGGER || (a->trigger_signature == b->trigger_signature &&
                                              str_equal(a->trigger_provider, b->trigger_provider)));
}

static bool same_list(const struct event_list *a, const struct event_list *b)
{
    bool same = a->total == b->total && a->count == b->count && a->newest == b->newest;

    for (size_t i = 0; i < a->count && same; i++)
        same = same_row(&a->rows[i], &b->rows[i]);
    return same;
}

static uint64_t sum_of(const struct event_histogram *histogram)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < histogram->spans.count; i++)
        for (int class = 0; class < EVENT_CLASS_COUNT; class ++)
            sum += histogram->events[i][class];
    return sum;
}

static bool same_histogram(const struct event_list *a, const struct event_list *b)
{
    const struct event_histogram *x = a->histogram, *y = b->histogram;

    if (!x || !y)
        return !x && !y && a->total == 0;
    return x->spans.count == y->spans.count &&
           memcmp(x->spans.bounds_ms, y->spans.bounds_ms,
                  (x->spans.count + 1) * sizeof(x->spans.bounds_ms[0])) == 0 &&
           memcmp(x->events, y->events, x->spans.count * sizeof(x->events[0])) == 0 &&
           sum_of(x) == a->total;
}

static bool same_facets(const struct event_facets *a, const struct event_facets *b)
{
    bool same = a->count == b->count && a->more == b->more;

    for (size_t i = 0; i < a->count && same; i++)
        same = a->items[i].count == b->items[i].count &&
               str_equal(a->items[i].value, b->items[i].value);
    return same;
}

static void print_filter(const struct filter *filter)
{
    for (int i = 0; i < FILTER_DIMENSION_COUNT; i++) {
        for (size_t k = 0; k < filter->include[i].count; k++)
            printf("  dimension %d is %.*s\n", i, STR_ARG(filter->include[i].items[k]));
        for (size_t k = 0; k < filter->exclude[i].count; k++)
            printf("  dimension %d is not %.*s\n", i, STR_ARG(filter->exclude[i].items[k]));
    }
    printf("  entity id %.*s, name %.*s\n", STR_ARG(filter->entity_id),
           STR_ARG(filter->entity_name));
    printf("  from %d %" PRId64 ", to %d %" PRId64 ", asof %d %016" PRIx64 ", oldest first %d\n",
           filter->has_from, filter->from_ms, filter->has_to, filter->to_ms, filter->has_asof,
           filter->asof, filter->oldest_first);
}

static void differs(struct world *world, const struct filter *filter, const char *what)
{
    printf("different: %s\n", what);
    print_filter(filter);
    world->different++;
}

static bool compare_lists(struct world *world, struct arena *arena, const struct filter *filter)
{
    static const uint64_t sizes[] = {1, 10, 25, 50, LIMIT_MAX};
    static const char *const zones[] = {"UTC", "Europe/Berlin", "Australia/Lord_Howe"};
    struct event_page page = {.limit = sizes[below(world, 5)], .zone = zones[below(world, 3)]};
    struct event_list indexed, plain;
    uint64_t total;

    if (event_count(world->reader, arena, filter, &total) < 0)
        fail("count");
    page.offset = chance(world, 30) ? 0 : below(world, total + page.limit);
    if (chance(world, 20))
        page.offset = total > page.limit ? total - page.limit : 0;
    if (event_list_read(world->reader, arena, filter, &page, &indexed) < 0 ||
        event_list_read_plain(world->reader->db, arena, filter, &page, &plain) < 0)
        fail("list");
    if (total == plain.total && same_list(&indexed, &plain) && same_histogram(&indexed, &plain))
        return true;
    printf("offset %" PRIu64 ", limit %" PRIu64 ": totals %" PRIu64 " and %" PRIu64
           ", rows %zu and %zu, newest %016" PRIx64 " and %016" PRIx64 ", same histogram %d\n",
           page.offset, page.limit, indexed.total, plain.total, indexed.count, plain.count,
           indexed.newest, plain.newest, same_histogram(&indexed, &plain));
    for (size_t i = 0; i < indexed.count && i < plain.count; i++)
        if (!same_row(&indexed.rows[i], &plain.rows[i])) {
            printf("row %zu: %016" PRIx64 " and %016" PRIx64 "\n", i, indexed.rows[i].id,
                   plain.rows[i].id);
            break;
        }
    differs(world, filter, "list");
    return false;
}

static bool compare_facets(struct world *world, struct arena *arena, const struct filter *filter)
{
    enum filter_dimension dimension = (enum filter_dimension)below(world, FILTER_DIMENSION_COUNT);
    size_t limit = chance(world, 50) ? 500 : 1 + below(world, 5);
    struct event_facets indexed, plain;

    if (event_facets_read(world->reader, arena, filter, dimension, limit, &indexed) < 0 ||
        event_facets_read_plain(world->reader->db, arena, filter, dimension, limit, &plain) < 0)
        fail("facets");
    if (same_facets(&indexed, &plain))
        return true;
    printf("dimension %d, limit %zu: %zu and %zu values\n", (int)dimension, limit, indexed.count,
           plain.count);
    differs(world, filter, "facets");
    return false;
}

static bool is_indexed(struct world *world)
{
    struct index_set *set;
    int indexed = index_sets_get(world->reader->sets, world->reader->db, world->account_id,
                                 (unsigned)world->kind, &set);

    if (indexed < 0)
        fail("index");
    return indexed == 1;
}

static void compare(struct world *world, struct arena *arena)
{
    struct filter filter = pick_filter(world, arena);

    begin(world);
    world->plain += !is_indexed(world);
    (void)(compare_lists(world, arena, &filter) && compare_facets(world, arena, &filter));
    if (db_commit(world->reader->db) < 0)
        fail("commit");
}

static uint64_t number(const char *text)
{
    uint64_t value;

    if (!parse_u64(str_from(text), 0, UINT64_MAX, &value))
        fail("reading a number");
    return value;
}

int main(int argc, char **argv)
{
    struct world *world = memory_new(sizeof(*world));
    struct arena *arena = arena_new();
    struct config config;
    struct account account;
    uint64_t cases;

    if (argc != 6 || config_load(&config, argv[1]) < 0)
        fail("reading the arguments");
    cases = number(argv[5]);
    world->kept = arena_new();
    world->reader = reader_open(&config);
    if (!world->reader || db_connect(world->reader->db) < 0 ||
        account_by_slug(world->reader->db, world->kept, str_from(argv[2]), &account) != 1)
        fail("opening the log");
    world->account_id = account.id;
    world->kind = (enum event_kind)number(argv[3]);
    world->random = number(argv[4]);
    look_around(world);
    for (uint64_t i = 0; i < cases; i++) {
        unsigned before = world->different;

        compare(world, arena);
        if (world->different != before)
            printf("in case %" PRIu64 " of seed %s\n", i, argv[4]);
        arena_reset(arena);
    }
    printf("%" PRIu64 " cases, %u different, %u by SQL alone\n", cases, world->different,
           world->plain);
    cases = world->different;
    reader_close(world->reader);
    arena_free(world->kept);
    arena_free(arena);
    config_release(&config);
    free(world);
    return cases ? 1 : 0;
}
