/* SPDX-License-Identifier: MIT */
/* Tables user, entity and entity_recent, for one account. */
#include "store/erase_names.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/event.h"
#include "base/memory.h"
#include "store/account_store.h"

static const struct str select_user = STR("SELECT id FROM user WHERE account_id = ? AND name = ?");
static const struct str insert_user =
    STR("INSERT IGNORE INTO user (account_id, name) VALUES (?, ?)");
static const struct str delete_user = STR("DELETE FROM user WHERE account_id = ? AND id = ?");
static const struct str select_entities =
    STR("SELECT id, entity_type_id, external_id, name FROM entity WHERE account_id = ?");
static const struct str select_entity =
    STR("SELECT id FROM entity WHERE account_id = ? AND entity_type_id = ? AND external_id = ? AND "
        "name = ?");
static const struct str insert_entity =
    STR("INSERT IGNORE INTO entity (account_id, entity_type_id, external_id, name, name_folded) "
        "VALUES (?, ?, ?, ?, ?)");
static const struct str insert_recent =
    STR("INSERT IGNORE INTO entity_recent (account_id, entity_id) VALUES (?, ?)");
static const struct str delete_entity = STR("DELETE FROM entity WHERE account_id = ? AND id = ?");
static const struct str delete_recent =
    STR("DELETE FROM entity_recent WHERE account_id = ? AND entity_id = ?");

/* ---- Pairs ------------------------------------------------------------------------------------- */

static int by_old(const void *a, const void *b)
{
    const struct erase_pair *x = a, *y = b;

    return (x->old > y->old) - (x->old < y->old);
}

static void add_pair(struct erase_pairs *pairs, uint64_t old, uint64_t replacement)
{
    if (pairs->count == pairs->room) {
        pairs->room = pairs->room ? pairs->room * 2 : 16;
        pairs->items = memory_resize(pairs->items, pairs->room, sizeof(*pairs->items));
    }
    pairs->items[pairs->count++] = (struct erase_pair){(uint32_t)old, (uint32_t)replacement};
}

static void sort_pairs(struct erase_pairs *pairs)
{
    if (pairs->count)
        qsort(pairs->items, pairs->count, sizeof(*pairs->items), by_old);
}

uint32_t erase_pairs_find(const struct erase_pairs *pairs, uint32_t number)
{
    const struct erase_pair key = {number, 0};
    const struct erase_pair *found =
        pairs->count ? bsearch(&key, pairs->items, pairs->count, sizeof(key), by_old) : NULL;

    return found ? found->replacement : number;
}

void erase_pairs_release(struct erase_pairs *pairs)
{
    free(pairs->items);
    *pairs = (struct erase_pairs){0};
}

/* Runs `work` in a transaction, with the account there until its end.  0 or -1. */
static int run(struct db *db, uint32_t account_id, const struct erase_values *values,
               struct erase_pairs *pairs,
               int (*work)(struct db *db, uint32_t account_id, const struct erase_values *values,
                           struct erase_pairs *pairs))
{
    if (db_begin(db, DB_WRITE) == 0 && account_stays(db, account_id, NULL) == 1 &&
        work(db, account_id, values, pairs) == 0 && db_commit(db) == 0) {
        sort_pairs(pairs);
        return 0;
    }
    db_rollback(db);
    return -1;
}

/* ---- Users ------------------------------------------------------------------------------------- */

static int find_users(struct db *db, uint32_t account_id, const struct erase_values *values,
                      struct erase_pairs *users)
{
    for (size_t i = 0; i < values->count; i++) {
        const struct erase_value *value = &values->items[i];
        uint64_t old = 0, replacement = 0;
        int found = db_select_number(
            db, select_user, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(value->plain)), &old);

        if (found == 0)
            continue;
        if (found < 0 ||
            db_run(db, insert_user, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(value->mark)), NULL) <
                0 ||
            db_select_number(db, select_user,
                             DB_VALUES(DB_NUMBER(account_id), DB_BYTES(value->mark)),
                             &replacement) != 1)
            return -1;
        add_pair(users, old, replacement);
    }
    return 0;
}

