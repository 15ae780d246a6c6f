/* SPDX-License-Identifier: MIT */
/* Reads the texts of candidates, and of nothing else of them, by their keys. */
#include "store/text_search.h"

#include "base/clock.h"
#include "base/event.h"
#include "store/event_texts.h"
#include "store/marks.h"
#include "store/text_candidates.h"

#define TEXTS                                                                                      \
    "SELECT r.id, " EVENT_TEXTS_COLUMNS                                                            \
    " FROM event_request r FORCE INDEX (PRIMARY) WHERE r.account_id = ? AND r.kind = ? AND r.id "

static const struct {
    struct str by_list, by_range;
} select_texts[] = {
    [false] = {STR(TEXTS "IN " MARKS_256 " ORDER BY r.id DESC"),
               STR(TEXTS "BETWEEN ? AND ? ORDER BY r.id DESC")},
    [true] = {STR(TEXTS "IN " MARKS_256 " ORDER BY r.id"),
              STR(TEXTS "BETWEEN ? AND ? ORDER BY r.id")},
};

/* Of its time, a search whose page is full goes on for one in so many: a page of a common word is not worth waiting for its total. */
enum { FULL_SHARE = 4 };

struct search {
    struct db *db;
    const struct filter *filter;
    struct text_sought sought;
    uint64_t offset, limit;
    int64_t deadline_ms;
    int64_t full_ms;  /* the deadline once the page is full and only the total is wanted */
    bool got_on;      /* something was looked at, or passed */
    uint64_t same_ms; /* how many hits there are in the millisecond of the last one */
    int64_t last_ms;
    struct text_hits *hits;
};

/*
 * Is it time to stop before `rest`?  Not as long as who goes on from there would begin where this search did: newest first at an id, oldest first
 * at a millisecond.
 */
static bool is_time_up(const struct search *search, uint64_t rest)
{
    const struct filter *filter = search->filter;

    bool full = search->hits->count == search->limit && !filter->oldest_first;

    if (clock_now_ms() < (full ? search->full_ms : search->deadline_ms))
        return false;
    if (filter->oldest_first)
        return !filter->has_from || event_id_ms(rest) > filter->from_ms;
    return !filter->has_asof || rest < filter->asof;
}

static void note_hit(struct search *search, uint64_t id)
{
    struct text_hits *hits = search->hits;
    int64_t ms = event_id_ms(id);

    if (hits->total >= search->offset && hits->count < search->limit)
        hits->ids[hits->count++] = id;
    hits->total++;
    search->same_ms = ms == search->last_ms ? search->same_ms + 1 : 1;
    search->last_ms = ms;
}

/* Ends the search before `rest`.  Hits in a millisecond that is not done are left for who goes on. */
static void give_up(struct search *search, uint64_t rest)
{
    struct text_hits *hits = search->hits;

    hits->at_least = true;
    hits->rest = rest;
    if (!search->filter->oldest_first)
        return;
    hits->rest = event_id_first(event_id_ms(rest));
    if (hits->total && search->last_ms == event_id_ms(rest))
        hits->total -= search->same_ms;
    while (hits->count && hits->ids[hits->count - 1] >= hits->rest)
        hits->count--;
}

static struct db_rows *ask(const struct search *search, const struct text_portion *portion)
{
    const struct filter *filter = search->filter;
    struct db_value values[2 + TEXT_PORTION_MAX] = {DB_NUMBER(filter->account_id),
                                                    DB_NUMBER(filter->kind)};
    uint64_t one = portion->ids[0], other = portion->ids[portion->count - 1];

    if (portion->dense) {
        values[2] = DB_NUMBER(one < other ? one : other);
        values[3] = DB_NUMBER(one < other ? other : one);
        return db_stream(search->db, select_texts[filter->oldest_first].by_range, values, 4);
    }
    for (size_t i = 0; i < TEXT_PORTION_MAX; i++)
        values[2 + i] = DB_NUMBER(portion->ids[i < portion->count ? i : 0]);
    return db_stream(search->db, select_texts[filter->oldest_first].by_list, values,
                     2 + TEXT_PORTION_MAX);
}

/* Looks at a portion.  0; or -1.  When time is up the rest of its rows is fetched and dropped: the connection goes on. */
static int look_at(struct search *search, const struct text_portion *portion)
{
    bool oldest_first = search->filter->oldest_first;
    struct db_rows *rows = ask(search, portion);
    struct str texts[EVENT_TEXTS];
    size_t at = 0;
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        uint64_t id = db_number(rows, 0);

        while (at < portion->count && event_walk_before(oldest_first, portion->ids[at], id))
            at++;
        if (search->hits->at_least || at == portion->count || portion->ids[at] != id)
            continue;
        if (is_time_up(search, id)) {
            give_up(search, id);
            continue;
        }
        event_texts_read(rows, 1, texts);
        if (event_texts_hold(texts, &search->sought))
            note_hit(search, id);
    }
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

static int look(struct search *search, struct text_candidates *candidates)
{
    struct text_portion portion;
    int more;

    while ((more = text_candidates_next(candidates, &portion)) == 1) {
        if (portion.count && look_at(search, &portion) < 0)
            return -1;
        if (!search->hits->at_least && portion.rest != 0 && portion.rest != UINT64_MAX &&
            is_time_up(search, portion.rest))
            give_up(search, portion.rest);
        if (search->hits->at_least)
            return 0;
    }
    return more;
}

int text_search_page(struct reader *reader, struct arena *arena, const struct filter *filter,
                     uint64_t offset, uint64_t limit, struct text_hits *hits)
{
    int64_t now_ms = clock_now_ms(), budget_ms = (int64_t)reader->config->search_ms;
    struct search search = {
        .db = reader->db,
        .filter = filter,
        .sought = text_sought(arena, filter),
        .offset = offset,
        .limit = limit,
        .deadline_ms = now_ms + budget_ms,
        .full_ms = now_ms + budget_ms / FULL_SHARE,
        .last_ms = -1,
        .hits = hits,
    };
    struct text_candidates *candidates;
    int result;

    *hits = (struct text_hits){.ids = arena_array(arena, (size_t)limit, sizeof(*hits->ids))};
    candidates = text_candidates_open(reader, arena, filter);
    result = candidates ? look(&search, candidates) : -1;
    text_candidates_close(candidates);
    return result;
}
