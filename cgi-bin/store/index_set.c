/* SPDX-License-Identifier: MIT */
/*
 * Owns the mappings.  What is remembered of a log is keyed by its generation and by the connection that it was read through: behind a
 * new connection there may be another database, restored to an earlier state.  Bytes are keyed by their checksum, so those that are
 * mapped stay good whatever happens to the rows.
 */
#include "store/index_set.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "index/segment_file.h"

enum {
    SETS_MAX = 16384,     /* logs that are remembered */
    MAPPINGS_MAX = 20000, /* of all of them: Linux allows a process 65,530 */
    SETS_MAPPED = 4,      /* that stay so when there are more: those of one account */
    BUCKETS = 1024,
};

/* What changed since a generation; the same columns for both kinds of entries. */
static const struct str select_changed[] = {
    STR("SELECT segment_id, events, first_id, last_id, checksum, text_check FROM segment "
        "WHERE account_id = ? AND kind = ? AND generation > ?"),
    STR("SELECT block_id, entities, 0, 0, checksum, 0 FROM entity_block "
        "WHERE account_id = ? AND ? = 0 AND generation > ?"),
};
static const struct str select_block[] = {
    STR("SELECT block FROM segment WHERE account_id = ? AND kind = ? AND segment_id = ?"),
    STR("SELECT block FROM entity_block WHERE account_id = ? AND ? = 0 AND block_id = ?"),
};

struct index_sets {
    const struct config *config;
    struct index_set *buckets[BUCKETS]; /* the sets, by account and kind */
    uint64_t uses;                      /* how often one was asked for */
    size_t count;
    size_t mapped;
    unsigned holds;            /* index_sets_hold() without its end */
    struct log_states *states; /* of the transaction; NULL: each is read when it is asked for */
    bool files_only;           /* asked without a snapshot: nothing may be read from the database */
    struct strbuf plain;       /* without a cache: what was read last */
    struct segment segment;
    struct entity_block block;
};

struct index_sets *index_sets_new(const struct config *config)
{
    struct index_sets *sets = memory_new(sizeof(*sets));

    sets->config = config;
    strbuf_init(&sets->plain);
    return sets;
}

int index_sets_hold(struct index_sets *sets, struct db *db)
{
    if (db && !sets->states) {
        sets->states = log_states_read(db);
        if (!sets->states)
            return -1;
    }
    sets->holds++;
    return 0;
}

void index_sets_let_go(struct index_sets *sets)
{
    if (--sets->holds)
        return;
    log_states_free(sets->states);
    sets->states = NULL;
}

static void unmap(struct index_sets *sets, struct index_set *set, struct index_entry *entry)
{
    if (entry->mapped.len == 0)
        return;
    segment_file_unmap(entry->mapped);
    entry->mapped = (struct str){NULL, 0};
    set->mapped--;
    sets->mapped--;
}

static void unmap_all(struct index_sets *sets, struct index_set *set)
{
    for (size_t i = 0; i < set->count && set->mapped; i++)
        unmap(sets, set, &set->entries[i]);
}

static void free_set(struct index_sets *sets, struct index_set *set)
{
    unmap_all(sets, set);
    free(set->entries);
    free(set);
    sets->count--;
}

/* Forgets those that were used before the last `uses` uses. */
static void forget(struct index_sets *sets, uint64_t uses)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        struct index_set **link = &sets->buckets[i], *set;

        while ((set = *link)) {
            if (sets->uses - set->used < uses) {
                link = &set->next;
                continue;
            }
            *link = set->next;
            free_set(sets, set);
        }
    }
}

void index_sets_free(struct index_sets *sets)
{
    if (!sets)
        return;
    forget(sets, 0);
    strbuf_release(&sets->plain);
    log_states_free(sets->states);
    free(sets);
}

/* Where there are too many, unmaps all but the last ones, and forgets those that were used longest ago. */
static void make_room(struct index_sets *sets)
{
    if (sets->mapped > MAPPINGS_MAX)
        for (size_t i = 0; i < BUCKETS; i++)
            for (struct index_set *set = sets->buckets[i]; set; set = set->next)
                if (sets->uses - set->used >= SETS_MAPPED)
                    unmap_all(sets, set);
    if (sets->count > SETS_MAX && sets->holds == 0)
        forget(sets, SETS_MAX / 2);
}

/* The set of a log; an empty one where nothing is remembered. */
static struct index_set *find_set(struct index_sets *sets, uint32_t account_id, unsigned kind)
{
    struct index_set **bucket = &sets->buckets[(account_id * 3 + kind) % BUCKETS], *set;

