/* SPDX-License-Identifier: MIT */
/*
 * Tables capture_source, capture_account and capture_trouble.  Changes nothing in them but what somebody acknowledges
 * (store/capture_store.c writes the rest).
 */
#include "store/health_store.h"

#include "base/clock.h"

#define SOURCES                                                                                    \
    "SELECT s.id, s.name, s.silent_after_s, s.started_ms, COALESCE(s.stopped_ms, 0), s.seen_ms, "  \
    "s.last_line_ms, s.account_id, a.slug, s.path, s.backlog_bytes, s.backlog_files, s.`lines`, "  \
    "s.stored, s.duplicates, s.dropped, s.refused "                                                \
    "FROM capture_source s JOIN account a ON a.id = s.account_id "
#define SHARES                                                                                     \
    "SELECT c.source_id, a.slug, c.stored, c.duplicates, c.dropped, c.unmatched, "                 \
    "c.last_event_ms, c.lag_ms FROM capture_account c JOIN account a ON a.id = c.account_id "
#define TROUBLES                                                                                   \
    "SELECT t.source_id, t.reason, t.count, t.last_ms, t.file, t.at_byte, t.acknowledged "         \
    "FROM capture_trouble t JOIN capture_source s ON s.id = t.source_id "

/* The last in each order comes first in a list that is built from its front. */
enum what { WHAT_SOURCES, WHAT_SHARES, WHAT_TROUBLES, WHAT_COUNT };

static const struct str of_all[WHAT_COUNT] = {
    [WHAT_SOURCES] = STR(SOURCES "ORDER BY s.name DESC"),
    [WHAT_SHARES] = STR(SHARES "ORDER BY c.source_id, a.slug DESC"),
    [WHAT_TROUBLES] = STR(TROUBLES "ORDER BY t.source_id, t.reason DESC"),
};
static const struct str of_account[WHAT_COUNT] = {
    [WHAT_SOURCES] =
        STR(SOURCES "WHERE s.account_id = ? OR s.id IN "
                    "(SELECT c.source_id FROM capture_account c WHERE c.account_id = ?) "
                    "ORDER BY s.name DESC"),
    [WHAT_SHARES] = STR(SHARES "WHERE c.account_id = ?"),
    [WHAT_TROUBLES] = STR(TROUBLES "WHERE s.account_id = ? ORDER BY t.source_id, t.reason DESC"),
};

static const struct str select_named = STR("SELECT id FROM capture_source WHERE name = ?");
static const struct str acknowledge =
    STR("UPDATE capture_trouble SET acknowledged = count WHERE source_id = ?");

static int64_t time_in(const struct db_rows *rows, unsigned column)
{
    uint64_t ms = db_number(rows, column);

    return ms > CLOCK_MAX_MS ? CLOCK_MAX_MS : (int64_t)ms;
}

static struct health_whole *read_whole(const struct db_rows *rows, struct arena *arena)
{
    struct health_whole *whole = arena_alloc(arena, sizeof(*whole));

    whole->account = arena_copy(arena, db_bytes(rows, 8));
    whole->path = arena_copy(arena, db_bytes(rows, 9));
    whole->backlog_bytes = db_number(rows, 10);
    whole->backlog_files = db_number(rows, 11);
    whole->lines = db_number(rows, 12);
    whole->stored = db_number(rows, 13);
    whole->duplicates = db_number(rows, 14);
    whole->dropped = db_number(rows, 15);
    whole->refused = db_number(rows, 16);
    return whole;
}

/* `account_id` 0 may see everything. */
static void add_source(const struct db_rows *rows, struct arena *arena, uint32_t account_id,
                       struct health_source **sources)
{
    struct health_source *source = arena_alloc(arena, sizeof(*source));

    source->id = (uint32_t)db_number(rows, 0);
    source->name = arena_copy(arena, db_bytes(rows, 1));
    source->silent_after_ms = (int64_t)db_number(rows, 2) * 1000;
    source->started_ms = time_in(rows, 3);
    source->stopped_ms = time_in(rows, 4);
    source->seen_ms = time_in(rows, 5);
    source->last_line_ms = time_in(rows, 6);
    if (account_id == 0 || db_number(rows, 7) == account_id)
        source->whole = read_whole(rows, arena);
    if (account_id)
        source->shares = arena_alloc(arena, sizeof(*source->shares));
    source->next = *sources;
    *sources = source;
}

static struct health_source *find(struct health_source *source, uint64_t id)
{
    while (source && source->id != id)
        source = source->next;
    return source;
}

static void add_share(const struct db_rows *rows, struct arena *arena, uint32_t account_id,
                      struct health_source *source)
{
    struct health_share *share =
        account_id ? source->shares : arena_alloc(arena, sizeof(*share)); /* it has one already */

    share->account = arena_copy(arena, db_bytes(rows, 1));
    share->stored = db_number(rows, 2);
    share->duplicates = db_number(rows, 3);
    share->dropped = db_number(rows, 4);
    share->unmatched = db_number(rows, 5);
    share->last_event_ms = time_in(rows, 6);
    share->lag_ms = time_in(rows, 7);
    if (account_id)
        return;
    share->next = source->shares;
    source->shares = share;
}

static void add_trouble(const struct db_rows *rows, struct arena *arena,
                        struct health_source *source)
{
    struct health_trouble *trouble = arena_alloc(arena, sizeof(*trouble));

    trouble->reason = (unsigned)db_number(rows, 1);
    trouble->count = db_number(rows, 2);
    trouble->last_ms = time_in(rows, 3);
    trouble->file = arena_copy(arena, db_bytes(rows, 4));
    trouble->at_byte = db_number(rows, 5);
    trouble->acknowledged = db_number(rows, 6);
    trouble->next = source->whole->troubles;
    source->whole->troubles = trouble;
}

static void add_row(enum what what, const struct db_rows *rows, struct arena *arena,
                    uint32_t account_id, struct health_source **sources)
{
    struct health_source *source;

    if (what == WHAT_SOURCES) {
        add_source(rows, arena, account_id, sources);
        return;
    }
    source = find(*sources, db_number(rows, 0));
    if (source && what == WHAT_SHARES)
        add_share(rows, arena, account_id, source);
    else if (source && source->whole)
        add_trouble(rows, arena, source);
}

static int read_health(struct db *db, struct arena *arena, const struct str *statements,
                       uint32_t account_id, struct health_source **sources)
{
    const struct db_value values[] = {DB_NUMBER(account_id), DB_NUMBER(account_id)};
    int more = 0;

    *sources = NULL;
    for (int i = 0; i < WHAT_COUNT && more == 0; i++) {
        size_t count = account_id == 0 ? 0 : i == WHAT_SOURCES ? 2 : 1;
        struct db_rows *rows = db_select(db, statements[i], values, count);

        more = -1;
        while (rows && (more = db_next(rows)) == 1)
            add_row((enum what)i, rows, arena, account_id, sources);
        db_finish(rows);
    }
    return more;
}

int health_acknowledge(struct db *db, struct str name)
{
    uint64_t id;
    int found = db_select_number(db, select_named, DB_VALUES(DB_BYTES(name)), &id);

    if (found != 1)
        return found;
    return db_run(db, acknowledge, DB_VALUES(DB_NUMBER(id)), NULL) < 0 ? -1 : 1;
}

int health_of_account(struct db *db, struct arena *arena, uint32_t account_id,
                      struct health_source **sources)
{
    return read_health(db, arena, of_account, account_id, sources);
}

int health_of_all(struct db *db, struct arena *arena, struct health_source **sources)
{
    return read_health(db, arena, of_all, 0, sources);
}
