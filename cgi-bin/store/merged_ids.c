/* SPDX-License-Identifier: MIT */
/* A heap of the accounts, each at the id that comes next in it: the top is the next of all. */
#include "store/merged_ids.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/text_candidates.h"

enum { AT_ONCE = TEXT_PORTION_MAX /* which it must have room for */ };

struct queue {
    struct text_candidates *candidates;
    struct event_ids source; /* of the candidates */
    uint64_t ids[AT_ONCE];
    size_t count, at;
    size_t account;
    uint32_t account_id;
};

struct merged_ids {
    struct index_sets *sets;
    bool oldest_first;
    struct queue *queues;
    size_t count;        /* of queues that were opened */
    struct queue **heap; /* those that are not at their end */
    size_t heap_count;
    bool began;
};

static bool is_before(const struct merged_ids *ids, const struct queue *a, const struct queue *b)
{
    uint64_t x = a->ids[a->at], y = b->ids[b->at];

    if (x == y)
        return a->account_id < b->account_id;
    return (x < y) == ids->oldest_first;
}

/* Puts the queue at `place` down to where it belongs. */
static void sift_down(struct merged_ids *ids, size_t place)
{
    struct queue *queue = ids->heap[place];

    for (;;) {
        size_t child = 2 * place + 1;

        if (child >= ids->heap_count)
            break;
        if (child + 1 < ids->heap_count && is_before(ids, ids->heap[child + 1], ids->heap[child]))
            child++;
        if (!is_before(ids, ids->heap[child], queue))
            break;
        ids->heap[place] = ids->heap[child];
        place = child;
    }
    ids->heap[place] = queue;
}

/* 1: the queue is at an id; 0: it is at its end; -1. */
static int fill(struct queue *queue)
{
    int found;

    if (queue->at < queue->count)
        return 1;
    found = queue->source.next(queue->source.context, queue->ids, AT_ONCE);
    queue->at = 0;
    queue->count = found > 0 ? (size_t)found : 0;
    return found > 0 ? 1 : found;
}

static int begin(struct merged_ids *ids)
{
    for (size_t i = 0; i < ids->count; i++) {
        int found = fill(&ids->queues[i]);

        if (found < 0)
            return -1;
        if (found)
            ids->heap[ids->heap_count++] = &ids->queues[i];
    }
    for (size_t i = ids->heap_count / 2; i-- > 0;)
        sift_down(ids, i);
    ids->began = true;
    return 0;
}

struct merged_ids *merged_ids_open(struct reader *reader, struct arena *arena,
                                   const struct merged_log *log)
{
    struct merged_ids *ids = memory_new(sizeof(*ids));

    index_sets_hold(reader->sets, NULL);
    ids->sets = reader->sets;
    ids->oldest_first = log->count && log->filters[0].oldest_first;
    ids->queues = memory_new(log->count * sizeof(*ids->queues));
    ids->heap = memory_new(log->count * sizeof(struct queue *));
    for (size_t i = 0; i < log->count; i++) {
        struct queue *queue = &ids->queues[ids->count];

        queue->candidates = text_candidates_open(reader, arena, &log->filters[i]);
        if (!queue->candidates) {
            merged_ids_close(ids);
            return NULL;
        }
        queue->source = text_candidates_ids(queue->candidates);
        queue->account = i;
        queue->account_id = log->accounts[i].id;
        ids->count++;
    }
    return ids;
}

void merged_ids_close(struct merged_ids *ids)
{
    if (!ids)
        return;
    for (size_t i = 0; i < ids->count; i++)
        text_candidates_close(ids->queues[i].candidates);
    index_sets_let_go(ids->sets);
    free(ids->queues);
    free(ids->heap);
    free(ids);
}

int merged_ids_next(struct merged_ids *ids, struct merged_id *next)
{
    struct queue *queue;
    int found;

    if (!ids->began && begin(ids) < 0)
        return -1;
    if (ids->heap_count == 0)
        return 0;
    queue = ids->heap[0];
    *next = (struct merged_id){queue->account, queue->ids[queue->at++]};
    found = fill(queue);
    if (found < 0)
        return -1;
    if (found == 0)
        ids->heap[0] = ids->heap[--ids->heap_count];
    if (ids->heap_count)
        sift_down(ids, 0);
    return 1;
}
