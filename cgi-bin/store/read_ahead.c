/* SPDX-License-Identifier: MIT */
/* Each helper is a thread with a connection.  What does not work is not tried again: a download needs none of it. */
#include "store/read_ahead.h"

#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/worker.h"
#include "store/db.h"

/* A range that took less was in memory; then one of so many is tried. */
enum { IN_MEMORY_US = 2000, TRIED = 8 };

/* Touches each page that holds a row, though not those of long texts that have pages of their own. */
static const struct str count_rows =
    STR("SELECT COUNT(*) FROM event_request FORCE INDEX (PRIMARY) WHERE account_id = ? "
        "AND kind = ? AND id BETWEEN ? AND ?");

struct helper {
    struct worker *worker;
    struct db *db;
    uint64_t account_id, kind, low, high;
    bool used, failed;
    int64_t took_us; /* the range before; 0: is known already */
};

struct read_ahead {
    const struct config *config;
    uint32_t account_id;
    enum event_kind kind;
    struct helper helpers[READ_AHEAD_HELPERS];
    unsigned left_alone; /* so many are, from now on */
};

struct read_ahead *read_ahead_new(const struct config *config, uint32_t account_id,
                                  enum event_kind kind)
{
    struct read_ahead *ahead = memory_new(sizeof(*ahead));

    ahead->config = config;
    ahead->account_id = account_id;
    ahead->kind = kind;
    return ahead;
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/* In the helper's thread. */
static void read_range(void *context)
{
    struct helper *helper = context;
    struct db_rows *rows = NULL;
    int64_t begin;

    if (db_connect(helper->db) == 0) {
        begin = now_us();
        rows = db_select(helper->db, count_rows,
                         DB_VALUES(DB_NUMBER(helper->account_id), DB_NUMBER(helper->kind),
                                   DB_NUMBER(helper->low), DB_NUMBER(helper->high)));
        helper->took_us = now_us() - begin + 1;
    }
    helper->failed = !rows;
    db_finish(rows);
}

/* Takes note of what the range before has shown. */
static void look_at(struct read_ahead *ahead, struct helper *helper)
{
    worker_wait(helper->worker);
    if (helper->took_us)
        ahead->left_alone = helper->took_us < IN_MEMORY_US ? TRIED - 1 : 0;
    helper->took_us = 0;
}

static void begin(struct read_ahead *ahead, struct helper *helper, uint64_t low, uint64_t high)
{
    if (!helper->used) {
        helper->used = true;
        helper->worker = worker_new();
        helper->db = db_new(ahead->config, CONFIG_READER, NULL);
        helper->account_id = ahead->account_id;
        helper->kind = ahead->kind;
    }
    helper->low = low;
    helper->high = high;
    worker_start(helper->worker, read_range, helper);
}

bool read_ahead_name(struct read_ahead *ahead, uint64_t low, uint64_t high)
{
    struct helper *idle = NULL;

    for (unsigned i = 0; i < READ_AHEAD_HELPERS; i++) {
        struct helper *helper = &ahead->helpers[i];

        if (helper->used && worker_is_busy(helper->worker))
            continue;
        if (helper->used)
            look_at(ahead, helper);
        if (!helper->failed && (!idle || !idle->used))
            idle = helper;
    }
    if (ahead->left_alone) {
        ahead->left_alone--;
        return true;
    }
    if (idle)
        begin(ahead, idle, low, high);
    return idle;
}

void read_ahead_free(struct read_ahead *ahead)
{
    if (!ahead)
        return;
    for (unsigned i = 0; i < READ_AHEAD_HELPERS; i++) {
        worker_free(ahead->helpers[i].worker);
        db_free(ahead->helpers[i].db);
    }
    free(ahead);
}