int erase_names_users(struct db *db, uint32_t account_id, const struct erase_values *values,
                      struct erase_pairs *users)
{
    return run(db, account_id, values, users, find_users);
}

/* ---- Entities ---------------------------------------------------------------------------------- */

/* One that holds a value, with marks in its place. */
struct entity {
    uint64_t old, type;
    struct str id, name;
};

struct entities {
    struct arena *arena;
    struct entity *items;
    size_t count, capacity;
};

/* In the arena; what is too long with marks is a mark alone. */
static bool replace(struct arena *arena, const struct erase_values *values, struct strbuf *buf,
                    struct str *text)
{
    if (!erase_text(values, *text, buf)) {
        *text = arena_copy(arena, *text);
        return false;
    }
    *text = arena_copy(arena, buf->len <= EVENT_NAME_MAX ? strbuf_str(buf) : values->items[0].mark);
    return true;
}

static int read_entities(struct db *db, uint32_t account_id, const struct erase_values *values,
                         struct entities *list)
{
    struct db_rows *rows = db_stream(db, select_entities, DB_VALUES(DB_NUMBER(account_id)));
    struct strbuf buf;
    int more = -1;

    strbuf_init(&buf);
    while (rows && (more = db_next(rows)) == 1) {
        struct entity entity = {db_number(rows, 0), db_number(rows, 1), db_bytes(rows, 2),
                                db_bytes(rows, 3)};
        bool found;

        found = erase_text(values, entity.id, &buf) || erase_text(values, entity.name, &buf);
        if (!found)
            continue;
        replace(list->arena, values, &buf, &entity.id);
        replace(list->arena, values, &buf, &entity.name);
        list->items = arena_grow(list->arena, list->items, list->count, &list->capacity,
                                 sizeof(*list->items));
        list->items[list->count++] = entity;
    }
    db_finish(rows);
    strbuf_release(&buf);
    return more;
}

/* The row with the marks, made where it is not there yet, and noted for the index. */
static int make_entity(struct db *db, uint32_t account_id, const struct entity *entity,
                       uint64_t *id)
{
    char folded[EVENT_NAME_MAX];

    str_fold(entity->name, folded);
    if (db_run(db, insert_entity,
               DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(entity->type), DB_BYTES(entity->id),
                         DB_BYTES(entity->name),
                         DB_BYTES(((struct str){folded, entity->name.len}))),
               NULL) < 0 ||
        db_select_number(db, select_entity,
                         DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(entity->type),
                                   DB_BYTES(entity->id), DB_BYTES(entity->name)),
                         id) != 1)
        return -1;
    return db_run(db, insert_recent, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(*id)), NULL);
}

static int find_entities(struct db *db, uint32_t account_id, const struct erase_values *values,
                         struct erase_pairs *entities)
{
    struct entities list = {.arena = arena_new()};
    int result = read_entities(db, account_id, values, &list);

    for (size_t i = 0; i < list.count && result == 0; i++) {
        uint64_t replacement = 0;

        result = make_entity(db, account_id, &list.items[i], &replacement);
        if (result == 0)
            add_pair(entities, list.items[i].old, replacement);
    }
    arena_free(list.arena);
    return result;
}

int erase_names_entities(struct db *db, uint32_t account_id, const struct erase_values *values,
                         struct erase_pairs *entities)
{
    return run(db, account_id, values, entities, find_entities);
}

/* ---- Deleting ---------------------------------------------------------------------------------- */

static int delete_each(struct db *db, struct str sql, uint32_t account_id,
                       const struct erase_pairs *pairs)
{
    int result = 0;

    for (size_t i = 0; i < pairs->count && result == 0; i++)
        result =
            db_run(db, sql, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(pairs->items[i].old)), NULL);
    return result;
}

int erase_names_delete(struct db *db, uint32_t account_id, const struct erase_pairs *users,
                       const struct erase_pairs *entities)
{
    if (delete_each(db, delete_user, account_id, users) < 0 ||
        delete_each(db, delete_recent, account_id, entities) < 0)
        return -1;
    return delete_each(db, delete_entity, account_id, entities);
}
