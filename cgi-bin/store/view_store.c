/* SPDX-License-Identifier: MIT */
/* Table saved_view.  Whose views are asked for stands in every statement. */
#include "store/view_store.h"

#include "base/clock.h"

#define COLUMNS                                                                                    \
    "SELECT id, owner, kind, name, query, is_default, made_ms, made_by FROM saved_view "           \
    "WHERE account_id = ? AND "
static const struct str select_of_owner = STR(COLUMNS "owner = ? ORDER BY kind, name");
static const struct str select_one = STR(COLUMNS "id = ? AND owner IN (?, '')");
static const struct str select_default =
    STR(COLUMNS "owner IN (?, '') AND is_default = 1 AND kind = ? ORDER BY owner DESC LIMIT 1");
static const struct str select_named =
    STR("SELECT id, query FROM saved_view WHERE account_id = ? AND owner = ? AND kind = ? AND "
        "name = ?");
static const struct str select_copied =
    STR("SELECT kind, name, query FROM saved_view WHERE account_id = ? AND owner = ? AND id = ?");
static const struct str count_of_owner =
    STR("SELECT COUNT(*) FROM saved_view WHERE account_id = ? AND owner = ?");
static const struct str select_kind =
    STR("SELECT kind FROM saved_view WHERE account_id = ? AND owner = ? AND id = ? FOR UPDATE");
static const struct str insert_view =
    STR("INSERT INTO saved_view (account_id, owner, kind, name, query, made_ms, made_by) VALUES "
        "(?, ?, ?, ?, ?, ?, ?)");
static const struct str update_name =
    STR("UPDATE saved_view SET name = ? WHERE account_id = ? AND owner = ? AND id = ?");
static const struct str delete_view =
    STR("DELETE FROM saved_view WHERE account_id = ? AND owner = ? AND id = ?");
static const struct str clear_default =
    STR("UPDATE saved_view SET is_default = NULL WHERE account_id = ? AND owner = ? AND kind = ? "
        "AND is_default = 1");
static const struct str update_default =
    STR("UPDATE saved_view SET is_default = ? WHERE account_id = ? AND owner = ? AND id = ?");
static const struct str delete_of_owner =
    STR("DELETE FROM saved_view WHERE account_id = ? AND owner = ?");

/* ---- Reading ----------------------------------------------------------------------------------- */

static void read_view(const struct db_rows *rows, struct arena *arena, struct view *view)
{
    *view = (struct view){
        .id = (uint32_t)db_number(rows, 0),
        .owner = arena_copy(arena, db_bytes(rows, 1)),
        .kind = (enum event_kind)db_number(rows, 2),
        .name = arena_copy(arena, db_bytes(rows, 3)),
        .query = arena_copy(arena, db_bytes(rows, 4)),
        .is_default = !db_is_null(rows, 5),
        .made_ms = (int64_t)db_number(rows, 6),
        .made_by = arena_copy(arena, db_bytes(rows, 7)),
    };
}

int views_of_owner(struct db *db, struct arena *arena, uint32_t account_id, struct str owner,
                   struct view **views, size_t *count)
{
    struct db_rows *rows =
        db_select(db, select_of_owner, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(owner)));
    size_t capacity = 0;
    int more = -1;

    *views = NULL;
    *count = 0;
    while (rows && (more = db_next(rows)) == 1) {
        *views = arena_grow(arena, *views, *count, &capacity, sizeof(**views));
        read_view(rows, arena, &(*views)[(*count)++]);
    }
    db_finish(rows);
    return more;
}

static int read_one(struct db_rows *rows, struct arena *arena, struct view *view)
{
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        read_view(rows, arena, view);
    db_finish(rows);
    return found;
}

int view_find(struct db *db, struct arena *arena, uint32_t account_id, struct str person,
              enum event_kind kind, uint32_t id, struct view *view)
{
    int found =
        read_one(db_select(db, select_one,
                           DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(id), DB_BYTES(person))),
                 arena, view);

    return found == 1 && kind != EVENT_KIND_ALL && view->kind != kind ? 0 : found;
}

int view_default(struct db *db, struct arena *arena, uint32_t account_id, struct str person,
                 enum event_kind kind, struct view *view)
{
    return read_one(
        db_select(db, select_default,
                  DB_VALUES(DB_NUMBER(account_id), DB_BYTES(person), DB_NUMBER((unsigned)kind))),
        arena, view);
}

/* ---- Changing ---------------------------------------------------------------------------------- */

/* VIEW_DONE: the same stands already, as view->id; VIEW_GONE: there is none of this name. */
static enum view_result find_named(struct db *db, uint32_t account_id, struct view *view)
{
    struct db_rows *rows =
        db_select(db, select_named,
                  DB_VALUES(DB_NUMBER(account_id), DB_BYTES(view->owner),
                            DB_NUMBER((unsigned)view->kind), DB_BYTES(view->name)));
    int found = rows ? db_next(rows) : -1;
    enum view_result result = found < 0 ? VIEW_FAILED : VIEW_GONE;