    make_room(sets);
    set = *bucket;
    while (set && (set->account_id != account_id || set->kind != kind))
        set = set->next;
    if (!set) {
        set = memory_new(sizeof(*set));
        set->account_id = account_id;
        set->kind = kind;
        set->next = *bucket;
        *bucket = set;
        sets->count++;
    }
    set->used = ++sets->uses;
    return set;
}

static int by_number(const void *a, const void *b)
{
    const struct index_entry *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static int by_place(const void *a, const void *b)
{
    const struct index_entry *x = a, *y = b;

    return (x->first_id > y->first_id) - (x->first_id < y->first_id);
}

static void add_entry(struct index_set *set, const struct index_entry *entry)
{
    if (set->count == set->capacity) {
        set->capacity = set->capacity ? 2 * set->capacity : 4;
        set->entries = memory_resize(set->entries, set->capacity, sizeof(*set->entries));
    }
    set->entries[set->count++] = *entry;
}

/* Takes over a row that was read; the first `known` entries are sorted by their number. */
static void change_entry(struct index_sets *sets, struct index_set *set, size_t known,
                         const struct index_entry *row)
{
    struct index_entry *entry =
        known ? bsearch(row, set->entries, known, sizeof(*row), by_number) : NULL;

    if (!entry) {
        add_entry(set, row);
        return;
    }
    if (entry->checksum != row->checksum || entry->count != row->count || row->count == 0) {
        unmap(sets, set, entry);
        *entry = *row;
        return;
    }
    entry->first_id = row->first_id;
    entry->last_id = row->last_id;
    entry->text_check = row->text_check;
}

/* Sorts the entries by their place, without those that are no more. */
static void settle(struct index_set *set)
{
    size_t kept = 0;

    set->events = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (set->entries[i].count == 0)
            continue;
        set->events += set->entries[i].count;
        set->entries[kept++] = set->entries[i];
    }
    set->count = kept;
    if (kept)
        qsort(set->entries, kept, sizeof(*set->entries), by_place);
}

/* Reads what changed since set->generation; everything where nothing is known to hold.  0 or -1. */
static int read_changes(struct index_sets *sets, struct db *db, struct index_set *set, bool all)
{
    struct db_rows *rows = db_select(db, select_changed[set->kind == 0],
                                     DB_VALUES(DB_NUMBER(set->account_id), DB_NUMBER(set->kind),
                                               DB_NUMBER(all ? 0 : set->state.generation)));
    size_t known = set->count;
    int more = -1;

    if (known)
        qsort(set->entries, known, sizeof(*set->entries), by_number);
    for (size_t i = 0; i < known && all; i++) /* those that are not read again are no more */
        set->entries[i].count = 0;
    while (rows && (more = db_next(rows)) == 1) {
        const struct index_entry row = {
            .number = (uint32_t)db_number(rows, 0),
            .count = (uint32_t)db_number(rows, 1),
            .first_id = db_number(rows, 2),
            .last_id = db_number(rows, 3),
            .checksum = db_number(rows, 4),
            .text_check = db_number(rows, 5),
        };

        change_entry(sets, set, known, &row);
    }
    db_finish(rows);
    for (size_t i = 0; i < set->count; i++)
        if (set->entries[i].count == 0)
            unmap(sets, set, &set->entries[i]);
    settle(set);
    return more < 0 ? -1 : 0;
}

/* 1; 0: the log is not indexed; -1. */
static int find_state(const struct index_sets *sets, struct db *db, const struct index_set *set,
                      struct log_state *state)
{
    if (sets->states)
        return log_states_find(sets->states, set->account_id, set->kind, state);
    return log_state_read(db, set->account_id, set->kind, state);
}

static bool is_of_connection(const struct index_set *set, const struct db *db)
{
    return set->db == db && set->connections == db_connections(db);
}

int index_sets_get(struct index_sets *sets, struct db *db, uint32_t account_id, unsigned kind,
                   struct index_set **found)
{
    struct index_set *set = find_set(sets, account_id, kind);
    struct log_state state;
    int indexed = find_state(sets, db, set, &state);

    sets->files_only = false;
    if (indexed != 1)
        return indexed;
    if (!is_of_connection(set, db) || state.generation != set->state.generation) {
        bool all = !is_of_connection(set, db) || state.generation < set->state.generation;

        set->db = NULL;
        if (read_changes(sets, db, set, all) < 0)
            return -1;
        set->db = db;
        set->connections = db_connections(db);
    }
    set->state = state;
    segment_file_used(sets->config, account_id, kind);
    *found = set;
    return 1;
}

