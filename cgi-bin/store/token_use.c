/* SPDX-License-Identifier: MIT */
/* Table token_use, and the memory of a process of what it wrote there. */
#include "store/token_use.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

struct noted {
    uint32_t token_id;
    int64_t ms;
};

struct token_uses {
    struct noted *list;
    size_t count, capacity;
};

static const struct str upsert_use =
    STR("INSERT INTO token_use (token_id, used_ms) "
        "SELECT id, ? FROM token WHERE id = ? LOCK IN SHARE MODE "
        "ON DUPLICATE KEY UPDATE used_ms = GREATEST(token_use.used_ms, VALUES(used_ms))");

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

/* Should a clock be set back, what was noted in the future is old. */
static bool is_old(const struct noted *noted, int64_t now_ms)
{
    return noted->ms > now_ms || now_ms - noted->ms >= TOKEN_USE_EVERY_MS;
}

/* True when the token has not been noted lately, and then it has.  The list grows with the tokens of five minutes, no further. */
static bool take_turn(struct token_uses *uses, uint32_t token_id, int64_t now_ms)
{
    size_t place = uses->count;

    for (size_t i = 0; i < uses->count; i++) {
        if (uses->list[i].token_id == token_id && !is_old(&uses->list[i], now_ms))
            return false;
        if (is_old(&uses->list[i], now_ms))
            place = i;
    }
    if (place == uses->capacity) {
        uses->capacity = uses->capacity ? uses->capacity * 2 : 8;
        uses->list = memory_resize(uses->list, uses->capacity, sizeof(*uses->list));
    }
    if (place == uses->count)
        uses->count++;
    uses->list[place] = (struct noted){token_id, now_ms};
    return true;
}

void token_uses_note(struct token_uses *uses, struct db *db, uint32_t token_id)
{
    /* To a server that has just gone it would only connect again, while the next program waits. */
    if (db_last_error(db) != DB_ERROR_GONE && take_turn(uses, token_id, clock_now_ms()))
        token_use_set(db, token_id, clock_now_ms());
}
