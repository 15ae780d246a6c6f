/* SPDX-License-Identifier: MIT */
/*
 * Tables event, event_recent and event_request.  Every text of a call is looked into but those that are words of the installation: its
 * action, the types, the provider and event of a webhook, the method.
 */
#include "store/erase_rows.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/memory.h"
#include "store/link_rows.h"

enum { BLOB_MAX = 65535, JSON_MAX = 16777215, FIRST_TEXT = 5 };

/* ---- Statements -------------------------------------------------------------------------------- */

#define LOOK                                                                                       \
    "SELECT r.id, e.user_id, e.entity_id, r.trigger_provider, r.trigger_signature, "               \
    "r.idempotency_key, r.url, r.params, r.query, r.headers, r.body, r.response_body_head, "       \
    "r.request_id, r.trace_id, r.client_address, r.forwarded_for, r.user_agent, "                  \
    "r.trigger_delivery_id, r.extra, r.body_bytes FROM event_request r FORCE INDEX (PRIMARY) "     \
    "JOIN event e ON e.account_id = r.account_id AND e.kind = r.kind AND e.id = r.id "             \
    "WHERE r.account_id = ? AND r.kind = ? AND r.id "

static const struct str select_next = STR(LOOK "> ? AND r.id <= ? ORDER BY r.id LIMIT ?");
static const struct str select_newest =
    STR("SELECT id FROM event FORCE INDEX (PRIMARY) WHERE account_id = ? AND kind = ? "
        "ORDER BY id DESC LIMIT 1");
static const struct str select_one = STR(LOOK "= ?");
#define MERGED(column)                                                                             \
    "LEFT JOIN event_recent x ON x.account_id = e.account_id AND x.kind = e.kind AND x.id = e.id " \
    "WHERE e.account_id = ? AND e.kind = ? AND e." column                                          \
    " = ? AND e.id BETWEEN ? AND ? AND x.id IS NULL ORDER BY e.id LIMIT ?"
static const struct str select_of_user =
    STR("SELECT e.id FROM event e FORCE INDEX (PRIMARY) " MERGED("user_id"));
static const struct str select_of_entity =
    STR("SELECT e.id FROM event e FORCE INDEX (entity) " MERGED("entity_id"));
/* No index finds a user: a statement looks at so many events, since one that gives nothing for a minute counts as lost (store/db.c). */
enum { RANGE_EVENTS = 100000 };
static const struct str select_range_end =
    STR("SELECT id FROM event FORCE INDEX (PRIMARY) WHERE account_id = ? AND kind = ? AND id >= ? "
        "ORDER BY id LIMIT 1 OFFSET ?");
static const struct str select_recent =
    STR("SELECT id, user_id, entity_id FROM event_recent WHERE account_id = ? AND kind = ?");

#define OF_EVENT " WHERE account_id = ? AND kind = ? AND id = ?"
static const struct str update_numbers[] = {
    STR("UPDATE event SET user_id = ?, entity_id = ?" OF_EVENT),
    STR("UPDATE event_recent SET user_id = ?, entity_id = ?" OF_EVENT),
};
static const struct str update_texts =
    STR("UPDATE event_request SET idempotency_key = ?, url = ?, params = ?, query = ?, "
        "headers = ?, body = ?, body_bytes = ?, body_sha256 = ?, response_body_head = ?, "
        "request_id = ?, trace_id = ?, client_address = ?, forwarded_for = ?, user_agent = ?, "
        "trigger_delivery_id = ?, extra = ?" OF_EVENT);

/* The texts in the order of LOOK, from column FIRST_TEXT on, and how many bytes each may have. */
enum text_kind { TEXT_SHORT, TEXT_JSON, TEXT_CUT };
static const struct {
    size_t offset;
    size_t max;
    enum text_kind kind;
} texts[] = {
    {offsetof(struct event, idempotency_key), EVENT_KEY_MAX, TEXT_SHORT},
    {offsetof(struct event, url), BLOB_MAX, TEXT_SHORT},
    {offsetof(struct event, params), JSON_MAX, TEXT_JSON},
    {offsetof(struct event, query), JSON_MAX, TEXT_JSON},
    {offsetof(struct event, headers), JSON_MAX, TEXT_JSON},
    {offsetof(struct event, body), JSON_MAX, TEXT_CUT},
    {offsetof(struct event, response_body_head), BLOB_MAX, TEXT_CUT},
    {offsetof(struct event, request_id), 255, TEXT_SHORT},
    {offsetof(struct event, trace_id), 255, TEXT_SHORT},
    {offsetof(struct event, client_address), 255, TEXT_SHORT},
    {offsetof(struct event, forwarded_for), 4096, TEXT_SHORT},
    {offsetof(struct event, user_agent), BLOB_MAX, TEXT_SHORT},
    {offsetof(struct event, trigger_delivery_id), 255, TEXT_SHORT},
    {offsetof(struct event, extra), JSON_MAX, TEXT_JSON},
};
enum { TEXT_COUNT = sizeof(texts) / sizeof(texts[0]), BODY_BYTES_COLUMN = FIRST_TEXT + TEXT_COUNT };