int index_sets_peek(struct index_sets *sets, const struct db *db, uint32_t account_id,
                    unsigned kind, uint64_t generation, struct index_set **found)
{
    struct index_set *set = find_set(sets, account_id, kind);

    if (!is_of_connection(set, db) || generation != set->state.generation)
        return 0;
    set->state = (struct log_state){.generation = generation};
    sets->files_only = true;
    segment_file_used(sets->config, account_id, kind);
    *found = set;
    return 1;
}

static struct segment_file file_of(const struct index_set *set, const struct index_entry *entry)
{
    return (struct segment_file){
        .account_id = set->account_id,
        .kind = set->kind,
        .number = entry->number,
        .checksum = entry->checksum,
    };
}

/* Opens `plain` into one of the two, which are an entry's or the process's own.  0; -1: it is damaged, or not what its row says it is. */
static int open_plain(const struct index_set *set, const struct index_entry *entry,
                      struct str plain, struct segment *segment, struct entity_block *block)
{
    if (set->kind == 0)
        return entity_block_open(plain, block);
    return segment_open(plain, segment) == 0 && segment->events == entry->count ? 0 : -1;
}

/* Maps the file of an entry and opens it.  0; -1: there is none that is whole. */
static int map_entry(struct index_sets *sets, struct index_set *set, struct index_entry *entry)
{
    const struct segment_file file = file_of(set, entry);
    struct str mapped = segment_file_map(sets->config, &file);

    if (mapped.len == 0)
        return -1;
    if (open_plain(set, entry, mapped, &entry->segment, &entry->block) < 0) {
        segment_file_unmap(mapped);
        segment_file_remove(sets->config, &file);
        return -1;
    }
    entry->mapped = mapped;
    set->mapped++;
    sets->mapped++;
    return 0;
}

/* Reads the bytes of an entry from the database into sets->plain.  0 or -1. */
static int read_block(struct index_sets *sets, struct db *db, const struct index_set *set,
                      const struct index_entry *entry)
{
    struct db_rows *rows = db_select(
        db, select_block[set->kind == 0],
        DB_VALUES(DB_NUMBER(set->account_id), DB_NUMBER(set->kind), DB_NUMBER(entry->number)));
    int result = -1;

    strbuf_reset(&sets->plain);
    if (rows && db_next(rows) == 1)
        result = set->kind ? segment_unpack(db_bytes(rows, 0), &sets->plain)
                           : entity_block_unpack(db_bytes(rows, 0), &sets->plain);
    db_finish(rows);
    return result;
}

static void complain(const struct index_set *set, const struct index_entry *entry)
{
    char text[96];

    snprintf(text, sizeof(text), "account %u, kind %u, number %u", set->account_id, set->kind,
             entry->number);
    log_event(LOG_LEVEL_ERROR, "index_damaged", {"where", str_from(text)});
}

/* After it either the entry is mapped and opened, or the process's own pair.  0 or -1. */
static int load_entry(struct index_sets *sets, struct db *db, struct index_set *set,
                      struct index_entry *entry)
{
    const struct segment_file file = file_of(set, entry);
    struct str plain;

    if (entry->mapped.len || map_entry(sets, set, entry) == 0)
        return 0;
    if (sets->files_only)
        return -1;
    if (read_block(sets, db, set, entry) < 0) {
        complain(set, entry);
        return -1;
    }
    plain = strbuf_str(&sets->plain);
    if (segment_file_write(sets->config, &file, plain) == 0 && map_entry(sets, set, entry) == 0)
        return 0;
    if (open_plain(set, entry, plain, &sets->segment, &sets->block) < 0) {
        complain(set, entry);
        return -1;
    }
    return 0;
}

const struct segment *index_set_segment(struct index_sets *sets, struct db *db,
                                        struct index_set *set, struct index_entry *entry)
{
    assert(set->kind != 0);
    if (load_entry(sets, db, set, entry) < 0)
        return NULL;
    return entry->mapped.len ? &entry->segment : &sets->segment;
}

const struct entity_block *index_set_block(struct index_sets *sets, struct db *db,
                                           struct index_set *set, struct index_entry *entry)
{
    assert(set->kind == 0);
    if (load_entry(sets, db, set, entry) < 0)
        return NULL;
    return entry->mapped.len ? &entry->block : &sets->block;
}

const struct entity_block *index_set_mapped_block(struct index_sets *sets, struct index_set *set,
                                                  struct index_entry *entry)
{
    assert(set->kind == 0);
    return entry->mapped.len || map_entry(sets, set, entry) == 0 ? &entry->block : NULL;
}