    if (found == 1) {
        view->id = (uint32_t)db_number(rows, 0);
        result = str_equal(db_bytes(rows, 1), view->query) ? VIEW_DONE : VIEW_NAMED;
    }
    db_finish(rows);
    return result;
}

enum view_result view_add(struct db *db, uint32_t account_id, struct view *view)
{
    enum view_result stands = find_named(db, account_id, view);
    uint64_t count;

    if (stands != VIEW_GONE)
        return stands;
    if (db_select_number(db, count_of_owner,
                         DB_VALUES(DB_NUMBER(account_id), DB_BYTES(view->owner)), &count) != 1)
        return VIEW_FAILED;
    if (count >= VIEWS_MAX)
        return VIEW_TOO_MANY;
    view->made_ms = clock_now_ms();
    if (db_run(db, insert_view,
               DB_VALUES(DB_NUMBER(account_id), DB_BYTES(view->owner),
                         DB_NUMBER((unsigned)view->kind), DB_BYTES(view->name),
                         DB_BYTES(view->query), DB_NUMBER((uint64_t)view->made_ms),
                         DB_BYTES(view->made_by)),
               NULL) < 0)
        return VIEW_FAILED;
    return find_named(db, account_id, view);
}

enum view_result view_share(struct db *db, struct arena *arena, uint32_t account_id,
                            const struct view *view, struct str made_by, struct view *copy)
{
    struct db_rows *rows =
        db_select(db, select_copied,
                  DB_VALUES(DB_NUMBER(account_id), DB_BYTES(view->owner), DB_NUMBER(view->id)));
    int found = rows ? db_next(rows) : -1;

    if (found == 1)
        *copy = (struct view){.kind = (enum event_kind)db_number(rows, 0),
                              .name = arena_copy(arena, db_bytes(rows, 1)),
                              .query = arena_copy(arena, db_bytes(rows, 2)),
                              .made_by = made_by};
    db_finish(rows);
    if (found != 1)
        return found < 0 ? VIEW_FAILED : VIEW_GONE;
    return view_add(db, account_id, copy);
}

/* Keeps its row as it is until the transaction ends. */
static enum view_result lock(struct db *db, uint32_t account_id, const struct view *view,
                             uint64_t *kind)
{
    int found = db_select_number(
        db, select_kind,
        DB_VALUES(DB_NUMBER(account_id), DB_BYTES(view->owner), DB_NUMBER(view->id)), kind);

    return found < 0 ? VIEW_FAILED : found ? VIEW_DONE : VIEW_GONE;
}

enum view_result view_rename(struct db *db, uint32_t account_id, const struct view *view,
                             struct str name)
{
    uint64_t kind;
    enum view_result result = lock(db, account_id, view, &kind);

    if (result != VIEW_DONE)
        return result;
    if (db_run(db, update_name,
               DB_VALUES(DB_BYTES(name), DB_NUMBER(account_id), DB_BYTES(view->owner),
                         DB_NUMBER(view->id)),
               NULL) == 0)
        return VIEW_DONE;
    return db_last_error(db) == DB_ERROR_DUPLICATE ? VIEW_NAMED : VIEW_FAILED;
}

enum view_result view_delete(struct db *db, uint32_t account_id, const struct view *view)
{
    uint64_t deleted;

    if (db_run(db, delete_view,
               DB_VALUES(DB_NUMBER(account_id), DB_BYTES(view->owner), DB_NUMBER(view->id)),
               &deleted) < 0)
        return VIEW_FAILED;
    return deleted ? VIEW_DONE : VIEW_GONE;
}

enum view_result view_set_default(struct db *db, uint32_t account_id, const struct view *view,
                                  bool on)
{
    uint64_t kind;
    enum view_result result = lock(db, account_id, view, &kind);

    if (result != VIEW_DONE)
        return result;
    if (on &&
        db_run(db, clear_default,
               DB_VALUES(DB_NUMBER(account_id), DB_BYTES(view->owner), DB_NUMBER(kind)), NULL) < 0)
        return VIEW_FAILED;
    return db_run(db, update_default,
                  DB_VALUES(on ? DB_NUMBER(1) : DB_NULL, DB_NUMBER(account_id),
                            DB_BYTES(view->owner), DB_NUMBER(view->id)),
                  NULL) < 0
               ? VIEW_FAILED
               : VIEW_DONE;
}

int views_delete_of(struct db *db, uint32_t account_id, struct str person)
{
    return db_run(db, delete_of_owner, DB_VALUES(DB_NUMBER(account_id), DB_BYTES(person)), NULL);
}
