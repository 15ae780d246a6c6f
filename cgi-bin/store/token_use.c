/* SPDX-License-Identifier: MIT */
/* Table token_use, and the memory of a process of what it wrote there. */
#include "store/token_use.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

struct noted {
    uint32_t token_id;
    bool is_refused;
    int64_t ms;
    uint64_t waiting; /* times since then */
};

struct token_uses {
    struct noted *list;
    size_t count, capacity;
};

static const struct str upsert_use =
    STR("INSERT INTO token_use (token_id, used_ms) "
        "SELECT id, ? FROM token WHERE id = ? LOCK IN SHARE MODE "
        "ON DUPLICATE KEY UPDATE used_ms = GREATEST(token_use.used_ms, VALUES(used_ms))");

static const struct str upsert_refused =
    STR("INSERT INTO token_use (token_id, refused_ms, refused) "
        "SELECT id, ?, ? FROM token WHERE id = ? LOCK IN SHARE MODE "
        "ON DUPLICATE KEY UPDATE refused_ms = GREATEST(token_use.refused_ms, VALUES(refused_ms)), "
        "refused = token_use.refused + VALUES(refused)");

struct token_uses *token_uses_new(void)
{
    return memory_new(sizeof(struct token_uses));
}

void token_uses_free(struct token_uses *uses)
{
    if (uses)
        free(uses->list);
    free(uses);
}

int token_use_set(struct db *db, uint32_t token_id, int64_t used_ms)
{
    return db_run(db, upsert_use, DB_VALUES(DB_NUMBER((uint64_t)used_ms), DB_NUMBER(token_id)),
                  NULL);
}

int token_refused_set(struct db *db, uint32_t token_id, int64_t refused_ms, uint64_t count)
{
    return db_run(db, upsert_refused,
                  DB_VALUES(DB_NUMBER((uint64_t)refused_ms), DB_NUMBER(count), DB_NUMBER(token_id)),
                  NULL);
}

/* Should a clock be set back, what was noted in the future is old. */
static bool is_old(const struct noted *noted, int64_t now_ms)
{
    return noted->ms > now_ms || now_ms - noted->ms >= TOKEN_USE_EVERY_MS;
}

/*
 * How many times are to be noted now; 0 when the token has been noted lately: it is counted then.  The list grows with the tokens of five minutes, and
 * those with something left to be noted.
 */
static uint64_t take_turn(struct token_uses *uses, uint32_t token_id, bool is_refused,
                          int64_t now_ms)
{
    size_t place = uses->count;
    uint64_t count = 1;

    for (size_t i = 0; i < uses->count; i++) {
        struct noted *noted = &uses->list[i];
        bool is_it = noted->token_id == token_id && noted->is_refused == is_refused;

        if (is_it && !is_old(noted, now_ms)) {
            noted->waiting += is_refused;
            return 0;
        }
        if (is_it || (is_old(noted, now_ms) && noted->waiting == 0))
            place = i;
        if (is_it) {
            count += noted->waiting;
            break;
        }
    }
    if (place == uses->capacity) {
        uses->capacity = uses->capacity ? uses->capacity * 2 : 8;
        uses->list = memory_resize(uses->list, uses->capacity, sizeof(*uses->list));
    }
    if (place == uses->count)
        uses->count++;
    uses->list[place] = (struct noted){token_id, is_refused, now_ms, 0};
    return count;
}

void token_uses_note(struct token_uses *uses, struct db *db, uint32_t token_id)
{
    /* To a server that has just gone it would only connect again, while the next program waits. */
    if (db_last_error(db) != DB_ERROR_GONE && take_turn(uses, token_id, false, clock_now_ms()))
        token_use_set(db, token_id, clock_now_ms());
}

void token_uses_note_refused(struct token_uses *uses, struct db *db, uint32_t token_id)
{
    uint64_t count = 0;

    if (db_last_error(db) != DB_ERROR_GONE)
        count = take_turn(uses, token_id, true, clock_now_ms());
    if (count)
        token_refused_set(db, token_id, clock_now_ms(), count);
}
