/* SPDX-License-Identifier: MIT */
/* Asks: what stands in event_recent, and how many match in each segment. */
#include "store/log_index.h"

#include "store/filter_query.h"
#include "store/log_view.h"

/* Matches of one of many accounts whose views are kept together: a whole segment of each would be half a MB an account. */
enum { PIECE_MAX_OF_MANY = 4096 };

#define RECENT_COLUMNS                                                                             \
    "SELECT id, entity_type_id, action_id, user_id, status, source, method, provider_id, "         \
    "signature, entity_id FROM event_recent WHERE account_id = ? AND kind = ? AND id >= ? AND id " \
    "<= ?"
static const struct str select_recent = STR(RECENT_COLUMNS " ORDER BY id");

size_t log_view_ranges(const struct log_view *view)
{
    return view->set->count ? view->set->count : 1;
}

uint64_t log_view_end(const struct log_view *view, size_t range)
{
    return range + 1 < view->set->count ? view->set->entries[range + 1].first_id - 1 : UINT64_MAX;
}

const struct segment *log_view_segment(struct log_view *view, size_t range, bool *failed)
{
    const struct segment *segment;

    if (view->set->count == 0)
        return NULL;
    segment = index_set_segment(view->sets, view->db, view->set, &view->set->entries[range]);
    *failed = !segment;
    return segment;
}

enum log_match log_view_match(const struct log_view *view, size_t range)
{
    const struct segment_query *query = &view->query;
    const struct index_entry *entry;

    if (view->set->count == 0)
        return LOG_MATCH_NONE;
    entry = &view->set->entries[range];
    if (entry->last_id < query->first_id || entry->first_id > query->last_id)
        return LOG_MATCH_NONE;
    if (query->count == 0 && entry->first_id >= query->first_id && entry->last_id <= query->last_id)
        return LOG_MATCH_ALL;
    return LOG_MATCH_SOME;
}

/* The newest id of the log, whatever the filter. */
static uint64_t newest_of(const struct index_set *set)
{
    uint64_t last = set->count ? set->entries[set->count - 1].last_id : 0;

    return last > set->state.recent_newest ? last : set->state.recent_newest;
}

static struct log_view *new_view(struct index_sets *sets, struct db *db, struct arena *arena,
                                 const struct filter *filter, enum filter_dimension without,
                                 struct index_set *set)
{
    struct log_view *view = arena_alloc(arena, sizeof(*view));

    view->sets = sets;
    view->db = db;
    view->arena = arena;
    view->set = set;
    view->oldest_first = filter->oldest_first;
    view->without = without;
    view->recent_all = set->state.recent;
    view->newest = newest_of(set);
    view->piece_max = filter->names ? PIECE_MAX_OF_MANY : UINT32_MAX;
    return view;
}

int log_index_ask(struct index_sets *sets, struct db *db, struct arena *arena,
                  const struct filter *filter, enum event_kind kind, enum filter_dimension without,
                  struct log_view **asked)
{
    struct segment_query query;
    struct index_set *set;
    int indexed;

    /* First, since it may ask for another set: that of the entities. */
    if (filter_query_build(db, sets, arena, filter, without, &query) < 0)
        return -1;
    indexed = index_sets_get(sets, db, filter->account_id, (unsigned)kind, &set);
    if (indexed != 1)
        return indexed;
    *asked = new_view(sets, db, arena, filter, without, set);
    (*asked)->query = query;
    return 1;
}

static bool is_beginning(struct str entity_id)
{
    return entity_id.len && entity_id.ptr[entity_id.len - 1] == '*';
}

/* Does the filter search entities, whose index has a state of its own? */
static bool searches_entities(const struct filter *filter)
{
    for (size_t i = 0; i < filter->without_id.count; i++)
        if (is_beginning(filter->without_id.items[i]))
            return true;
    return filter->entity_name.len || filter->without_name.count || is_beginning(filter->entity_id);
}

int log_index_peek(struct index_sets *sets, struct db *db, struct arena *arena,
                   const struct filter *filter, enum event_kind kind, uint64_t generation,
                   struct log_view **asked)
{
    struct segment_query query;
    struct index_set *set;

    if (searches_entities(filter) ||
        !index_sets_peek(sets, db, filter->account_id, (unsigned)kind, generation, &set))
        return 0;
    if (filter_query_build(db, sets, arena, filter, FILTER_DIMENSION_COUNT, &query) < 0)
        return -1;
    *asked = new_view(sets, db, arena, filter, FILTER_DIMENSION_COUNT, set);
    (*asked)->query = query;
    return 1;
}

int log_index_judge(const struct db *db)
{
    return db_last_error(db) == DB_ERROR_NONE ? 0 : -1;
}

static struct segment_row recent_row(const struct db_rows *rows)
{
    struct segment_row row = {.id = db_number(rows, 0)};

    for (unsigned i = 0; i < SEGMENT_DIMENSION_COUNT; i++)
        row.value[i] = (uint32_t)db_number(rows, 1 + i);
    return row;
}

static void note_ends(struct log_view *view)
{
    size_t ranges = log_view_ranges(view), at = 0;

    view->recent_ends = arena_array(view->arena, ranges, sizeof(*view->recent_ends));
    for (size_t i = 0; i < ranges; i++) {
        while (at < view->recent_count && view->recent[at].id <= log_view_end(view, i))
            at++;
        view->recent_ends[i] = at;
    }
}

int log_view_read_recent(struct log_view *view)
{
    const struct segment_query *query = &view->query;
    struct db_rows *rows;
    int more = -1;

    if (view->recent_known)
        return 0;
    view->recent_known = true;
    if (view->recent_all && query->first_id <= query->last_id) {
        view->recent = arena_array(view->arena, view->recent_all, sizeof(*view->recent));
        rows = db_select(view->db, select_recent,
                         DB_VALUES(DB_NUMBER(view->set->account_id), DB_NUMBER(view->set->kind),
                                   DB_NUMBER(query->first_id), DB_NUMBER(query->last_id)));
        while (rows && (more = db_next(rows)) == 1 && view->recent_count < view->recent_all) {
            struct segment_row row = recent_row(rows);

            if (segment_row_matches(&row, query))
                view->recent[view->recent_count++] = row;
        }
        db_finish(rows);
        if (more < 0)
            return -1;
    }
    note_ends(view);
    return 0;
}

static int count_range(struct log_view *view, size_t range)
{
    const struct segment *segment;
    bool failed = false;

    switch (log_view_match(view, range)) {
    case LOG_MATCH_NONE:
        return 0;
    case LOG_MATCH_ALL:
        view->counts[range] = view->set->entries[range].count;
        return 0;
    default:
        segment = log_view_segment(view, range, &failed);
        if (segment)
            view->counts[range] = segment_count(segment, &view->query);
        return failed ? -1 : 0;
    }
}

int log_view_total(struct log_view *view, uint64_t *total)
{
    size_t ranges = log_view_ranges(view);

    *total = view->total;
    if (view->counts)
        return 0;
    if (log_view_read_recent(view) < 0)
        return -1;
    view->counts = arena_array(view->arena, ranges, sizeof(*view->counts));
    view->total = view->recent_count;
    for (size_t i = 0; i < ranges && view->query.first_id <= view->query.last_id; i++) {
        if (count_range(view, i) < 0)
            return -1;
        view->total += view->counts[i];
    }
    *total = view->total;
    return 0;
}

uint64_t log_view_newest(const struct log_view *view)
{
    return view->newest;
}
