/* SPDX-License-Identifier: MIT */
/* All that the blocks of an account hold is read, put in order, and walked beside table entity and entity_recent. */
#include "upkeep/entity_writer.h"

#include <stdlib.h>

#include "upkeep/entity_log.h"
#include "index/segment_file.h"

enum { CHUNK_ROWS = 20000 };

struct comparison {
    struct segment_log log;
    const struct segment_verify *verify;
    struct segment_verdict *verdict;
    struct arena *arena;
    struct entity_list held; /* by all blocks, in order of ids */
    struct segment_ids recent;
    size_t at_held, at_recent;
};

static void report(struct comparison *all, enum segment_fault fault, uint64_t id)
{
    all->verdict->faults[fault]++;
    all->verify->report(all->verify->context, fault, id);
}

static int by_id(const void *a, const void *b)
{
    const struct entity_entry *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static void check_file(struct comparison *all, const struct segment_entry *entry)
{
    const struct segment_file file = {all->log.account_id, 0, entry->number, entry->checksum};
    struct str mapped = segment_file_map(all->log.config, &file);

    if (mapped.len && segment_file_checksum(mapped) != entry->checksum)
        report(all, SEGMENT_FAULT_FILE, entry->number);
    if (entry->generation > all->log.log_generation)
        report(all, SEGMENT_FAULT_NEWER, entry->number);
    segment_file_unmap(mapped);
}

/* 0; 1 when a block is damaged; -1. */
static int load_blocks(struct comparison *all)
{
    bool damaged = false;

    all->verdict->segments = all->log.live_count;
    for (size_t i = 0; i < all->log.live_count; i++) {
        int result = entity_log_load(&all->log, all->arena, &all->log.live[i], &all->held);

        if (result < 0)
            return -1;
        if (result == 1)
            report(all, SEGMENT_FAULT_DAMAGED, all->log.live[i].number);
        damaged = damaged || result == 1;
        check_file(all, &all->log.live[i]);
    }
    if (all->held.count)
        qsort(all->held.items, all->held.count, sizeof(*all->held.items), by_id);
    for (size_t i = 1; i < all->held.count; i++)
        if (all->held.items[i].id == all->held.items[i - 1].id)
            report(all, SEGMENT_FAULT_TWICE, all->held.items[i].id);
    return damaged;
}

/* Passes what is in the index below an id: there is no such entity. */
static void pass_below(struct comparison *all, uint64_t id)
{
    for (; all->at_held < all->held.count && all->held.items[all->at_held].id < id; all->at_held++)
        report(all, SEGMENT_FAULT_NO_EVENT, all->held.items[all->at_held].id);
    for (; all->at_recent < all->recent.count && all->recent.items[all->at_recent] < id;
         all->at_recent++)
        report(all, SEGMENT_FAULT_NO_EVENT, all->recent.items[all->at_recent]);
}

static void compare_one(struct comparison *all, const struct entity_entry *entity)
{
    bool found = false;

    pass_below(all, entity->id);
    all->verdict->events++;
    while (all->at_held < all->held.count && all->held.items[all->at_held].id == entity->id) {
        const struct entity_entry *held = &all->held.items[all->at_held++];

        if (!str_equal(held->external_id, entity->external_id) ||
            !str_equal(held->name, entity->name) || !str_equal(held->written, entity->written))
            report(all, SEGMENT_FAULT_DIFFERS, entity->id);
        found = true;
    }
    if (all->at_recent < all->recent.count && all->recent.items[all->at_recent] == entity->id) {
        all->at_recent++;
        found = true;
    }
    if (!found)
        report(all, SEGMENT_FAULT_MISSING, entity->id);
}

static int compare_all(struct comparison *all)
{
    struct arena *arena = arena_new();
    struct entity_list list;
    uint64_t above = 0;
    int result;

    do {
        arena_reset(arena);
        list = (struct entity_list){0};
        result = entity_log_read_table(&all->log, arena, above, CHUNK_ROWS, &list);
        for (size_t i = 0; i < list.count && result == 0; i++)
            compare_one(all, &list.items[i]);
        all->verify->advance(all->verify->context, list.count);
        if (list.count)
            above = list.items[list.count - 1].id;
    } while (result == 0 && list.count == CHUNK_ROWS);
    if (result == 0)
        pass_below(all, UINT64_MAX);
    arena_free(arena);
    return result;
}

static int compare(struct comparison *all)
{
    int result = load_blocks(all);

    if (result != 0)
        return result < 0 ? -1 : 0;
    if (entity_log_read_recent(&all->log, all->arena, SIZE_MAX >> 1, &all->recent, NULL) < 0)
        return -1;
    all->verdict->waiting = all->recent.count;
    return compare_all(all);
}

int entity_verify(struct db *db, const struct config *config, uint32_t account_id,
                  const struct segment_verify *verify, struct segment_verdict *verdict)
{
    struct comparison all = {.verify = verify, .verdict = verdict};
    int result = -1;

    *verdict = (struct segment_verdict){0};
    if (db_begin(db, DB_READ) < 0)
        return -1;
    all.arena = arena_new();
    if (segment_log_open(&all.log, db, config, account_id, 0) == 0) {
        verdict->indexed = all.log.indexed;
        result = all.log.indexed ? compare(&all) : 0;
    }
    if (result == 0)
        result = db_commit(db);
    else
        db_rollback(db);
    segment_ids_release(&all.recent);
    segment_log_close(&all.log);
    arena_free(all.arena);
    return result;
}
