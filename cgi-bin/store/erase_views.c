/* SPDX-License-Identifier: MIT */
/* Table saved_view, for one account.  What holds no value is not written. */
#include "store/erase_views.h"

#include "base/utf8.h"
#include "store/view_store.h"

static const struct str select_views =
    STR("SELECT id, name, query, made_by FROM saved_view WHERE account_id = ? ORDER BY id");
static const struct str update_view =
    STR("UPDATE saved_view SET name = ?, query = ?, made_by = ? WHERE account_id = ? AND id = ?");

/* The texts as they are to be. */
struct erased_view {
    uint32_t id;
    struct str name, query, made_by;
};

/* True when a value was in it: then `text` is without. */
static bool erase(const struct erase_values *values, struct arena *arena, struct str *text)
{
    struct strbuf out;
    bool changed;

    strbuf_init(&out);
    changed = erase_text(values, *text, &out);
    if (changed)
        *text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return changed;
}

/* Looks at the present row.  True: something of it changes. */
static bool look(const struct db_rows *rows, const struct erase_values *values, struct arena *arena,
                 struct erased_view *view)
{
    bool changed;

    *view = (struct erased_view){(uint32_t)db_number(rows, 0), arena_copy(arena, db_bytes(rows, 1)),
                                 arena_copy(arena, db_bytes(rows, 2)),
                                 arena_copy(arena, db_bytes(rows, 3))};
    changed = erase(values, arena, &view->name);
    changed = erase(values, arena, &view->query) || changed;
    return erase(values, arena, &view->made_by) || changed;
}

/* Two names may have become one: the number tells them apart then.  A filter that does not fit any more is emptied. */
static int write(struct db *db, struct arena *arena, uint32_t account_id,
                 const struct erased_view *view)
{
    struct str query = view->query.len > VIEW_QUERY_COLUMN ? STR("") : view->query;
    struct str name = utf8_cut(view->name, VIEW_NAME_COLUMN);

    for (int tries = 0; tries < 2; tries++) {
        if (db_run(db, update_view,
                   DB_VALUES(DB_BYTES(name), DB_BYTES(query),
                             DB_BYTES(str_slice(view->made_by, 0, VIEW_NAME_COLUMN)),
                             DB_NUMBER(account_id), DB_NUMBER(view->id)),
                   NULL) == 0)
            return 0;
        if (db_last_error(db) != DB_ERROR_DUPLICATE)
            return -1;
        name = utf8_cut(view->name, VIEW_NAME_COLUMN - sizeof(" (4294967295)"));
        name = arena_printf(arena, "%.*s (%u)", STR_ARG(name), view->id);
    }
    return -1;
}

int erase_views(struct db *db, const struct erase_wanted *wanted)
{
    struct db_rows *rows = db_select(db, select_views, DB_VALUES(DB_NUMBER(wanted->account_id)));
    struct arena *arena = arena_new();
    struct erased_view *views = NULL, view;
    size_t count = 0, capacity = 0;
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        if (!look(rows, wanted->values, arena, &view))
            continue;
        views = arena_grow(arena, views, count, &capacity, sizeof(*views));
        views[count++] = view;
    }
    db_finish(rows);
    for (size_t i = 0; i < count && more == 0; i++)
        more = write(db, arena, wanted->account_id, &views[i]);
    arena_free(arena);
    return more;
}