static struct str *text_of(struct event *event, size_t i)
{
    return (struct str *)(void *)((char *)event + texts[i].offset);
}

/* ---- Looking ----------------------------------------------------------------------------------- */

/*
 * With marks, as it can be stored: what is too long for its column is a mark alone, a body is cut, and JSON that is too long, which takes
 * 16 MB, is given up rather than broken.
 */
static struct str fit(struct arena *arena, const struct erase_wanted *wanted, size_t i,
                      size_t before, struct strbuf *buf)
{
    size_t max = texts[i].max;

    if (texts[i].offset == offsetof(struct event, body))
        max = before > wanted->body_max_bytes ? before : wanted->body_max_bytes;
    if (max > texts[i].max)
        max = texts[i].max;
    if (buf->len <= max)
        return arena_copy(arena, strbuf_str(buf));
    if (texts[i].kind == TEXT_CUT)
        return arena_copy(arena, str_slice(strbuf_str(buf), 0, max));
    return texts[i].kind == TEXT_JSON ? (struct str){NULL, 0} : wanted->values->items[0].mark;
}

/* Which texts hold a value: their number's bit.  They are replaced in `event`, those of the others are borrowed. */
static unsigned replace(struct arena *arena, const struct erase_wanted *wanted, struct event *event,
                        struct strbuf *buf)
{
    unsigned changed = 0;

    for (size_t i = 0; i < TEXT_COUNT; i++) {
        struct str *text = text_of(event, i);
        size_t before = text->len;

        if (before == 0 || !erase_text(wanted->values, *text, buf))
            continue;
        if (texts[i].offset == offsetof(struct event, body))
            event->body_bytes =
                buf->len + (event->body_bytes > before ? event->body_bytes - before : 0);
        *text = fit(arena, wanted, i, before, buf);
        changed |= 1U << i;
    }
    return changed;
}

/* Texts that did not change are still those of the row. */
static void keep(struct arena *arena, struct erased_event *found, unsigned changed)
{
    struct str *links[] = {&found->before.idempotency_key, &found->before.request_id,
                           &found->before.trace_id, &found->before.trigger_provider,
                           &found->before.trigger_delivery_id};

    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        *links[i] = arena_copy(arena, *links[i]);
    found->after.trigger_provider = found->before.trigger_provider;
    for (size_t i = 0; i < TEXT_COUNT; i++)
        if (!(changed >> i & 1))
            *text_of(&found->after, i) = arena_copy(arena, *text_of(&found->after, i));
}

static void read_event(const struct db_rows *rows, unsigned kind, struct event *event,
                       size_t *bytes)
{
    *event = (struct event){.kind = (enum event_kind)kind,
                            .trigger_provider = db_bytes(rows, 3),
                            .trigger_signature = (enum event_signature)db_number(rows, 4),
                            .body_bytes = db_number(rows, BODY_BYTES_COLUMN)};
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        *text_of(event, i) = db_bytes(rows, FIRST_TEXT + (unsigned)i);
        *bytes += text_of(event, i)->len;
    }
}

static void look_at_row(const struct db_rows *rows, struct arena *arena,
                        const struct erase_wanted *wanted, unsigned kind, struct strbuf *buf,
                        struct erased_events *found)
{
    uint32_t user_id = (uint32_t)db_number(rows, 1), entity_id = (uint32_t)db_number(rows, 2);
    struct erased_event event = {.id = db_number(rows, 0),
                                 .user_id = erase_pairs_find(&wanted->users, user_id),
                                 .entity_id = erase_pairs_find(&wanted->entities, entity_id)};
    unsigned changed;

    read_event(rows, kind, &event.before, &found->bytes);
    event.after = event.before;
    changed = replace(arena, wanted, &event.after, buf);
    found->looked_at++;
    found->last_id = event.id;
    event.has_numbers = event.user_id != user_id || event.entity_id != entity_id;
    event.has_texts = changed != 0;
    if (!event.has_numbers && !event.has_texts)
        return;
    keep(arena, &event, changed);
    found->items =
        arena_grow(arena, found->items, found->count, &found->capacity, sizeof(*found->items));
    found->items[found->count++] = event;
}

static int look(struct db_rows *rows, struct arena *arena, const struct erase_wanted *wanted,
                unsigned kind, struct erased_events *found)
{
    struct strbuf buf;
    int more = -1;

    strbuf_init(&buf);
    while (rows && (more = db_next(rows)) == 1)
        look_at_row(rows, arena, wanted, kind, &buf, found);
    db_finish(rows);
    strbuf_release(&buf);
    return more;
}

int erase_rows_newest(struct db *db, uint32_t account_id, unsigned kind, uint64_t *id)
{
    struct db_rows *rows =
        db_select(db, select_newest, DB_VALUES(DB_NUMBER(account_id), DB_NUMBER(kind)));
    int more = rows ? db_next(rows) : -1;

    *id = more == 1 ? db_number(rows, 0) : 0;
    db_finish(rows);
    return more < 0 ? -1 : 0;
}

int erase_rows_look(struct db *db, struct arena *arena, const struct erase_wanted *wanted,
                    unsigned kind, uint64_t after, uint64_t last, size_t limit,
                    struct erased_events *found)
{
    return look(db_stream(db, select_next,
                          DB_VALUES(DB_NUMBER(wanted->account_id), DB_NUMBER(kind),
                                    DB_NUMBER(after), DB_NUMBER(last), DB_NUMBER(limit))),
                arena, wanted, kind, found);
}

int erase_rows_look_at(struct db *db, struct arena *arena, const struct erase_wanted *wanted,
                       unsigned kind, uint64_t id, struct erased_events *found)
{
    return look(db_stream(db, select_one,
                          DB_VALUES(DB_NUMBER(wanted->account_id), DB_NUMBER(kind), DB_NUMBER(id))),
                arena, wanted, kind, found);
}

/* ---- What is left ------------------------------------------------------------------------------ */

struct ids {
    struct arena *arena;
    uint64_t *items;
    size_t count, capacity;
};

static void add_id(struct ids *ids, uint64_t id)
{
    ids->items = arena_grow(ids->arena, ids->items, ids->count, &ids->capacity, sizeof(id));
    ids->items[ids->count++] = id;
}

/* Those in a range of ids, both included, that have the number and stand in no row of event_recent. */
static int of_range(struct db *db, const struct erase_wanted *wanted, unsigned kind, struct str sql,
                    uint32_t number, uint64_t first, uint64_t last, size_t limit, struct ids *ids)
{
    struct db_rows *rows =
        db_stream(db, sql,
                  DB_VALUES(DB_NUMBER(wanted->account_id), DB_NUMBER(kind), DB_NUMBER(number),
                            DB_NUMBER(first), DB_NUMBER(last), DB_NUMBER(limit - ids->count)));
    int more = -1;

    while (rows && (more = db_next(rows)) == 1)
        add_id(ids, db_number(rows, 0));
    db_finish(rows);
    return more;
}

/* By the index of entities. */
static int of_entities(struct db *db, const struct erase_wanted *wanted, unsigned kind,
                       size_t limit, struct ids *ids)
{
    const struct erase_pairs *pairs = &wanted->entities;
    int result = 0;

    for (size_t i = 0; i < pairs->count && ids->count < limit && result == 0; i++)
        result = of_range(db, wanted, kind, select_of_entity, pairs->items[i].old, 0, UINT64_MAX,
                          limit, ids);
    return result;
}

static int of_user(struct db *db, const struct erase_wanted *wanted, unsigned kind, uint32_t user,
                   size_t limit, struct ids *ids)
{
    uint64_t first = 0, last;
    int more = 1;

    while (more == 1 && ids->count < limit) {
        last = UINT64_MAX;
        more = db_select_number(db, select_range_end,
                                DB_VALUES(DB_NUMBER(wanted->account_id), DB_NUMBER(kind),
                                          DB_NUMBER(first), DB_NUMBER(RANGE_EVENTS - 1)),
                                &last);
        if (more < 0 ||
            of_range(db, wanted, kind, select_of_user, user, first, last, limit, ids) < 0)
            return -1;
        first = last + 1;
    }
    return 0;
}

static int of_recent(struct db *db, const struct erase_wanted *wanted, unsigned kind, size_t limit,
                     struct ids *ids)
{
    struct db_rows *rows =
        db_stream(db, select_recent, DB_VALUES(DB_NUMBER(wanted->account_id), DB_NUMBER(kind)));
    int more = -1;

    while (rows && (more = db_next(rows)) == 1) {
        uint32_t user_id = (uint32_t)db_number(rows, 1), entity_id = (uint32_t)db_number(rows, 2);

        if (ids->count < limit && (erase_pairs_find(&wanted->users, user_id) != user_id ||
                                   erase_pairs_find(&wanted->entities, entity_id) != entity_id))
            add_id(ids, db_number(rows, 0));
    }
    db_finish(rows);
    return more;
}

int erase_rows_left(struct db *db, struct arena *arena, const struct erase_wanted *wanted,
                    unsigned kind, bool recent, size_t limit, uint64_t **ids, size_t *count)
{
    struct ids found = {.arena = arena};
    int result;

    if (recent) {
        result = of_recent(db, wanted, kind, limit, &found);
    } else {
        result = 0;
        for (size_t i = 0; i < wanted->users.count && found.count < limit && result == 0; i++)
            result = of_user(db, wanted, kind, wanted->users.items[i].old, limit, &found);
        if (result == 0)
            result = of_entities(db, wanted, kind, limit, &found);
    }
    *ids = found.items;
    *count = found.count;
    return result;
}

/* ---- Writing ----------------------------------------------------------------------------------- */

static int write_numbers(struct db *db, const struct erase_wanted *wanted, unsigned kind,
                         const struct erased_event *event)
{
    for (size_t i = 0; i < sizeof(update_numbers) / sizeof(update_numbers[0]); i++)
        if (db_run(db, update_numbers[i],
                   DB_VALUES(DB_NUMBER(event->user_id), DB_NUMBER(event->entity_id),
                             DB_NUMBER(wanted->account_id), DB_NUMBER(kind), DB_NUMBER(event->id)),
                   NULL) < 0)
            return -1;
    return 0;
}

static int write_texts(struct db *db, const struct erase_wanted *wanted, unsigned kind,
                       const struct erased_event *event)
{
    const struct event *after = &event->after;
    unsigned char digest[DIGEST_BYTES];

    digest_sha256(after->body, digest);
    return db_run(db, update_texts,
                  DB_VALUES(after->idempotency_key.len ? DB_BYTES(after->idempotency_key) : DB_NULL,
                            DB_BYTES(after->url), DB_BYTES(after->params), DB_BYTES(after->query),
                            DB_BYTES(after->headers), DB_BYTES(after->body),
                            DB_NUMBER(after->body_bytes),
                            DB_BYTES(((struct str){(const char *)digest, sizeof(digest)})),
                            DB_BYTES(after->response_body_head), DB_BYTES(after->request_id),
                            DB_BYTES(after->trace_id), DB_BYTES(after->client_address),
                            DB_BYTES(after->forwarded_for), DB_BYTES(after->user_agent),
                            DB_BYTES(after->trigger_delivery_id), DB_BYTES(after->extra),
                            DB_NUMBER(wanted->account_id), DB_NUMBER(kind), DB_NUMBER(event->id)),
                  NULL);
}

/* Links are made of ids that may be among what was replaced. */
static int write_links(struct db *db, const struct erase_wanted *wanted,
                       const struct erased_events *events)
{
    size_t count = events->count, used = 0;
    struct event_row *rows = memory_new((2 * count + 1) * sizeof(*rows));
    struct event_row **lists = memory_new((2 * count + 1) * sizeof(struct event_row *));
    int result;

    for (size_t i = 0; i < count; i++) {
        struct erased_event *event = &events->items[i];

        if (!event->has_texts)
            continue;
        rows[2 * i] = (struct event_row){.event = &event->before, .id = event->id};
        rows[2 * i + 1] = (struct event_row){.event = &event->after, .id = event->id};
        lists[used] = &rows[2 * i];
        lists[count + used++] = &rows[2 * i + 1];
    }
    result = link_rows_delete(db, wanted->account_id, lists, used);
    if (result == 0)
        result = link_rows_insert(db, wanted->account_id, lists + count, used);
    free(lists);
    free(rows);
    return result;
}

int erase_rows_write(struct db *db, const struct erase_wanted *wanted, unsigned kind,
                     const struct erased_events *events)
{
    for (size_t i = 0; i < events->count; i++) {
        const struct erased_event *event = &events->items[i];

        if ((event->has_numbers && write_numbers(db, wanted, kind, event) < 0) ||
            (event->has_texts && write_texts(db, wanted, kind, event) < 0))
            return -1;
    }
    return write_links(db, wanted, events);
}
